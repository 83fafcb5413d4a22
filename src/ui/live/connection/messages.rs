//! Messages over the socket. A message counts as sent when an open socket has taken it, and as arrived when
//! its echo is back. The person is told about messages that may not have arrived.

use std::cell::RefCell;

use web_sys::WebSocket;

use crate::protocol::frames::ECHO_PREFIX;
use crate::ui::notices::shortened;

thread_local! {
    /// The socket that messages are sent to, and the messages it has taken. A page has one at most.
    static OPEN: RefCell<Option<(WebSocket, Unanswered)>> = const { RefCell::new(None) };
}

/// Sends a message. `false` if no open socket has taken it. There is no queue, so that what the page says
/// about the message is true.
pub(crate) fn send_message(message: String) -> bool {
    OPEN.with_borrow_mut(|open| {
        let Some((socket, unanswered)) = open else { return false };
        // A socket that is closing also takes messages, but drops them.
        let is_taken = socket.ready_state() == WebSocket::OPEN && socket.send_with_str(&message).is_ok();
        if is_taken {
            unanswered.0.push(message);
        }
        is_taken
    })
}

/// From now on messages are sent to this socket.
pub(super) fn begin(socket: WebSocket) {
    OPEN.set(Some((socket, Unanswered::default())));
}

/// The socket has received an echo.
pub(super) fn echoed(echo: &str) {
    OPEN.with_borrow_mut(|open| {
        if let Some((_, unanswered)) = open {
            unanswered.echoed(echo);
        }
    });
}

/// The socket has ended. Returns the sentence about messages that may not have arrived, if there are any.
pub(super) fn end() -> Option<String> {
    OPEN.take().and_then(|(_, unanswered)| unanswered.sentence())
}

/// Messages whose echo has not come back, in the order they were sent.
#[derive(Debug, Default)]
struct Unanswered(Vec<String>);

impl Unanswered {
    fn echoed(&mut self, echo: &str) {
        let message = echo.strip_prefix(ECHO_PREFIX);
        if let Some(at) = self.0.iter().position(|it| Some(it.as_str()) == message) {
            self.0.remove(at);
        }
    }

    /// It is not known whether these messages have arrived.
    fn sentence(&self) -> Option<String> {
        let quoted = self.0.iter().map(|it| format!("“{}”", shortened(it)));
        let texts = quoted.reduce(|all, it| format!("{all}, {it}"))?;
        Some(format!("The connection broke before the answer came. This may not have arrived: {texts}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unanswered(sent: &[&str], echoed: &[&str]) -> Option<String> {
        let mut unanswered = Unanswered(sent.iter().map(ToString::to_string).collect());
        for message in echoed {
            unanswered.echoed(&format!("{ECHO_PREFIX}{message}"));
        }
        unanswered.sentence()
    }

    #[test]
    fn a_message_is_reported_until_its_echo_is_back() {
        let words = "The connection broke before the answer came. This may not have arrived: ";
        assert_eq!(unanswered(&["one", "two", "three"], &["one"]), Some(format!("{words}“two”, “three”")));
        assert_eq!(unanswered(&["one", "one"], &["one"]), Some(format!("{words}“one”")));
        assert_eq!(unanswered(&["one", "two"], &["one", "two"]), None);
        assert_eq!(unanswered(&[], &["from nobody"]), None);
    }

    #[test]
    fn an_echo_counts_only_for_its_own_message() {
        assert!(unanswered(&["one two"], &["one", "two", "one two ", "ONE TWO", ""]).is_some());
        let mut own_words = Unanswered(vec![ECHO_PREFIX.to_owned()]);
        own_words.echoed(ECHO_PREFIX);
        assert_eq!(own_words.0.len(), 1);
        own_words.echoed(&format!("{ECHO_PREFIX}{ECHO_PREFIX}"));
        assert_eq!(own_words.0.len(), 0);
    }
}
