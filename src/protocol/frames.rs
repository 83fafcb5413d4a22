//! What is sent to a client that follows a list. A socket pushes frames beside the echo. Each frame is a JSON
//! object, so what starts with `{` is a push and everything else is an echo. A client that can't have a socket
//! asks for the events instead, and gets [`NextEvents`].

use serde::{Deserialize, Serialize};

use crate::domain::event::{Event, Head};

/// The exact text in front of every echoed message.
pub const ECHO_PREFIX: &str = "This is the message received by the server: ";

/// One pushed frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Push {
    /// The next event of the list.
    Event(Event),
    /// The reader has everything up to here. Sent when it has caught up and then at every heartbeat.
    Head(Head),
    /// The reader can't resume from its cursor: load the board again.
    Reset {
        /// Why not.
        reason: ResetReason,
    },
}

/// Why a reader can't resume from its cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// This log has no such event: it is another database, or it was restored from a backup.
    Unknown,
    /// The events after the cursor are not kept any more.
    Pruned,
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
    fn the_next_events_are_written_as_the_contract_says_and_read_back() {
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
