//! A power cut after each stage of a write: the command took effect as a whole or not at all, and if it is
//! sent again with the same op, it has taken effect exactly once.

use todoapp::domain::{Applied, EventId, Head};

use crate::index::replayed;
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

/// Every kind of command about a list, before the cut and after it.
#[tokio::test]
async fn a_power_cut_loses_no_answered_command_about_lists_and_does_none_twice() {
    for stage in BEFORE_COMMIT.into_iter().chain(AFTER_COMMIT) {
        for verb in ["create", "rename", "move", "delete", "restore", "undo"] {
            let mut app = TestApp::start().await;
            let list = app.create_list("A").await;
            if verb == "restore" {
                app.command("/api/lists/delete", &[("list", &list)]).await;
            }
            let newest = app.log("index").await.pop().unwrap();
            app.stop().await;
            app.start_again_with(&["--fail-at", stage]).await;
            let path = if verb == "undo" { "/api/events/undo".to_owned() } else { format!("/api/lists/{verb}") };
            let about = if verb == "undo" { "index" } else { &list };
            let mut fields = vec![("op", OP), ("name", "B")];
            let event = newest.id.to_string();
            if verb != "create" {
                fields.extend([("list", about), ("event", &event)]);
            }
            let asked = app.http.post(app.url(&path)).form(&fields).send().await;
            assert!(stage == "answered" || asked.is_err(), "{stage}: it is cut off before it answers");
            assert!(!app.ended().await.success());
            app.start_again_with(&[]).await;
            let between = app.index().await;
            let has_happened = between.head.0 != newest.id;
            assert_eq!(has_happened, AFTER_COMMIT.contains(&stage), "{stage} {verb}");
            let receipt = app.command(&path, &fields).await;
            assert_eq!(app.command(&path, &fields).await, receipt);
            let (log, index) = (app.log("index").await, app.index().await);
            assert_eq!(log.len(), usize::try_from(newest.seq).unwrap() + 1, "{stage} {verb}: once");
            assert_eq!(replayed(&log), index, "{stage} {verb}: table and log tell the same");
            assert!(!has_happened || index == between, "{stage} {verb}");
        }
    }
}
