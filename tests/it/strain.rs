//! Measurements of the server under load, for `make soak`: each shows what other clients notice of it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;

use crate::support::{TestApp, note, seed, seed_events, skipped};

/// How long each measurement takes.
const TIME: Duration = Duration::from_secs(8);

const FULL_LIST: usize = 10_000;
const OLD_EVENTS: usize = 1_000_000;
const IDLE_CONNECTIONS: usize = 5_000;
const UNREAD_PAGES: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn measure_a_server_under_load() {
    if std::env::var_os("TODOAPP_SOAK_SECONDS").is_none() {
        skipped("figures are taken by `make soak`");
        return;
    }
    unread_pages("/").await;
    unread_pages("/api/board?list=home").await;
    newcomer_beside_idle_connections().await;
    writes_while_pruning().await;
    beside_page_loads(0).await;
    beside_page_loads(8).await;
    beside_page_loads(40).await;
    long_events().await;
}

fn figure(figure: &str, what: &str) {
    note(&format!("{figure:>26}  {what}"));
}

/// Median, 99th percentile and maximum, in milliseconds.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    format!("{:.1} / {:.1} / {:.1} ms", at(50), at(99), at(100))
}

async fn unread_pages(path: &str) {
    let app = TestApp::start().await;
    seed(&app.database(), FULL_LIST).await;
    app.get(path).await.bytes().await.unwrap();
    let before = app.resident_bytes();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", app.port);
    let unread = join_all((0..UNREAD_PAGES).map(async |_| {
        let mut stream = app.connect_narrow().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }))
    .await;
    let (since, mut most) = (Instant::now(), before);
    while since.elapsed() < TIME {
        most = most.max(app.resident_bytes());
        sleep(Duration::from_millis(20)).await;
    }
    let what = format!("more memory with {} unread answers of {path}, a list of 10 000 todos", unread.len());
    figure(&format!("{} kB", (most - before) / 1000), &what);
}

async fn newcomer_beside_idle_connections() {
    let app = TestApp::start().await;
    let mut idle = Vec::new();
    for _ in 0..IDLE_CONNECTIONS {
        idle.push(app.connect_from("127.0.0.2").await);
    }
    let mut times = Vec::new();
    for _ in 0..20 {
        let since = Instant::now();
        let mut stream = app.connect().await;
        let request = format!("GET / HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", app.port);
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200"));
        times.push(since.elapsed());
    }
    figure(&spread(times), "for a newcomer's page beside 5 000 idle connections of one address");
}

async fn writes_while_pruning() {
    let mut app = TestApp::start_with(&["--keep-events", "0", "--keep-hours", "0"]).await;
    let list = app.create_list("Other").await;
    seed(&app.database(), OLD_EVENTS / 100).await;
    app.stop().await;
    app.start_again_with(&[]).await;
    sleep(TIME / 4).await;
    figure(&spread(writes(&app, &list).await), "for a write, nothing else to do: median / 99 % / most");
    app.stop().await;
    seed_events(&app.database(), OLD_EVENTS).await;
    app.start_again().await;
    figure(&spread(writes(&app, &list).await), "for a write while a million old events are pruned");
}

/// Writes again and again for a while, and returns how long each write took.
async fn writes(app: &TestApp, list: &str) -> Vec<Duration> {
    let (since, mut times) = (Instant::now(), Vec::new());
    while since.elapsed() < TIME {
        let asked = Instant::now();
        app.command("/api/todos/create", &[("list", list), ("title", "Buy milk")]).await;
        times.push(asked.elapsed());
        sleep(Duration::from_millis(5)).await;
    }
    times
}

/// How long an echo, a write and a change on another screen take while other clients load the page of a full
/// list again and again.
async fn beside_page_loads(clients: usize) {
    let app = TestApp::start().await;
    seed(&app.database(), FULL_LIST).await;
    let list = app.create_list("Other").await;
    let (is_over, loads, busy) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let loading = join_all((0..clients).map(async |_| {
        while !is_over.load(Ordering::Relaxed) {
            let answer = app.get("/").await;
            let count = if answer.status() == 200 { &loads } else { &busy };
            answer.bytes().await.unwrap();
            count.fetch_add(1, Ordering::Relaxed);
        }
    }));
    let others = async {
        let mut echo = app.socket("").await;
        let mut screen = app.socket(&format!("?list={list}")).await;
        screen.head().await;
        let (since, mut echoes, mut writes, mut changes) = (Instant::now(), Vec::new(), Vec::new(), Vec::new());
        while since.elapsed() < TIME {
            let asked = Instant::now();
            echo.say("hello").await;
            echo.text().await;
            echoes.push(asked.elapsed());
            let asked = Instant::now();
            app.command("/api/todos/create", &[("list", &list), ("title", "Buy milk")]).await;
            writes.push(asked.elapsed());
            screen.event().await;
            changes.push(asked.elapsed());
            sleep(Duration::from_millis(2)).await;
        }
        is_over.store(true, Ordering::Relaxed);
        (echoes, writes, changes)
    };
    let ((echoes, writes, changes), _) = join(others, loading).await;
    let beside = format!(
        "beside {clients} clients that load the page of 10 000 todos ({} a second, {} told to wait)",
        loads.load(Ordering::Relaxed) / usize::try_from(TIME.as_secs()).unwrap(),
        busy.load(Ordering::Relaxed)
    );
    figure(&spread(echoes), &format!("for an echo {beside}"));
    figure(&spread(writes), "for a write beside them");
    figure(&spread(changes), "until a change is on another screen, in another list");
}

async fn long_events() {
    let app = TestApp::start().await;
    seed(&app.database(), FULL_LIST).await;
    let mut cursor = app.board("home").await.head.0;
    for n in 0..200 {
        let path = if n % 2 == 0 { "/api/todos/complete_all" } else { "/api/todos/reopen_all" };
        let receipt = app.command(path, &[("list", "home")]).await;
        if n == 0 {
            cursor = receipt.event;
        }
    }
    let (since, before) = (Instant::now(), app.processor_time());
    let mut socket = app.socket(&format!("?list=home&after={cursor}")).await;
    for _ in 0..199 {
        assert!(socket.text().await.len() > 300_000);
    }
    let spent = app.processor_time().saturating_sub(before);
    figure(&format!("{spent:.1?} in {:.1?}", since.elapsed()), "of the processor to catch up 199 events of 390 kB");
}
