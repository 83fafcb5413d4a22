//! Loads: what is sent, and how it is timed.

/// Many who follow a list, while others add to it.
pub(crate) mod crowd;
/// Messages over sockets, and their echoes.
pub(crate) mod echo;
/// Sockets that only wait.
pub(crate) mod idle;
/// One change, and when it has reached everyone.
pub(crate) mod push;
/// HTTP requests.
pub(crate) mod requests;

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::servers::{Server, own_processor_time};

/// When a load counts: not while the servers are still getting used to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    begin: Instant,
    end: Instant,
}

impl Window {
    /// From a fifth of this time from now on, for this time.
    pub(crate) fn of(length: Duration) -> Self {
        let begin = Instant::now() + length / 5;
        Self { begin, end: begin + length }
    }

    /// Whether it is over.
    pub(crate) fn is_over(&self, now: Instant) -> bool {
        now >= self.end
    }

    /// The nanoseconds since then, if the window has begun.
    pub(crate) fn latency(&self, since: Instant, now: Instant) -> Option<u32> {
        (now >= self.begin).then(|| u32::try_from((now - since).as_nanos()).unwrap_or(u32::MAX))
    }

    /// How long it has lasted.
    pub(crate) fn lasted(&self, now: Instant) -> f64 {
        now.min(self.end).saturating_duration_since(self.begin).as_secs_f64()
    }
}

/// What one thread of the load has done.
pub(crate) struct Part {
    /// How many were answered in a second.
    pub(crate) rate: f64,
    /// How long each took, in nanoseconds.
    pub(crate) latencies: Vec<u32>,
}

impl Part {
    /// What was done in this window, which may have ended early.
    pub(crate) fn new(window: Window, latencies: Vec<u32>) -> Self {
        let lasted = window.lasted(Instant::now());
        let count = f64::from(u32::try_from(latencies.len()).unwrap_or(u32::MAX));
        Self { rate: if lasted > 0.0 { count / lasted } else { 0.0 }, latencies }
    }
}

/// What a load has shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    /// How many a second.
    pub(crate) rate: f64,
    /// The latency, in seconds, that half of them did not exceed.
    pub(crate) p50: f64,
    /// And 99 of 100.
    pub(crate) p99: f64,
    /// Which part of the processor time the load program took, of its own and the server's together.
    pub(crate) own_share: f64,
}

/// Runs a load, and measures the processor time of both sides.
pub(crate) async fn measure(servers: &[&Server], load: impl Future<Output = Result<Vec<Part>>>) -> Result<Measured> {
    let theirs = || servers.iter().map(|it| it.processor_time()).sum::<Result<Duration>>();
    let before = (own_processor_time()?, theirs()?);
    let parts = load.await?;
    let own = own_processor_time()?.saturating_sub(before.0).as_secs_f64();
    let theirs = theirs()?.saturating_sub(before.1).as_secs_f64();
    let rate = parts.iter().map(|it| it.rate).sum();
    let mut latencies: Vec<u32> = parts.into_iter().flat_map(|it| it.latencies).collect();
    anyhow::ensure!(!latencies.is_empty(), "nothing was answered");
    let mut at = |percent: usize| {
        let place = (latencies.len() * percent / 100).min(latencies.len() - 1);
        f64::from(*latencies.select_nth_unstable(place).1) / 1e9
    };
    Ok(Measured { rate, p50: at(50), p99: at(99), own_share: own / (own + theirs).max(0.01) })
}
