//! Answered commands are remembered by their op: sent again, whatever has happened since, they get the same
//! receipt and change nothing.

use std::time::Duration;

use todoapp::protocol::Push;
use tokio::time::{sleep, timeout};

use crate::support::{PATIENCE, TestApp};

const HOME: (&str, &str) = ("list", "home");

/// Ops of commands.
fn op(n: usize) -> String {
    format!("01890000-0000-7000-8000-{n:012x}")
}

#[tokio::test]
async fn a_command_that_changed_nothing_changes_nothing_when_it_is_sent_again() {
    let mut app = TestApp::start().await;
    let (open, done) = (app.create("open").await, app.create("done").await);
    app.command("/api/todos/complete", &[HOME, ("id", &done)]).await;
    app.command("/api/todos/clear_completed", &[HOME]).await;
    let ops: Vec<_> = (1..=4).map(op).collect();
    let commands = [
        ("/api/todos/clear_completed", vec![HOME, ("op", &ops[0])]),
        ("/api/todos/reopen_all", vec![HOME, ("op", &ops[1])]),
        ("/api/todos/reopen", vec![HOME, ("id", &open), ("op", &ops[2])]),
        ("/api/todos/rename", vec![HOME, ("id", &open), ("title", "open"), ("op", &ops[3])]),
    ];
    let mut receipts = Vec::new();
    for (path, fields) in &commands {
        receipts.push(app.command(path, fields).await);
    }
    assert!(receipts.iter().all(|it| it.seq == 4), "each receipt names the head: {receipts:?}");
    // An answer is on the disk, even if the command changed nothing.
    app.kill().await;
    app.start_again().await;
    app.command("/api/todos/rename", &[HOME, ("id", &open), ("title", "another")]).await;
    app.command("/api/todos/complete", &[HOME, ("id", &open)]).await;
    let before = app.board("home").await;
    for ((path, fields), receipt) in commands.iter().zip(&receipts) {
        assert_eq!(app.command(path, fields).await, *receipt, "{path}");
    }
    assert_eq!(app.board("home").await, before);
}

#[tokio::test]
async fn an_op_is_remembered_after_its_event_was_pruned() {
    let mut app = TestApp::start_with(&["--keep-events", "5", "--keep-hours", "0"]).await;
    let ops: Vec<_> = (1..=3).map(op).collect();
    let make = [("name", "Groceries"), ("op", &*ops[0])];
    let list = app.command("/api/lists/create", &make).await;
    let create = [("list", list.list.as_str()), ("title", "Buy milk"), ("op", &ops[1])];
    let created = app.command("/api/todos/create", &create).await;
    let id = app.board(list.list.as_str()).await.todos[0].id.to_string();
    let complete = [("list", list.list.as_str()), ("id", &*id), ("op", &ops[2])];
    let completed = app.command("/api/todos/complete", &complete).await;
    app.command("/api/todos/reopen", &complete[..2]).await;
    app.create_many(list.list.as_str(), 20).await;
    app.stop().await;
    app.start_again().await;
    let pruned = async {
        let query = format!("?list={}&after={}", list.list, completed.event);
        while !matches!(app.socket(&query).await.push().await, Push::Reset { .. }) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, pruned).await.expect("the log is pruned at the start");
    let before = app.board(list.list.as_str()).await;
    assert_eq!(app.command("/api/todos/create", &create).await, created, "no second todo");
    assert_eq!(app.command("/api/todos/complete", &complete).await, completed, "what was reopened stays open");
    assert_eq!(app.command("/api/lists/create", &make).await, list, "no second list");
    assert_eq!(app.board(list.list.as_str()).await, before);
    let other = [("list", list.list.as_str()), ("title", "Buy bread"), ("op", &ops[1])];
    assert_eq!(app.refused(409, "/api/todos/create", &other).await, "op_reused");
}

#[tokio::test]
async fn an_op_used_for_another_command_gets_nobody_elses_receipt() {
    let app = TestApp::start().await;
    let (first, second) = (op(1), op(2));
    let create = [HOME, ("title", "Buy milk"), ("op", &*first)];
    let receipt = app.command("/api/todos/create", &create).await;
    let id = app.board("home").await.todos[0].id.to_string();
    app.command("/api/lists/create", &[("name", "Secret"), ("op", &second)]).await;
    app.command("/api/todos/clear_completed", &[HOME, ("op", &second)]).await;
    let before = app.board("home").await;
    for (path, fields) in [
        ("/api/todos/create", vec![HOME, ("title", "Buy bread"), ("op", &*first)]),
        ("/api/todos/create", vec![HOME, ("title", "Buy milk"), ("id", &id), ("op", &first)]),
        ("/api/todos/rename", vec![HOME, ("title", "Buy milk"), ("id", &id), ("op", &first)]),
        ("/api/todos/delete", vec![HOME, ("id", &id), ("op", &first)]),
        ("/api/todos/complete_all", vec![HOME, ("op", &second)]),
        ("/api/lists/create", vec![("name", "Guessed"), ("op", &second)]),
    ] {
        assert_eq!(app.refused(409, path, &fields).await, "op_reused", "{path} {fields:?}");
    }
    assert_eq!(
        app.command("/api/todos/create", &create).await,
        receipt,
        "an id that the server made is not part of the hash"
    );
    app.stands_as(&before).await;
}

#[tokio::test]
async fn a_command_that_was_rejected_may_be_sent_again() {
    let app = TestApp::start().await;
    let id = "01890000-0000-7000-8000-0000000000aa";
    let complete = [HOME, ("id", id), ("op", &op(1))];
    assert_eq!(app.refused(404, "/api/todos/complete", &complete).await, "todo_not_found");
    app.command("/api/todos/create", &[HOME, ("id", id), ("title", "Buy milk")]).await;
    assert_eq!(app.command("/api/todos/complete", &complete).await.seq, 2);
}
