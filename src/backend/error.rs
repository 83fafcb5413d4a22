//! What can fail on the server, and how it is turned into the error that a client gets. The cause is logged
//! here, once, and never shown.

use crate::domain::Rejection;
use crate::protocol::error::{ApiError, ErrorCode};

/// The SQLSTATE codes of PostgreSQL, or how they begin, of what may work in a moment: connections that break (08), two
/// transactions in each other's way (40), too many connections (53300), a server that is stopping or starting (57P).
const PASSING: [&str; 4] = ["08", "40", "53300", "57P"];

/// Why a use case failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerError {
    /// A rule of the list rejected the command.
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
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// A stored row can't be read: another program must have written it.
    #[error("the database holds what todoapp never wrote: {0}")]
    Corrupt(String),
    /// The batch this command was in did not commit; the writer has logged why.
    #[error("nothing was written")]
    NotWritten,
    /// Too many commands are already waiting for the writer.
    #[error("too many commands are waiting")]
    Busy,
    /// The server is shutting down.
    #[error("the server is stopping")]
    Stopping,
}

impl ServerError {
    /// Separates an error that is the answer to one command, which has then written nothing, from one that ends the
    /// whole transaction.
    pub(crate) fn of_one_command<T>(self) -> Result<Result<T, Self>, Self> {
        match self {
            Self::Rejected(_) | Self::OpReused | Self::ListNotFound => Ok(Err(self)),
            _ => Err(self),
        }
    }

    /// Whether the same may work in a moment. No transaction is left that was begun.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Io(_)) => true,
            // The codes of SQLite are shorter numbers.
            Self::Database(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| code.len() == 5 && PASSING.iter().any(|it| code.starts_with(it)))
            }
            _ => false,
        }
    }

    /// Whether the cause is the data of one command, and not a database that can't work at all.
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
