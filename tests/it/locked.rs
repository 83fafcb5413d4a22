//! Another program holds the database's lock: writes are refused in time, everything else goes on, and
//! writing works again when the lock is released.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sqlx::{Connection, Executor, SqliteConnection};
use tokio::time::timeout;

use crate::support::{PATIENCE, TestApp, is_about_a_file};

/// How long a command may wait for the lock before it is refused, on a busy machine.
const REFUSED_WITHIN: Duration = Duration::from_millis(6500);

const COMMANDS: usize = 20;

#[tokio::test]
async fn while_another_program_holds_the_lock_only_commands_are_refused_and_in_time() {
    if !is_about_a_file() {
        return;
    }
    let app = TestApp::start().await;
    app.create("first").await;
    let before = app.board("home").await;
    let mut socket = app.socket("?list=home&after=0").await;
    socket.events_to_head().await;
    let url = format!("sqlite:{}", app.database().display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();

    let since = Instant::now();
    let titles: Vec<_> = (0..COMMANDS).map(|n| format!("todo {n}")).collect();
    let commands = join_all(titles.iter().map(async |title| {
        let answer = app.post("/api/todos/create", &[("list", "home"), ("title", title)]).await;
        (answer, since.elapsed())
    }));
    let others = async {
        for n in 0..20 {
            let asked = Instant::now();
            assert_eq!(app.board("home").await, before);
            socket.say(&format!("echo {n}")).await;
            assert!(socket.text().await.ends_with(&format!("echo {n}")));
            assert_eq!(app.log("home").await.len(), 1, "a new reader is served");
            assert!(asked.elapsed() < Duration::from_secs(2), "reads and echoes go on: {:?}", asked.elapsed());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let (answers, ()) = timeout(PATIENCE, futures_util::future::join(commands, others)).await.unwrap();
    for ((status, answer), time) in answers {
        assert_eq!((status, answer["code"].as_str()), (503, Some("unavailable")), "{answer}");
        assert!(time < REFUSED_WITHIN, "each is refused in time, not one after the other: {time:?}");
    }
    app.stands_as(&before).await;
    let health = app.get("/healthz").await;
    assert_eq!(health.status(), 503, "the health check reports it");
    assert!(health.text().await.unwrap().contains("nothing was changed"));

    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(app.page("/healthz").await, "ok\n");
    let receipt = app.command("/api/todos/create", &[("list", "home"), ("title", "again")]).await;
    assert_eq!(receipt.seq, 2);
    assert_eq!(socket.event().await.id, receipt.event, "the push goes on");
}

#[tokio::test]
async fn a_lock_held_for_a_moment_only_delays_commands() {
    if !is_about_a_file() {
        return;
    }
    let app = TestApp::start().await;
    let url = format!("sqlite:{}", app.database().display());
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let commands = app.create_many("home", COMMANDS);
    let letting_go = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        other.execute("COMMIT").await.unwrap();
    };
    let (receipts, ()) = futures_util::future::join(commands, letting_go).await;
    assert_eq!(receipts.iter().map(|it| it.seq).collect::<Vec<_>>(), (1..=20).collect::<Vec<_>>());
}
