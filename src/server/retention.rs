//! How long the log is kept: from time to time the oldest events go, a few at a time. A reader from
//! before them is told to load the list again.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::config::Config;
use super::database::Database;
use super::error::ServerError;
use super::{event_log, random, store};
use crate::domain::Seq;

/// How often to look. The log is small; it need not be exact.
const INTERVAL: Duration = Duration::from_mins(10);

/// Events that go in one transaction: short enough that no wish waits for it noticeably.
const PRUNED_EVENTS_MAX: Seq = 1000;

/// What is kept of each list at least: an event goes when neither of these holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retention {
    events: Seq,
    age: Duration,
}

impl From<&Config> for Retention {
    fn from(config: &Config) -> Self {
        Self { events: config.keep_events.into(), age: Duration::from_hours(config.keep_hours.into()) }
    }
}

/// Prunes at the start and then from time to time.
pub(crate) async fn run(database: Database, retention: Retention) {
    let mut turns = interval(INTERVAL);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        if let Err(error) = prune(&database, retention).await {
            tracing::warn!(%error, "Could not prune the log, and will try again: {error}");
        }
    }
}

async fn prune(database: &Database, retention: Retention) -> Result<(), ServerError> {
    let mut tx = database.begin_read().await?;
    let lists = store::lists_longer_than(&mut tx, retention.events).await?;
    drop(tx);
    let age_ms = i64::try_from(retention.age.as_millis()).unwrap_or(i64::MAX);
    for (list, head) in lists {
        // The newest event always stays: the next number is told from it.
        let up_to = (head - retention.events).min(head - 1);
        loop {
            let mut tx = database.begin_write().await?;
            let since_ms = random::now_ms().saturating_sub(age_ms);
            let pruned = event_log::prune(&mut tx, &list, up_to, since_ms, PRUNED_EVENTS_MAX).await?;
            tx.commit().await?;
            if pruned == 0 {
                break;
            }
        }
    }
    Ok(())
}
