//! The ids and tags that the server makes, and the clock for them.

use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use crate::domain::id::ID_RANDOM_BYTES;
use crate::domain::{EventId, ListId, OpId, Seq, TodoId};

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

pub(crate) fn todo_id() -> TodoId {
    TodoId::new(now_ms(), &bytes::<ID_RANDOM_BYTES>())
}

pub(crate) fn op() -> OpId {
    OpId::new(now_ms(), &bytes::<ID_RANDOM_BYTES>())
}

/// The op of a plain form, made from the op that its page was rendered with and the text in the form. Sent
/// twice, the form must count once. Sent again with another text, as after Back, it is another command.
pub(crate) fn op_with_text(op: OpId, text: &str) -> OpId {
    Uuid::new_v5(&op.into(), text.as_bytes()).into()
}

pub(crate) fn list_id() -> ListId {
    ListId::new(&bytes())
}

pub(crate) fn event_id(seq: Seq) -> EventId {
    EventId { seq, tag: u64::from_ne_bytes(bytes()) }
}

/// A random number from 0 to 1, so that many clients do not do the same at the same time.
pub(crate) fn fraction() -> f64 {
    f64::from(u32::from_ne_bytes(bytes())) / f64::from(u32::MAX)
}

/// Random bytes from the operating system. This fails only if the system has no randomness at all. Then no
/// id may be made, so the task has to end.
fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        panic!("the operating system gives no random bytes: {error}");
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_sent_twice_is_one_command_but_another_text_or_page_makes_another() {
        let (page, other) = (op(), op());
        assert_eq!(op_with_text(page, "one"), op_with_text(page, "one"));
        assert_ne!(op_with_text(page, "one"), op_with_text(page, "two"));
        assert_ne!(op_with_text(page, "one"), op_with_text(other, "one"));
    }
}
