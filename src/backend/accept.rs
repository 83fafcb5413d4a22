//! What becomes of a command inside the writer's transaction: a receipt that it had before, nothing, a
//! rejection, or a changed table with an event that says so.

use crate::backend::error::ServerError;
use crate::backend::failpoint::{Failpoint, Stage};
use crate::backend::ids;
use crate::backend::storage::database::Tx;
use crate::backend::storage::lists::LockedList;
use crate::backend::storage::ops::CommandHash;
use crate::backend::storage::{event_log, facts, lists, ops, todos};
use crate::domain::{Change, Command, Event, EventId, List, ListId, OpId, Receipt, ShortText, decide};

/// Accepts a command about the todos of a locked list, once: the same `op` again gets the same receipt.
pub(crate) async fn accept(
    tx: &mut Tx,
    fail: Failpoint,
    list: &ListId,
    locked: &mut LockedList,
    (op, hash): (OpId, CommandHash),
    command: &Command,
) -> Result<Receipt, ServerError> {
    if let Some(event) = ops::answered(tx, list, op, hash).await? {
        return Ok(Receipt::new(list.clone(), event));
    }
    let at_ms = ids::now_ms();
    let facts = facts::read(tx, list, locked.size, command.scope()).await?;
    let Some(change) = decide(&facts, command)? else {
        let head = event_log::id_at(tx, list, locked.head).await?.unwrap_or(EventId::START);
        ops::remember(tx, list, op, hash, head, at_ms).await?;
        return Ok(Receipt::new(list.clone(), head));
    };
    let id = ids::event_id(locked.head + 1);
    todos::write(tx, list, &change, id.seq, at_ms).await?;
    fail.reach(Stage::RowChanged);
    locked.head = id.seq;
    locked.size += change.size_change();
    event_log::append(tx, &Event { list: list.clone(), id, seq: id.seq, at_ms, op, change }, hash).await?;
    fail.reach(Stage::Appended);
    Ok(Receipt::new(list.clone(), id))
}

/// Makes a list, once for each `op`.
pub(crate) async fn create_list(
    tx: &mut Tx,
    op: OpId,
    hash: CommandHash,
    name: &ShortText,
) -> Result<Receipt, ServerError> {
    if let Some(list) = lists::list_made_by(tx, op).await? {
        // As long as there is a list, the command that made it is remembered.
        let event = ops::answered(tx, &list, op, hash).await?;
        let event = event.ok_or_else(|| ServerError::Corrupt(format!("nothing says how {list} was made")))?;
        return Ok(Receipt::new(list, event));
    }
    let at_ms = ids::now_ms();
    let list = List { id: ids::list_id(), name: name.clone() };
    lists::insert_list(tx, &list, op, at_ms).await?;
    let id = ids::event_id(1);
    let change = Change::Named { name: name.clone() };
    event_log::append(tx, &Event { list: list.id.clone(), id, seq: 1, at_ms, op, change }, hash).await?;
    lists::advance_list(tx, &list.id, &LockedList { head: 1, size: 0 }).await?;
    Ok(Receipt::new(list.id, id))
}
