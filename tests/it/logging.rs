//! The log: if nobody reads it, the server goes on without delay; and a client can't fill the disk with
//! log lines.

use std::io::{PipeReader, pipe};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::time::sleep;

use crate::support::TestApp;

/// Far more lines than fit into a pipe that nobody reads.
const REFUSED: usize = 3000;

/// Sends requests that are refused; each refusal is logged.
async fn refuse_many(app: &TestApp, count: usize, path: &str) {
    for _ in 0..count / 50 {
        let asked = join_all((0..50).map(|_| app.http.get(app.url(path)).header("host", "evil.example").send()));
        assert!(asked.await.into_iter().all(|it| it.unwrap().status() == 403));
    }
}

/// Starts the server with its log going into a pipe that nobody reads.
async fn start_on_a_pipe() -> (TestApp, PipeReader) {
    let (reader, writer) = pipe().unwrap();
    let app = TestApp::start_logging_to(writer.into(), tempfile::tempdir().unwrap(), &["--log", "debug"]).await;
    (app, reader)
}

#[tokio::test]
async fn a_log_that_nobody_reads_delays_nobody() {
    let (mut app, _unread) = start_on_a_pipe().await;
    let mut socket = app.socket("?list=home").await;
    socket.head().await;
    refuse_many(&app, REFUSED, "/").await;
    let since = Instant::now();
    app.page("/").await;
    let receipt = app.command("/api/todos/create", &[("list", "home"), ("title", "Buy milk")]).await;
    assert_eq!(socket.event().await.id, receipt.event);
    socket.say("still there?").await;
    assert!(socket.text().await.ends_with("still there?"));
    app.stop().await;
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
}

#[tokio::test]
async fn the_server_goes_on_when_its_log_is_closed() {
    let (mut app, reader) = start_on_a_pipe().await;
    drop(reader);
    let mut socket = app.socket("?list=home").await;
    socket.head().await;
    refuse_many(&app, 100, "/").await;
    let receipt = app.command("/api/todos/create", &[("list", "home"), ("title", "Buy milk")]).await;
    assert_eq!(socket.event().await.id, receipt.event);
    assert_eq!(app.page("/healthz").await, "ok\n");
    app.stop().await;
}

#[tokio::test]
async fn many_refusals_make_a_short_log_that_counts_the_lines_left_out() {
    let app = TestApp::start().await;
    let (since, long_path) = (Instant::now(), format!("/{}", "x".repeat(8000)));
    refuse_many(&app, 1000, &long_path).await;
    let seconds = usize::try_from(since.elapsed().as_secs()).unwrap() + 2;
    // Longer than it takes until the number of lines left out is written.
    sleep(Duration::from_millis(1500)).await;
    let console = app.console();
    let lines: Vec<_> = console.iter().filter(|it| it.contains("Refused")).collect();
    assert!(!lines.is_empty() && lines.len() <= 10 * seconds, "{} lines in {seconds} s", lines.len());
    assert!(lines.iter().all(|it| it.len() < 500), "{lines:#?}");
    let left_out = console.iter().filter_map(|it| it.strip_prefix("[SERVER LOG] ")?.split_once(" lines left out"));
    let left_out: usize = left_out.map(|(count, _)| count.parse::<usize>().unwrap()).sum();
    assert_eq!(lines.len() + left_out, 1000, "each line is written or counted");
}

#[tokio::test]
async fn marks_that_change_the_direction_of_writing_are_escaped_on_the_console() {
    let app = TestApp::start().await;
    let mut socket = app.socket("").await;
    socket.say("a\u{202e}b\u{2028}c").await;
    assert!(socket.text().await.ends_with("a\u{202e}b\u{2028}c"), "the echo is exact");
    app.console_says("[SERVER LOG] Message received: a\\u{202e}b\\u{2028}c").await;
}
