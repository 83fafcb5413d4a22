//! What can happen, as a closed enum, and how an event is numbered and named in its list's log.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::id::{IdError, ListId, OpId, TodoId};
use crate::domain::position::Position;
use crate::domain::todo::{ShortText, Todo};

/// An event's number in its list: 1, 2, 3 … without a gap. 0 means: before the first event.
pub type Seq = i64;

/// An event's id: its number and a random tag. Another log may use the same number (after a backup was
/// restored or a disk was lost), but not the same tag. Written `43-9f3ac0de12ab34cd`, or `0` for the
/// cursor before the first event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct EventId {
    /// The event's number.
    pub seq: Seq,
    /// 64 random bits, stored with the event.
    pub tag: u64,
}

impl EventId {
    /// The cursor before the first event.
    pub const START: Self = Self { seq: 0, tag: 0 };

    /// Makes an id from its number and the text of its tag.
    ///
    /// # Errors
    /// If the tag is not a hexadecimal number.
    pub fn from_parts(seq: Seq, tag: &str) -> Result<Self, IdError> {
        Ok(Self { seq, tag: u64::from_str_radix(tag, 16).map_err(|_| IdError)? })
    }

    /// The tag as it is written: 16 hexadecimal digits.
    #[must_use]
    pub fn tag_text(self) -> String {
        format!("{:016x}", self.tag)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::START { f.write_str("0") } else { write!(f, "{}-{:016x}", self.seq, self.tag) }
    }
}

impl FromStr for EventId {
    type Err = IdError;

    /// Accepts exactly what `Display` writes, so that each id has only one spelling.
    fn from_str(text: &str) -> Result<Self, IdError> {
        let id = match text.split_once('-') {
            None => Self::START,
            Some((seq, tag)) => Self::from_parts(seq.parse().map_err(|_| IdError)?, tag)?,
        };
        if id.to_string() == text { Ok(id) } else { Err(IdError) }
    }
}

impl From<EventId> for String {
    fn from(id: EventId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for EventId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

/// The last event of a log, as it is sent: the number for people, and the id as a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "HeadOnWire", into = "HeadOnWire")]
pub struct Head(pub EventId);

#[derive(Serialize, Deserialize)]
struct HeadOnWire {
    seq: Seq,
    id: EventId,
}

impl From<Head> for HeadOnWire {
    fn from(head: Head) -> Self {
        Self { seq: head.0.seq, id: head.0 }
    }
}

impl From<HeadOnWire> for Head {
    fn from(head: HeadOnWire) -> Self {
        Self(head.id)
    }
}

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
    fn an_event_id_is_read_back_as_it_was_written() {
        for id in [EventId::START, EventId { seq: 43, tag: 0x9f3a_c0de_12ab_34cd }, EventId { seq: 1, tag: 1 }] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        assert_eq!(EventId { seq: 43, tag: 0x9f3a_c0de_12ab_34cd }.to_string(), "43-9f3ac0de12ab34cd");
        assert_eq!(EventId::START.to_string(), "0");
    }

    #[test]
    fn other_spellings_of_an_event_id_are_refused() {
        for text in [
            "",
            "1",
            "-1",
            "00",
            "43",
            "43-",
            "43-9F3AC0DE12AB34CD",
            "043-9f3ac0de12ab34cd",
            "+4-9f3ac0de12ab34cd",
            "43-9f3a",
            "99999999999999999999-9f3ac0de12ab34cd",
            "0-0000000000000000",
            "43-9f3ac0de12ab34cd ",
        ] {
            assert_eq!(text.parse::<EventId>(), Err(IdError), "{text}");
        }
    }

    #[test]
    fn a_change_is_written_as_the_contract_says() {
        let change = Change::Completed { todos: vec![] };
        assert_eq!(serde_json::to_string(&change).unwrap(), r#"{"completed":{"todos":[]}}"#);
    }
}
