//! The log is pruned while it is read: a reader gets the very next events, or a reset.

use std::time::Duration;

use futures_util::future::join_all;
use todoapp::domain::{EventId, Seq};
use todoapp::protocol::{Push, ResetReason};
use tokio::time::{sleep, timeout};

use crate::support::{PATIENCE, TestApp, seed, sql};

/// How many old events there are. By default ten thousand are kept, and pruning the others takes a while.
const OLD_EVENTS: usize = 40_000;

const READERS: usize = 6;

/// Reads from a cursor to the end. Fails if an event is not the very next one, or if a head is not the last
/// event read.
async fn read_on(app: &TestApp, from: Option<(Seq, EventId)>, pause: Duration) -> Result<EventId, ResetReason> {
    let after = from.map_or_else(|| "0".to_owned(), |(_, id)| id.to_string());
    let mut socket = app.socket(&format!("?list=home&after={after}")).await;
    let mut seen = from.map_or(EventId::START, |(_, id)| id);
    loop {
        match socket.push().await {
            Push::Event(event) => {
                assert_eq!(event.seq, seen.seq + 1, "a gap");
                seen = event.id;
                if event.seq % 500 == 0 {
                    sleep(pause).await;
                }
            }
            Push::Head(head) => {
                assert_eq!(head.id, seen, "whoever is told to have everything has everything");
                return Ok(seen);
            }
            Push::Counts(counts) => panic!("nobody asked for {counts:?}"),
            Push::Reset { reason, .. } => {
                assert_eq!(socket.close_code().await, 4009);
                return Err(reason);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_of_a_log_that_is_being_pruned_get_everything_or_a_reset() {
    let mut app = TestApp::start().await;
    seed(&app.database(), OLD_EVENTS).await;
    app.stop().await;
    // The server begins to prune when it starts.
    app.start_again().await;
    let ends = join_all((0..READERS).map(async |n| {
        // Each begins a little later than the one before, and reads a little slower.
        sleep(Duration::from_millis(30 * n as u64)).await;
        read_on(&app, None, Duration::from_millis(2 * n as u64)).await
    }));
    let ends = timeout(4 * PATIENCE, ends).await.unwrap();
    for end in ends {
        match end {
            Ok(head) => assert_eq!(head.seq, Seq::try_from(OLD_EVENTS).unwrap()),
            Err(reason) => assert_eq!(reason, ResetReason::Pruned),
        }
    }
    let kept = Seq::try_from(OLD_EVENTS).unwrap() - 10_000;
    let pruned = async {
        let last = EventId { seq: kept, tag: u64::try_from(kept).unwrap() };
        while read_on(&app, Some((kept, last)), Duration::ZERO).await.is_ok() {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(4 * PATIENCE, pruned).await.expect("all of it is pruned in the end");
    let first = EventId { seq: kept + 1, tag: u64::try_from(kept + 1).unwrap() };
    assert!(read_on(&app, Some((kept + 1, first)), Duration::ZERO).await.is_ok(), "nothing more is pruned");
}

#[tokio::test]
async fn no_head_is_sent_while_the_log_cannot_be_read() {
    let app = TestApp::start().await;
    app.create_many("home", 5).await;
    let mut reader = app.socket("?list=home").await;
    reader.head().await;
    sql(&app.database(), "ALTER TABLE events RENAME TO gone").await;
    // One reader has an open question while the log can't be read, and another one comes meanwhile.
    let mut newcomer = app.socket("?list=home&after=0").await;
    let end = timeout(Duration::from_secs(2), newcomer.next()).await;
    assert!(!matches!(&end, Ok(Some(it)) if it.is_text()), "nothing can be sent: {end:?}");
    assert!(timeout(Duration::from_secs(1), reader.next()).await.is_err(), "nothing can be sent here either");
    sql(&app.database(), "ALTER TABLE gone RENAME TO events").await;
    let receipt = app.command("/api/todos/create", &[("list", "home"), ("title", "Buy milk")]).await;
    assert_eq!(reader.event().await.id, receipt.event, "it goes on by itself");
}
