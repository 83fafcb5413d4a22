//! What the server can hit, and the one conversion into what crosses the border: the cause is
//! logged here, once, and never shown.

use crate::domain::Rejection;
use crate::protocol::error::{ApiError, ErrorCode};

/// Why a use case did not come to a result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerError {
    /// A rule of the list says no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// No list has this id.
    #[error("There is no such list.")]
    ListNotFound,
    /// The op of this command was used for another one.
    #[error("the op was used for another command")]
    OpReused,
    /// The file is not the one that was opened: it was deleted, moved or replaced.
    #[error(
        "the database file was deleted, moved or replaced while todoapp was running: nothing is written until it is \
         put back or todoapp is started again"
    )]
    FileGone,
    /// The database did not do it.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// A stored row can't be read back: someone else wrote it.
    #[error("the database holds what todoapp never wrote: {0}")]
    Corrupt(String),
    /// The batch this command was in did not commit; the writer has logged why.
    #[error("nothing was written")]
    NotWritten,
    /// More commands are waiting than the writer will get to soon.
    #[error("too many commands are waiting")]
    Busy,
    /// The server is shutting down.
    #[error("the server is stopping")]
    Stopping,
}

impl ServerError {
    /// Whether it was the data of one command that the database would not take, and not the database
    /// that could not work.
    pub(crate) fn is_about_one_command(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => error.kind() != sqlx::error::ErrorKind::Other,
            Self::Corrupt(_) => true,
            _ => false,
        }
    }
}

impl From<ServerError> for ApiError {
    fn from(error: ServerError) -> Self {
        match error {
            ServerError::Rejected(rejection) => rejection.into(),
            ServerError::ListNotFound => Self::plain(ErrorCode::ListNotFound),
            ServerError::OpReused => Self::plain(ErrorCode::OpReused),
            ServerError::NotWritten => Self::plain(ErrorCode::Unavailable),
            ServerError::FileGone => Self::new(
                ErrorCode::Unavailable,
                "The file with the data is gone from the server, so nothing can be saved until it is put back or the \
                 server is started again.",
            ),
            ServerError::Database(_) | ServerError::Corrupt(_) => {
                tracing::error!(%error, "Could not read: {error}");
                Self::plain(ErrorCode::Unavailable)
            }
            ServerError::Busy | ServerError::Stopping => {
                tracing::warn!(%error, "Could not take a command: {error}");
                Self::plain(ErrorCode::Unavailable)
            }
        }
    }
}
