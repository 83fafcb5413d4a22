//! One list's live events in this process. A feed takes from the writer what that has just committed, if it is
//! exactly what follows. Otherwise it reads the log after its cursor, once for all readers. It keeps the recent
//! frames in a ring. A reader has a cursor and no queue, so one that does not read costs nothing. One that is too
//! far behind for the ring reads the log.

mod interleavings;
mod reader;
mod ring;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Notify, OnceCell, watch};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

pub(crate) use reader::{Reader, Step};
use ring::Ring;

use crate::backend::error::ServerError;
use crate::backend::essential;
use crate::backend::failpoint::{Failpoint, Part};
use crate::backend::storage::database::Database;
use crate::backend::storage::event_log;
use crate::backend::storage::event_log::{Next, SENT_BYTES_MAX};
use crate::backend::storage::frame::{Growth, Run};
use crate::domain::{EventId, ListId};

/// How long a feed waits before it tries again when the log could not be read.
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
    fail: Failpoint,
    live: Mutex<HashMap<ListId, Weak<Feed>>>,
}

#[derive(Debug)]
struct Feed {
    list: ListId,
    database: Database,
    live: watch::Sender<Live>,
    wake: Arc<Notify>,
    /// How many times readers have asked whether they have everything. Each question has its own number.
    asked: AtomicU64,
    /// The last question after which the log has been read to its end.
    answered: watch::Sender<u64>,
    /// The feed's task, started by its first reader; it ends with the feed.
    task: OnceCell<DropGuard>,
}

/// What every reader waits for.
#[derive(Debug)]
struct Live {
    /// The recent frames. The end of the ring is the cursor of the feed itself.
    ring: Ring,
    /// How often there was no such list when the log was to be read: it is deleted, or was. Readers look for
    /// themselves then.
    missed: u64,
}

impl Feeds {
    pub(crate) fn new(database: Database, tasks: TaskTracker, fail: Failpoint) -> Self {
        Self { shared: Arc::new(Shared { database, tasks, fail, live: Mutex::default() }) }
    }

    /// Tells the list's feed, if anyone reads it, that the log has grown, and by what. This must have been committed.
    pub(crate) fn grown(&self, list: &ListId, growth: Growth) {
        let feed = locked(&self.shared.live).get(list).and_then(Weak::upgrade);
        if let Some(feed) = feed
            && !growth.into_run(SENT_BYTES_MAX).is_some_and(|run| feed.take(run))
        {
            feed.wake.notify_one();
        }
    }

    /// Has the list's feed, if anyone reads it, look into the log: another server may have written it.
    pub(crate) fn wake(&self, list: &ListId) {
        let feed = locked(&self.shared.live).get(list).and_then(Weak::upgrade);
        if let Some(feed) = feed {
            feed.wake.notify_one();
        }
    }

    /// A reader of the list, from a cursor or from now on; `None` if there is no such list.
    pub(crate) async fn subscribe(&self, list: &ListId, after: Option<EventId>) -> Result<Option<Reader>, ServerError> {
        let feed = self.join(list);
        let mut tx = self.shared.database.begin_log_read().await?;
        let Some(head) = event_log::head(&mut tx, list).await? else { return Ok(None) };
        drop(tx);
        feed.start(head, &self.shared).await;
        Ok(Some(Reader::new(feed, after.unwrap_or(head))))
    }

    /// The list's feed, which is made if nobody reads it yet. It is joined before the log is read, so that
    /// no commit in between is missed.
    fn join(&self, list: &ListId) -> Arc<Feed> {
        let mut live = locked(&self.shared.live);
        if let Some(feed) = live.get(list).and_then(Weak::upgrade) {
            return feed;
        }
        live.retain(|_, feed| feed.strong_count() > 0);
        let feed = Arc::new(Feed {
            list: list.clone(),
            database: self.shared.database.clone(),
            live: watch::Sender::new(Live { ring: Ring::new(EventId::START), missed: 0 }),
            wake: Arc::default(),
            asked: AtomicU64::new(0),
            answered: watch::Sender::new(0),
            task: OnceCell::new(),
        });
        live.insert(list.clone(), Arc::downgrade(&feed));
        feed
    }
}

impl Feed {
    async fn start(self: &Arc<Self>, head: EventId, shared: &Shared) {
        self.task
            .get_or_init(|| async {
                self.restart(head);
                let stop = CancellationToken::new();
                let following = follow(Arc::downgrade(self), self.wake.clone(), shared.fail);
                let following = stop.clone().run_until_cancelled_owned(following);
                shared.tasks.spawn(essential::watch("A feed", following));
                stop.drop_guard()
            })
            .await;
    }

    /// Asks for the log to be read to its end. This is done when `answered` has reached the returned
    /// number: then a read that began after this call has ended.
    fn ask(&self) -> u64 {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        self.wake.notify_one();
        number
    }

    /// Takes the run if it is exactly what follows, or is known already.
    fn take(&self, run: Run) -> bool {
        let mut taken = true;
        self.live.send_if_modified(|live| {
            live.ring.take(run).unwrap_or_else(|_| {
                taken = false;
                false
            })
        });
        taken
    }

    /// Reads the events after the head from the log into the ring.
    async fn read(&self) -> Result<(), ServerError> {
        loop {
            let asked = self.asked.load(Ordering::SeqCst);
            let cursor = self.live.borrow().ring.end();
            match event_log::after(&self.database, &self.list, cursor).await? {
                Next::Events(run) => {
                    let is_whole = run.is_whole();
                    // The writer may have moved the ring on meanwhile.
                    self.live.send_if_modified(|live| live.ring.extend(run));
                    if is_whole {
                        self.answered.send_replace(asked);
                        return Ok(());
                    }
                }
                // The feed can't go on from its cursor, so it starts again at the end of the log. Its readers
                // look up their own cursors in the log, and are told if they can't go on.
                Next::Reset(_) => {
                    let mut tx = self.database.begin_log_read().await?;
                    let head = event_log::head(&mut tx, &self.list).await?.unwrap_or(EventId::START);
                    self.restart(head);
                }
                Next::NoSuchList => {
                    self.live.send_modify(|it| it.missed += 1);
                    return Ok(());
                }
            }
        }
    }

    fn restart(&self, head: EventId) {
        self.live.send_modify(|it| it.ring = Ring::new(head));
    }
}

/// A feed's task holds its feed only while it reads, so that the feed ends with its last reader.
async fn follow(feed: Weak<Feed>, wake: Arc<Notify>, fail: Failpoint) {
    let mut has_failed = false;
    while let Some(now) = feed.upgrade() {
        fail.pass(Part::Feed);
        let read = now.read().await;
        drop(now);
        match read {
            Ok(()) => {
                has_failed = false;
                wake.notified().await;
            }
            Err(error) => {
                // Logged once, however long the log can't be read.
                if !std::mem::replace(&mut has_failed, true) {
                    tracing::error!(%error, "Could not read the log, and will try until it can be read: {error}");
                }
                tokio::time::sleep(RETRY_DELAY).await;
            }
        }
    }
}

/// Nothing that could panic runs under these locks, so even the data of a poisoned one is whole.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
