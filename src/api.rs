//! The border between the browser and the server: the server functions, each a doorway of a few
//! lines, and the only error that crosses it.

#![expect(missing_docs, reason = "the macro makes a struct of each function's arguments, which cannot carry comments")]

use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, JsonEncoding};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::domain::{Board, NextEvents, Receipt, Refusal, TextError};

/// What went wrong, in a form that never changes: programs read this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No list has this id.
    ListNotFound,
    /// The list has no such todo.
    TodoNotFound,
    /// Another wish created a todo with this id.
    TodoExists,
    /// The list holds as many todos as a list can.
    ListFull,
    /// A title or name has nothing to see in it.
    TextEmpty,
    /// A title or name is over the limit.
    TextTooLong,
    /// A title or name has a control character in it.
    TextControl,
    /// An `id` or `op` is not a UUID.
    BadId,
    /// The `op` was used for another command.
    OpReused,
    /// Fields are missing, doubled or garbled.
    BadRequest,
    /// The body is not form-encoded.
    UnsupportedMediaType,
    /// The body is over the limit.
    TooLarge,
    /// The server can't write just now: nothing was changed, and the same wish may be sent again.
    Unavailable,
    /// The answer did not arrive: whether the wish was granted is not known. Never sent by a server.
    Unreachable,
    /// A code of a server newer than this page.
    #[serde(other)]
    Unknown,
}

impl ErrorCode {
    /// What a person is told where only the code has come along.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::ListNotFound => "There is no such list.".to_owned(),
            Self::TodoNotFound => Refusal::TodoNotFound.to_string(),
            Self::TodoExists => Refusal::TodoExists.to_string(),
            Self::ListFull => Refusal::ListFull.to_string(),
            Self::TextEmpty => TextError::Empty.to_string(),
            Self::TextTooLong => TextError::TooLong.to_string(),
            Self::TextControl => TextError::Control.to_string(),
            Self::OpReused => {
                "This was sent under the name of another change, so it was not done. Please try again.".to_owned()
            }
            Self::BadId | Self::BadRequest | Self::UnsupportedMediaType | Self::TooLarge => {
                "That form could not be read. Please reload the page and try again.".to_owned()
            }
            Self::Unavailable | Self::Unknown => {
                "The server could not do that just now, and nothing was changed. Please try again.".to_owned()
            }
            Self::Unreachable => "The server could not be reached.".to_owned(),
        }
    }
}

/// Every error of the interface: a code for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What went wrong.
    pub code: ErrorCode,
    /// The same, as a sentence that may be shown.
    pub message: String,
}

impl ApiError {
    /// An error with its own sentence.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// An error with the sentence of its code.
    #[must_use]
    pub fn plain(code: ErrorCode) -> Self {
        Self::new(code, code.sentence())
    }

    /// Whether the same wish may succeed later without anything else being different.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self.code, ErrorCode::Unavailable | ErrorCode::Unreachable | ErrorCode::Unknown)
    }
}

impl From<TextError> for ApiError {
    fn from(error: TextError) -> Self {
        Self::plain(match error {
            TextError::Empty => ErrorCode::TextEmpty,
            TextError::TooLong => ErrorCode::TextTooLong,
            TextError::Control => ErrorCode::TextControl,
        })
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::plain(match refusal {
            Refusal::TodoNotFound => ErrorCode::TodoNotFound,
            Refusal::TodoExists => ErrorCode::TodoExists,
            Refusal::ListFull => ErrorCode::ListFull,
        })
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

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

/// Names the field that is missing or doubled, and repeats nothing else of the decoder's text.
fn fields_sentence(cause: &str) -> String {
    for (found, say) in [("missing field `", "is missing"), ("duplicate field `", "is given twice")] {
        if let Some((name, _)) = cause.split_once(found).and_then(|(_, rest)| rest.split_once('`')) {
            return format!("The field `{name}` {say}.");
        }
    }
    "The fields could not be read: send them form-encoded, each once.".to_owned()
}

/// Puts a new todo at the end of a list. `id` and `op` are made by the server where they are absent.
#[server(endpoint = "todos/create")]
pub async fn create(
    list: String,
    title: String,
    #[server(default)] id: Option<String>,
    #[server(default)] op: Option<String>,
) -> Result<Receipt, ApiError> {
    crate::server::request::create(&list, &title, id, op).await
}

/// Gives a todo another title.
#[server(endpoint = "todos/rename")]
pub async fn rename(
    list: String,
    id: String,
    title: String,
    #[server(default)] op: Option<String>,
) -> Result<Receipt, ApiError> {
    crate::server::request::rename(&list, &id, &title, op).await
}

/// Marks a todo as done.
#[server(endpoint = "todos/complete")]
pub async fn complete(list: String, id: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::server::request::complete(&list, &id, op).await
}

/// Marks a todo as open again.
#[server(endpoint = "todos/reopen")]
pub async fn reopen(list: String, id: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::server::request::reopen(&list, &id, op).await
}

/// Removes a todo; one that is gone already is a wish fulfilled.
#[server(endpoint = "todos/delete")]
pub async fn delete(list: String, id: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::server::request::delete(&list, &id, op).await
}

/// Marks every todo of a list as done, as one event.
#[server(endpoint = "todos/complete_all")]
pub async fn complete_all(list: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::server::request::complete_all(&list, op).await
}

/// Marks every todo of a list as open again, as one event.
#[server(endpoint = "todos/reopen_all")]
pub async fn reopen_all(list: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::server::request::reopen_all(&list, op).await
}

/// Removes every todo of a list that is done, as one event.
#[server(endpoint = "todos/clear_completed")]
pub async fn clear_completed(list: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::server::request::clear_completed(&list, op).await
}

/// Makes a new list; the receipt names it.
#[server(endpoint = "lists/create")]
pub async fn create_list(name: String, #[server(default)] op: Option<String>) -> Result<Receipt, ApiError> {
    crate::server::request::create_list(&name, op).await
}

/// A list's whole board with its head, read in one transaction.
#[server(endpoint = "board", input = GetUrl)]
pub async fn load_board(list: String) -> Result<Board, ApiError> {
    crate::server::request::board(&list).await
}

/// The next events of a list after a cursor, oldest first: for who can't have a socket.
#[server(endpoint = "events", input = GetUrl)]
pub async fn load_events(list: String, after: String) -> Result<NextEvents, ApiError> {
    crate::server::request::events(&list, &after).await
}
