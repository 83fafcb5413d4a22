//! What a client keeps of a list it follows. It is pure, so that it can be tested without a browser.

/// Commands not yet confirmed, on top of the confirmed board.
pub mod outbox;

/// The list as a client knows it, and which todos each step touches.
pub mod replica;

pub use outbox::{Outbox, PendingCommand, Saving};
pub use replica::{Answered, Replica, Touched};
