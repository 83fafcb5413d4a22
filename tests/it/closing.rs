//! How the server stops: sockets are closed, requests finish, the write-ahead log is merged into the file,
//! and the exit code is right.

use std::process::Stdio;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

use crate::support::{PATIENCE, TestApp, program, seed};

#[tokio::test]
async fn a_signal_closes_every_socket_properly_and_keeps_every_todo() {
    for signal in ["TERM", "INT", "HUP"] {
        let mut app = TestApp::start().await;
        app.create("Buy milk").await;
        let before = app.board("home").await;
        let (mut plain, mut list) = (app.socket("").await, app.socket("?list=home&after=0").await);
        list.events_to_head().await;
        app.signal(signal).await;
        assert_eq!((plain.close_code().await, list.close_code().await), (1001, 1001), "{signal}");
        let since = Instant::now();
        assert_eq!(app.ended().await.code(), Some(0), "{signal}");
        assert!(since.elapsed() < Duration::from_secs(6), "{:?}", since.elapsed());
        app.console_says("Stopping: requests finish, sockets are told goodbye").await;
        app.console_says("Stopped").await;
        assert!(is_folded_in(&app), "the write-ahead log is merged into the file");
        app.start_again().await;
        assert_eq!(app.board("home").await, before, "{signal}");
    }
}

/// Whether the file alone is the whole database, so that the write-ahead log is empty.
fn is_folded_in(app: &TestApp) -> bool {
    let mut log = app.database().into_os_string();
    log.push("-wal");
    std::fs::metadata(log).map_or(0, |it| it.len()) == 0
}

#[tokio::test]
async fn the_file_is_whole_even_if_a_board_was_just_read() {
    let mut app = TestApp::start().await;
    for turn in 0..20 {
        app.create("Buy milk").await;
        join_all((0..4).map(|_| app.board("home"))).await;
        app.stop().await;
        assert!(is_folded_in(&app), "stop number {turn}");
        app.start_again().await;
    }
}

#[tokio::test]
async fn a_socket_that_reads_nothing_does_not_delay_the_stop() {
    let mut app = TestApp::start().await;
    seed(&app.database(), 2000).await;
    let mut stuck = app.narrow_socket("?list=home").await;
    stuck.head().await;
    for n in 0..80 {
        let path = if n % 2 == 0 { "/api/todos/complete_all" } else { "/api/todos/reopen_all" };
        app.command(path, &[("list", "home")]).await;
    }
    let since = Instant::now();
    app.stop().await;
    assert!(since.elapsed() < Duration::from_secs(6), "{:?}", since.elapsed());
}

#[tokio::test]
async fn a_request_under_way_is_answered_and_no_new_one_is_accepted() {
    let mut app = TestApp::start().await;
    let (mut request, rest) = half_a_post(&app).await;
    app.signal("TERM").await;
    app.console_says("Stopping: requests finish, sockets are told goodbye").await;
    assert!(TcpStream::connect(("127.0.0.1", app.port)).await.is_err(), "no new connection is accepted");
    request.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    request.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains(r#""seq":1"#), "{answer}");
    assert_eq!(app.ended().await.code(), Some(0));
    app.start_again().await;
    assert_eq!(app.board("home").await.todos.len(), 1, "what was acknowledged is there");
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let mut app = TestApp::start().await;
    app.create("Buy milk").await;
    let (request, _) = half_a_post(&app).await;
    app.signal("TERM").await;
    app.console_says("Stopping: requests finish, sockets are told goodbye").await;
    let since = Instant::now();
    app.signal("INT").await;
    assert_eq!(app.ended().await.code(), Some(130));
    assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
    drop(request);
    app.start_again().await;
    assert_eq!(app.board("home").await.todos.len(), 1);
}

#[tokio::test]
async fn a_connection_that_never_finishes_its_request_does_not_delay_the_stop_for_ever() {
    let mut app = TestApp::start().await;
    let (_request, _) = half_a_post(&app).await;
    let since = Instant::now();
    app.stop().await;
    assert!(since.elapsed() < Duration::from_secs(12), "{:?}", since.elapsed());
}

/// A POST request of which the server has the head and waits for the body. Also returns the body.
pub(crate) async fn half_a_post(app: &TestApp) -> (TcpStream, &'static str) {
    let body = "list=home&title=Buy+milk";
    let mut stream = app.connect().await;
    let head = format!(
        "POST /api/todos/create HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        app.port,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server sends "Continue" when it wants the body, so the request is under way.
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    (stream, body)
}

#[tokio::test]
async fn many_sockets_are_closed_one_after_the_other_and_soon() {
    let mut app = TestApp::start().await;
    let mut sockets = Vec::new();
    for n in 0..300 {
        sockets.push(app.socket(if n % 2 == 0 { "" } else { "?list=home" }).await);
    }
    let since = Instant::now();
    app.signal("TERM").await;
    let goodbyes = join_all(sockets.into_iter().map(async |mut socket| (socket.close_code().await, since.elapsed())));
    let goodbyes = goodbyes.await;
    assert!(goodbyes.iter().all(|it| it.0 == 1001), "{goodbyes:?}");
    let times = goodbyes.iter().map(|it| it.1);
    let spread = times.clone().max().unwrap().abs_diff(times.min().unwrap());
    assert!(spread > Duration::from_millis(100), "not all at one moment: {spread:?}");
    assert_eq!(app.ended().await.code(), Some(0));
    assert!(since.elapsed() < Duration::from_secs(3), "{:?}", since.elapsed());
}

#[tokio::test]
async fn a_server_started_with_nohup_goes_on_after_its_terminal_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("todos.db").display());
    let mut command = Command::new("nohup");
    command.arg(program()).args(["--listen", "127.0.0.1:0", "--database-url", &url]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while !lines.next_line().await.unwrap().expect("it starts").contains("Its data is in") {}
    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-HUP", &pid]).status().await.unwrap().success());
    assert!(timeout(Duration::from_secs(2), child.wait()).await.is_err(), "it goes on");
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    assert_eq!(timeout(PATIENCE, child.wait()).await.unwrap().unwrap().code(), Some(0));
}
