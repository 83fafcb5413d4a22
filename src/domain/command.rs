//! What a person can ask for, and why a rule may reject it.

use std::fmt;

use serde::de::{Deserializer, SeqAccess, Visitor, value::SeqAccessDeserializer, value::StrDeserializer};
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
        /// Its id.
        id: TodoId,
        /// Its title.
        title: ShortText,
    },
    /// Give a todo another title.
    Rename {
        /// Which one.
        id: TodoId,
        /// Its new title.
        title: ShortText,
    },
    /// Mark todos as done.
    Complete {
        /// Which ones.
        #[serde(alias = "id", deserialize_with = "one_or_many")]
        ids: Vec<TodoId>,
    },
    /// Mark todos as open again.
    Reopen {
        /// Which ones.
        #[serde(alias = "id", deserialize_with = "one_or_many")]
        ids: Vec<TodoId>,
    },
    /// Remove todos. It is no error if one is already gone.
    Delete {
        /// Which ones.
        #[serde(alias = "id", deserialize_with = "one_or_many")]
        ids: Vec<TodoId>,
    },
    /// Mark every todo as done.
    CompleteAll,
    /// Mark every todo as open again.
    ReopenAll,
    /// Remove every todo that is done.
    ClearCompleted,
}

/// The todos that the rules need for a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Those with these ids, if the list has them.
    These(&'a [TodoId]),
    /// All that are done, or all that are open.
    Every {
        /// Which of the two.
        completed: bool,
    },
}

impl Command {
    /// The todos that it names; none if it is about all todos of a list.
    #[must_use]
    pub fn todos(&self) -> &[TodoId] {
        match self {
            Self::Create { id, .. } | Self::Rename { id, .. } => std::slice::from_ref(id),
            Self::Complete { ids } | Self::Reopen { ids } | Self::Delete { ids } => ids,
            Self::CompleteAll | Self::ReopenAll | Self::ClearCompleted => &[],
        }
    }

    /// The todos that must be known to decide about it.
    #[must_use]
    pub fn scope(&self) -> Scope<'_> {
        match self {
            Self::CompleteAll => Scope::Every { completed: false },
            Self::ReopenAll | Self::ClearCompleted => Scope::Every { completed: true },
            _ => Scope::These(self.todos()),
        }
    }
}

/// Reads several ids, or a single one, which is how browsers of the first version stored it.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<TodoId>, D::Error> {
    struct Ids;

    impl<'de> Visitor<'de> for Ids {
        type Value = Vec<TodoId>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an id or several")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
            TodoId::deserialize(StrDeserializer::new(text)).map(|id| vec![id])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(seq))
        }
    }

    deserializer.deserialize_any(Ids)
}

/// Which rule of the list rejects a well-formed command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The todo was deleted, or never existed.
    #[error("That todo is not there any more.")]
    TodoNotFound,
    /// A todo with this id was created by another command.
    #[error("There is already a todo with this id.")]
    TodoExists,
    /// The list holds [`LIST_TODOS_MAX`] todos.
    #[error("This list is full: it holds {LIST_TODOS_MAX} todos. Clear completed ones, or make a new list.")]
    ListFull,
}
