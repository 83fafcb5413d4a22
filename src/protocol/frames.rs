//! What a follower of a list is told: the frames a socket pushes beside the echo, each a JSON object,
//! so that what starts with `{` is a push and everything else is an echo; and the answer to who asks
//! instead, because it can't have a socket.

use serde::{Deserialize, Serialize};

use crate::domain::event::{Event, Head};

/// What stands in front of every echoed message, exactly.
pub const ECHO_PREFIX: &str = "This is the message received by the server: ";

/// One pushed frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Push {
    /// The next event of the list.
    Event(Event),
    /// The reader has everything up to here. Sent when caught up and then at every heartbeat.
    Head(Head),
    /// The reader's place can't be resumed from: load the board again.
    Reset {
        /// Why not.
        reason: ResetReason,
    },
}

/// Why a place in the log can't be resumed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// This log has no such event: the database is another one, or was restored from a backup.
    Unknown,
    /// The events after that place are not kept any more.
    Pruned,
}

/// What the log has for who asks for the events after a cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "NextOnWire", try_from = "NextOnWire")]
pub enum NextEvents {
    /// The very next events, oldest first, as many as one step of the log gives.
    Events {
        /// None only at the end of the log.
        events: Vec<Event>,
        /// The end of the log when they were read: whoever is not there yet asks again.
        head: Head,
    },
    /// The cursor can't be resumed from: load the board again.
    Reset {
        /// Why not.
        reason: ResetReason,
    },
}

/// One struct instead of an untagged enum, which would bring a third reader of events to the browser.
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
            _ => Err("neither events with a head nor a reset"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EventId;

    #[test]
    fn frames_are_written_as_the_contract_says() {
        let head = Push::Head(Head(EventId { seq: 44, tag: 0xab }));
        assert_eq!(serde_json::to_string(&head).unwrap(), r#"{"head":{"seq":44,"id":"44-00000000000000ab"}}"#);
        let reset = Push::Reset { reason: ResetReason::Unknown };
        assert_eq!(serde_json::to_string(&reset).unwrap(), r#"{"reset":{"reason":"unknown"}}"#);
    }

    #[test]
    fn answers_to_who_asks_are_written_as_the_contract_says_and_read_back() {
        let head = Head(EventId { seq: 44, tag: 0xab });
        for (next, text) in [
            (
                NextEvents::Events { events: Vec::new(), head },
                r#"{"events":[],"head":{"seq":44,"id":"44-00000000000000ab"}}"#,
            ),
            (NextEvents::Reset { reason: ResetReason::Pruned }, r#"{"reset":{"reason":"pruned"}}"#),
        ] {
            assert_eq!(serde_json::to_string(&next).unwrap(), text);
            assert_eq!(serde_json::from_str::<NextEvents>(text).unwrap(), next);
        }
        for text in ["{}", r#"{"events":[]}"#, r#"{"head":{"seq":0,"id":"0"}}"#, "<html>"] {
            assert!(serde_json::from_str::<NextEvents>(text).is_err(), "{text}");
        }
    }
}
