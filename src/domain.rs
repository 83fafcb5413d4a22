//! What a to-do list is: pure types, the rules, and the function that applies events. The browser, the server
//! and the tests all use it, so it does not depend on leptos, axum, sqlx or tokio.

/// Who did something, in their own words.
pub mod actor;

/// The ids of todos, lists and commands.
pub mod id;

/// A todo, and the text it may carry.
pub mod todo;

/// A list, and its name.
pub mod list;

/// What can happen.
pub mod event;

/// An event's number and name in the log.
pub mod event_id;

/// What a person can ask for.
pub mod command;

/// What the rules may know.
pub mod facts;

/// The rules: what a command changes, or why it is rejected.
pub mod decide;

/// The rules of the lists among each other.
pub mod decide_list;

/// A list's todos at one head, and the fold that moves it.
pub mod board;

/// All lists at one head of the index, and the fold that moves them.
pub mod index;

/// Where a todo or a list stands among the others.
pub mod position;

/// An event as it must be known to undo it.
pub mod done;

/// Whether an event can be undone, and what that changes.
pub mod undo;

/// The part of a long list that a page starts with.
pub mod window;

/// Dates.
pub mod calendar;

/// What was deleted, and what has happened.
pub mod past;

pub(crate) mod examples;

pub use actor::Actor;
pub use board::{Applied, Board};
pub use command::{Command, Rejection, Undone};
pub use decide::{decide, is_tight, make_room, take_in};
pub use decide_list::{IndexFacts, KnownList, decide_list, make_room_for_list};
pub use done::Done;
pub use event::{Change, Event, Placed, PlacedList, Receipt};
pub use event_id::{EventId, Head, Seq};
pub use facts::Facts;
pub use id::{ListId, OpId, TodoId};
pub use index::{Index, IndexedList};
pub use list::List;
pub use position::Position;
pub use todo::{ShortText, TextError, Todo};
pub use undo::undo;
pub use window::{Steps, Window};
