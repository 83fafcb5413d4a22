//! What a client keeps of a list it follows, without a browser: pure, and what the tests test.

/// Commands not yet confirmed, on top of the confirmed board.
pub mod outbox;

/// The list as a client knows it, and what each step of it touches.
pub mod replica;

pub use outbox::{Outbox, PendingCommand, Saving};
pub use replica::{Answered, Replica, Touched};
