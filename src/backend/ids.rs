//! The ids and tags that the server makes, and the clock for them.

use std::cell::RefCell;
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

/// The id of a request, by which it is found in the log.
pub(crate) fn request_id() -> String {
    format!("{:016x}", u64::from_ne_bytes(bytes()))
}

pub(crate) fn event_id(seq: Seq) -> EventId {
    EventId { seq, tag: u64::from_ne_bytes(bytes()) }
}

/// A random number from 0 to 1, so that many clients do not do the same at the same time.
pub(crate) fn fraction() -> f64 {
    f64::from(u32::from_ne_bytes(bytes())) / f64::from(u32::MAX)
}

/// How many random bytes are taken from the operating system at one time, which takes as long as for a few: enough for
/// a hundred ids.
const BLOCK_BYTES: usize = 1024;

/// Random bytes that have not been used yet: each is used once.
struct Block {
    bytes: [u8; BLOCK_BYTES],
    used: usize,
}

thread_local! {
    static BLOCK: RefCell<Block> = const { RefCell::new(Block { bytes: [0; BLOCK_BYTES], used: BLOCK_BYTES }) };
}

/// Random bytes from the operating system. This fails only if the system has no randomness at all. Then no
/// id may be made, so the task has to end.
fn bytes<const N: usize>() -> [u8; N] {
    const { assert!(N <= BLOCK_BYTES, "a block has enough for one id") };
    BLOCK.with_borrow_mut(|block| {
        if block.used + N > BLOCK_BYTES {
            if let Err(error) = getrandom::fill(&mut block.bytes) {
                panic!("the operating system gives no random bytes: {error}");
            }
            block.used = 0;
        }
        let mut bytes = [0; N];
        bytes.copy_from_slice(&block.bytes[block.used..block.used + N]);
        block.used += N;
        bytes
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_form_sent_twice_is_one_command_but_another_text_or_page_makes_another() {
        let (page, other) = (op(), op());
        assert_eq!(op_with_text(page, "one"), op_with_text(page, "one"));
        assert_ne!(op_with_text(page, "one"), op_with_text(page, "two"));
        assert_ne!(op_with_text(page, "one"), op_with_text(other, "one"));
    }

    #[test]
    fn no_random_byte_is_used_twice() {
        let mut seen = HashSet::new();
        for _ in 0..4 * BLOCK_BYTES / 16 {
            let bytes: [u8; 16] = bytes();
            assert!(seen.insert(bytes), "{bytes:?} came before");
        }
        assert_ne!(list_id(), list_id());
    }
}
