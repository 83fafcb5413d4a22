//! What is sent to a client that follows a list. A socket pushes frames beside the echo. Each frame is a JSON
//! object, so what starts with `{` is a push and everything else is an echo. A client that can't have a socket
//! asks for the events instead, and gets [`NextEvents`].

use serde::{Deserialize, Serialize};

use crate::domain::event::Event;
use crate::domain::event_id::{EventId, Head, Seq};
use crate::domain::id::ListId;

/// The exact text in front of every echoed message.
pub const ECHO_PREFIX: &str = "This is the message received by the server: ";

/// The longest message that is read. OWASP recommends it for WebSockets, and it is far more than a title.
pub const MESSAGE_BYTES_MAX: usize = 64 << 10;

/// One pushed frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Push {
    /// The next event of the list, or of the index.
    Event(Event),
    /// The reader has everything up to here. Sent when caught up and then at every heartbeat.
    Head(StreamHead),
    /// How many todos a list has now. For who follows the index.
    Counts(Counts),
    /// The reader's place can't be resumed from: load the board again, or the lists.
    Reset {
        /// The list, or the index.
        list: ListId,
        /// Why not.
        reason: ResetReason,
    },
}

/// The head of one stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamHead {
    /// The list, or the index.
    pub list: ListId,
    /// The last event's number, for people who read the socket.
    pub seq: Seq,
    /// The last event.
    pub id: EventId,
}

impl StreamHead {
    /// The head of this list, or of the index.
    #[must_use]
    pub fn new(list: ListId, id: EventId) -> Self {
        Self { list, seq: id.seq, id }
    }
}

/// How many todos a list has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Which list.
    pub list: ListId,
    /// Those still to be done.
    pub open: u64,
    /// All of them.
    pub total: u64,
}

/// Why a place in the log can't be resumed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// This log has no such event: it is another database, or it was restored from a backup.
    Unknown,
    /// The events after the cursor are not kept any more, or the next one is too long to be sent.
    Pruned,
}

impl ResetReason {
    /// The reason as a word, as it is sent.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Pruned => "pruned",
        }
    }
}

/// The answer to a client that asks for the events after a cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "NextOnWire", try_from = "NextOnWire")]
pub enum NextEvents {
    /// The very next events, oldest first, as many as are read in one step.
    Events {
        /// Empty only at the end of the log.
        events: Vec<Event>,
        /// The end of the log when they were read. A client that has not reached it asks again.
        head: Head,
    },
    /// The events before a number, newest first; none where the log does not go back any further.
    Earlier {
        /// As many as were asked for, and as one step of the log gives.
        events: Vec<Event>,
    },
    /// The cursor can't be resumed from: load the board again.
    Reset {
        /// Why not.
        reason: ResetReason,
    },
}

/// One struct instead of an untagged enum, which would add a third event parser to the browser's code.
#[derive(Serialize, Deserialize)]
struct NextOnWire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    events: Option<Vec<Event>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    head: Option<Head>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reset: Option<ResetOnWire>,
}

#[derive(Serialize, Deserialize)]
struct ResetOnWire {
    reason: ResetReason,
}

impl From<NextEvents> for NextOnWire {
    fn from(next: NextEvents) -> Self {
        match next {
            NextEvents::Events { events, head } => Self { events: Some(events), head: Some(head), reset: None },
            NextEvents::Earlier { events } => Self { events: Some(events), head: None, reset: None },
            NextEvents::Reset { reason } => Self { events: None, head: None, reset: Some(ResetOnWire { reason }) },
        }
    }
}

impl TryFrom<NextOnWire> for NextEvents {
    type Error = &'static str;

    fn try_from(wire: NextOnWire) -> Result<Self, Self::Error> {
        match wire {
            NextOnWire { reset: Some(ResetOnWire { reason }), .. } => Ok(Self::Reset { reason }),
            NextOnWire { events: Some(events), head: Some(head), .. } => Ok(Self::Events { events, head }),
            NextOnWire { events: Some(events), .. } => Ok(Self::Earlier { events }),
            _ => Err("neither events nor a reset"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_written_as_the_contract_says() {
        let head = Push::Head(StreamHead::new(ListId::home(), EventId { seq: 44, tag: 0xab }));
        let text = r#"{"head":{"list":"home","seq":44,"id":"44-00000000000000ab"}}"#;
        assert_eq!(serde_json::to_string(&head).unwrap(), text);
        let reset = Push::Reset { list: ListId::index(), reason: ResetReason::Unknown };
        assert_eq!(serde_json::to_string(&reset).unwrap(), r#"{"reset":{"list":"index","reason":"unknown"}}"#);
        let counts = Push::Counts(Counts { list: ListId::home(), open: 3, total: 9 });
        assert_eq!(serde_json::to_string(&counts).unwrap(), r#"{"counts":{"list":"home","open":3,"total":9}}"#);
    }

    #[test]
    fn a_page_of_an_older_version_reads_the_head_of_its_list() {
        // It knew no list in a head, and ignores what it does not know.
        let text = r#"{"list":"home","seq":44,"id":"44-00000000000000ab"}"#;
        assert_eq!(serde_json::from_str::<Head>(text).unwrap(), Head(EventId { seq: 44, tag: 0xab }));
    }

    #[test]
    fn the_next_events_are_written_as_the_contract_says_and_read_back() {
        let head = Head(EventId { seq: 44, tag: 0xab });
        for (next, text) in [
            (
                NextEvents::Events { events: Vec::new(), head },
                r#"{"events":[],"head":{"seq":44,"id":"44-00000000000000ab"}}"#,
            ),
            (NextEvents::Earlier { events: Vec::new() }, r#"{"events":[]}"#),
            (NextEvents::Reset { reason: ResetReason::Pruned }, r#"{"reset":{"reason":"pruned"}}"#),
        ] {
            assert_eq!(serde_json::to_string(&next).unwrap(), text);
            assert_eq!(serde_json::from_str::<NextEvents>(text).unwrap(), next);
        }
        for text in ["{}", r#"{"head":{"seq":0,"id":"0"}}"#, "<html>"] {
            assert!(serde_json::from_str::<NextEvents>(text).is_err(), "{text}");
        }
    }
}
