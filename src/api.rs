//! The server functions. Each only passes its arguments to the backend.

#![expect(missing_docs, reason = "the macro makes a struct of each function's arguments, which cannot carry comments")]

mod encoding;

use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, Json};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};

use crate::api::encoding::{Answer, AnswerEncoding};
use crate::domain::{Board, Index, Receipt};
use crate::protocol::{ApiError, ErrorCode, NextEvents, Outcomes, Posted};

impl FromServerFnError for ApiError {
    type Encoder = AnswerEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(cause) | ServerFnErrorErr::MissingArg(cause) => {
                Self::new(ErrorCode::BadRequest, fields_sentence(&cause))
            }
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Deserialization(_) => Self::plain(ErrorCode::Unreachable),
            _ => Self::plain(ErrorCode::Unavailable),
        }
    }
}

/// Names the field that is missing or given twice. Nothing else of the decoder's text is shown.
fn fields_sentence(cause: &str) -> String {
    for (found, say) in [("missing field `", "is missing"), ("duplicate field `", "is given twice")] {
        if let Some((name, _)) = cause.split_once(found).and_then(|(_, rest)| rest.split_once('`')) {
            return format!("The field `{name}` {say}.");
        }
    }
    "The fields could not be read: send them form-encoded, each once.".to_owned()
}

/// Takes many commands in order; each has its own outcome. For programs and for our own page.
#[server(endpoint = "commands", input = Json, output = Answer)]
pub async fn run(commands: Vec<Posted>) -> Result<Outcomes, ApiError> {
    crate::backend::requests::run(commands).await
}

/// Puts a new todo at the end of a list. The server makes `id` and `op` if they are absent.
#[server(endpoint = "todos/create")]
pub async fn create(
    list: String,
    title: String,
    #[server(default)] id: Option<String>,
    #[server(default)] op: Option<String>,
) -> Result<Receipt, ApiError> {
    crate::backend::requests::create(&list, &title, id, op).await
}

/// Gives a todo another title.
#[server(endpoint = "todos/rename")]
pub async fn rename(
    list: String,
    id: String,
    title: String,
    #[server(default)] op: Option<String>,
) -> Result<Receipt, ApiError> {
    crate::backend::requests::rename(&list, &id, &title, op).await
}

/// Marks todos as done, as one event. `id` may be repeated.
#[server(endpoint = "todos/complete")]
pub async fn complete(list: String, id: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::backend::requests::complete(&list, &id, op).await
}

/// Marks todos as open again, as one event. `id` may be repeated.
#[server(endpoint = "todos/reopen")]
pub async fn reopen(list: String, id: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::backend::requests::reopen(&list, &id, op).await
}

/// Puts todos into the trash, as one event; one that is gone already is as it should be. `id` may be repeated.
#[server(endpoint = "todos/delete")]
pub async fn delete(list: String, id: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::backend::requests::delete(&list, &id, op).await
}

/// Takes todos out of the trash, as one event. `id` may be repeated.
#[server(endpoint = "todos/restore")]
pub async fn restore(list: String, id: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::backend::requests::restore(&list, &id, op).await
}

/// Puts a todo right behind another one, or at the top.
#[server(endpoint = "todos/move")]
pub async fn move_todo(
    list: String,
    id: String,
    #[server(default)] after: Option<String>,
    #[server(default)] op: Option<String>,
) -> Result<Receipt, ApiError> {
    crate::backend::requests::move_todo(&list, &id, after, op).await
}

/// Puts todos at the end of another list, as one event here and one there. `id` may be repeated.
#[server(endpoint = "todos/move_to")]
pub async fn move_to(
    list: String,
    id: String,
    to: String,
    #[server(default)] op: Option<String>,
) -> Result<Receipt, ApiError> {
    crate::backend::requests::move_to(&list, &id, &to, op).await
}

/// Does the opposite of an event, as a new event.
#[server(endpoint = "events/undo")]
pub async fn undo(list: String, event: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::backend::requests::undo(&list, &event, op).await
}

/// Marks every todo of a list as done, as one event.
#[server(endpoint = "todos/complete_all")]
pub async fn complete_all(list: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::backend::requests::complete_all(&list, op).await
}

/// Marks every todo of a list as open again, as one event.
#[server(endpoint = "todos/reopen_all")]
pub async fn reopen_all(list: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::backend::requests::reopen_all(&list, op).await
}

/// Puts every todo of a list that is done into the trash, as one event.
#[server(endpoint = "todos/clear_completed")]
pub async fn clear_completed(list: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::backend::requests::clear_completed(&list, op).await
}

/// Makes a new list; the receipt names it.
#[server(endpoint = "lists/create")]
pub async fn create_list(name: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::backend::requests::create_list(&name, op).await
}

/// Gives a list another name.
#[server(endpoint = "lists/rename")]
pub async fn rename_list(
    list: String,
    name: String,
    #[server(default)] op: Option<String>,
) -> Result<Receipt, ApiError> {
    crate::backend::requests::rename_list(&list, &name, op).await
}

/// Puts a list right behind another one, or at the top.
#[server(endpoint = "lists/move")]
pub async fn move_list(
    list: String,
    #[server(default)] after: Option<String>,
    #[server(default)] op: Option<String>,
) -> Result<Receipt, ApiError> {
    crate::backend::requests::move_list(&list, after, op).await
}

/// Puts a list into the trash, with all that is in it.
#[server(endpoint = "lists/delete")]
pub async fn delete_list(list: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::backend::requests::delete_list(&list, op).await
}

/// Takes a list out of the trash.
#[server(endpoint = "lists/restore")]
pub async fn restore_list(list: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::backend::requests::restore_list(&list, op).await
}

/// All lists in their order, with the head of the index, read in one transaction.
#[server(endpoint = "lists", input = GetUrl, output = Answer)]
pub async fn load_lists() -> Result<Index, ApiError> {
    crate::backend::requests::lists().await
}

/// A list's whole board with its head, read in one transaction.
#[server(endpoint = "board", input = GetUrl, output = Answer)]
pub async fn load_board(list: String) -> Result<Board, ApiError> {
    crate::backend::requests::board(&list).await
}

/// The next events of a list after a cursor, oldest first: for who can't have a socket. Without a cursor those
/// before a number, or the last ones, newest first.
#[server(endpoint = "events", input = GetUrl, output = Answer)]
pub async fn load_events(
    list: String,
    #[server(default)] after: Option<String>,
    #[server(default)] before: Option<String>,
    #[server(default)] limit: Option<String>,
) -> Result<NextEvents, ApiError> {
    crate::backend::requests::events(&list, after, before, limit).await
}
