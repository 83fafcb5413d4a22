//! Resume: a reader that was cut anywhere, any number of times, has applied exactly the log in the end.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::{join, join_all};
use todoapp::domain::{Applied, Event, ListId};
use todoapp::protocol::{Push, ResetReason};

use crate::support::{TestApp, is_about_a_file};

/// More than the ring of recent events holds, so that both it and the log are read.
const EVENTS: usize = 330;

#[tokio::test]
async fn from_every_cursor_a_reader_gets_exactly_the_rest_and_one_head() {
    let app = TestApp::start().await;
    // Keeps the feed alive, and its ring full.
    let mut witness = app.socket("?list=home").await;
    witness.head().await;
    app.create_many("home", EVENTS).await;
    let log = witness.events(EVENTS).await;
    let head = log[EVENTS - 1].id;
    for position in 0..=EVENTS {
        let after = if position == 0 { "0".to_owned() } else { log[position - 1].id.to_string() };
        let mut socket = app.socket(&format!("?list=home&after={after}")).await;
        assert_eq!(socket.events_to_head().await, (log[position..].to_vec(), head), "after {after}");
        // The next frame is the echo of this, so there was only one head and nothing after it.
        socket.say("and then?").await;
        assert_eq!(socket.text().await, "This is the message received by the server: and then?", "after {after}");
    }
}

#[tokio::test]
async fn a_reader_that_comes_and_goes_while_many_write_sees_every_event_once() {
    let app = TestApp::start().await;
    let is_done = AtomicBool::new(false);
    let writers = async {
        join_all((0..8).map(|_| async {
            for n in 0..25 {
                app.command("/api/todos/create", &[("list", "home"), ("title", &format!("todo {n}"))]).await;
            }
        }))
        .await;
        is_done.store(true, Ordering::Relaxed);
    };
    let readers = join_all((0..12_usize).map(|reader| come_and_go(&app, reader, &is_done)));
    let ((), applied) = join(writers, readers).await;
    let log = app.log("home").await;
    assert_eq!(log.len(), 200);
    for (reader, events) in applied.iter().enumerate() {
        assert_eq!(events, &log, "reader {reader}");
    }
    let mut board = app.board("home").await;
    assert_eq!(board.apply(&log[199]), Applied::Repeat);
}

/// Reads some events, drops the connection, and comes back for the rest, until all are written.
async fn come_and_go(app: &TestApp, reader: usize, is_done: &AtomicBool) -> Vec<Event> {
    let mut applied: Vec<Event> = Vec::new();
    loop {
        let is_last = is_done.load(Ordering::Relaxed);
        let after = applied.last().map_or_else(|| "0".to_owned(), |it| it.id.to_string());
        let mut socket = app.socket(&format!("?list=home&after={after}")).await;
        if is_last {
            applied.extend(socket.events_to_head().await.0);
            return applied;
        }
        let mut patience = 1 + (reader * 7 + applied.len()) % 11;
        while patience > 0 && !is_done.load(Ordering::Relaxed) {
            if let Push::Event(event) = socket.push().await {
                applied.push(event);
                patience -= 1;
            } else if reader.is_multiple_of(2) {
                break;
            }
            if applied.len() == 200 {
                return applied;
            }
        }
    }
}

#[tokio::test]
async fn a_reader_that_was_away_during_a_restart_gets_what_it_missed() {
    let mut app = TestApp::start().await;
    let receipts = app.create_many("home", 10).await;
    app.stop().await;
    app.start_again().await;
    app.create_many("home", 10).await;
    let mut socket = app.socket(&format!("?list=home&after={}", receipts[4].event)).await;
    let (events, _) = socket.events_to_head().await;
    assert_eq!(events.iter().map(|it| it.seq).collect::<Vec<_>>(), (6..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_cursor_that_is_not_in_this_log_is_reset_and_closed() {
    let app = TestApp::start().await;
    let receipts = app.create_many("home", 3).await;
    let stranger = TestApp::start().await;
    let foreign = stranger.create_many("home", 3).await;
    let other = app.create_list("Other").await;
    let named = app.log(&other).await[0].id.to_string();
    let ahead = format!("4-{:016x}", receipts[2].event.tag);
    let upper = receipts[0].event.to_string().to_uppercase();
    let cursors = [
        foreign[1].event.to_string(),
        ahead,
        named,
        upper,
        "1".to_owned(),
        "-1".to_owned(),
        "00".to_owned(),
        "0-0000000000000000".to_owned(),
        String::new(),
        "garbage".to_owned(),
        "9223372036854775807-0123456789abcdef".to_owned(),
        "99999999999999999999-0123456789abcdef".to_owned(),
        "-5-0123456789abcdef".to_owned(),
        "1%27%20OR%201=1--".to_owned(),
        "%F0%9F%92%A9".to_owned(),
        "9".repeat(2000),
    ];
    for cursor in cursors {
        let before = app.board("home").await;
        let mut socket = app.socket(&format!("?list=home&after={cursor}")).await;
        assert_eq!(socket.push().await, Push::Reset { list: ListId::home(), reason: ResetReason::Unknown }, "{cursor}");
        assert_eq!(socket.close_code().await, 4009, "{cursor}");
        assert_eq!(app.board("home").await, before);
    }
    app.stands_as(&app.board("home").await).await;
}

#[tokio::test]
async fn a_restored_backup_resets_readers_that_saw_more_than_it_has() {
    if !is_about_a_file() {
        return;
    }
    let mut app = TestApp::start().await;
    app.create_many("home", 5).await;
    app.stop().await;
    let backup = std::fs::read(app.database()).unwrap();
    app.start_again().await;
    let seen = app.create_many("home", 5).await;
    app.stop().await;
    std::fs::write(app.database(), backup).unwrap();
    app.start_again().await;
    // The numbers are used again for other events, so only the tags differ.
    app.create_many("home", 5).await;
    let mut socket = app.socket(&format!("?list=home&after={}", seen[2].event)).await;
    assert_eq!(socket.push().await, Push::Reset { list: ListId::home(), reason: ResetReason::Unknown });
    assert_eq!(socket.close_code().await, 4009);
}

#[tokio::test]
async fn a_list_that_does_not_exist_closes_the_socket_with_4404() {
    let app = TestApp::start().await;
    for list in ["nosuchlist", "HOME", "", "home%20", "..%2Fhome", "%00", &"a".repeat(33)] {
        let mut socket = app.socket(&format!("?list={list}&after=0")).await;
        assert_eq!(socket.close_code().await, 4404, "{list}");
    }
    app.stands_as(&app.board("home").await).await;
}
