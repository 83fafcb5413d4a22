//! The tools `backup` and `restore`: a copy is made while others write, and after the way back nobody has a wrong list.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use futures_util::future::join;
use todoapp::domain::ListId;
use todoapp::protocol::{Push, ResetReason};

use crate::support::{TestApp, is_about_a_file, on_postgres, rows, sql, tool, tool_fails};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn a_backup_is_made_while_others_write_and_never_over_a_file() {
    let app = TestApp::start().await;
    let backup = app.folder.path().join("a ?b%.db");
    if on_postgres() {
        let sentence = tool_fails(&app.database(), &["backup", text(&backup)]).await;
        assert!(sentence.contains("pg_dump") && sentence.contains("pg_restore"), "{sentence}");
        let sentence = tool_fails(&app.database(), &["restore", text(&backup)]).await;
        assert!(sentence.contains("pg_restore"), "{sentence}");
        return;
    }
    app.create_many("home", 50).await;
    fs::set_permissions(app.database(), fs::Permissions::from_mode(0o600)).unwrap();
    let (said, receipts) = join(tool(&app.database(), &["backup", text(&backup)]), app.create_many("home", 300)).await;
    assert!(said.contains("a ?b%.db") && said.contains("All is well"), "{said}");
    assert_eq!(fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600, "as private as the data");
    let copied: usize =
        rows(&backup_as_database(&backup), "SELECT COUNT(*) || '' FROM todos").await[0].parse().unwrap();
    assert!((50..=350).contains(&copied) && receipts.len() == 300, "{copied}");
    let before = fs::read(&backup).unwrap();
    let sentence = tool_fails(&app.database(), &["backup", text(&backup)]).await;
    assert!(sentence.contains("is there already"), "{sentence}");
    assert!(fs::read(&backup).unwrap() == before && !app.folder.path().join("a ?b%.db.unfinished").exists());
    let sentence = tool_fails(&app.database(), &["backup", "/no/such/folder/a.db"]).await;
    assert!(sentence.contains("no backup could be written"), "{sentence}");
}

/// A copy of the file under a name that the tests can open.
fn backup_as_database(backup: &Path) -> std::path::PathBuf {
    let plain = backup.with_file_name("plain.db");
    fs::copy(backup, &plain).unwrap();
    plain
}

#[tokio::test]
async fn after_a_restore_cursors_from_the_backup_go_on_and_later_ones_are_reset() {
    if !is_about_a_file() {
        return;
    }
    let mut app = TestApp::start().await;
    let backup = app.folder.path().join("backup.db");
    let before = app.create_many("home", 10).await;
    tool(&app.database(), &["backup", text(&backup)]).await;
    let after = app.create_many("home", 10).await;
    let sentence = tool_fails(&app.database(), &["restore", text(&backup), "--replace"]).await;
    assert!(sentence.contains("another todoapp is using"), "{sentence}");
    // What was not merged into the file yet is kept, too.
    app.kill().await;
    let sentence = tool_fails(&app.database(), &["restore", text(&backup)]).await;
    assert!(sentence.contains("--replace"), "{sentence}");
    let said = tool(&app.database(), &["restore", text(&backup), "--replace"]).await;
    assert!(said.contains("todos: 10,") && said.contains("todos.db.replaced-1"), "{said}");
    let kept = app.folder.path().join("todos.db.replaced-1");
    assert_eq!(rows(&kept, "SELECT COUNT(*) || '' FROM todos").await, ["20"]);
    app.start_again().await;
    for round in 0..2 {
        for receipt in &after {
            let mut socket = app.socket(&format!("?list=home&after={}", receipt.event)).await;
            let reset = Push::Reset { list: ListId::home(), reason: ResetReason::Unknown };
            assert_eq!(socket.push().await, reset, "round {round}");
        }
        let mut socket = app.socket(&format!("?list=home&after={}", before[9].event)).await;
        assert_eq!(socket.events_to_head().await.0.len(), round * 10);
        app.create_many("home", 10).await;
    }
}

#[tokio::test]
async fn what_is_no_backup_is_refused_and_nothing_changes() {
    if !is_about_a_file() {
        return;
    }
    let mut app = TestApp::start().await;
    app.create_many("home", 3).await;
    let backup = app.folder.path().join("backup.db");
    tool(&app.database(), &["backup", text(&backup)]).await;
    app.stop().await;
    let before = fs::read(app.database()).unwrap();
    let bad = app.folder.path().join("bad.db");
    let mut cut = fs::read(&backup).unwrap();
    cut.truncate(cut.len() / 2);
    for content in [b"Dear diary".to_vec(), Vec::new(), cut] {
        fs::write(&bad, content).unwrap();
        tool_fails(&app.database(), &["restore", text(&bad), "--replace"]).await;
    }
    sql(&backup, "UPDATE todos SET title = 'Beer'").await;
    let sentence = tool_fails(&app.database(), &["restore", text(&backup), "--replace"]).await;
    assert!(sentence.contains("nothing was changed"), "{sentence}");
    let itself = app.database();
    let sentence = tool_fails(&app.database(), &["restore", text(&itself), "--replace"]).await;
    assert!(sentence.contains("itself"), "{sentence}");
    let missing = app.folder.path().join("missing.db");
    let sentence = tool_fails(&app.database(), &["restore", text(&missing), "--replace"]).await;
    assert!(sentence.contains("there is no"), "{sentence}");
    assert!(fs::read(app.database()).unwrap() == before);
    let left: Vec<_> = fs::read_dir(app.folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(!left.iter().any(|it| it.to_string_lossy().contains("restoring")), "{left:?}");
}

#[tokio::test]
async fn a_backup_of_an_older_version_is_restored_and_brought_up_to_date() {
    if !is_about_a_file() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("todos.db");
    let old = format!("{}/tests/it/data/version_2.sqlite", env!("CARGO_MANIFEST_DIR"));
    let copy = folder.path().join("old.sqlite");
    fs::copy(old, &copy).unwrap();
    let said = tool(&database, &["restore", text(&copy)]).await;
    assert!(said.contains("older"), "{said}");
    let mut app = TestApp::start_in(folder, &[]).await;
    assert_eq!(app.board("home").await.todos.len(), 3);
    app.stop().await;
    let said = tool(&app.database(), &["check"]).await;
    assert!(said.contains("All is well"), "{said}");
}
