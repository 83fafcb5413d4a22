//! The trash: a deleted todo is not in the list any more, but is kept for a while.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::support::{PATIENCE, TestApp, rows, sql};

const HOME: (&str, &str) = ("list", "home");
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

#[tokio::test]
async fn a_deleted_todo_does_not_count_but_its_row_is_kept() {
    let app = TestApp::start().await;
    let (milk, bread) = (app.create("Buy milk").await, app.create("Buy bread").await);
    app.command("/api/todos/delete", &[HOME, ("id", &milk)]).await;
    let board = app.board("home").await;
    assert_eq!(board.todos.iter().map(|it| it.id.to_string()).collect::<Vec<_>>(), [bread]);
    for verb in ["complete", "reopen"] {
        let refused = app.refused(404, &format!("/api/todos/{verb}"), &[HOME, ("id", &milk)]).await;
        assert_eq!(refused, "todo_not_found", "{verb}");
    }
    let again = app.command("/api/todos/delete", &[HOME, ("id", &milk)]).await;
    assert_eq!(again.event, board.head.0, "deleting it again changes nothing");
    app.command("/api/todos/complete_all", &[HOME]).await;
    let kept = rows(&app.database(), "SELECT title || completed FROM todos WHERE deleted_ms IS NOT NULL").await;
    assert_eq!(kept, ["Buy milk0"]);
    assert_eq!(rows(&app.database(), "SELECT size || ' ' || open FROM lists WHERE id = 'home'").await, ["1 0"]);
}

#[tokio::test]
async fn a_todo_that_is_created_again_after_it_was_deleted_is_like_a_new_one() {
    let app = TestApp::start().await;
    let milk = app.create("Buy milk").await;
    app.command("/api/todos/complete", &[HOME, ("id", &milk)]).await;
    app.command("/api/todos/delete", &[HOME, ("id", &milk)]).await;
    app.create("Buy bread").await;
    app.command("/api/todos/create", &[HOME, ("id", &milk), ("title", "Buy oat milk")]).await;
    let board = app.board("home").await;
    let shown: Vec<_> = board.todos.iter().map(|it| (it.title.as_str(), it.completed)).collect();
    assert_eq!(shown, [("Buy bread", false), ("Buy oat milk", false)]);
    assert_eq!(rows(&app.database(), "SELECT COUNT(*) || '' FROM todos").await, ["2"]);
}

#[tokio::test]
async fn only_todos_deleted_thirty_days_ago_are_removed_for_good() {
    let mut app = TestApp::start().await;
    app.create_many("home", 300).await;
    for todo in app.board("home").await.todos.iter().step_by(2) {
        app.command("/api/todos/delete", &[HOME, ("id", &todo.id.to_string())]).await;
    }
    let before = app.board("home").await;
    app.stop().await;
    let age = format!("UPDATE todos SET deleted_ms = deleted_ms - {} WHERE deleted_ms IS NOT NULL", 30 * DAY_MS);
    sql(&app.database(), &age).await;
    let recent =
        "UPDATE todos SET deleted_ms = deleted_ms + 60000 WHERE id = (SELECT MAX(id) FROM todos WHERE deleted_ms > 0)";
    sql(&app.database(), recent).await;
    // The server removes them when it starts.
    app.start_again().await;
    let purged = async {
        while rows(&app.database(), "SELECT COUNT(*) || '' FROM todos").await != ["151"] {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, purged).await.expect("150 todos in the list and one in the trash are left");
    app.stands_as(&before).await;
}

#[tokio::test]
async fn after_thirty_days_a_deleted_list_is_gone_for_good_with_all_that_it_held() {
    let mut app = TestApp::start().await;
    let (old, recent) = (app.create_list("Old").await, app.create_list("Recent").await);
    for list in [&old, &recent] {
        app.create_many(list, 200).await;
        app.command("/api/todos/reopen_all", &[("list", list)]).await;
        app.command("/api/lists/delete", &[("list", list)]).await;
    }
    app.create("Buy milk").await;
    let before = app.board("home").await;
    app.stop().await;
    let age = format!("UPDATE lists SET deleted_ms = deleted_ms - {} WHERE id = '{old}'", 30 * DAY_MS);
    sql(&app.database(), &age).await;
    // It is looked for at the start.
    app.start_again().await;
    let left = "SELECT (SELECT COUNT(*) FROM streams) || ' ' || (SELECT COUNT(*) FROM lists) || ' ' || \
                (SELECT COUNT(*) FROM todos) || ' ' || (SELECT COUNT(*) FROM ops) || ' ' || \
                (SELECT COUNT(*) FROM events WHERE stream_id <> 'index')";
    let purged = async {
        while rows(&app.database(), left).await != ["3 2 201 1 202"] {
            sleep(Duration::from_millis(50)).await;
        }
    };
    let purged = timeout(PATIENCE, purged).await;
    assert!(purged.is_ok(), "home, the index and the recent list are left: {:?}", rows(&app.database(), left).await);
    assert_eq!(app.refused(404, "/api/lists/restore", &[("list", &old)]).await, "list_not_found");
    let undo = [("list", "index"), ("event", &*app.log("index").await[2].id.to_string())];
    assert_eq!(app.refused(409, "/api/events/undo", &undo).await, "not_undoable");
    app.command("/api/lists/restore", &[("list", &recent)]).await;
    assert_eq!(app.board(&recent).await.todos.len(), 200);
    app.stands_as(&before).await;
}
