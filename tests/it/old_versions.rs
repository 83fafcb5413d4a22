//! A database of every released version opens after a backup, and its receipts are still valid.

use std::fs;

use todoapp::domain::{Applied, Board, Change, EventId, Head, Position, Receipt, Todo};

use crate::support::{TestApp, is_about_a_file};

const HOME: (&str, &str) = ("list", "home");

/// Starts on a copy of a file that an older version wrote.
async fn start_on(file: &str) -> TestApp {
    let folder = tempfile::tempdir().unwrap();
    let data = format!("{}/tests/it/data/{file}", env!("CARGO_MANIFEST_DIR"));
    fs::copy(data, folder.path().join("todos.db")).unwrap();
    TestApp::start_in(folder, &[]).await
}

/// The receipts are those that version 1 gave before the file was copied, for ops that are still in its log.
#[tokio::test]
async fn a_database_of_version_1_opens_after_a_backup_and_its_ops_are_known() {
    if !is_about_a_file() {
        return;
    }
    let app = start_on("version_1.sqlite").await;
    assert!(app.folder.path().join("todos.db.before-4").exists(), "it was copied before it was changed");
    let home = app.board("home").await;
    assert_eq!(titles(&home), ["Todo 2", "Todo 3", "Todo 4"]);
    let id = "01900000-0000-7000-9000-000000000004";
    let again = [HOME, ("id", id), ("title", "Todo 4"), ("op", "01900000-0000-7000-8000-000000000014")];
    let receipt: Receipt = app.command("/api/todos/create", &again).await;
    assert_eq!(receipt.event.to_string(), "4-5fba604666ae89a4");
    // Version 1 has pruned the event that made this list, but the list is still found.
    let made =
        app.command("/api/lists/create", &[("name", "Work"), ("op", "01900000-0000-7000-8000-000000000002")]).await;
    assert_eq!((made.list.as_str(), made.seq), ("f9rfm1fb01q0", 1));
    assert_eq!(app.board("home").await, home);
    assert_eq!(app.create_many("home", 5).await.last().unwrap().seq, 11);
}

/// The receipts are those that version 2 gave before the file was copied.
#[tokio::test]
async fn a_database_of_version_2_opens_after_a_backup_and_its_log_leads_to_its_tables() {
    if !is_about_a_file() {
        return;
    }
    let app = start_on("version_2.sqlite").await;
    assert!(app.folder.path().join("todos.db.before-4").exists(), "it was copied before it was changed");
    let work = "4kduq2ww8xsp";
    for (list, name, expected) in [
        ("home", "Home", &["Say \"hello\" \\ to Größe 👋", "Third", "Six"] as &[_]),
        (work, "Work \"at\\home\" 🏠", &["Seven", "Eight"]),
        ("xgn06pjhyjqb", "Empty", &[]),
    ] {
        let board = app.board(list).await;
        assert_eq!((board.list.name.as_str(), titles(&board)), (name, expected.to_vec()));
        assert_eq!(told_again(&app, list).await, board, "{list}");
    }
    let sent = |n: usize| format!("01910000-0000-7000-8000-{n:012}");
    let (id, op) = ("01910000-0000-7000-9000-000000000006", [11, 13, 14].map(sent));
    let again = app.command("/api/todos/create", &[HOME, ("id", id), ("title", "Six"), ("op", &op[0])]).await;
    assert_eq!(again.event.to_string(), "11-08379a2ac9f16640");
    let nothing = app.command("/api/todos/complete", &[HOME, ("id", id), ("op", &op[1])]).await;
    assert_eq!(nothing.event.to_string(), "12-b61b0eb2665776ca", "also for a command that changed nothing");
    let name = "Work \"at\\home\" 🏠";
    let made = app.command("/api/lists/create", &[("name", name), ("op", &op[2])]).await;
    assert_eq!((made.list.as_str(), made.event.to_string().as_str()), (work, "1-830452bc273b2a38"));
    assert_eq!(app.create_many("home", 2).await.last().unwrap().seq, 14);
    assert_eq!(titles(&app.board("home").await)[..3], ["Say \"hello\" \\ to Größe 👋", "Third", "Six"]);
}

#[tokio::test]
async fn the_log_of_the_index_begins_with_the_lists_of_an_older_version() {
    if !is_about_a_file() {
        return;
    }
    let app = start_on("version_2.sqlite").await;
    let garden = app.create_list("Garden").await;
    let made: Vec<_> = app.log("index").await.into_iter().map(|it| it.change).collect();
    let expected = [("4kduq2ww8xsp", "Work \"at\\home\" 🏠"), ("xgn06pjhyjqb", "Empty"), (&garden, "Garden")];
    let mut last: Option<Position> = None;
    assert_eq!(made.len(), expected.len());
    for (change, (id, called)) in made.into_iter().zip(expected) {
        let Change::ListCreated { list, name, position } = change else { panic!("{change:?}") };
        assert_eq!((list.as_str(), name.as_str()), (id, called));
        assert!(last < Some(position.clone()), "in the order in which they were made");
        last = Some(position);
    }
}

/// The board after replaying the log. An older version did not store which event touched a todo last.
async fn told_again(app: &TestApp, list: &str) -> Board {
    let mut board = Board { head: Head(EventId::START), todos: Vec::new(), ..app.board(list).await };
    for event in app.log(list).await {
        assert_eq!(board.apply(&event), Applied::Next);
    }
    board.todos = board.todos.into_iter().map(|it| Todo { touched_seq: 0, ..it }).collect();
    board
}

fn titles(board: &Board) -> Vec<&str> {
    board.todos.iter().map(|it| it.title.as_str()).collect()
}
