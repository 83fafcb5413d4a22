//! A power cut after each stage of a write: the command took effect as a whole or not at all, and if it is
//! sent again with the same op, it has taken effect exactly once.

use todoapp::domain::{Applied, EventId, Head};

use crate::support::TestApp;

const OP: &str = "01890000-0000-7000-8000-00000000000f";

/// The stages at which nothing has been committed yet.
const BEFORE_COMMIT: [&str; 4] = ["locked", "row-changed", "appended", "written"];

/// The stages after the commit.
const AFTER_COMMIT: [&str; 2] = ["committed", "answered"];

#[tokio::test]
async fn a_power_cut_before_the_commit_leaves_nothing_behind() {
    for stage in BEFORE_COMMIT {
        assert_eq!(todos_after_a_cut_at(stage).await, 0, "{stage}");
    }
}

#[tokio::test]
async fn a_power_cut_after_the_commit_loses_nothing() {
    for stage in AFTER_COMMIT {
        assert_eq!(todos_after_a_cut_at(stage).await, 1, "{stage}");
    }
}

/// Sends a command whose write ends at this stage, starts the server again and sends the command again.
/// Returns how many todos there were in between.
async fn todos_after_a_cut_at(stage: &str) -> usize {
    let mut app = TestApp::start_with(&["--fail-at", stage]).await;
    let fields = [("list", "home"), ("title", "Buy milk"), ("op", OP)];
    let asked = app.http.post(app.url("/api/todos/create")).form(&fields).send().await;
    assert!(stage == "answered" || asked.is_err(), "{stage}: the process ends before it answers");
    assert!(!app.ended().await.success());
    app.start_again_with(&[]).await;
    let between = app.board("home").await.todos.len();
    let receipt = app.command("/api/todos/create", &fields).await;
    assert_eq!(receipt.seq, 1, "{stage}: it counts once, and has the first number");
    let (board, log) = (app.board("home").await, app.log("home").await);
    let mut replayed = board.clone();
    replayed.todos.clear();
    replayed.head = Head(EventId::START);
    assert!(log.iter().all(|event| replayed.apply(event) == Applied::Next));
    assert_eq!((log.len(), &replayed), (1, &board), "{stage}: the log leads to the table");
    between
}
