//! Whether the other side of a socket is there, and how much it was sent that it may not have read. A
//! ping is answered by who has read everything before it, so its answer is asked for now and then, and
//! given the time that a slow connection needs for what lies before it.

use std::time::Duration;

use tokio::time::Instant;

/// How often a quiet socket hears from us: often enough for proxies that cut after 60 s of silence.
const HEARTBEAT: Duration = Duration::from_secs(25);

/// How long a peer may take to answer a ping, beside the time to read what was sent before it.
const PONG_WAIT: Duration = Duration::from_secs(10);

/// What may be sent without an answer to a ping. It lies in the buffers of the system, here and there;
/// pushes wait beyond it, so that a slow reader has little before each ping.
const UNREAD_BYTES_MAX: usize = 128 << 10;

/// What the buffers of the system, here and there, hold at most of what was sent to a slow reader: what
/// was sent before that has been read.
const BUFFERED_BYTES_MAX: u32 = 512 << 10;

/// A reader that takes this much is slow and alive: about what the oldest mobile networks carry.
const SLOWEST_BYTES_PER_SECOND: u32 = 4 << 10;

/// What a socket's deadline asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Say that we are here.
    Beat,
    /// The other side did not answer in time.
    Dead,
}

/// The state of one socket's other side.
#[derive(Debug)]
pub(super) struct Liveness {
    /// When the next heartbeat is due.
    beat_at: Instant,
    /// When the answer to the open ping is overdue; nothing, while other messages show that it is there.
    overdue_at: Option<Instant>,
    is_ping_open: bool,
    /// Bytes sent since the last ping that was answered, and those of them sent after the open ping.
    unread: usize,
    after_ping: usize,
}

impl Liveness {
    pub(super) fn new(now: Instant) -> Self {
        Self { beat_at: now + HEARTBEAT, overdue_at: None, is_ping_open: false, unread: 0, after_ping: 0 }
    }

    /// When [`Liveness::due`] has something to say.
    pub(super) fn deadline(&self) -> Instant {
        self.overdue_at.map_or(self.beat_at, |overdue| overdue.min(self.beat_at))
    }

    /// What is due.
    pub(super) fn due(&mut self, now: Instant) -> Due {
        if self.overdue_at.is_some_and(|it| it <= now) {
            return Due::Dead;
        }
        self.beat_at = now + HEARTBEAT;
        Due::Beat
    }

    /// Whether the reader must answer before it is pushed more.
    pub(super) fn is_full(&self) -> bool {
        self.unread >= UNREAD_BYTES_MAX
    }

    /// So much has been sent.
    pub(super) fn sent(&mut self, bytes: usize) {
        self.unread += bytes;
        if self.is_ping_open {
            self.after_ping += bytes;
        }
    }

    /// Expects an answer. `true` where a ping must be sent for it: only one is open at a time.
    pub(super) fn expect_pong(&mut self, now: Instant) -> bool {
        let unread = u32::try_from(self.unread).map_or(BUFFERED_BYTES_MAX, |it| it.min(BUFFERED_BYTES_MAX));
        let reading = Duration::from_secs(1) * unread / SLOWEST_BYTES_PER_SECOND;
        if self.overdue_at.is_none() {
            self.overdue_at = Some(now + PONG_WAIT + reading);
        }
        !std::mem::replace(&mut self.is_ping_open, true)
    }

    /// A message has come in: the other side is there, though it may not have read everything yet.
    pub(super) fn heard(&mut self) {
        self.overdue_at = None;
    }

    /// The answer to the ping has come in.
    pub(super) fn heard_pong(&mut self) {
        self.heard();
        self.is_ping_open = false;
        self.unread = std::mem::take(&mut self.after_ping);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_peer_has_ten_seconds_for_its_pong() {
        let now = Instant::now();
        let mut it = Liveness::new(now);
        assert_eq!(it.deadline(), now + HEARTBEAT);
        assert_eq!(it.due(now + HEARTBEAT), Due::Beat);
        assert!(it.expect_pong(now + HEARTBEAT));
        assert_eq!(it.deadline(), now + HEARTBEAT + PONG_WAIT);
        assert_eq!(it.due(it.deadline()), Due::Dead);
    }

    #[test]
    fn a_slow_reader_has_the_time_to_read_what_lies_before_the_ping() {
        let now = Instant::now();
        let mut it = Liveness::new(now);
        it.sent(400_000);
        assert!(it.is_full() && it.expect_pong(now));
        it.sent(1000);
        assert_eq!(it.due(now + HEARTBEAT), Due::Beat);
        assert!(!it.expect_pong(now + HEARTBEAT), "one ping is open");
        assert_eq!(it.due(now + Duration::from_secs(100)), Due::Beat);
        it.heard_pong();
        assert!(!it.is_full());
        assert_eq!(it.unread, 1000, "what was sent after the ping may still be unread");
    }

    #[test]
    fn any_message_shows_life_and_only_a_pong_shows_that_it_was_read() {
        let now = Instant::now();
        let mut it = Liveness::new(now);
        it.sent(UNREAD_BYTES_MAX);
        it.expect_pong(now);
        it.heard();
        assert!(it.is_full());
        assert_eq!(it.due(now + HEARTBEAT), Due::Beat);
        assert!(!it.expect_pong(now + HEARTBEAT));
        assert_eq!(it.due(now + Duration::from_mins(5)), Due::Dead, "it has said nothing since");
    }
}
