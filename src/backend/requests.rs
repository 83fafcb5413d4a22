//! From what came over the wire to a wish: every field is untrusted, and is parsed here once.

use leptos::prelude::use_context;

use crate::backend::error::ServerError;
use crate::backend::ids;
use crate::backend::service::Todos;
use crate::backend::storage::ops::CommandHash;
use crate::domain::{Board, ListId, Op, Receipt, Text, TodoId, Wish};
use crate::protocol::error::{ApiError, ErrorCode};
use crate::protocol::{NextEvents, ResetReason};

type Answer = Result<Receipt, ApiError>;

pub(crate) async fn create(list: &str, title: &str, id: Option<String>, op: Option<String>) -> Answer {
    let given = given(id).map(|id| todo_id(&id)).transpose()?;
    let wish = Wish::Create { id: given.unwrap_or_else(ids::todo_id), title: Text::parse(title)? };
    let hash = CommandHash::of(&wish, given);
    ask(list, op, hash, wish).await
}

pub(crate) async fn rename(list: &str, id: &str, title: &str, op: Option<String>) -> Answer {
    wish(list, op, Wish::Rename { id: todo_id(id)?, title: Text::parse(title)? }).await
}

pub(crate) async fn complete(list: &str, id: &str, op: Option<String>) -> Answer {
    wish(list, op, Wish::Complete { id: todo_id(id)? }).await
}

pub(crate) async fn reopen(list: &str, id: &str, op: Option<String>) -> Answer {
    wish(list, op, Wish::Reopen { id: todo_id(id)? }).await
}

pub(crate) async fn delete(list: &str, id: &str, op: Option<String>) -> Answer {
    wish(list, op, Wish::Delete { id: todo_id(id)? }).await
}

pub(crate) async fn complete_all(list: &str, op: Option<String>) -> Answer {
    wish(list, op, Wish::CompleteAll).await
}

pub(crate) async fn reopen_all(list: &str, op: Option<String>) -> Answer {
    wish(list, op, Wish::ReopenAll).await
}

pub(crate) async fn clear_completed(list: &str, op: Option<String>) -> Answer {
    wish(list, op, Wish::ClearCompleted).await
}

pub(crate) async fn create_list(name: &str, op: Option<String>) -> Answer {
    let name = Text::parse(name)?;
    Ok(todos()?.create_list(name, optional_op(op)?).await?)
}

pub(crate) async fn board(list: &str) -> Result<Board, ApiError> {
    Ok(todos()?.board(&list_id(list)?).await?)
}

pub(crate) async fn events(list: &str, after: &str) -> Result<NextEvents, ApiError> {
    let list = list_id(list)?;
    match after.parse() {
        Ok(cursor) => Ok(todos()?.events_after(&list, cursor).await?),
        // What can't be a cursor is one of no log, as on the socket.
        Err(_) => Ok(NextEvents::Reset { reason: ResetReason::Unknown }),
    }
}

async fn wish(list: &str, op: Option<String>, wish: Wish) -> Answer {
    let hash = CommandHash::of(&wish, wish.todo());
    ask(list, op, hash, wish).await
}

async fn ask(list: &str, op: Option<String>, hash: CommandHash, wish: Wish) -> Answer {
    let (list, op) = (list_id(list)?, optional_op(op)?);
    Ok(todos()?.wish(list, op, hash, wish).await?)
}

/// The use cases, which the router put into the context of every server function.
fn todos() -> Result<Todos, ApiError> {
    use_context::<Todos>().ok_or_else(|| ApiError::from(ServerError::Stopping))
}

/// What can't be a list's id is the id of no list.
fn list_id(text: &str) -> Result<ListId, ApiError> {
    text.parse().map_err(|_| ApiError::from(ServerError::ListNotFound))
}

fn todo_id(text: &str) -> Result<TodoId, ApiError> {
    text.parse().map_err(|_| bad_id("id"))
}

fn optional_op(op: Option<String>) -> Result<Op, ApiError> {
    given(op).map_or_else(|| Ok(ids::op()), |op| op.parse().map_err(|_| bad_id("op")))
}

/// An empty form field is an absent one.
fn given(field: Option<String>) -> Option<String> {
    field.filter(|it| !it.is_empty())
}

fn bad_id(field: &str) -> ApiError {
    ApiError::new(ErrorCode::BadId, format!("The field `{field}` must be a UUID, written with hyphens."))
}
