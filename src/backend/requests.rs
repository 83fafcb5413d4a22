//! Makes commands from what came over the wire. Every field is untrusted, and is parsed here once.

use std::ops::RangeInclusive;

use leptos::prelude::use_context;

use crate::backend::error::ServerError;
use crate::backend::ids;
use crate::backend::service::Todos;
use crate::backend::storage::ops::CommandHash;
use crate::domain::{Actor, Board, Command, Index, ListId, OpId, Receipt, Seq, ShortText, TodoId};
use crate::protocol::error::{ApiError, ErrorCode};
use crate::protocol::{COMMANDS_MAX, NextEvents, Outcome, Outcomes, Posted, ResetReason};

/// What stands between several ids in one field.
pub(crate) const SEVERAL_IDS: char = ',';

/// Events in one answer to who looks back: a screen or two of them.
const EARLIER_EVENTS_MAX: i64 = 100;

type Answer = Result<Receipt, ApiError>;

pub(crate) async fn create(list: &str, title: &str, id: Option<String>, op: Option<String>) -> Answer {
    let given = given(id).map(|id| todo_id(&id)).transpose()?;
    let command =
        Command::Create { id: given.unwrap_or_else(ids::todo_id), title: ShortText::parse(title)?, at_top: false };
    let list = list_id(list)?;
    let hash = CommandHash::of(&list, &command, given.as_slice());
    ask(list, op, hash, command).await
}

pub(crate) async fn rename(list: &str, id: &str, title: &str, op: Option<String>) -> Answer {
    command(list, op, Command::Rename { id: todo_id(id)?, title: ShortText::parse(title)? }).await
}

pub(crate) async fn complete(list: &str, id: &str, op: Option<String>) -> Answer {
    command(list, op, Command::Complete { ids: todo_ids(id)? }).await
}

pub(crate) async fn reopen(list: &str, id: &str, op: Option<String>) -> Answer {
    command(list, op, Command::Reopen { ids: todo_ids(id)? }).await
}

pub(crate) async fn delete(list: &str, id: &str, op: Option<String>) -> Answer {
    command(list, op, Command::Delete { ids: todo_ids(id)? }).await
}

pub(crate) async fn restore(list: &str, id: &str, op: Option<String>) -> Answer {
    command(list, op, Command::Restore { ids: todo_ids(id)? }).await
}

pub(crate) async fn move_todo(list: &str, id: &str, after: Option<String>, op: Option<String>) -> Answer {
    let after = given(after).map(|id| id.parse().map_err(|_| ApiError::bad_id("after"))).transpose()?;
    command(list, op, Command::Move { id: todo_id(id)?, after }).await
}

pub(crate) async fn move_to(list: &str, id: &str, to: &str, op: Option<String>) -> Answer {
    command(list, op, Command::MoveTo { ids: todo_ids(id)?, to: list_id(to)? }).await
}

pub(crate) async fn undo(list: &str, event: &str, op: Option<String>) -> Answer {
    // What can't be an event's id is the id of no event.
    let event = event.parse().map_err(|_| ApiError::plain(ErrorCode::NotUndoable))?;
    command(list, op, Command::Undo { event }).await
}

pub(crate) async fn complete_all(list: &str, op: Option<String>) -> Answer {
    command(list, op, Command::CompleteAll).await
}

pub(crate) async fn reopen_all(list: &str, op: Option<String>) -> Answer {
    command(list, op, Command::ReopenAll).await
}

pub(crate) async fn clear_completed(list: &str, op: Option<String>) -> Answer {
    command(list, op, Command::ClearCompleted).await
}

pub(crate) async fn create_list(name: &str, op: Option<String>) -> Answer {
    command(ListId::index().as_str(), op, Command::CreateList { name: ShortText::parse(name)? }).await
}

pub(crate) async fn rename_list(list: &str, name: &str, op: Option<String>) -> Answer {
    command(list, op, Command::RenameList { name: ShortText::parse(name)? }).await
}

pub(crate) async fn move_list(list: &str, after: Option<String>, op: Option<String>) -> Answer {
    let after = given(after).map(|it| list_id(&it)).transpose()?;
    command(list, op, Command::MoveList { after }).await
}

pub(crate) async fn delete_list(list: &str, op: Option<String>) -> Answer {
    command(list, op, Command::DeleteList).await
}

pub(crate) async fn restore_list(list: &str, op: Option<String>) -> Answer {
    command(list, op, Command::RestoreList).await
}

/// Many commands, in order: one outcome for each.
pub(crate) async fn run(commands: Vec<Posted>) -> Result<Outcomes, ApiError> {
    if commands.len() > COMMANDS_MAX {
        let sentence = format!("That is more than {COMMANDS_MAX} commands: send them in several requests.");
        return Err(ApiError::new(ErrorCode::BadRequest, sentence));
    }
    let asks = commands.iter().filter_map(|it| it.0.as_ref().ok()).map(|it| {
        let hash = CommandHash::of(&it.list, &it.command, it.command.todos());
        (it.list.clone(), it.op.unwrap_or_else(ids::op), hash, it.command.clone())
    });
    let mut answers = todos()?.commands(asks.collect(), actor().as_ref()).await?.into_iter();
    let results = commands.into_iter().map(|it| match it.0 {
        Err(error) => Outcome::Error(error),
        Ok(_) => answers.next().unwrap_or(Err(ServerError::NotWritten)).map_err(ApiError::from).into(),
    });
    Ok(Outcomes { results: results.collect() })
}

pub(crate) async fn board(list: &str) -> Result<Board, ApiError> {
    Ok(todos()?.board(&list_id(list)?).await?)
}

pub(crate) async fn lists() -> Result<Index, ApiError> {
    Ok(todos()?.lists().await?)
}

/// The events after a cursor, or those before a number.
pub(crate) async fn events(
    list: &str,
    after: Option<String>,
    before: Option<String>,
    limit: Option<String>,
) -> Result<NextEvents, ApiError> {
    let list = list_id(list)?;
    let Some(after) = after else {
        let before = before.map(|it| number("before", &it, 1..=Seq::MAX)).transpose()?;
        let limit = limit.map_or(Ok(EARLIER_EVENTS_MAX), |it| number("limit", &it, 1..=EARLIER_EVENTS_MAX))?;
        return Ok(NextEvents::Earlier { events: todos()?.events_before(&list, before, limit).await? });
    };
    if before.is_some() || limit.is_some() {
        let sentence = "Give either `after`, or `before` and `limit`: they lead in opposite directions.";
        return Err(ApiError::new(ErrorCode::BadRequest, sentence));
    }
    match after.parse() {
        Ok(cursor) => Ok(todos()?.events_after(&list, cursor).await?),
        // A cursor that can't be read is treated as unknown, as on the socket.
        Err(_) => Ok(NextEvents::Reset { reason: ResetReason::Unknown }),
    }
}

async fn command(list: &str, op: Option<String>, command: Command) -> Answer {
    let list = list_id(list)?;
    let hash = CommandHash::of(&list, &command, command.todos());
    ask(list, op, hash, command).await
}

async fn ask(list: ListId, op: Option<String>, hash: CommandHash, command: Command) -> Answer {
    let op = optional_op(op)?;
    let mut answers = todos()?.commands(vec![(list, op, hash, command)], actor().as_ref()).await?;
    Ok(answers.pop().unwrap_or(Err(ServerError::NotWritten))?)
}

/// The use cases, which the router gives to every server function as context.
fn todos() -> Result<Todos, ApiError> {
    use_context::<Todos>().ok_or_else(|| ApiError::from(ServerError::Stopping))
}

/// Who asks, where they gave a name; a context like the use cases.
fn actor() -> Option<Actor> {
    use_context::<Actor>()
}

/// No list can have an id that is not valid.
fn list_id(text: &str) -> Result<ListId, ApiError> {
    text.parse().map_err(|_| ApiError::from(ServerError::ListNotFound))
}

fn number(field: &str, text: &str, range: RangeInclusive<i64>) -> Result<i64, ApiError> {
    text.parse().ok().filter(|it| range.contains(it)).ok_or_else(|| {
        let (from, to) = (range.start(), range.end());
        let range = if *to == Seq::MAX { format!("{from} or more") } else { format!("from {from} to {to}") };
        ApiError::new(ErrorCode::BadRequest, format!("The field `{field}` must be a number, {range}."))
    })
}

fn todo_id(text: &str) -> Result<TodoId, ApiError> {
    text.parse().map_err(|_| ApiError::bad_id("id"))
}

/// One id, or several as [`SEVERAL_IDS`] joins them.
fn todo_ids(text: &str) -> Result<Vec<TodoId>, ApiError> {
    text.split(SEVERAL_IDS).map(todo_id).collect()
}

fn optional_op(op: Option<String>) -> Result<OpId, ApiError> {
    given(op).map_or_else(|| Ok(ids::op()), |op| op.parse().map_err(|_| ApiError::bad_id("op")))
}

/// An empty form field counts as absent.
fn given(field: Option<String>) -> Option<String> {
    field.filter(|it| !it.is_empty())
}
