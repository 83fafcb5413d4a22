//! What a person can ask for, and why a rule may reject it.

use std::fmt;

use serde::de::{Deserializer, SeqAccess, Visitor, value::SeqAccessDeserializer, value::StrDeserializer};
use serde::{Deserialize, Serialize};

use crate::domain::event_id::EventId;
use crate::domain::id::{ListId, OpId, TodoId};
use crate::domain::list::{LIST_TODOS_MAX, LISTS_MAX};
use crate::domain::todo::ShortText;

/// A command about the todos of one list, or about a list among the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Put a new todo at the end, or at the top.
    Create {
        /// Its id.
        id: TodoId,
        /// Its title.
        title: ShortText,
        /// Whether it goes to the top.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        at_top: bool,
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
    /// Put todos into the trash. One that is gone already is as it should be.
    Delete {
        /// Which ones.
        #[serde(alias = "id", deserialize_with = "one_or_many")]
        ids: Vec<TodoId>,
    },
    /// Take todos out of the trash, to where they were.
    Restore {
        /// Which ones.
        #[serde(alias = "id", deserialize_with = "one_or_many")]
        ids: Vec<TodoId>,
    },
    /// Put a todo at another place in its list.
    Move {
        /// Which one.
        id: TodoId,
        /// The todo that it shall stand right behind; at the top, where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<TodoId>,
    },
    /// Put todos at the end of another list.
    MoveTo {
        /// Which ones.
        #[serde(alias = "id", deserialize_with = "one_or_many")]
        ids: Vec<TodoId>,
        /// The other list.
        to: ListId,
    },
    /// Mark every todo as done.
    CompleteAll,
    /// Mark every todo as open again.
    ReopenAll,
    /// Put every todo that is done into the trash.
    ClearCompleted,
    /// Do the opposite of an event.
    Undo {
        /// Which one.
        event: EventId,
    },
    /// Do the opposite of what another command has come to. For who does not know its event yet.
    UndoOp {
        /// The other command's name.
        op: OpId,
    },
    /// Make a new list, behind the others. It is a command of the index.
    CreateList {
        /// What it shall be called.
        name: ShortText,
    },
    /// Give the list another name.
    RenameList {
        /// The name it shall have.
        name: ShortText,
    },
    /// Put the list at another place among the lists.
    MoveList {
        /// The list that it shall stand right behind; at the top, where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<ListId>,
    },
    /// Put the list into the trash, with all that is in it. One that is there already is as it should be.
    DeleteList,
    /// Take the list out of the trash, to where it was.
    RestoreList,
}

/// Which event is to be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// The one with this id.
    Event(EventId),
    /// The one that this command has come to.
    Op(OpId),
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
    /// One, and the places around another one.
    Place {
        /// The one that moves.
        id: TodoId,
        /// The one that it shall stand behind.
        after: Option<TodoId>,
    },
    /// Those of an event.
    Event(Undone),
}

impl Command {
    /// The todos that it names; none if it is about all todos of a list.
    #[must_use]
    pub fn todos(&self) -> &[TodoId] {
        match self {
            Self::Create { id, .. } | Self::Rename { id, .. } | Self::Move { id, .. } => std::slice::from_ref(id),
            Self::Complete { ids }
            | Self::Reopen { ids }
            | Self::Delete { ids }
            | Self::Restore { ids }
            | Self::MoveTo { ids, .. } => ids,
            Self::CompleteAll
            | Self::ReopenAll
            | Self::ClearCompleted
            | Self::Undo { .. }
            | Self::UndoOp { .. }
            | Self::CreateList { .. }
            | Self::RenameList { .. }
            | Self::MoveList { .. }
            | Self::DeleteList
            | Self::RestoreList => &[],
        }
    }

    /// Whether it is about a list among the others, and not about todos.
    #[must_use]
    pub fn is_about_lists(&self) -> bool {
        matches!(
            self,
            Self::CreateList { .. }
                | Self::RenameList { .. }
                | Self::MoveList { .. }
                | Self::DeleteList
                | Self::RestoreList
        )
    }

    /// The todos that must be known to decide about it.
    #[must_use]
    pub fn scope(&self) -> Scope<'_> {
        match self {
            Self::CompleteAll => Scope::Every { completed: false },
            Self::ReopenAll | Self::ClearCompleted => Scope::Every { completed: true },
            Self::Move { id, after } => Scope::Place { id: *id, after: *after },
            Self::Undo { event } => Scope::Event(Undone::Event(*event)),
            Self::UndoOp { op } => Scope::Event(Undone::Op(*op)),
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
    #[error("That list is full: it holds {LIST_TODOS_MAX} todos. Clear completed ones, or make a new list.")]
    ListFull,
    /// The todos of an event that shall be undone were changed by a later one.
    #[error("That can't be undone: it was changed since.")]
    ChangedSince,
    /// The event that shall be undone is not in the log, or has no opposite.
    #[error("That can't be undone any more.")]
    NotUndoable,
    /// There never was a list with this id, or it is deleted.
    #[error("There is no such list: it may have been deleted.")]
    ListNotFound,
    /// There are [`LISTS_MAX`] lists.
    #[error("There are {LISTS_MAX} lists already, which is as many as there can be. Delete one first.")]
    ListsFull,
    /// The list home is always there, because the first page shows it.
    #[error("The list Home can't be deleted.")]
    HomeStays,
}
