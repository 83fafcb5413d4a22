//! The load's own threads. Each has its own runtime and its own connections, so that nothing is handed from
//! one to the other, which would cost more than the work itself.

use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use tokio::runtime::Builder;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// How many threads make load. More would only take processors from the servers.
pub(crate) const THREADS_MAX: usize = 2;

/// The longest that one load may take, with its connections. It ends by itself far earlier unless a server hangs.
const LOAD_MAX: Duration = Duration::from_mins(2);

/// How many of `count` connections each thread has; no thread has none.
pub(crate) fn shares(count: usize) -> Vec<usize> {
    let threads = count.clamp(1, THREADS_MAX);
    (0..threads).map(|it| count / threads + usize::from(it < count % threads)).collect()
}

/// Runs this work once on each of `count` threads, and returns what they have made.
pub(crate) async fn on_each<T, W, F>(count: usize, work: W) -> Result<Vec<T>>
where
    T: Send + 'static,
    W: Fn(usize) -> F + Clone + Send + 'static,
    F: Future<Output = Result<T>>,
{
    let threads = (0..count).map(|number| {
        let work = work.clone();
        spawn_blocking(move || {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async { timeout(LOAD_MAX, work(number)).await.context("a server hangs")? })
        })
    });
    let outcomes = try_join_all(threads).await.context("a thread of the load broke")?;
    outcomes.into_iter().collect()
}
