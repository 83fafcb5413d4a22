//! The frames a socket pushes beside the echo. Each is a JSON object, so what starts with `{` is a
//! push and everything else is an echo.

use serde::{Deserialize, Serialize};

use super::event::{Event, Head};

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
}
