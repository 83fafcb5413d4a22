//! Two transactions of two servers, stopped at the worst moment. Each test also shows the simple way to do it failing
//! at the same moment, so that it is known to be the worst one.

use std::time::Duration;

use sqlx::{Executor, PgConnection, Row};
use tokio::time::{sleep, timeout};

use crate::support::{Chance, PATIENCE, TestApp};

/// How long something is watched that must not happen.
const WATCHED: Duration = Duration::from_millis(700);

/// An event of the home list, as another server writes it: under the lock of the stream, with the next number.
const APPEND: &str = "UPDATE streams SET head = head + 1 WHERE id = 'home'; \
                      INSERT INTO events (stream_id, seq, tag, at_ms, op, change) \
                      SELECT 'home', head, '00000000000000aa', 0, '018b0000-0000-7000-b000-000000000001', \
                      '{\"named\":{\"name\":\"Home\"}}' FROM streams WHERE id = 'home'";

async fn run(connection: &mut PgConnection, statements: &'static str) {
    connection.execute(sqlx::raw_sql(statements)).await.unwrap();
}

#[tokio::test]
async fn a_number_is_taken_only_when_the_one_before_it_is_committed() {
    let app = TestApp::start_on_postgres(&[]).await;
    let mut socket = app.socket("?list=home&after=0").await;
    socket.head().await;
    let mut other = app.connection().await;
    run(&mut other, "BEGIN").await;
    run(&mut other, APPEND).await;
    // The other server has the first number, and has not committed. Whoever took the second one now and committed
    // first would be read first, and the reader would go on after it.
    let creating = app.command("/api/todos/create", &[("list", "home"), ("title", "Milk")]);
    tokio::pin!(creating);
    tokio::select! {
        _ = &mut creating => panic!("it did not wait for its turn"),
        _ = socket.push() => panic!("nothing is committed yet"),
        () = sleep(WATCHED) => {}
    }
    run(&mut other, "COMMIT").await;
    let receipt = timeout(PATIENCE, creating).await.unwrap();
    assert_eq!(receipt.seq, 2);
    assert_eq!(socket.events(2).await.iter().map(|it| it.seq).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn a_number_of_a_sequence_would_lose_an_event_at_that_moment() {
    let app = TestApp::start_on_postgres(&[]).await;
    let (mut one, mut two) = (app.connection().await, app.connection().await);
    run(&mut one, "CREATE TABLE simple (seq BIGSERIAL, title TEXT)").await;
    run(&mut one, "BEGIN; INSERT INTO simple (title) VALUES ('first')").await;
    run(&mut two, "INSERT INTO simple (title) VALUES ('second')").await;
    let mut cursor = 0_i64;
    let mut read = Vec::new();
    for _ in 0..2 {
        let after = sqlx::query("SELECT seq, title FROM simple WHERE seq > $1 ORDER BY seq").bind(cursor);
        for row in after.fetch_all(&mut two).await.unwrap() {
            cursor = row.get(0);
            read.push(row.get::<String, _>(1));
        }
        run(&mut one, "COMMIT").await;
    }
    assert_eq!(read, ["second"], "the first one is never read");
}

#[tokio::test]
async fn todos_that_go_to_and_fro_between_two_lists_on_two_servers_never_wait_for_each_other() {
    let app = TestApp::start_on_postgres(&[]).await;
    let beside = app.start_beside().await;
    let there = app.create_list("There").await;
    let here = app.create_many("home", 30).await;
    let back = app.create_many(&there, 30).await;
    assert_eq!((here.len(), back.len()), (30, 30));
    let ids = |board: todoapp::domain::Board| board.todos.iter().map(|it| it.id.to_string()).collect::<Vec<_>>();
    let (here, back) = (ids(app.board("home").await), ids(app.board(&there).await));
    let mut chance = Chance::new(1);
    let ops: Vec<_> = (0..60).map(|_| chance.op().to_string()).collect();
    let to = async |server: &TestApp, from: &str, to: &str, ids: &[String], ops: &[String]| {
        for (id, op) in ids.iter().zip(ops) {
            server.command("/api/todos/move_to", &[("list", from), ("id", id), ("to", to), ("op", op)]).await;
        }
    };
    let both = async {
        tokio::join!(to(&app, "home", &there, &here, &ops[..30]), to(&beside, &there, "home", &back, &ops[30..]),)
    };
    timeout(PATIENCE, both).await.expect("nobody waits for ever");
    assert_eq!(app.board("home").await.todos.len(), 30);
    assert_eq!(beside.board(&there).await.todos.len(), 30);
    let console = [app.console(), beside.console()].concat();
    assert!(!console.iter().any(|it| it.contains("deadlock")), "{console:#?}");
}

#[tokio::test]
async fn locks_in_the_order_of_the_command_would_be_a_deadlock_at_that_moment() {
    let app = TestApp::start_on_postgres(&[]).await;
    let (mut one, mut two) = (app.connection().await, app.connection().await);
    run(&mut one, "BEGIN; UPDATE streams SET head = head WHERE id = 'home'").await;
    run(&mut two, "BEGIN; UPDATE streams SET head = head WHERE id = 'index'").await;
    let (one, two) = tokio::join!(
        one.execute("UPDATE streams SET head = head WHERE id = 'index'"),
        two.execute("UPDATE streams SET head = head WHERE id = 'home'"),
    );
    let error = one.and(two).unwrap_err();
    assert_eq!(error.as_database_error().unwrap().code().as_deref(), Some("40P01"));
}
