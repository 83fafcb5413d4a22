//! How long things are kept. From time to time the oldest events, answers and deleted todos are removed, a
//! few at a time. A reader whose next events were removed is told to load the list again.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::backend::error::ServerError;
use crate::backend::failpoint::{Failpoint, Part};
use crate::backend::ids;
use crate::backend::storage::database::Database;
use crate::backend::storage::{event_log, lists, ops, streams, todos};
use crate::domain::past::TRASH_DAYS;
use crate::domain::{ListId, Seq};

/// How often old rows are removed. It need not be exact, because the log is small.
const INTERVAL: Duration = Duration::from_mins(10);

/// How many rows are removed in one transaction. That takes a millisecond or two, so that nobody notices
/// when a command waits for it.
const BATCH_ROWS_MAX: i64 = 64;

/// The pause after each batch, as a multiple of the time that the batch took. So the database is free for
/// commands most of the time, however much there is to prune.
const PAUSE_FACTOR: u32 = 3;

/// How long a deleted todo or list can be restored.
pub(crate) const TRASH_KEPT: Duration = Duration::from_hours(TRASH_DAYS * 24);

/// What is kept of each list at least. An event is removed only when neither rule keeps it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retention {
    events: Seq,
    age: Duration,
}

impl Retention {
    /// Keeps at least this many events, and each for at least this long.
    pub(crate) fn new(events: u32, age: Duration) -> Self {
        Self { events: events.into(), age }
    }
}

/// Prunes at the start and then from time to time.
pub(crate) async fn run(database: Database, retention: Retention, fail: Failpoint) {
    let mut turns = interval(INTERVAL);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        fail.pass(Part::Pruner);
        if let Err(error) = prune(&database, retention).await {
            tracing::warn!(%error, "Could not prune the log, and will try again: {error}");
        }
    }
}

async fn prune(database: &Database, retention: Retention) -> Result<(), ServerError> {
    let mut tx = database.begin_log_read().await?;
    let streams = streams::longer_than(&mut tx, retention.events).await?;
    drop(tx);
    for (stream, head) in streams {
        // The newest event always stays: it is the head that receipts and boards name.
        let up_to = (head - retention.events).min(head - 1);
        while prune_batch(database, &stream, up_to, before_ms(retention.age)).await? > 0 {}
    }
    while forget_batch(database).await? > 0 {}
    while purge_batch(database).await? > 0 {}
    while let Some(list) = begin_purge(database).await? {
        while purge_list_batch(database, &list).await? > 0 {}
    }
    Ok(())
}

/// Removes the oldest events of a list. Returns how many.
async fn prune_batch(database: &Database, list: &ListId, up_to: Seq, since_ms: i64) -> Result<u64, ServerError> {
    let began = Instant::now();
    let mut tx = database.begin_write().await?;
    // Another server may be about to remove the same events.
    streams::lock(&mut tx, list).await?;
    let end = event_log::prunable(&mut tx, list, up_to, since_ms, BATCH_ROWS_MAX).await?;
    let mut pruned = 0;
    if let Some(end) = end {
        ops::remember_events(&mut tx, list, end, before_ms(ops::REMEMBERED)).await?;
        pruned = event_log::prune(&mut tx, list, end).await?;
    }
    tx.commit().await?;
    sleep(began.elapsed() * PAUSE_FACTOR).await;
    Ok(pruned)
}

/// Removes the todos that have been in the trash for longest. Returns how many.
async fn purge_batch(database: &Database) -> Result<u64, ServerError> {
    let began = Instant::now();
    let mut tx = database.begin_write().await?;
    let purged = todos::purge(&mut tx, before_ms(TRASH_KEPT), BATCH_ROWS_MAX).await?;
    tx.commit().await?;
    sleep(began.elapsed() * PAUSE_FACTOR).await;
    Ok(purged)
}

/// The list that has been in the trash for longest. From then on it can't be restored.
async fn begin_purge(database: &Database) -> Result<Option<ListId>, ServerError> {
    let mut tx = database.begin_write().await?;
    let list = lists::begin_purge(&mut tx, before_ms(TRASH_KEPT)).await?;
    tx.commit().await?;
    Ok(list)
}

/// Removes some of what a list holds, and in the end the list. Returns how many rows have gone.
async fn purge_list_batch(database: &Database, list: &ListId) -> Result<u64, ServerError> {
    let began = Instant::now();
    let mut tx = database.begin_write().await?;
    let purged = lists::purge(&mut tx, list, BATCH_ROWS_MAX).await?;
    tx.commit().await?;
    sleep(began.elapsed() * PAUSE_FACTOR).await;
    Ok(purged)
}

/// Removes the oldest answers to commands. Returns how many.
async fn forget_batch(database: &Database) -> Result<u64, ServerError> {
    let began = Instant::now();
    let mut tx = database.begin_write().await?;
    let forgotten = ops::forget(&mut tx, before_ms(ops::REMEMBERED), BATCH_ROWS_MAX).await?;
    tx.commit().await?;
    sleep(began.elapsed() * PAUSE_FACTOR).await;
    Ok(forgotten)
}

/// The time this long ago, in milliseconds since 1970.
pub(crate) fn before_ms(age: Duration) -> i64 {
    ids::now_ms().saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX))
}
