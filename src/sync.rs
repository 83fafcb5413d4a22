//! What a client keeps of a list it follows, without a browser: pure, and what the tests test.

/// What a client remembers of what has happened to a list.
pub mod history;

/// Commands that the log does not have yet.
pub mod outbox;

/// The list as a client knows it, and what each step of it touches.
pub mod replica;

pub use history::{History, Known};
pub use outbox::{Outbox, PendingCommand, Saving};
pub use replica::{Answered, Replica, Touched};
