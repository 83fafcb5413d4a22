//! The metrics: Prometheus can read them, and each number moves when its cause happens.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::closing::half_a_post;
use crate::support::{PATIENCE, Raw, TestApp, is_about_a_file, sql};

/// An address for metrics, on any free port.
pub(crate) const METRICS: [&str; 2] = ["--metrics-listen", "127.0.0.1:0"];

/// The port for metrics and probes.
async fn metrics_port(app: &TestApp) -> u16 {
    let start = "Its metrics are at http://127.0.0.1:";
    let line = app.console_shows(start, |it| it.starts_with(start)).await;
    line[start.len()..].strip_suffix("/metrics").unwrap().parse().unwrap()
}

/// Asks the address for metrics, by a name that the lists are not found under.
pub(crate) async fn ask(app: &TestApp, path: &str) -> Raw {
    let stream = TcpStream::connect(("127.0.0.1", metrics_port(app).await)).await.unwrap();
    app.raw_over(stream, format!("GET {path} HTTP/1.1\r\nHost: 10.1.2.3:9464\r\nConnection: close\r\n\r\n")).await
}

/// The numbers by name and labels, after checking that the text is what Prometheus reads.
pub(crate) async fn scrape(app: &TestApp) -> BTreeMap<String, f64> {
    let answer = ask(app, "/metrics").await;
    assert_eq!(
        (answer.status(), answer.header("content-type")),
        (200, Some("text/plain; version=0.0.4; charset=utf-8"))
    );
    let mut series = BTreeMap::new();
    let mut kinds = BTreeMap::new();
    let (mut helped, mut name, mut kind) = ("", "", "");
    for line in answer.body().lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (of, sentence) = help.split_once(' ').unwrap();
            assert!(sentence.ends_with('.'), "{line}");
            helped = of;
        } else if let Some(of) = line.strip_prefix("# TYPE ") {
            (name, kind) = of.split_once(' ').unwrap();
            assert_eq!(name, helped, "what it is comes first");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            assert!(name.starts_with("todoapp_") || name.starts_with("process_"), "{line}");
            assert!(kinds.insert(name.to_owned(), kind).is_none(), "{name} is there once");
        } else {
            let (what, value) = line.rsplit_once(' ').unwrap();
            let of = what.split('{').next().unwrap();
            let endings = ["_bucket", "_sum", "_count"];
            let is_part = kind == "histogram" && endings.iter().any(|it| of.strip_suffix(it) == Some(name));
            assert!(if kind == "histogram" { is_part } else { of == name }, "{line} belongs to {name}");
            let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
            assert!(series.insert(what.to_owned(), value).is_none(), "{what} is there once");
        }
    }
    series
}

/// Looks until the numbers are as they must become.
pub(crate) async fn until(app: &TestApp, what: &str, is_so: impl Fn(&BTreeMap<String, f64>) -> bool) {
    let looking = async {
        while !is_so(&scrape(app).await) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("{what} does not come"));
}

/// Checks a whole number.
#[track_caller]
fn assert_is(seen: &BTreeMap<String, f64>, name: &str, expected: u32) {
    assert!((seen[name] - f64::from(expected)).abs() < 0.5, "{name} is {} and not {expected}", seen[name]);
}

/// Which numbers have grown between two looks.
fn grown(before: &BTreeMap<String, f64>, after: &BTreeMap<String, f64>) -> Vec<String> {
    after
        .iter()
        .filter(|(name, now)| before.get(*name).is_none_or(|it| it < now))
        .map(|(name, _)| name.clone())
        .collect()
}

/// Checks that these numbers have grown.
pub(crate) fn assert_grown(before: &BTreeMap<String, f64>, after: &BTreeMap<String, f64>, names: &[&str]) {
    let grown = grown(before, after);
    for name in names {
        let name = if name.starts_with("process_") { (*name).to_owned() } else { format!("todoapp_{name}") };
        assert!(grown.contains(&name), "{name} has not grown: {grown:#?}");
    }
}

#[tokio::test]
async fn prometheus_can_read_the_metrics_and_histograms_add_up() {
    let app = TestApp::start_with(&METRICS).await;
    app.create_many("home", 40).await;
    let seen = scrape(&app).await;
    assert_is(&seen, "todoapp_command_receipt_seconds_count", 40);
    assert_is(&seen, "todoapp_command_receipt_seconds_bucket{le=\"+Inf\"}", 40);
    assert_is(&seen, "todoapp_batch_commands_sum", 40);
    assert_is(&seen, "todoapp_events_total", 40);
    assert!(seen["todoapp_log_heads"] >= 40.0 && seen["process_start_time_seconds"] > 1e9);
    assert_is(&seen, &format!("todoapp_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")), 1);
    let buckets = ["0.0005", "0.001", "0.01", "0.1", "1", "5", "+Inf"];
    let counts = buckets.map(|it| seen[&format!("todoapp_command_receipt_seconds_bucket{{le=\"{it}\"}}")]);
    assert!(counts.is_sorted(), "{counts:?}");
}

#[tokio::test]
async fn the_numbers_of_commands_and_pages_move_with_them() {
    let app = TestApp::start_with(&METRICS).await;
    let mut socket = app.socket("?list=home").await;
    socket.head().await;
    let before = scrape(&app).await;
    app.create("Buy milk").await;
    socket.event().await;
    app.refused(404, "/api/todos/rename", &[("list", "nosuchlist"), ("id", &unknown_id()), ("title", "x")]).await;
    app.submit("/api/todos/create", &[("list", "home"), ("title", "From a form")], "/").await;
    for _ in 0..3 {
        app.page("/").await;
    }
    app.get("/nothing/here").await;
    for _ in 0..30 {
        app.http.get(app.url("/")).header("host", "evil.example").send().await.unwrap();
    }
    let after = scrape(&app).await;
    assert_grown(
        &before,
        &after,
        &[
            "commands_total{outcome=\"receipt\"}",
            "commands_total{outcome=\"rejected\"}",
            "events_total",
            "command_receipt_seconds_count",
            "command_socket_seconds_count",
            "batch_commands_count",
            "pages_total{source=\"made\"}",
            "pages_total{source=\"memory\"}",
            "http_responses_total{status=\"2xx\"}",
            "http_responses_total{status=\"3xx\"}",
            "http_responses_total{status=\"4xx\"}",
            "lines_left_out_total",
            "log_heads",
        ],
    );
    if is_about_a_file() {
        assert!(after["todoapp_database_bytes"] > 0.0);
    }
}

fn unknown_id() -> String {
    "018b0000-0000-7000-8000-00000000ffff".to_owned()
}

#[tokio::test]
async fn the_numbers_of_sockets_move_with_them() {
    let limits = ["--sockets-max", "3", "--sockets-per-address-max", "2"];
    let app = TestApp::start_with(&[&METRICS[..], &limits].concat()).await;
    app.create("Buy milk").await;
    let other = app.create_list("Pruned").await;
    app.command("/api/todos/create", &[("list", &other), ("title", "Buy bread")]).await;
    sql(&app.database(), &format!("DELETE FROM events WHERE stream_id = '{other}' AND seq = 1")).await;
    let before = scrape(&app).await;
    let mut socket = app.socket("").await;
    socket.say("hello").await;
    socket.text().await;
    let mut resumed = app.socket("?list=home&after=0").await;
    resumed.events_to_head().await;
    assert_eq!(app.upgrade().await.status(), 503, "too many from here");
    let third = app.socket_from("127.0.0.2", "").await;
    assert_eq!(app.upgrade().await.status(), 503, "too many in all");
    assert_eq!(app.get("/ws").await.status(), 426);
    let during = scrape(&app).await;
    assert_grown(&before, &during, &["sockets_open"]);
    drop(third);
    let _ = resumed.ws.close(None).await;
    resumed.drained().await;
    until(&app, "the end of two sockets", |it| it["todoapp_sockets_open"] < 1.5).await;
    assert_eq!(app.socket_from("127.0.0.3", "?list=home&after=7-00000000000000ff").await.close_code().await, 4009);
    assert_eq!(app.socket_from("127.0.0.4", "?list=nosuchlist").await.close_code().await, 4404);
    let events = app.get(&format!("/api/events?list={other}&after=0")).await;
    assert!(events.text().await.unwrap().contains("pruned"));
    app.console_shows("the dropped one", |it| it.contains("Error reading message")).await;
    let after = scrape(&app).await;
    assert_grown(
        &before,
        &after,
        &[
            "sockets_opened_total",
            "sockets_refused_total{reason=\"address_full\"}",
            "sockets_refused_total{reason=\"full\"}",
            "sockets_refused_total{reason=\"handshake\"}",
            "sockets_closed_total{code=\"1005\"}",
            "sockets_closed_total{code=\"4009\"}",
            "sockets_closed_total{code=\"4404\"}",
            "sockets_closed_total{code=\"gone\"}",
            "messages_total",
            "resumes_total",
            "resets_total{reason=\"unknown\"}",
            "resets_total{reason=\"pruned\"}",
            "http_responses_total{status=\"1xx\"}",
            "http_responses_total{status=\"5xx\"}",
        ],
    );
    assert!(after["todoapp_sockets_open"] < during["todoapp_sockets_open"]);
}

#[tokio::test]
async fn refused_connections_are_counted_and_do_not_shut_out_who_asks_for_the_numbers() {
    let app = TestApp::start_with(&[&METRICS[..], &["--connections-per-address-max", "5"]].concat()).await;
    let before = scrape(&app).await;
    let connections = join_all((0..9).map(|_| app.connect())).await;
    let refused = "todoapp_connections_refused_total{reason=\"address_full\"}";
    until(&app, "four refusals", |it| it[refused] >= 4.0).await;
    assert_grown(&before, &scrape(&app).await, &["connections_open"]);
    drop(connections);
}

#[tokio::test]
async fn sockets_are_counted_by_the_code_that_they_were_closed_with() {
    let app = TestApp::start_with(&METRICS).await;
    let mut wrong = app.socket("").await;
    wrong.send(Message::binary(vec![0xff, 0xfe])).await;
    assert_eq!(wrong.close_code().await, 1007);
    let mut long = app.socket("").await;
    long.send(Message::text("x".repeat(65 << 10))).await;
    assert_eq!(long.close_code().await, 1009);
    let mut done = app.socket("").await;
    done.ws.close(Some(CloseFrame { code: CloseCode::Normal, reason: "".into() })).await.unwrap();
    done.drained().await;
    let mut open = app.socket("").await;
    let codes = ["1000", "1007", "1009"].map(|it| format!("todoapp_sockets_closed_total{{code=\"{it}\"}}"));
    until(&app, "the three ends", |it| codes.iter().all(|code| it[code] > 0.5)).await;
    // The address for metrics is there until the end, and something that is under way keeps the end off.
    let _under_way = half_a_post(&app).await;
    app.signal("TERM").await;
    assert_eq!(open.close_code().await, 1001);
    until(&app, "the end of the last socket", |it| it["todoapp_sockets_closed_total{code=\"1001\"}"] > 0.5).await;
}
