//! A bad network, one fault at a time: once it works again, every follower has the same list.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::{join, join_all};
use tokio::sync::watch;
use tokio::time::{sleep, timeout, timeout_at};

use crate::support::{Fault, Follower, PATIENCE, Proxy, Socket, TestApp, check_followed, is_about_a_file};

/// Long enough for a follower to notice the fault, and to survive it or to give up.
const BAD_TIME: Duration = Duration::from_millis(700);

/// How soon a follower gives up here when nothing comes.
const SILENCE: Duration = Duration::from_millis(300);

/// The earliest and the latest time after which the server drops a client that is silent: 25 s to the ping,
/// 10 s for the answer, 2 s for closing, and some more for a busy machine.
const NOTICED: std::ops::Range<Duration> = Duration::from_secs(24)..Duration::from_secs(42);

/// Follows through a network that has this fault for a while; others write before, during and after it.
/// Returns the follower, which must have everything.
async fn comes_through(fault: Fault) -> Follower {
    let app = TestApp::start().await;
    app.create_many("home", 5).await;
    let proxy = Proxy::before(app.port).await;
    let mut follower = Follower::new(&app, proxy.port).await;
    follower.silence = SILENCE;
    let (told, goal) = watch::channel(None);
    let following = async {
        follower.follow(goal).await;
        follower
    };
    let breaking = async {
        app.create_many("home", 20).await;
        sleep(BAD_TIME).await;
        proxy.set(fault);
        app.create_many("home", 20).await;
        sleep(BAD_TIME).await;
        proxy.heal();
        app.create_many("home", 5).await;
        told.send_replace(Some(50));
    };
    let (follower, ()) = join(following, breaking).await;
    assert_eq!(follower.board, app.board("home").await, "{fault:?}");
    assert_eq!(check_followed(&app.log("home").await, 5, &follower.applied), Ok(()), "{fault:?}");
    assert_eq!(follower.resets, 0, "{fault:?}: its cursor was in the log all the time");
    follower
}

#[tokio::test]
async fn a_network_that_is_only_slow_breaks_no_connection() {
    let follower = comes_through(Fault::Slow(Duration::from_millis(20))).await;
    // It connects again whenever nothing comes for longer than it waits.
    assert!(follower.connects <= 8, "{}", follower.connects);
}

#[tokio::test]
async fn bytes_that_come_one_at_a_time_are_the_same_frames() {
    comes_through(Fault::ByteByByte).await;
    let app = TestApp::start().await;
    let proxy = Proxy::before(app.port).await;
    // The handshake comes in one piece, because the client's library takes single bytes for an attack.
    let mut socket = app.socket_through(proxy.port, "?list=home").await;
    socket.head().await;
    proxy.set(Fault::ByteByByte);
    app.create_many("home", 30).await;
    assert_eq!(socket.events(30).await, app.log("home").await);
    for message in ["short", "ein längerer Satz 👋", &"x".repeat(20_000)] {
        socket.say(message).await;
        assert_eq!(socket.text().await, format!("This is the message received by the server: {message}"));
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_is_resumed() {
    for fault in [Fault::CutAfter(0), Fault::CutAfter(1), Fault::Reset] {
        assert!(comes_through(fault).await.connects > 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_follower_connects_again_after_a_network_that_loses_everything() {
    for fault in [Fault::Frozen, Fault::DeafServer, Fault::DeafClient] {
        comes_through(fault).await;
    }
}

#[tokio::test]
async fn a_cut_after_any_number_of_bytes_leaves_neither_a_gap_nor_a_repeat() {
    let app = TestApp::start().await;
    let proxy = Proxy::before(app.port).await;
    let mut follower = Follower::new(&app, proxy.port).await;
    let (told, goal) = watch::channel(None);
    let following = tokio::spawn(async move {
        follower.follow(goal).await;
        follower
    });
    // The answer to the handshake and three events have about 1100 bytes.
    for bytes in (0..1100).step_by(13) {
        proxy.set(Fault::CutAfter(bytes));
        app.create_many("home", 3).await;
        sleep(Duration::from_millis(15)).await;
    }
    proxy.heal();
    let board = app.board("home").await;
    told.send_replace(Some(board.seq()));
    let follower = following.await.unwrap();
    assert_eq!(follower.board, board);
    assert_eq!(check_followed(&app.log("home").await, 0, &follower.applied), Ok(()));
    assert!(follower.connects > 20, "it was cut that often: {}", follower.connects);
}

#[tokio::test]
async fn a_silent_client_is_noticed_and_its_permit_is_given_back() {
    join_all([Fault::DeafServer, Fault::Frozen].map(async |fault| {
        let app = TestApp::start_with(&["--sockets-max", "2"]).await;
        let proxy = Proxy::before(app.port).await;
        let since = Instant::now();
        let well = tokio::spawn(answers_pings(app.socket("?list=home").await));
        let lost = app.socket_through(proxy.port, "?list=home").await;
        let lost = tokio::spawn(async move { lost.drained().await });
        proxy.set(fault);
        assert_eq!(app.upgrade().await.status(), 503, "all permits are taken");
        let freed = async {
            while app.upgrade().await.status() != 101 {
                sleep(Duration::from_millis(200)).await;
            }
        };
        timeout(NOTICED.end, freed).await.unwrap_or_else(|_| panic!("{fault:?} is not noticed"));
        assert!(NOTICED.contains(&since.elapsed()), "{fault:?}: {:?}", since.elapsed());
        drop(well.await.unwrap());
        lost.abort();
    }))
    .await;
}

/// A quiet client that only answers pings. It stays connected for longer than silent ones, and gets a
/// heartbeat. Returns the socket, so that its permit stays taken.
async fn answers_pings(mut socket: Socket) -> Socket {
    let until = tokio::time::Instant::now() + Duration::from_secs(38);
    let mut heads = 0;
    while let Ok(message) = timeout_at(until, socket.ws.next()).await {
        let message = message.unwrap().unwrap();
        heads += usize::from(message.to_text().is_ok_and(|it| it.starts_with(r#"{"head""#)));
    }
    assert_eq!(heads, 2, "one at the beginning, one after 25 s");
    socket.say("here").await;
    assert!(socket.text().await.ends_with("here"));
    socket
}

#[tokio::test]
async fn a_list_restored_from_a_backup_is_loaded_again_and_followed_from_there() {
    if !is_about_a_file() {
        return;
    }
    let mut app = TestApp::start().await;
    let proxy = Proxy::before(app.port).await;
    app.create_many("home", 10).await;
    app.stop().await;
    let backup = std::fs::read(app.database()).unwrap();
    app.start_again().await;
    let mut follower = Follower::new(&app, proxy.port).await;
    let (told, goal) = watch::channel(None);
    let following = tokio::spawn(async move {
        follower.follow(goal).await;
        follower
    });
    app.create_many("home", 10).await;
    sleep(SILENCE).await;
    app.stop().await;
    std::fs::write(app.database(), backup).unwrap();
    app.start_again().await;
    // At first loading fails, and it is tried until it works.
    proxy.set(Fault::CutAfter(200));
    sleep(SILENCE).await;
    proxy.heal();
    app.create_many("home", 5).await;
    let told_at = async {
        // The old log has higher numbers, so the follower must have left it before it gets a goal.
        sleep(BAD_TIME).await;
        told.send_replace(Some(15));
    };
    let follower = join(timeout(PATIENCE, following), told_at).await.0.unwrap().unwrap();
    assert_eq!(follower.board, app.board("home").await);
    assert_eq!(follower.resets, 1, "it is reset only once");
    assert_eq!(check_followed(&app.log("home").await, follower.from, &follower.applied), Ok(()));
}
