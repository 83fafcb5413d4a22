//! What goes over the wire, as pure types: commands and their outcomes, the frames of the socket, and the
//! errors of the interface.

/// Many commands in one request, and the outcome of each.
pub mod commands;

/// Every error of the interface: a code for programs and a sentence for people.
pub mod error;

/// Reads JSON in the browser.
pub mod json;

/// What is sent to a client that follows a list.
pub mod frames;

pub use commands::{COMMANDS_MAX, Envelope, Outcome, Outcomes, Posted};
pub use error::{ApiError, ErrorCode};
pub use frames::{Counts, NextEvents, Push, ResetReason, StreamHead};
