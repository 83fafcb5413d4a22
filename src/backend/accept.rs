//! Accepts one command inside the writer's transaction. It may get its earlier receipt, change nothing, be
//! rejected, or change the tables and append an event.

use crate::backend::error::ServerError;
use crate::backend::failpoint::{Failpoint, Stage};
use crate::backend::ids;
use crate::backend::storage::database::Tx;
use crate::backend::storage::ops::CommandHash;
use crate::backend::storage::streams::Locked;
use crate::backend::storage::{event_log, facts, lists, ops, streams, todos};
use crate::domain::{Change, Command, Event, EventId, List, ListId, OpId, Position, Receipt, ShortText, decide};

/// Accepts a command about the todos of a locked list, once: the same `op` again gets the same receipt.
pub(crate) async fn accept(
    tx: &mut Tx,
    fail: Failpoint,
    list: &ListId,
    locked: &mut Locked,
    (op, hash): (OpId, CommandHash),
    command: &Command,
) -> Result<Receipt, ServerError> {
    if let Some(event) = ops::answered(tx, list, op, hash).await? {
        return Ok(Receipt::new(list.clone(), event));
    }
    let at_ms = ids::now_ms();
    let facts = facts::read(tx, list, locked, command.scope()).await?;
    let Some(change) = decide(&facts, command)? else {
        let head = event_log::id_at(tx, list, locked.head).await?.unwrap_or(EventId::START);
        ops::remember(tx, list, op, hash, head, at_ms).await?;
        return Ok(Receipt::new(list.clone(), head));
    };
    let id = ids::event_id(locked.head + 1);
    let event = Event { list: list.clone(), id, seq: id.seq, at_ms, op, change };
    todos::write(tx, &event, locked).await?;
    fail.reach(Stage::RowChanged);
    locked.head = id.seq;
    event_log::append(tx, &event, hash).await?;
    fail.reach(Stage::Appended);
    Ok(Receipt::new(list.clone(), id))
}

/// Makes a list, once for each `op`. The caller has locked the index.
pub(crate) async fn create_list(
    tx: &mut Tx,
    index: &mut Locked,
    (op, hash): (OpId, CommandHash),
    name: &ShortText,
) -> Result<Receipt, ServerError> {
    if let Some(list) = lists::made_by(tx, op).await? {
        // The command that made a list is remembered as long as the list exists.
        let event = ops::answered(tx, &list, op, hash).await?;
        let event = event.ok_or_else(|| ServerError::Corrupt(format!("nothing says how {list} was made")))?;
        return Ok(Receipt::new(list, event));
    }
    let at_ms = ids::now_ms();
    let list = List { id: ids::list_id(), name: name.clone() };
    let position = Position::after(lists::last(tx).await?.as_ref());
    streams::insert(tx, &list.id, at_ms).await?;
    lists::insert(tx, &list, &position, op).await?;
    let own = async |tx: &mut Tx, stream: ListId, seq, change| {
        let id = ids::event_id(seq);
        event_log::append(tx, &Event { list: stream, id, seq, at_ms, op, change }, hash).await.map(|()| id)
    };
    let first = own(tx, list.id.clone(), 1, Change::Named { name: name.clone() }).await?;
    streams::advance(tx, &list.id, &Locked { head: 1, ..Locked::default() }).await?;
    index.head += 1;
    let created = Change::ListCreated { list: list.id.clone(), name: name.clone(), position };
    own(tx, ListId::index(), index.head, created).await?;
    Ok(Receipt::new(list.id, first))
}
