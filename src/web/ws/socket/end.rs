//! Why a socket ends, and the close code of the contract that its other side gets.

use crate::backend::error::ServerError;
use crate::web::ws::wire::ReadError;

/// Why a socket ends.
#[derive(Debug)]
pub(super) struct End {
    /// The close code, or `None` if the other side is gone.
    code: Option<u16>,
    reason: &'static str,
}

impl End {
    /// The other side is gone.
    pub(super) const GONE: Self = Self { code: None, reason: "" };

    const fn new(code: u16, reason: &'static str) -> Self {
        Self { code: Some(code), reason }
    }

    pub(super) fn shutting_down() -> Self {
        Self::new(1001, "the server is shutting down")
    }

    /// The other side closes, and this code answers it.
    pub(super) fn answer(code: u16) -> Self {
        Self::new(code, "")
    }

    pub(super) fn too_slow() -> Self {
        Self::new(4008, "too slow: connect again and go on from your last event")
    }

    pub(super) fn no_pong() -> Self {
        Self::new(4008, "no answer to a ping: connect again and go on from your last event")
    }

    pub(super) fn reset() -> Self {
        Self::new(4009, "load the list again and subscribe from its head")
    }

    pub(super) fn no_such_list() -> Self {
        Self::new(4404, "there is no such list")
    }

    /// The log can't be read; the cause is logged here.
    pub(super) fn cannot_read(error: &ServerError) -> Self {
        tracing::error!(%error, "Could not read for a socket: {error}");
        Self::new(1011, "the server could not read the list: connect again")
    }

    /// What came in could not be read.
    pub(super) fn unreadable(error: &ReadError) -> Self {
        match error {
            ReadError::Io(_) | ReadError::Gone => Self::GONE,
            ReadError::TooLong => Self::new(1009, "a message may have 64 KiB"),
            ReadError::TooManyPieces => Self::new(1009, "a message in too many pieces"),
            ReadError::NotText => Self::new(1007, "only UTF-8 text is understood"),
            ReadError::Protocol(_) => Self::new(1002, "that is not the WebSocket protocol"),
        }
    }

    /// The close code, unless the other side is gone.
    pub(super) fn code(&self) -> Option<u16> {
        self.code
    }

    /// The reason for people.
    pub(super) fn reason(&self) -> &'static str {
        self.reason
    }
}
