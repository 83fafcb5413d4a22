//! Readers that do not read: they cost limited memory, delay nobody, and are closed in the end.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use todoapp::domain::EventId;
use todoapp::protocol::Push;

use crate::support::{Fault, Proxy, Socket, TestApp, seed};

/// How much memory twenty-five stuck readers and the traffic itself may take in a debug build. A queue for
/// each of them would take five times as much.
const GROWTH_BYTES_MAX: u64 = 32 << 20;

/// How many events of 78 kB are written while nobody reads. With the fewest, queues for 25 readers would take 39 MB.
const WRITES_MIN: usize = 20;
const WRITES_MAX: usize = 60;

/// When the server closes a socket that takes nothing.
const CLOSED_AFTER: Duration = Duration::from_secs(20);

/// How long four kilobytes take on a slow network of 20 kB/s.
const SLOW_DELAY: Duration = Duration::from_millis(200);

/// The next event. On a busy machine a heartbeat may come before it.
async fn next_event(socket: &mut Socket) -> EventId {
    loop {
        match socket.push().await {
            Push::Event(event) => return event.id,
            Push::Head(_) => {}
            other => panic!("not an event: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_reader_that_does_not_read_delays_no_other_and_can_resume() {
    let app = TestApp::start().await;
    seed(&app.database(), 2000).await;
    let mut stuck = app.narrow_socket("?list=home").await;
    let cursor = stuck.head().await;
    let mut other = app.socket("?list=home").await;
    other.head().await;
    // Each event names two thousand todos: 120 of them have about ten megabytes, more than the system holds
    // for a socket.
    for n in 0..120 {
        let path = if n % 2 == 0 { "/api/todos/complete_all" } else { "/api/todos/reopen_all" };
        let sent = Instant::now();
        let receipt = app.command(path, &[("list", "home")]).await;
        assert_eq!(next_event(&mut other).await, receipt.event);
        assert!(sent.elapsed() < Duration::from_secs(5), "the other reader waited {:?}", sent.elapsed());
    }
    let since = Instant::now();
    app.console_says("[SERVER LOG] Error writing message: the other side does not read").await;
    assert!(since.elapsed() < Duration::from_secs(25), "it was closed after {:?}", since.elapsed());
    while stuck.next().await.is_some() {}
    let mut again = app.socket(&format!("?list=home&after={cursor}")).await;
    let (missed, head) = again.events_to_head().await;
    assert_eq!(missed.iter().map(|it| it.seq).collect::<Vec<_>>(), (2001..=2120).collect::<Vec<_>>());
    assert_eq!(head, app.board("home").await.head.0);
}

#[tokio::test]
async fn readers_that_do_not_read_cost_limited_memory() {
    let app = TestApp::start().await;
    seed(&app.database(), 2000).await;
    let mut stuck = join_all((0..25).map(|_| app.narrow_socket("?list=home"))).await;
    for socket in &mut stuck {
        socket.head().await;
    }
    let before = app.resident_bytes();
    // Up to five megabytes for each of them, before the first of them is closed.
    let (began, mut writes) = (Instant::now(), 0);
    while writes < WRITES_MAX && began.elapsed() < CLOSED_AFTER * 3 / 4 {
        let path = if writes % 2 == 0 { "/api/todos/complete_all" } else { "/api/todos/reopen_all" };
        app.command(path, &[("list", "home")]).await;
        writes += 1;
    }
    assert!(writes >= WRITES_MIN, "only {writes} writes say nothing of the memory");
    let growth = app.resident_bytes().saturating_sub(before);
    assert!(growth < GROWTH_BYTES_MAX, "{} MiB for readers that do not read", growth >> 20);
    assert!(!app.console().iter().any(|it| it.contains("does not read")), "they were all still there");
}

#[tokio::test]
async fn a_slow_reader_gets_events_that_take_longer_than_any_time_limit() {
    let app = TestApp::start().await;
    seed(&app.database(), 10_000).await;
    let network = Proxy::before(app.port).await;
    let mut slow = app.socket_through(network.port, "?list=home").await;
    slow.head().await;
    network.set(Fault::Slow(SLOW_DELAY));
    let since = Instant::now();
    // Each names ten thousand todos, in 390 kB.
    let done = app.command("/api/todos/complete_all", &[("list", "home")]).await;
    let open = app.command("/api/todos/reopen_all", &[("list", "home")]).await;
    assert_eq!(next_event(&mut slow).await, done.event);
    assert_eq!(next_event(&mut slow).await, open.event);
    assert!(since.elapsed() > Duration::from_secs(30), "that was not slow: {:?}", since.elapsed());
}
