//! What can happen, as a closed enum, and the events that say so.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::domain::event_id::{EventId, Seq};
use crate::domain::id::{ListId, OpId, TodoId};
use crate::domain::position::Position;
use crate::domain::todo::{ShortText, Todo};

/// A todo and its position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// Which one.
    pub todo: TodoId,
    /// Where it stands.
    pub position: Position,
}

/// A list and its position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedList {
    /// Which one.
    pub list: ListId,
    /// Where it stands.
    pub position: Position,
}

/// What happened to a list or to the index, each absolute in effect: applying one twice changes nothing more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A todo was added to the list.
    Created {
        /// Its id.
        todo: TodoId,
        /// Its first title.
        title: ShortText,
        /// Its position.
        position: Position,
    },
    /// A todo got another title.
    Renamed {
        /// Which one.
        todo: TodoId,
        /// Its title from now on.
        title: ShortText,
        /// Its title until then, so that it can be taken back. Absent if an older version wrote the event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<ShortText>,
    },
    /// Todos were marked as done.
    Completed {
        /// Which ones.
        todos: Vec<TodoId>,
    },
    /// Todos were marked as open again.
    Reopened {
        /// Which ones.
        todos: Vec<TodoId>,
    },
    /// Todos were deleted. They are kept in the trash for a while.
    Deleted {
        /// Which ones.
        todos: Vec<TodoId>,
        /// The list that they went to, where they were not deleted but moved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<ListId>,
    },
    /// Todos came back out of the trash, or from another list.
    Restored {
        /// All there is to know of them.
        todos: Vec<Todo>,
        /// The list that they came from, where they were moved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<ListId>,
    },
    /// A todo got another place.
    Moved {
        /// Which one.
        todo: TodoId,
        /// Where it stands from now on.
        position: Position,
        /// Where it stood until then.
        was: Position,
    },
    /// Todos got other positions in the same order, because there was no room between them.
    Spaced {
        /// Which ones, and where they stand from now on.
        todos: Vec<Placed>,
    },
    /// The list was given a name.
    Named {
        /// Its name from now on.
        name: ShortText,
        /// Its name until then. Absent where it had none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<ShortText>,
    },
    /// A list was created. Only the index has this change.
    ListCreated {
        /// Its id.
        list: ListId,
        /// Its first name.
        name: ShortText,
        /// Its position among the lists.
        position: Position,
    },
    /// A list got another name. In the index only; the list's own log says `named`.
    ListRenamed {
        /// Which one.
        list: ListId,
        /// Its name from now on.
        name: ShortText,
        /// Its name until then.
        was: ShortText,
    },
    /// A list left the others. It is kept for a while, as it was. In the index only.
    ListDeleted {
        /// Which one.
        list: ListId,
    },
    /// A list came back out of the trash. In the index only.
    ListRestored {
        /// Which one.
        list: ListId,
        /// Its name, for who has not seen it before.
        name: ShortText,
        /// Where it stands among the lists.
        position: Position,
    },
    /// A list got another place among the others. In the index only.
    ListMoved {
        /// Which one.
        list: ListId,
        /// Where it stands from now on.
        position: Position,
        /// Where it stood until then.
        was: Position,
    },
    /// Lists got other positions in the same order, because there was no room between them. In the index only.
    ListsSpaced {
        /// Which ones, and where they stand from now on.
        lists: Vec<PlacedList>,
    },
}

impl Change {
    /// The list that todos went to, or came from.
    #[must_use]
    pub fn other_list(&self) -> Option<&ListId> {
        match self {
            Self::Deleted { to: other, .. } | Self::Restored { from: other, .. } => other.as_ref(),
            _ => None,
        }
    }

    /// The todos that it is about.
    #[must_use]
    pub fn todos(&self) -> Cow<'_, [TodoId]> {
        match self {
            Self::Created { todo, .. } | Self::Renamed { todo, .. } | Self::Moved { todo, .. } => {
                Cow::Borrowed(std::slice::from_ref(todo))
            }
            Self::Completed { todos } | Self::Reopened { todos } | Self::Deleted { todos, .. } => Cow::Borrowed(todos),
            Self::Restored { todos, .. } => todos.iter().map(|it| it.id).collect(),
            Self::Spaced { todos } => todos.iter().map(|it| it.todo).collect(),
            Self::Named { .. }
            | Self::ListsSpaced { .. }
            | Self::ListCreated { .. }
            | Self::ListRenamed { .. }
            | Self::ListDeleted { .. }
            | Self::ListRestored { .. }
            | Self::ListMoved { .. } => Cow::Borrowed(&[]),
        }
    }

    /// The list that a change of the index is about.
    #[must_use]
    pub fn indexed(&self) -> Option<&ListId> {
        match self {
            Self::ListCreated { list, .. }
            | Self::ListRenamed { list, .. }
            | Self::ListDeleted { list }
            | Self::ListRestored { list, .. }
            | Self::ListMoved { list, .. } => Some(list),
            _ => None,
        }
    }
}

/// A change with its id in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The list it happened to, or the index.
    pub list: ListId,
    /// Its id in the log.
    pub id: EventId,
    /// Its number once more, for people who read what the socket sends.
    pub seq: Seq,
    /// When it happened, in milliseconds since 1970, by the server's clock.
    pub at_ms: i64,
    /// The command it came from.
    pub op: OpId,
    /// What happened.
    pub change: Change,
    /// The number of the event that this one undid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Seq>,
}

/// The answer to a command: its change is durable, and this is the event. For a command that changed
/// nothing it names the head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The list it is about.
    pub list: ListId,
    /// The event's number.
    pub seq: Seq,
    /// The event's id.
    pub event: EventId,
    /// Where the command is an event of the index too, because it made or renamed the list: its number there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Seq>,
}

impl Receipt {
    /// The receipt for an event, or for the head if nothing changed.
    #[must_use]
    pub fn new(list: ListId, event: EventId) -> Self {
        Self { list, seq: event.seq, event, index: None }
    }

    /// The events that have all of what the command did: the streams, and their numbers there.
    pub fn events(&self) -> impl Iterator<Item = (ListId, Seq)> {
        let index = self.index.map(|seq| (ListId::index(), seq));
        [(self.list.clone(), self.seq)].into_iter().chain(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_written_as_the_contract_says() {
        let change = Change::Completed { todos: vec![] };
        assert_eq!(serde_json::to_string(&change).unwrap(), r#"{"completed":{"todos":[]}}"#);
    }
}
