//! What a person can ask for, and why a rule may say no.

use serde::{Deserialize, Serialize};

use crate::domain::id::TodoId;
use crate::domain::list::LIST_TODOS_MAX;
use crate::domain::todo::ShortText;

/// A command about the todos of one list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Put a new todo at the end.
    Create {
        /// The id it shall have.
        id: TodoId,
        /// Its title.
        title: ShortText,
    },
    /// Give a todo another title.
    Rename {
        /// Which one.
        id: TodoId,
        /// The title it shall have.
        title: ShortText,
    },
    /// Mark a todo as done.
    Complete {
        /// Which one.
        id: TodoId,
    },
    /// Mark a todo as open again.
    Reopen {
        /// Which one.
        id: TodoId,
    },
    /// Remove a todo. One that is gone already is as it should be.
    Delete {
        /// Which one.
        id: TodoId,
    },
    /// Mark every todo as done.
    CompleteAll,
    /// Mark every todo as open again.
    ReopenAll,
    /// Remove every todo that is done.
    ClearCompleted,
}

impl Command {
    /// The one todo this is about, if it is about one.
    #[must_use]
    pub fn todo(&self) -> Option<TodoId> {
        match self {
            Self::Create { id, .. }
            | Self::Rename { id, .. }
            | Self::Complete { id }
            | Self::Reopen { id }
            | Self::Delete { id } => Some(*id),
            Self::CompleteAll | Self::ReopenAll | Self::ClearCompleted => None,
        }
    }
}

/// Why a well-formed command can't be accepted: a rule of the list says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The todo was deleted, or never was.
    #[error("That todo is not there any more.")]
    TodoNotFound,
    /// A todo with this id was created by another command.
    #[error("There is already a todo with this id.")]
    TodoExists,
    /// The list holds [`LIST_TODOS_MAX`] todos.
    #[error("This list is full: it holds {LIST_TODOS_MAX} todos. Clear completed ones, or make a new list.")]
    ListFull,
}
