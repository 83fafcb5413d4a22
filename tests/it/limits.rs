//! Limits: each is kept, the answer says how to raise it, and nobody else is slowed down.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::{join, join_all};
use todoapp::domain::ListId;
use todoapp::protocol::{Push, ResetReason};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::Data;

use crate::support::{PATIENCE, TestApp, frame};

/// How many bytes may come in without a whole message.
const UNFINISHED_BYTES_MAX: usize = 512 << 10;

/// The longest message that is accepted.
const MESSAGE_BYTES_MAX: usize = 64 << 10;

/// How long a request may take, and how much later a busy machine may notice.
const REQUEST_WAIT: Duration = Duration::from_secs(30);
const LATER: Duration = Duration::from_secs(8);

/// Waits for a permit, which must be free soon.
async fn a_permit_is_free(app: &TestApp) {
    let asking = async {
        while app.upgrade().await.status() != 101 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, asking).await.expect("the permit is given back");
}

#[tokio::test]
async fn one_socket_too_many_is_told_which_flag_to_raise_until_another_closes() {
    let app = TestApp::start_with(&["--sockets-max", "2"]).await;
    let mut first = app.socket("").await;
    let second = app.socket("?list=home").await;
    for _ in 0..3 {
        let answer = app.upgrade().await;
        assert_eq!((answer.status(), answer.header("retry-after")), (503, Some("5")), "{answer:?}");
        assert!(answer.body().contains("--sockets-max") && answer.body().ends_with(".\n"), "{answer:?}");
    }
    first.say("still served").await;
    assert!(first.text().await.ends_with("still served"));
    assert_eq!(app.get("/").await.status(), 200, "pages need no permit");
    drop(second);
    a_permit_is_free(&app).await;
    let _ = first.ws.close(None).await;
    first.drained().await;
    a_permit_is_free(&app).await;
}

#[tokio::test]
async fn one_address_can_not_take_every_socket() {
    let app = TestApp::start_with(&["--sockets-per-address-max", "2"]).await;
    let here = [app.socket("").await, app.socket("").await];
    let answer = app.upgrade().await;
    assert_eq!((answer.status(), answer.header("retry-after")), (503, Some("5")), "{answer:?}");
    assert!(answer.body().contains("--sockets-per-address-max"), "{answer:?}");
    let mut elsewhere = app.socket_from("127.0.0.2", "").await;
    elsewhere.say("hello").await;
    assert!(elsewhere.text().await.ends_with("hello"));
    drop(here);
    a_permit_is_free(&app).await;
}

#[tokio::test]
async fn one_address_can_not_take_every_connection() {
    let app = TestApp::start_with(&["--connections-per-address-max", "20", "--proxy", "127.0.0.3"]).await;
    let mut idle = Vec::new();
    for _ in 0..20 {
        idle.push(app.connect().await);
    }
    let request = format!("GET / HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", app.port);
    for _ in 0..3 {
        let answer = app.raw(&request).await;
        assert_eq!((answer.status(), answer.header("retry-after")), (503, Some("5")), "{answer:?}");
        assert!(answer.body().contains("--connections-per-address-max"), "{answer:?}");
    }
    let since = Instant::now();
    let elsewhere = app.raw_over(app.connect_from("127.0.0.2").await, &request).await;
    assert_eq!(elsewhere.status(), 200, "{elsewhere:?}");
    assert!(since.elapsed() < Duration::from_secs(2), "a newcomer waited {:?}", since.elapsed());
    let mut proxied = Vec::new();
    for _ in 0..40 {
        proxied.push(app.connect_from("127.0.0.3").await);
    }
    assert_eq!(app.raw_over(app.connect_from("127.0.0.3").await, &request).await.status(), 200, "a proxy has no limit");
    drop(idle);
    let freed = async {
        while app.raw(&request).await.status() != 200 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, freed).await.expect("their permits are given back");
}

#[tokio::test]
async fn a_message_in_pieces_of_one_byte_is_accepted_up_to_the_limit() {
    let app = TestApp::start().await;
    let mut socket = app.socket("").await;
    socket.send(frame(b"x", Data::Text, false)).await;
    let pieces = b"\x00\x81\x00\x00\x00\x00x".repeat(MESSAGE_BYTES_MAX - 2);
    socket.ws.get_mut().write_all(&pieces).await.unwrap();
    socket.send(frame(b"x", Data::Continue, true)).await;
    let echo = format!("This is the message received by the server: {}", "x".repeat(MESSAGE_BYTES_MAX));
    assert!(socket.text().await == echo, "it is echoed whole");
}

#[tokio::test]
async fn endless_pieces_close_the_socket_with_1009_after_a_limited_number_of_bytes() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    // A masked continuation frame without content, and one with one byte.
    for (what, piece) in [("empty", &b"\x00\x80\x01\x02\x03\x04"[..]), ("tiny", b"\x00\x81\x01\x02\x03\x04y")] {
        let mut socket = app.socket("").await;
        socket.send(frame(b"x", Data::Text, false)).await;
        let fine = piece.repeat(UNFINISHED_BYTES_MAX * 4 / 5 / piece.len());
        socket.ws.get_mut().write_all(&fine).await.unwrap();
        socket.send(Message::Ping("?".into())).await;
        let pong = timeout(PATIENCE, socket.ws.next()).await.unwrap();
        assert!(matches!(pong, Some(Ok(Message::Pong(_)))), "{what}: the socket is still open: {pong:?}");
        // A server without the limit would read this and wait for more.
        let too_many = piece.repeat(UNFINISHED_BYTES_MAX * 2 / 5 / piece.len());
        let _ = socket.ws.get_mut().write_all(&too_many).await;
        assert_eq!(socket.close_code().await, 1009, "{what}");
    }
    app.stands_as(&before).await;
}

#[tokio::test]
async fn a_pruned_log_resets_only_cursors_whose_events_are_gone() {
    let mut app = TestApp::start_with(&["--keep-events", "10", "--keep-hours", "0"]).await;
    let receipts = app.create_many("home", 50).await;
    let before = app.board("home").await;
    app.stop().await;
    app.start_again().await;
    let pruned = async {
        while !matches!(app.socket("?list=home&after=0").await.push().await, Push::Reset { .. }) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, pruned).await.expect("the log is pruned at the start");
    let cursors = receipts.iter().map(|it| it.event);
    for (n, cursor) in (1..).zip(cursors) {
        let mut socket = app.socket(&format!("?list=home&after={cursor}")).await;
        if n <= 40 {
            assert_eq!(
                socket.push().await,
                Push::Reset { list: ListId::home(), reason: ResetReason::Pruned },
                "{cursor}"
            );
            assert_eq!(socket.close_code().await, 4009, "{cursor}");
        } else {
            let (events, head) = socket.events_to_head().await;
            assert_eq!(events.iter().map(|it| it.seq).collect::<Vec<_>>(), (n + 1..=50).collect::<Vec<_>>());
            assert_eq!(head, receipts[49].event);
        }
    }
    let unknown = format!("?list=home&after=45-{:016x}", receipts[44].event.tag ^ 1);
    assert_eq!(
        app.socket(&unknown).await.push().await,
        Push::Reset { list: ListId::home(), reason: ResetReason::Unknown }
    );
    assert_eq!(app.board("home").await, before, "the list itself is as it was");
    let next = app.command("/api/todos/create", &[("list", "home"), ("title", "Next")]).await;
    assert_eq!(next.seq, 51);
}

#[tokio::test]
async fn endless_requests_are_cut_and_delay_nobody() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    let head = format!("POST /api/todos/create HTTP/1.1\r\nHost: localhost:{}\r\n", app.port);
    let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlist=home&title=";
    let begins = ["GET / HTTP/1.1\r\nX: ".to_owned(), format!("{head}{form}"), String::new()];
    let dripping = join_all(begins.iter().map(|it| drip(&app, it)));
    let others = async {
        for _ in 0..10 {
            let since = Instant::now();
            app.page("/").await;
            assert!(since.elapsed() < Duration::from_secs(3), "{:?}", since.elapsed());
            sleep(Duration::from_millis(500)).await;
        }
    };
    let (taken, ()) = join(dripping, others).await;
    for (what, time) in ["a head", "a body", "nothing"].iter().zip(taken) {
        assert!((REQUEST_WAIT..REQUEST_WAIT + LATER).contains(&time), "{what}: {time:?}");
    }
    app.stands_as(&before).await;
}

/// Begins a request, adds one letter each second, and returns how long the server kept it open.
async fn drip(app: &TestApp, begin: &str) -> Duration {
    let since = Instant::now();
    let (mut read, mut write) = app.connect().await.into_split();
    write.write_all(begin.as_bytes()).await.unwrap();
    let ends = async {
        let mut answer = Vec::new();
        let _ = read.read_to_end(&mut answer).await;
    };
    let drips = async {
        while begin.is_empty() || write.write_all(b"x").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = ends => since.elapsed(),
        () = drips => Duration::MAX,
        () = sleep(2 * REQUEST_WAIT) => Duration::MAX,
    }
}
