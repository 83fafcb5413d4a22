//! What a to-do list is, without saying where it runs: pure types, the rules and the one fold, used by the
//! browser, the server and the tests alike. Names neither leptos, axum, sqlx nor tokio.

/// Names that the outside gives to things: todos, lists and commands.
pub mod id;

/// A todo, and the text it may carry.
pub mod todo;

/// A list, and its name.
pub mod list;

/// What can happen, and its place in the log.
pub mod event;

/// What a person can ask for.
pub mod command;

/// The rules: what a command comes to.
pub mod decide;

/// A list's todos at one head, and the fold that moves it.
pub mod board;

/// Where a todo or a list stands among the others.
pub mod position;

/// An event as it must be known to undo it.
pub mod done;

/// The part of a long list that a page starts with.
pub mod window;

/// What was deleted, and what has happened.
pub mod past;

pub(crate) mod examples;

pub use board::{Applied, Board};
pub use command::{Command, Rejection, Undone};
pub use decide::{Facts, decide, is_tight, make_room, take_in};
pub use done::Done;
pub use event::{Change, Event, EventId, Head, Placed, Receipt, Seq};
pub use id::{ListId, OpId, TodoId};
pub use list::List;
pub use position::Position;
pub use todo::{ShortText, TextError, Todo};
pub use window::Window;
