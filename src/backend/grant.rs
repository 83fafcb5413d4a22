//! What becomes of a command, inside the writer's transaction: nothing, a rejection, or a changed table with
//! an event that says so. The rules are those that `Board::answer` states.

use crate::backend::error::ServerError;
use crate::backend::failpoint::{Failpoint, Stage};
use crate::backend::ids;
use crate::backend::storage::database::Tx;
use crate::backend::storage::event_log;
use crate::backend::storage::lists;
use crate::backend::storage::lists::LockedList;
use crate::backend::storage::ops;
use crate::backend::storage::ops::CommandHash;
use crate::backend::storage::todos;
use crate::domain::list::LIST_TODOS_MAX;
use crate::domain::{Change, Command, Event, EventId, List, ListId, OpId, Receipt, Rejection, ShortText};

/// Accepts a command about the todos of a locked list, once: the same `op` again gets the same receipt.
pub(crate) async fn grant(
    tx: &mut Tx,
    fail: Failpoint,
    list: &ListId,
    locked: &mut LockedList,
    (op, hash): (OpId, CommandHash),
    command: &Command,
) -> Result<Result<Receipt, Rejection>, ServerError> {
    if let Some(event) = ops::answered(tx, list, op, hash).await? {
        return Ok(Ok(Receipt::new(list.clone(), event)));
    }
    let at_ms = ids::now_ms();
    let change = match change(tx, list, locked, command, at_ms).await? {
        Err(rejection) => return Ok(Err(rejection)),
        Ok(None) => {
            let head = event_log::id_at(tx, list, locked.head).await?.unwrap_or(EventId::START);
            ops::remember(tx, list, op, hash, head, at_ms).await?;
            return Ok(Ok(Receipt::new(list.clone(), head)));
        }
        Ok(Some(change)) => change,
    };
    match &change {
        Change::Created { .. } => locked.size += 1,
        Change::Deleted { todos } => locked.size -= i64::try_from(todos.len()).unwrap_or(0),
        _ => {}
    }
    fail.reach(Stage::RowChanged);
    locked.head += 1;
    let id = ids::event_id(locked.head);
    event_log::append(tx, &Event { list: list.clone(), id, seq: id.seq, at_ms, op, change }, hash).await?;
    fail.reach(Stage::Appended);
    Ok(Ok(Receipt::new(list.clone(), id)))
}

/// Changes the table as the command asks.
async fn change(
    tx: &mut Tx,
    list: &ListId,
    locked: &LockedList,
    command: &Command,
    at_ms: i64,
) -> Result<Result<Option<Change>, Rejection>, ServerError> {
    let some = |todos: Vec<_>| (!todos.is_empty()).then_some(todos);
    let existing = match command {
        Command::Rename { id, .. } | Command::Complete { id } | Command::Reopen { id } => {
            match todos::todo(tx, list, *id).await? {
                None => return Ok(Err(Rejection::TodoNotFound)),
                existing => existing,
            }
        }
        Command::Delete { id } => todos::todo(tx, list, *id).await?,
        _ => None,
    };
    let is_completed = existing.as_ref().is_some_and(|it| it.completed);
    Ok(Ok(match command {
        Command::Create { id, title } => {
            if !todos::insert_todo(tx, list, *id, title, locked.head + 1, at_ms).await? {
                return Ok(Err(Rejection::TodoExists));
            }
            if usize::try_from(locked.size).is_ok_and(|size| size >= LIST_TODOS_MAX) {
                todos::delete_todo(tx, list, *id).await?;
                return Ok(Err(Rejection::ListFull));
            }
            Some(Change::Created { todo: *id, title: title.clone() })
        }
        Command::Rename { title, .. } if existing.as_ref().is_some_and(|it| it.title == *title) => None,
        Command::Rename { id, title } => {
            todos::set_title(tx, list, *id, title, at_ms).await?;
            Some(Change::Renamed { todo: *id, title: title.clone() })
        }
        Command::Complete { .. } if is_completed => None,
        Command::Complete { id } => {
            todos::set_completed(tx, list, *id, true, at_ms).await?;
            Some(Change::Completed { todos: vec![*id] })
        }
        Command::Reopen { .. } if !is_completed => None,
        Command::Reopen { id } => {
            todos::set_completed(tx, list, *id, false, at_ms).await?;
            Some(Change::Reopened { todos: vec![*id] })
        }
        Command::Delete { .. } if existing.is_none() => None,
        Command::Delete { id } => {
            todos::delete_todo(tx, list, *id).await?;
            Some(Change::Deleted { todos: vec![*id] })
        }
        Command::CompleteAll => {
            some(todos::set_all_completed(tx, list, true, at_ms).await?).map(|todos| Change::Completed { todos })
        }
        Command::ReopenAll => {
            some(todos::set_all_completed(tx, list, false, at_ms).await?).map(|todos| Change::Reopened { todos })
        }
        Command::ClearCompleted => {
            some(todos::delete_completed(tx, list).await?).map(|todos| Change::Deleted { todos })
        }
    }))
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
