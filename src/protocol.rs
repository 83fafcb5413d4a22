//! What goes over the wire, as pure types: the frames of the socket and the errors of the interface.

/// Every error of the interface: a code for programs and a sentence for people.
pub mod error;

/// What a follower of a list is told.
pub mod frames;

pub use error::{ApiError, ErrorCode};
pub use frames::{NextEvents, Push, ResetReason};
