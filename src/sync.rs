//! What a client keeps of a list it follows, without a browser: pure, and what the tests test.

/// Commands not yet confirmed, on top of the confirmed board.
pub mod outbox;

pub use outbox::{Outbox, PendingCommand, Saving};
