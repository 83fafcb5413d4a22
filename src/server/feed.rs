//! One list's live events in this process. A feed is woken, never told: it reads the log after its
//! place, once for all readers, and keeps the recent frames in a ring. A reader has a place and no
//! queue, so one that does not read costs nothing; one that is behind the ring reads the log.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Notify, OnceCell, watch};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::database::Database;
use super::error::ServerError;
use super::event_log;
use crate::domain::{Event, EventId, ListId, Push, ResetReason, Seq};

/// A reader this far behind catches up from the log, which costs it a read and others nothing.
const RING_EVENTS_MAX: usize = 256;

/// A few events that touch a full list must not make the ring heavy.
const RING_BYTES_MAX: usize = 1 << 20;

/// How much one step of a reader may take: what stands in memory for it while it is being sent.
const STEP_BYTES_MAX: usize = 64 << 10;

/// How long a feed waits before it reads again where the log could not be read.
const RETRY_DELAY: Duration = Duration::from_millis(250);

/// All feeds that someone reads. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Feeds {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    database: Database,
    tasks: TaskTracker,
    live: Mutex<HashMap<ListId, Weak<Feed>>>,
}

#[derive(Debug)]
struct Feed {
    list: ListId,
    database: Database,
    ring: Mutex<Ring>,
    head: watch::Sender<EventId>,
    wake: Arc<Notify>,
    /// The feed's task, started by its first reader; it ends with the feed.
    task: OnceCell<DropGuard>,
}

impl Feeds {
    pub(crate) fn new(database: Database, tasks: TaskTracker) -> Self {
        Self { shared: Arc::new(Shared { database, tasks, live: Mutex::default() }) }
    }

    /// Tells the list's feed, if anyone reads it, that the log has grown.
    pub(crate) fn wake(&self, list: &ListId) {
        if let Some(feed) = locked(&self.shared.live).get(list).and_then(Weak::upgrade) {
            feed.wake.notify_one();
        }
    }

    /// A reader of the list from a place in its log, or from now on.
    pub(crate) async fn subscribe(&self, list: &ListId, after: Option<EventId>) -> Result<Subscribed, ServerError> {
        let feed = self.join(list);
        let Some(head) = event_log::head(&self.shared.database, list).await? else {
            return Ok(Subscribed::NoSuchList);
        };
        feed.start(head, &self.shared.tasks).await;
        let place = match after {
            // Whichever has come further: the feed may not have read yet what is in the log.
            None => std::cmp::max_by_key(head, *feed.head.borrow(), |it| it.seq),
            Some(after) => match event_log::check(&self.shared.database, list, after).await? {
                None => after,
                Some(reason) => return Ok(Subscribed::Reset(reason)),
            },
        };
        Ok(Subscribed::Reader(Reader { head: feed.head.subscribe(), feed, place }))
    }

    /// The list's feed, made where nobody reads it yet. Joined before the log is looked at, so that
    /// no commit falls between the two.
    fn join(&self, list: &ListId) -> Arc<Feed> {
        let mut live = locked(&self.shared.live);
        if let Some(feed) = live.get(list).and_then(Weak::upgrade) {
            return feed;
        }
        live.retain(|_, feed| feed.strong_count() > 0);
        let feed = Arc::new(Feed {
            list: list.clone(),
            database: self.shared.database.clone(),
            ring: Mutex::default(),
            head: watch::Sender::new(EventId::START),
            wake: Arc::default(),
            task: OnceCell::new(),
        });
        live.insert(list.clone(), Arc::downgrade(&feed));
        feed
    }
}

impl Feed {
    async fn start(self: &Arc<Self>, head: EventId, tasks: &TaskTracker) {
        self.task
            .get_or_init(|| async {
                self.head.send_replace(head);
                let stop = CancellationToken::new();
                tasks.spawn(stop.clone().run_until_cancelled_owned(follow(Arc::downgrade(self), self.wake.clone())));
                stop.drop_guard()
            })
            .await;
    }

    /// Takes what the log has beyond the head into the ring.
    async fn read(&self) -> Result<(), ServerError> {
        loop {
            let place = *self.head.borrow();
            let events = event_log::after(&self.database, &self.list, place.seq).await?;
            let Some(last) = events.last() else { return Ok(()) };
            let head = last.id;
            locked(&self.ring).extend(events.iter().map(frame));
            self.head.send_replace(head);
        }
    }
}

/// A feed's task holds its feed only while it reads, so that the feed ends with its last reader.
async fn follow(feed: Weak<Feed>, wake: Arc<Notify>) {
    while let Some(now) = feed.upgrade() {
        let read = now.read().await;
        drop(now);
        match read {
            Ok(()) => wake.notified().await,
            Err(error) => {
                tracing::error!(%error, "Could not read the log: {error}");
                tokio::time::sleep(RETRY_DELAY).await;
            }
        }
    }
}

/// The recent frames, in order and without a hole.
#[derive(Debug, Default)]
struct Ring {
    frames: VecDeque<Frame>,
    bytes: usize,
}

/// An event, written once for all its readers.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// The place a reader is at after this frame.
    pub(crate) id: EventId,
    /// The text to send.
    pub(crate) text: Utf8Bytes,
}

impl Ring {
    fn extend(&mut self, frames: impl Iterator<Item = Frame>) {
        for frame in frames {
            self.bytes += frame.text.len();
            self.frames.push_back(frame);
            while self.frames.len() > RING_EVENTS_MAX || (self.bytes > RING_BYTES_MAX && self.frames.len() > 1) {
                self.bytes -= self.frames.pop_front().map_or(0, |it| it.text.len());
            }
        }
    }

    /// The frames after a number, as far as one step goes; `None` where the ring starts later.
    fn after(&self, seq: Seq) -> Option<Vec<Frame>> {
        let first = self.frames.front()?.id.seq;
        let skip = usize::try_from(seq + 1 - first).ok()?;
        Some(step(self.frames.iter().skip(skip).cloned()))
    }
}

fn frame(event: &Event) -> Frame {
    // A closed enum of strings and numbers: there is nothing in it that could fail to be written.
    let text = serde_json::to_string(&Push::Event(event.clone())).unwrap_or_default();
    Frame { id: event.id, text: text.into() }
}

fn step(frames: impl Iterator<Item = Frame>) -> Vec<Frame> {
    let mut bytes = 0;
    frames
        .take_while(|frame| {
            let fits = bytes < STEP_BYTES_MAX;
            bytes += frame.text.len();
            fits
        })
        .collect()
}

/// What came of a subscription.
pub(crate) enum Subscribed {
    /// The reader's place was found.
    Reader(Reader),
    /// The place can't be resumed from.
    Reset(ResetReason),
    /// There is no such list.
    NoSuchList,
}

/// Someone who follows a list: a place in its log, and nothing more.
pub(crate) struct Reader {
    feed: Arc<Feed>,
    head: watch::Receiver<EventId>,
    place: EventId,
}

impl Reader {
    /// Where the reader is, if that is the head: then it has everything there is.
    pub(crate) fn caught_up(&self) -> Option<EventId> {
        (self.place.seq >= self.head.borrow().seq).then_some(self.place)
    }

    /// The next frames, waiting for them if need be. Safe to give up on: the reader moves only by
    /// [`Reader::advance`].
    pub(crate) async fn next(&mut self) -> Result<Vec<Frame>, ServerError> {
        // The sender lives in the feed that this reader holds: waiting can't fail.
        let _ = self.head.wait_for(|head| head.seq > self.place.seq).await;
        if let Some(frames) = locked(&self.feed.ring).after(self.place.seq) {
            return Ok(frames);
        }
        let events = event_log::after(&self.feed.database, &self.feed.list, self.place.seq).await?;
        Ok(step(events.iter().map(frame)))
    }

    /// Notes that frames up to here have been sent.
    pub(crate) fn advance(&mut self, place: EventId) {
        self.place = place;
    }
}

/// Nothing that could panic runs under these locks, so a poisoned one still guards whole data.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(seqs: std::ops::Range<Seq>, bytes: usize) -> impl Iterator<Item = Frame> {
        seqs.map(move |seq| Frame { id: EventId { seq, tag: 1 }, text: "x".repeat(bytes).into() })
    }

    #[test]
    fn a_reader_behind_the_ring_is_sent_to_the_log() {
        let mut ring = Ring::default();
        assert!(ring.after(0).is_none(), "an empty ring knows nothing");
        let last = Seq::try_from(RING_EVENTS_MAX).unwrap() + 10;
        ring.extend(frames(1..last + 1, 1));
        assert!(ring.after(0).is_none() && ring.after(9).is_none());
        assert_eq!(ring.after(10).unwrap().first().unwrap().id.seq, 11);
        assert_eq!(ring.after(last - 1).unwrap().len(), 1);
        assert_eq!(ring.after(last).unwrap().len(), 0);
    }

    #[test]
    fn heavy_frames_do_not_make_the_ring_heavy() {
        let mut ring = Ring::default();
        ring.extend(frames(1..10, RING_BYTES_MAX / 2));
        assert!(ring.bytes <= RING_BYTES_MAX);
        ring.extend(frames(10..11, RING_BYTES_MAX * 2));
        assert_eq!(ring.after(9).unwrap().len(), 1, "the newest is kept whatever its size");
    }

    #[test]
    fn one_step_takes_a_bounded_piece() {
        let mut ring = Ring::default();
        ring.extend(frames(1..100, STEP_BYTES_MAX / 4));
        assert_eq!(ring.after(ring.frames[0].id.seq - 1).unwrap().len(), 4);
    }
}
