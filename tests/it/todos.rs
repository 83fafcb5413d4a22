//! The use cases over HTTP: every server function, with good and bad input, and the events in the log.

use futures_util::future::join_all;
use serde_json::json;
use todoapp::domain::Change;

use crate::support::{TestApp, seed};

const ID: &str = "01890000-0000-7000-8000-000000000001";
const OP: &str = "01890000-0000-7000-8000-00000000000a";
const OTHER_OP: &str = "01890000-0000-7000-8000-00000000000b";

#[tokio::test]
async fn a_todo_is_created_renamed_completed_reopened_and_deleted() {
    let app = TestApp::start().await;
    let id = app.create("Buy milk").await;
    let fields = [("list", "home"), ("id", id.as_str())];
    app.command("/api/todos/rename", &[("list", "home"), ("id", &id), ("title", "  Buy oat milk ")]).await;
    app.command("/api/todos/complete", &fields).await;
    let board = app.board("home").await;
    assert_eq!((board.todos[0].title.as_str(), board.todos[0].completed), ("Buy oat milk", true));
    app.command("/api/todos/reopen", &fields).await;
    assert!(!app.board("home").await.todos[0].completed);
    app.command("/api/todos/delete", &fields).await;
    assert!(app.board("home").await.todos.is_empty());
    let changes: Vec<_> = app.log("home").await.into_iter().map(|it| it.change).collect();
    let names = ["Created", "Renamed", "Completed", "Reopened", "Deleted"];
    assert_eq!(changes.len(), names.len());
    assert!(changes.iter().zip(names).all(|(it, name)| format!("{it:?}").starts_with(name)), "{changes:?}");
}

#[tokio::test]
async fn a_receipt_and_a_board_are_written_as_the_contract_says() {
    let app = TestApp::start().await;
    let empty = app.get("/api/board?list=home").await;
    assert_eq!(empty.headers()["content-type"], "application/json");
    assert_eq!(empty.headers()["cache-control"], "no-store");
    assert_eq!(
        empty.text().await.unwrap(),
        r#"{"list":{"id":"home","name":"Home"},"head":{"seq":0,"id":"0"},"todos":[]}"#
    );
    let (status, receipt) = app.post("/api/todos/create", &[("list", "home"), ("title", "Buy milk"), ("id", ID)]).await;
    let event = receipt["event"].as_str().unwrap();
    assert_eq!((status, &receipt), (200, &json!({ "list": "home", "seq": 1, "event": event })));
    assert!(event.len() == 18 && event.starts_with("1-"), "{event}");
    let board: serde_json::Value = app.get("/api/board?list=home").await.json().await.unwrap();
    let at_ms = board["todos"][0]["created_ms"].as_i64().unwrap();
    let todo = json!({
        "id": ID, "title": "Buy milk", "completed": false, "position": "5", "touched_seq": 1,
        "created_ms": at_ms, "updated_ms": at_ms
    });
    let head = json!({ "seq": 1, "id": event });
    assert_eq!(board, json!({ "list": { "id": "home", "name": "Home" }, "head": head, "todos": [todo] }));
    assert!(at_ms > 1_700_000_000_000, "the time is in milliseconds since 1970");
}

#[tokio::test]
async fn the_id_that_a_client_made_is_used_and_only_once() {
    let app = TestApp::start().await;
    let fields = |title, op| [("list", "home"), ("title", title), ("id", ID), ("op", op)];
    let receipt = app.command("/api/todos/create", &fields("Buy milk", OP)).await;
    assert_eq!(app.board("home").await.todos[0].id.to_string(), ID);
    assert_eq!(app.command("/api/todos/create", &fields("Buy milk", OP)).await, receipt, "the same command again");
    assert_eq!(app.refused(409, "/api/todos/create", &fields("Buy milk", OTHER_OP)).await, "todo_exists");
    assert_eq!(app.board("home").await.todos.len(), 1);
    let other = app.create_list("Other").await;
    app.command("/api/todos/create", &[("list", &other), ("title", "Buy milk"), ("id", ID), ("op", OP)]).await;
    assert_eq!(app.board(&other).await.todos.len(), 1, "on another list the id is free");
}

#[tokio::test]
async fn the_same_op_at_the_same_time_is_one_event() {
    let app = TestApp::start().await;
    let fields = [("list", "home"), ("title", "Once"), ("op", OP)];
    let receipts = join_all((0..20).map(|_| app.command("/api/todos/create", &fields))).await;
    assert!(receipts.iter().all(|it| *it == receipts[0]), "{receipts:?}");
    assert_eq!((app.board("home").await.todos.len(), app.log("home").await.len()), (1, 1));
}

#[tokio::test]
async fn the_same_op_again_is_the_same_command_whatever_has_happened_since() {
    let app = TestApp::start().await;
    let id = app.create("Buy milk").await;
    let complete = [("list", "home"), ("id", id.as_str()), ("op", OP)];
    let receipt = app.command("/api/todos/complete", &complete).await;
    app.command("/api/todos/delete", &[("list", "home"), ("id", &id)]).await;
    assert_eq!(app.command("/api/todos/complete", &complete).await, receipt, "even if the todo is gone");
    assert_eq!(app.board("home").await.seq(), 3);
}

#[tokio::test]
async fn a_command_that_changes_nothing_has_the_head_as_its_receipt() {
    let app = TestApp::start().await;
    assert_eq!(app.command("/api/todos/complete_all", &[("list", "home")]).await.event.to_string(), "0");
    let id = app.create("Buy milk").await;
    let head = app.command("/api/todos/complete", &[("list", "home"), ("id", &id)]).await;
    for path in ["/api/todos/complete", "/api/todos/rename"] {
        let fields = [("list", "home"), ("id", id.as_str()), ("title", " Buy milk ")];
        let fields = if path.ends_with("rename") { &fields[..] } else { &fields[..2] };
        assert_eq!(app.command(path, fields).await, head, "{path}");
    }
    assert_eq!(app.command("/api/todos/delete", &[("list", "home"), ("id", ID)]).await, head, "it was already gone");
    assert_eq!(app.command("/api/todos/complete_all", &[("list", "home")]).await, head);
    assert_eq!(app.log("home").await.len(), 2);
}

#[tokio::test]
async fn a_todo_that_does_not_exist_can_only_be_deleted() {
    let app = TestApp::start().await;
    for (path, status) in [("rename", 404), ("complete", 404), ("reopen", 404)] {
        let fields = [("list", "home"), ("id", ID), ("title", "x")];
        let fields = if path == "rename" { &fields[..] } else { &fields[..2] };
        assert_eq!(app.refused(status, &format!("/api/todos/{path}"), fields).await, "todo_not_found", "{path}");
    }
    app.command("/api/todos/delete", &[("list", "home"), ("id", ID)]).await;
    assert!(app.log("home").await.is_empty());
}

#[tokio::test]
async fn a_change_of_many_todos_is_one_event_that_names_all_of_them_in_order() {
    let app = TestApp::start().await;
    app.create_many("home", 30).await;
    let ids: Vec<_> = app.board("home").await.todos.iter().map(|it| it.id).collect();
    let done = ids[3].to_string();
    app.command("/api/todos/complete", &[("list", "home"), ("id", &done)]).await;
    let open: Vec<_> = ids.iter().copied().filter(|it| it.to_string() != done).collect();
    for (path, expected) in [
        ("complete_all", Change::Completed { todos: open }),
        ("reopen_all", Change::Reopened { todos: ids.clone() }),
        ("complete_all", Change::Completed { todos: ids.clone() }),
        ("clear_completed", Change::Deleted { todos: ids.clone(), to: None }),
    ] {
        let before = app.board("home").await.seq();
        let receipt = app.command(&format!("/api/todos/{path}"), &[("list", "home")]).await;
        assert_eq!(receipt.seq, before + 1, "{path}");
        assert_eq!(app.log("home").await.pop().unwrap().change, expected);
    }
    assert!(app.board("home").await.todos.is_empty());
}

#[tokio::test]
async fn todos_stay_in_order_of_creation_whatever_happens_to_them() {
    let app = TestApp::start().await;
    app.create_many("home", 12).await;
    let before = app.board("home").await;
    let ids: Vec<_> = before.todos.iter().map(|it| it.id.to_string()).collect();
    app.command("/api/todos/rename", &[("list", "home"), ("id", &ids[0]), ("title", "zzz")]).await;
    app.command("/api/todos/complete", &[("list", "home"), ("id", &ids[5])]).await;
    app.command("/api/todos/delete", &[("list", "home"), ("id", &ids[11])]).await;
    // Its id is the smallest possible, but it still comes last.
    let first = "00000000-0000-7000-8000-000000000000";
    app.command("/api/todos/create", &[("list", "home"), ("title", "last"), ("id", first)]).await;
    let after: Vec<_> = app.board("home").await.todos.iter().map(|it| it.id.to_string()).collect();
    assert_eq!(after, [&ids[..11], &[first.to_owned()]].concat());
}

#[tokio::test]
async fn a_full_list_accepts_no_new_todo_until_there_is_room() {
    let app = TestApp::start().await;
    seed(&app.database(), 9_999).await;
    let create = |title| [("list", "home"), ("title", title)];
    app.command("/api/todos/create", &create("the last one")).await;
    let answers =
        join_all((0..10).map(|_| app.post("/api/todos/create", &[("list", "home"), ("title", "one more")]))).await;
    assert!(answers.iter().all(|(status, it)| *status == 409 && it["code"] == "list_full"), "{answers:?}");
    let board = app.board("home").await;
    assert_eq!((board.todos.len(), board.seq()), (10_000, 10_000));
    let id = board.todos[0].id.to_string();
    app.command("/api/todos/delete", &[("list", "home"), ("id", &id)]).await;
    app.command("/api/todos/create", &create("room again")).await;
    assert_eq!(app.refused(409, "/api/todos/create", &create("one more")).await, "list_full");
    app.command("/api/todos/complete_all", &[("list", "home")]).await;
    app.command("/api/todos/clear_completed", &[("list", "home")]).await;
    assert!(app.board("home").await.todos.is_empty());
    app.command("/api/todos/create", &create("a new start")).await;
}
