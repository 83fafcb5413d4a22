//! What a load balancer and an operator see: probes that say whether the server should get clients, and the id of a
//! request in the log and in the answer.

use futures_util::future::join_all;
use serde_json::json;
use sqlx::{Connection, Executor, SqliteConnection};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::closing::half_a_post;
use crate::metrics::{METRICS, ask, assert_grown, scrape, until};
use crate::support::{Chance, PATIENCE, SmallDisk, TestApp, is_about_a_file, sql};

/// Requests with a hundred commands each: together more commands than may wait.
const REQUESTS: usize = 45;

#[tokio::test]
async fn probes_by_any_name_are_answered_only_where_nothing_of_the_lists_is() {
    let app = TestApp::start_with(&METRICS).await;
    assert_eq!(ask(&app, "/healthz").await.body(), "ok\n");
    assert_eq!(ask(&app, "/readyz").await.body(), "ready\n");
    assert_eq!(ask(&app, "/").await.status(), 404);
    assert_eq!(ask(&app, "/api/board?list=home").await.status(), 404);
    assert_eq!((app.page("/healthz").await, app.page("/readyz").await), ("ok\n".to_owned(), "ready\n".to_owned()));
    assert_eq!(app.get("/metrics").await.status(), 404, "not where the lists are");
    for path in ["/healthz", "/readyz"] {
        let answer = app.http.get(app.url(path)).header("host", "10.1.2.3:3000").send().await.unwrap();
        assert_eq!(answer.status(), 403, "{path}");
    }
}

#[tokio::test]
async fn a_server_that_stops_is_not_ready_until_it_has_stopped() {
    let mut app = TestApp::start_with(&METRICS).await;
    let (under_way, body) = half_a_post(&app).await;
    app.signal("TERM").await;
    app.console_says("Stopping: requests finish, sockets are told goodbye").await;
    let answer = ask(&app, "/readyz").await;
    assert_eq!(answer.status(), 503);
    assert!(answer.body().contains("stopping"), "{answer:?}");
    assert_eq!(ask(&app, "/healthz").await.body(), "ok\n", "nobody need end it by force");
    until(&app, "the end of idle connections", |it| it["todoapp_connections_open"] < 1.5).await;
    assert!(TcpStream::connect(("127.0.0.1", app.port)).await.is_err(), "new connections are refused at once");
    let answer = app.raw_over(under_way, body).await;
    assert_eq!(answer.status(), 200, "what was under way is answered: {answer:?}");
    assert_eq!(app.ended().await.code(), Some(0));
}

#[tokio::test]
async fn a_locked_database_is_not_ready_and_the_commands_are_counted_as_not_written() {
    if !is_about_a_file() {
        return;
    }
    let app = TestApp::start_with(&METRICS).await;
    let before = scrape(&app).await;
    let url = format!("sqlite:{}", app.database().display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let (answer, command) = futures_util::future::join(
        ask(&app, "/readyz"),
        app.post("/api/todos/create", &[("list", "home"), ("title", "x")]),
    )
    .await;
    assert_eq!((answer.status(), command.0), (503, 503));
    assert!(answer.body().contains("nothing was changed"), "{answer:?}");
    assert_grown(&before, &scrape(&app).await, &["commands_total{outcome=\"not_written\"}"]);
    let command = json!({ "list": "home", "op": Chance::new(1).op().to_string(), "command": "complete_all" });
    let commands = json!(vec![command; 100]);
    let answers = join_all((0..REQUESTS).map(|_| app.run(&commands))).await;
    assert!(!answers.iter().any(|(_, answer)| answer.to_string().contains("receipt")), "{answers:?}");
    assert_grown(&before, &scrape(&app).await, &["commands_total{outcome=\"busy\"}"]);
    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(ask(&app, "/readyz").await.body(), "ready\n");
}

#[tokio::test]
async fn a_server_that_can_write_but_not_read_the_log_is_not_ready() {
    let app = TestApp::start_with(&METRICS).await;
    app.create("Buy milk").await;
    sql(&app.database(), "ALTER TABLE events RENAME TO gone").await;
    let answer = ask(&app, "/readyz").await;
    assert_eq!(answer.status(), 503);
    assert!(answer.body().starts_with("The log can't be read in time"), "{answer:?}");
    assert_eq!(ask(&app, "/healthz").await.body(), "ok\n", "to start it again would not help");
    sql(&app.database(), "ALTER TABLE gone RENAME TO events").await;
    assert_eq!(ask(&app, "/readyz").await.body(), "ready\n");
}

#[tokio::test]
async fn a_server_on_a_full_disk_is_not_ready_until_there_is_room() {
    let Some(disk) = SmallDisk::new("size=1m") else { return };
    if !is_about_a_file() {
        return;
    }
    let app = TestApp::start_in(disk.folder(), &METRICS).await;
    app.create("first").await;
    disk.fill();
    let wide = [("list", "home"), ("title", &*"x".repeat(500))];
    while app.post("/api/todos/create", &wide).await.0 == 200 {}
    // A probe writes less than a command, so there may be room for a few of them.
    let refused = async { while ask(&app, "/readyz").await.status() != 503 {} };
    timeout(PATIENCE, refused).await.expect("it is seen that the disk is full");
    disk.empty();
    assert_eq!(ask(&app, "/readyz").await.body(), "ready\n");
}

#[tokio::test]
async fn a_request_that_fails_is_in_the_log_with_the_id_that_its_client_gets() {
    let app = TestApp::start_with(&["--sockets-max", "0"]).await;
    let refused = app.http.get(app.url("/")).header("host", "evil.example").send().await.unwrap();
    let failed = app.upgrade().await;
    let wrong = app.get("/lists/nosuchlist").await;
    let form = [("list", "home"), ("title", "")];
    let form =
        app.http.post(app.url("/api/todos/create")).form(&form).header("accept", "text/html").send().await.unwrap();
    assert_eq!((form.status().as_u16(), failed.status()), (303, 503));
    let of = |it: &reqwest::Response| it.headers()["x-request-id"].to_str().unwrap().to_owned();
    let failed = failed.header("x-request-id").unwrap().to_owned();
    let lines = [(of(&refused), "Refused: "), (failed, "Failed: GET /ws"), (of(&wrong), "Not done: GET /lists/")];
    for (id, what) in lines.into_iter().chain([(of(&form), "Not done: POST /api/todos/create")]) {
        assert_eq!(id.len(), 16);
        app.console_shows(what, |it| it.contains(what) && it.contains(&id)).await;
    }
    assert!(app.get("/").await.headers().get("x-request-id").is_none(), "what went well is not in the log");
}

#[tokio::test]
async fn only_a_proxy_of_ours_may_say_the_id_of_a_request() {
    for (proxy, is_taken) in [("127.0.0.1", true), ("127.0.0.9", false)] {
        let app = TestApp::start_with(&["--proxy", proxy, "--log", "json"]).await;
        let ask = async |id: &str| {
            let answer = app.http.get(app.url("/nothing")).header("x-request-id", id).send().await.unwrap();
            answer.headers()["x-request-id"].to_str().unwrap().to_owned()
        };
        let id = ask("trace-0123").await;
        assert_eq!(id == "trace-0123", is_taken, "{id}");
        assert_ne!(ask("not one\"").await, "not one\"");
        let line = app.console_shows("the line", |it| it.contains(&id)).await;
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((line["span"]["id"].as_str(), line["fields"]["status"].as_u64()), (Some(&*id), Some(404)), "{line}");
    }
}
