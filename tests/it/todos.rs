//! The use cases over HTTP: every server function, good and bad, and what the log says of it.

use todoapp::domain::Push;

use crate::support::TestApp;

#[tokio::test]
async fn a_todo_is_created_renamed_completed_reopened_and_deleted() {
    let app = TestApp::start().await;
    let id = app.create("Buy milk").await;
    let fields = [("list", "home"), ("id", id.as_str())];
    app.wish("/api/todos/rename", &[("list", "home"), ("id", &id), ("title", "  Buy oat milk ")]).await;
    app.wish("/api/todos/complete", &fields).await;
    let board = app.board("home").await;
    assert_eq!((board.todos[0].title.as_str(), board.todos[0].completed), ("Buy oat milk", true));
    app.wish("/api/todos/reopen", &fields).await;
    assert!(!app.board("home").await.todos[0].completed);
    app.wish("/api/todos/delete", &fields).await;
    assert!(app.board("home").await.todos.is_empty());
}

#[tokio::test]
async fn the_same_op_again_gives_the_same_receipt_and_changes_nothing() {
    let app = TestApp::start().await;
    let op = "01890000-0000-7000-8000-000000000001";
    let fields = [("list", "home"), ("title", "Once"), ("op", op)];
    let first = app.wish("/api/todos/create", &fields).await;
    assert_eq!(app.wish("/api/todos/create", &fields).await, first);
    assert_eq!(app.board("home").await.todos.len(), 1);
}

#[tokio::test]
async fn a_subscriber_hears_of_a_change_and_can_resume_from_it() {
    let app = TestApp::start().await;
    let mut socket = app.socket("?list=home").await;
    assert_eq!(socket.head().await.to_string(), "0");
    let receipt = app.wish("/api/todos/create", &[("list", "home"), ("title", "Buy milk")]).await;
    assert_eq!(socket.event().await.id, receipt.event);
    let mut again = app.socket(&format!("?list=home&after={}", receipt.event)).await;
    assert_eq!(again.head().await, receipt.event);
    let mut all = app.socket("?list=home&after=0").await;
    assert!(matches!(all.push().await, Push::Event(event) if event.id == receipt.event));
    assert_eq!(all.head().await, receipt.event);
}
