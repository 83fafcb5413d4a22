//! Measurements with many sockets and long absences, for `make soak`. They take a while, and mean little
//! with a debug build.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::sleep;

use crate::support::{TestApp, note, seed, skipped};

const IDLE_SOCKETS: usize = 10_000;
const MISSED_EVENTS: usize = 10_000;
const STUCK_READERS: usize = 100;

/// Handshakes under way at one time.
const HANDSHAKES: usize = 64;

#[tokio::test]
async fn measure_many_sockets_and_long_absences() {
    if std::env::var_os("TODOAPP_SOAK_SECONDS").is_none() {
        skipped("figures are taken by `make soak`");
        return;
    }
    catching_up().await;
    idle_sockets("").await;
    idle_sockets("?list=home").await;
    stuck_readers().await;
}

fn figure(figure: String, what: &str) {
    note(&format!("{figure:>12}  {what}"));
}

async fn catching_up() {
    let app = TestApp::start().await;
    seed(&app.database(), MISSED_EVENTS).await;
    let mut times = Vec::new();
    for _ in 0..9 {
        let since = Instant::now();
        let (events, _) = app.socket("?list=home&after=0").await.events_to_head().await;
        times.push(since.elapsed());
        assert_eq!(events.len(), MISSED_EVENTS);
    }
    times.sort();
    figure(
        format!("{:.0?}", times[4]),
        "to catch up 10 000 missed events, read and parsed by a debug client, median of 9",
    );
}

/// A socket of which the test keeps only the TCP connection, so that it takes little memory.
async fn bare_socket(app: &TestApp, n: usize, query: &str) -> TcpStream {
    let tcp = TcpSocket::new_v4().unwrap();
    tcp.bind(format!("127.0.0.{}:0", 2 + n % 2).parse().unwrap()).unwrap();
    let mut stream = tcp.connect(format!("127.0.0.1:{}", app.port).parse().unwrap()).await.unwrap();
    let request = format!(
        "GET /ws{query} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        app.port
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 1024];
    let read = stream.read(&mut answer).await.unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 101"), "{}", answer[..read].escape_ascii());
    stream
}

async fn idle_sockets(query: &str) {
    let app = TestApp::start_with(&["--sockets-per-address-max", "20000"]).await;
    // So that everything that is made only once is made before measuring.
    drop(join_all((0..100).map(|n| bare_socket(&app, n, query))).await);
    sleep(Duration::from_secs(1)).await;
    let (before, since) = (app.resident_bytes(), Instant::now());
    let opening = stream::iter(0..IDLE_SOCKETS).map(|n| bare_socket(&app, n, query)).buffer_unordered(HANDSHAKES);
    let sockets: Vec<_> = opening.collect().await;
    let opened = since.elapsed();
    sleep(Duration::from_secs(1)).await;
    let each = (app.resident_bytes() - before) / sockets.len() as u64;
    let what = format!("of memory for each of 10 000 idle sockets at /ws{query}, opened in {opened:.1?}");
    figure(format!("{each} B"), &what);
}

async fn stuck_readers() {
    let app = TestApp::start().await;
    seed(&app.database(), 2000).await;
    let mut stuck = join_all((0..STUCK_READERS).map(|_| app.narrow_socket("?list=home"))).await;
    for socket in &mut stuck {
        socket.head().await;
    }
    let before = app.resident_bytes();
    let mut most = before;
    // Each event names two thousand todos: 120 of them have about ten megabytes for each reader.
    for n in 0..120 {
        let path = if n % 2 == 0 { "/api/todos/complete_all" } else { "/api/todos/reopen_all" };
        app.command(path, &[("list", "home")]).await;
        most = most.max(app.resident_bytes());
    }
    figure(
        format!("{} kB", (most - before) / 1000),
        "more memory at most, as 10 MB are pushed to 100 readers that do not read",
    );
}
