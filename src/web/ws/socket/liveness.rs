//! Whether the other side of a socket is still there, and how much of what was sent it may not have read.
//! A client answers a ping only after it has read everything before it. So it is pinged from time to time,
//! and gets the time that a slow connection needs to read what was sent before the ping.

use std::time::Duration;

use tokio::time::Instant;

/// How often a quiet socket is pinged: often enough for proxies that cut connections after 60 s of silence.
const HEARTBEAT: Duration = Duration::from_secs(25);

/// How long a client may take to answer a ping, in addition to the time to read what was sent before it.
const PONG_WAIT: Duration = Duration::from_secs(10);

/// How many bytes may be sent without an answer to a ping. They are in the system's buffers on both sides.
/// Beyond that, pushes wait, so that a slow reader has only little to read before each ping.
const UNREAD_BYTES_MAX: usize = 128 << 10;

/// The most bytes that the system's buffers on both sides hold for a slow reader. What was sent before these
/// has been read.
const BUFFERED_BYTES_MAX: u32 = 512 << 10;

/// A reader this slow is still alive: about the speed of the oldest mobile networks.
const SLOWEST_BYTES_PER_SECOND: u32 = 4 << 10;

/// What to do when a socket's deadline is reached.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Send a ping.
    Beat,
    /// The other side did not answer in time.
    Dead,
}

/// The state of one socket's other side.
#[derive(Debug)]
pub(super) struct Liveness {
    /// When the next heartbeat is due.
    beat_at: Instant,
    /// When the answer to the open ping is overdue; `None` while other messages show that the client is there.
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

    /// When [`Liveness::due`] must be asked next.
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

    /// Whether the client must answer a ping before more is pushed.
    pub(super) fn is_full(&self) -> bool {
        self.unread >= UNREAD_BYTES_MAX
    }

    /// Counts bytes that have been sent.
    pub(super) fn sent(&mut self, bytes: usize) {
        self.unread += bytes;
        if self.is_ping_open {
            self.after_ping += bytes;
        }
    }

    /// Expects an answer to a ping. `true` if a ping must be sent; only one is open at a time.
    pub(super) fn expect_pong(&mut self, now: Instant) -> bool {
        let unread = u32::try_from(self.unread).map_or(BUFFERED_BYTES_MAX, |it| it.min(BUFFERED_BYTES_MAX));
        let reading = Duration::from_secs(1) * unread / SLOWEST_BYTES_PER_SECOND;
        if self.overdue_at.is_none() {
            self.overdue_at = Some(now + PONG_WAIT + reading);
        }
        !std::mem::replace(&mut self.is_ping_open, true)
    }

    /// A message has come in: the other side is there, but may not have read everything yet.
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
    fn a_quiet_client_has_ten_seconds_for_its_pong() {
        let now = Instant::now();
        let mut it = Liveness::new(now);
        assert_eq!(it.deadline(), now + HEARTBEAT);
        assert_eq!(it.due(now + HEARTBEAT), Due::Beat);
        assert!(it.expect_pong(now + HEARTBEAT));
        assert_eq!(it.deadline(), now + HEARTBEAT + PONG_WAIT);
        assert_eq!(it.due(it.deadline()), Due::Dead);
    }

    #[test]
    fn a_slow_reader_has_time_to_read_what_was_sent_before_the_ping() {
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
    fn any_message_shows_that_the_client_is_there_but_only_a_pong_shows_that_it_has_read() {
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
