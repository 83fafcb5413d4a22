//! How an event is numbered and named in its list's log.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::id::IdError;

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
}
