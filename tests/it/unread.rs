//! Answers that nobody reads: they cost limited memory, for a limited time.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;

use crate::metrics::{METRICS, assert_grown, scrape};
use crate::support::{TestApp, seed};

/// How long an answer may wait for its reader, and how much later that may begin and a busy machine may notice: an
/// answer waits up to ten seconds for its turn to be made.
const WRITE_WAIT: Duration = Duration::from_secs(20);
const LATER: Duration = Duration::from_secs(15);

/// How many answers are asked for and not read, and their size: all together they would be more than allowed.
const ASKING: usize = 100;
const BOARD_BYTES: usize = 1_300_000;

/// How much memory they may take in a debug build: the 64 MiB that are allowed, and what making them takes.
const GROWTH_BYTES_MAX: u64 = 90 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_nobody_reads_are_limited_and_end() {
    let app = TestApp::start_with(&METRICS).await;
    seed(&app.database(), 10_000).await;
    let counted = scrape(&app).await;
    let other = app.create_list("Other").await;
    let before = app.resident_bytes();
    let request = format!("GET /api/board?list=home HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", app.port);
    let mut unread = join_all((0..ASKING).map(async |_| {
        let mut stream = app.connect_narrow().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }))
    .await;
    let (since, mut most) = (Instant::now(), 0);
    while since.elapsed() < WRITE_WAIT + LATER {
        most = most.max(app.resident_bytes());
        sleep(Duration::from_millis(100)).await;
        let asked = Instant::now();
        app.command("/api/todos/create", &[("list", &other), ("title", "Meanwhile")]).await;
        assert!(asked.elapsed() < Duration::from_secs(5), "a change waited {:?}", asked.elapsed());
    }
    let growth = most.saturating_sub(before);
    assert!(growth < GROWTH_BYTES_MAX, "{} MiB for answers that nobody reads", growth >> 20);
    assert_grown(&counted, &scrape(&app).await, &["pages_total{source=\"refused\"}"]);
    let mut got = Vec::new();
    for stream in &mut unread {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes).await;
        got.push(bytes.len());
    }
    assert!(got.iter().all(|it| *it < BOARD_BYTES), "each was cut off, or told that there is no room: {got:?}");
    assert!(got.iter().any(|it| *it > 1000), "some were being sent: {got:?}");
}
