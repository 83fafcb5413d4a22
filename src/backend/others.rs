//! What other servers on the same database have committed. They say so in a notice, which names the streams. As notices
//! can be lost, all streams are also looked at from time to time. Either way only feeds are woken, which read the log
//! themselves, so nothing depends on when or how often that happens.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::backend::counts::AllCounts;
use crate::backend::error::ServerError;
use crate::backend::feed::Feeds;
use crate::backend::storage::changes;
use crate::backend::storage::changes::{State, Sum};
use crate::backend::storage::database::{Database, Heard};
use crate::domain::ListId;

/// How often all streams are looked at: how late a change is if its notice was lost.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The pause after each notice, so that a busy server sends a hundred a second at most: each takes a lock of the whole
/// cluster.
const TELL_PAUSE: Duration = Duration::from_millis(10);

/// How many notices may wait here. If there are more, they wait in the connection.
const HEARD_MAX: usize = 64;

/// The other servers. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Others {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// What they have not been told yet.
    changed: Mutex<BTreeSet<ListId>>,
    wake: Notify,
}

impl Others {
    /// Tells them soon that these streams have changed. This must have been committed.
    pub(crate) fn tell(&self, streams: impl IntoIterator<Item = ListId>) {
        locked(&self.shared.changed).extend(streams);
        self.shared.wake.notify_one();
    }

    /// Tells them and listens to them, for as long as the server runs.
    pub(crate) async fn run(self, database: Database, feeds: Feeds, counts: AllCounts) {
        if !database.is_shared() {
            return self.run_alone().await;
        }
        let (hear, heard) = mpsc::channel(HEARD_MAX);
        tokio::join!(self.tell_all(&database), database.listen(hear), follow(&database, heard, &feeds, &counts));
    }

    /// Forgets what there is to tell, because nobody listens.
    async fn run_alone(&self) {
        loop {
            self.shared.wake.notified().await;
            locked(&self.shared.changed).clear();
        }
    }

    async fn tell_all(&self, database: &Database) {
        loop {
            self.shared.wake.notified().await;
            let changed: Vec<_> = std::mem::take(&mut *locked(&self.shared.changed)).into_iter().collect();
            if !changed.is_empty()
                && let Err(error) = database.tell(&changed).await
            {
                // They find it when they look at all streams.
                tracing::debug!(%error, "Could not tell the other servers: {error}");
            }
            sleep(TELL_PAUSE).await;
        }
    }
}

async fn follow(database: &Database, mut heard: mpsc::Receiver<Heard>, feeds: &Feeds, counts: &AllCounts) {
    let mut known = Known::default();
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let looked = tokio::select! {
            Some(heard) = heard.recv() => match heard {
                Heard::Streams(streams) => known.look_at(database, &streams).await,
                Heard::Anything => known.look_at_all(database).await,
            },
            _ = look.tick() => known.look_at_all(database).await,
        };
        match looked {
            Ok(changed) => {
                let mut counted = Vec::new();
                for (stream, state) in changed {
                    feeds.wake(&stream);
                    if stream != ListId::index() {
                        counted.push((stream, state.and_then(|it| it.counts)));
                    }
                }
                counts.set(counted);
            }
            Err(error) => {
                // Whoever needs the database now logs why it can't be used.
                tracing::debug!(%error, "Could not look for what others have changed: {error}");
                sleep(LOOK_EVERY).await;
            }
        }
    }
}

/// How the streams were when they were looked at last.
#[derive(Debug, Default)]
struct Known {
    sum: Sum,
    streams: HashMap<ListId, State>,
}

/// A stream that is not as it was; `None` for one that is gone.
type Changed = (ListId, Option<State>);

impl Known {
    /// Looks at these streams.
    async fn look_at(&mut self, database: &Database, streams: &[ListId]) -> Result<Vec<Changed>, ServerError> {
        let mut found = changes::of(database, streams).await?;
        Ok(streams.iter().filter_map(|it| self.learn(it.clone(), found.remove(it))).collect())
    }

    /// Looks at all of them, if any has changed.
    async fn look_at_all(&mut self, database: &Database) -> Result<Vec<Changed>, ServerError> {
        // Read before the streams: what is committed in between is looked at once more.
        let sum = changes::sum(database).await?;
        if sum == self.sum {
            return Ok(Vec::new());
        }
        let found = changes::of_all(database).await?;
        let gone: Vec<_> = self.streams.keys().filter(|it| !found.contains_key(*it)).cloned().collect();
        let now = found.into_iter().map(|(stream, state)| (stream, Some(state)));
        let changed = gone.into_iter().map(|it| (it, None)).chain(now);
        let changed = changed.filter_map(|(stream, state)| self.learn(stream, state)).collect();
        self.sum = sum;
        Ok(changed)
    }

    fn learn(&mut self, stream: ListId, now: Option<State>) -> Option<Changed> {
        let before = match &now {
            Some(state) => self.streams.insert(stream.clone(), state.clone()),
            None => self.streams.remove(&stream),
        };
        (before != now).then_some((stream, now))
    }
}

/// Nothing that could panic runs under this lock, so a poisoned one still guards whole data.
fn locked(changed: &Mutex<BTreeSet<ListId>>) -> MutexGuard<'_, BTreeSet<ListId>> {
    changed.lock().unwrap_or_else(PoisonError::into_inner)
}
