//! What a client keeps of a list it follows. It is pure, so that it can be tested without a browser.

/// What a client remembers of what has happened to a list.
pub mod history;

/// The lists as a client shows them.
pub mod lists;

/// Commands that the log does not have yet.
pub mod outbox;

/// The list as a client knows it, and which todos each step touches.
pub mod replica;

/// What this page has done and can take back.
pub mod undo;

pub use history::{History, Known};
pub use outbox::{Outbox, PendingCommand, Saving};
pub use replica::{Answered, Replica, Touched};
pub use undo::{Back, UndoStack};
