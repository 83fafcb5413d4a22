//! Every error of the interface: a code for programs and a sentence for people.

use serde::{Deserialize, Serialize};

use crate::domain::{Rejection, TextError};

/// What went wrong, as a code for programs. The codes never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No list has this id.
    ListNotFound,
    /// The list has no such todo.
    TodoNotFound,
    /// Another command created a todo with this id.
    TodoExists,
    /// The list holds as many todos as a list can.
    ListFull,
    /// The todos of an event that shall be undone were changed by a later one.
    ChangedSince,
    /// The event that shall be undone is not known any more, or has no opposite.
    NotUndoable,
    /// There are as many lists as there can be.
    ListsFull,
    /// The list home can't be deleted.
    HomeStays,
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
    /// Fields are missing, given twice or unreadable.
    BadRequest,
    /// The body is not of the kind that this address takes.
    UnsupportedMediaType,
    /// The body is over the limit.
    TooLarge,
    /// The server can't write just now. Nothing was changed, and the same command may be sent again.
    Unavailable,
    /// The answer did not arrive, so it is not known whether the command was accepted. A server never sends
    /// this.
    Unreachable,
    /// A code that this page does not know, from a newer server.
    #[serde(other)]
    Unknown,
}

impl ErrorCode {
    /// What a person is told when only the code is known.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::ListNotFound => Rejection::ListNotFound.to_string(),
            Self::ListsFull => Rejection::ListsFull.to_string(),
            Self::HomeStays => Rejection::HomeStays.to_string(),
            Self::TodoNotFound => Rejection::TodoNotFound.to_string(),
            Self::TodoExists => Rejection::TodoExists.to_string(),
            Self::ListFull => Rejection::ListFull.to_string(),
            Self::ChangedSince => Rejection::ChangedSince.to_string(),
            Self::NotUndoable => Rejection::NotUndoable.to_string(),
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

    /// An error about a field that must hold an id.
    #[must_use]
    pub fn bad_id(field: &str) -> Self {
        Self::new(ErrorCode::BadId, format!("The field `{field}` must be a UUID, written with hyphens."))
    }

    /// Whether the same command may succeed if it is simply sent again later.
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

impl From<Rejection> for ApiError {
    fn from(rejection: Rejection) -> Self {
        Self::plain(match rejection {
            Rejection::TodoNotFound => ErrorCode::TodoNotFound,
            Rejection::TodoExists => ErrorCode::TodoExists,
            Rejection::ListFull => ErrorCode::ListFull,
            Rejection::ChangedSince => ErrorCode::ChangedSince,
            Rejection::NotUndoable => ErrorCode::NotUndoable,
            Rejection::ListNotFound => ErrorCode::ListNotFound,
            Rejection::ListsFull => ErrorCode::ListsFull,
            Rejection::HomeStays => ErrorCode::HomeStays,
        })
    }
}
