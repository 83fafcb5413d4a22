//! The file with the data: a file that can't be used is refused with a sentence, and left as it was.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;
use tokio::process::Command;

use crate::support::{TestApp, database_url, fails, is_about_a_file, program, skipped, sql, start_fails};

/// The user `nobody`, because root may write any file.
const NOBODY: &str = "65534";

/// Starts on this file, which must fail, and returns the sentence.
async fn fails_on(file: &Path) -> String {
    start_fails(&["--listen", "127.0.0.1:0", "--database-url", &format!("sqlite:{}", file.display())]).await
}

#[tokio::test]
async fn a_second_server_on_the_same_file_says_so_and_the_first_goes_on() {
    if !is_about_a_file() {
        return;
    }
    let app = TestApp::start().await;
    app.create("Buy milk").await;
    let before = app.board("home").await;
    let sentence = fails_on(&app.database()).await;
    assert!(sentence.contains("another todoapp") && sentence.contains("todos.db"), "{sentence}");
    app.stands_as(&before).await;
    app.create("Buy bread").await;
}

#[tokio::test]
async fn a_second_server_that_uses_a_link_to_the_file_is_told_the_same() {
    if !is_about_a_file() {
        return;
    }
    let app = TestApp::start().await;
    let [symbolic, hard] = ["symbolic.db", "hard.db"].map(|it| app.folder.path().join(it));
    std::os::unix::fs::symlink(app.database(), &symbolic).unwrap();
    std::fs::hard_link(app.database(), &hard).unwrap();
    for link in [symbolic, hard] {
        let sentence = fails_on(&link).await;
        assert!(sentence.contains("another todoapp"), "{sentence}");
    }
    app.create("Buy milk").await;
}

#[tokio::test]
async fn a_file_that_is_gone_refuses_writes_until_it_is_back() {
    if !is_about_a_file() {
        return;
    }
    for ending in ["", "-wal"] {
        let app = TestApp::start().await;
        app.create("Buy milk").await;
        let file = app.folder.path().join(format!("todos.db{ending}"));
        let elsewhere = app.folder.path().join("elsewhere");
        std::fs::rename(&file, &elsewhere).unwrap();
        let fields = [("list", "home"), ("title", "into nothing")];
        let (status, answer) = app.post("/api/todos/create", &fields).await;
        assert_eq!((status, answer["code"].as_str()), (503, Some("unavailable")), "{ending}: {answer}");
        assert!(answer["message"].as_str().unwrap().contains("gone"), "{ending}: {answer}");
        assert_eq!(app.get("/healthz").await.status(), 503, "{ending}");
        app.console_shows("why", |it| it.contains("deleted, moved or replaced")).await;
        // Another file with the same name does not help.
        std::fs::copy(&elsewhere, &file).unwrap();
        assert_eq!(app.post("/api/todos/create", &fields).await.0, 503, "{ending}");
        std::fs::rename(&elsewhere, &file).unwrap();
        app.create("Buy bread").await;
        assert_eq!(app.board("home").await.todos.len(), 2, "{ending}: nothing was written meanwhile");
    }
}

#[tokio::test]
async fn a_lock_file_left_by_a_killed_server_does_not_block_the_start() {
    if !is_about_a_file() {
        return;
    }
    let mut app = TestApp::start().await;
    app.kill().await;
    assert!(app.folder.path().join("todos.db.lock").exists());
    app.start_again().await;
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    if !is_about_a_file() {
        return;
    }
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("todos.db").display());
    let address = format!("127.0.0.1:{}", app.port);
    let sentence = start_fails(&["--listen", &address, "--database-url", &url]).await;
    assert!(sentence.contains(&address) && sentence.contains("--listen"), "{sentence}");
    assert!(!folder.path().join("todos.db").exists(), "a start that failed makes no file");
}

#[tokio::test]
async fn a_missing_folder_or_a_folder_instead_of_a_file_is_named() {
    if !is_about_a_file() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let sentence = fails_on(&folder.path().join("missing/todos.db")).await;
    assert!(sentence.contains("missing") && sentence.contains("does not exist"), "{sentence}");
    assert!(!folder.path().join("missing").exists());
    let sentence = fails_on(folder.path()).await;
    assert!(sentence.contains("is a folder"), "{sentence}");
}

#[tokio::test]
async fn a_file_that_is_not_a_database_is_refused_and_left_as_it_was() {
    if !is_about_a_file() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let noise: Vec<u8> = (0..8192_u32).map(|it| it.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    for content in
        [noise, b"Dear diary, today I bought milk.\n".repeat(200), b"SQLite format 3\0".to_vec(), b"milk".to_vec()]
    {
        let file = folder.path().join("todos.db");
        std::fs::write(&file, &content).unwrap();
        let sentence = fails_on(&file).await;
        assert!(sentence.contains("can't be used as a database"), "{sentence}");
        assert_eq!(std::fs::read(&file).unwrap(), content);
    }
}

#[tokio::test]
async fn a_database_of_another_program_is_left_as_it_was() {
    if !is_about_a_file() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("songs.db");
    sql(&file, "CREATE TABLE songs (id TEXT); INSERT INTO songs VALUES ('Imagine')").await;
    let before = std::fs::read(&file).unwrap();
    let sentence = fails_on(&file).await;
    assert!(sentence.contains("can't be used as a database"), "{sentence}");
    assert!(std::fs::read(&file).unwrap() == before, "not one byte of it was changed");
}

#[tokio::test]
async fn a_first_start_that_was_interrupted_leaves_a_file_that_can_be_used() {
    if !is_about_a_file() {
        return;
    }
    // The file after a kill between the first write and the first table, and before the first write.
    for statements in ["PRAGMA journal_mode = WAL", ""] {
        let folder = tempfile::tempdir().unwrap();
        sql(&folder.path().join("todos.db"), statements).await;
        let app = TestApp::start_in(folder, &[]).await;
        app.create("Buy milk").await;
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_as_it_was() {
    let mut app = TestApp::start().await;
    app.create("Buy milk").await;
    app.stop().await;
    sql(
        &app.database(),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 9000, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
    )
    .await;
    let url = database_url(&app.database()).await;
    let sentence = start_fails(&["--listen", "127.0.0.1:0", "--log", "error", "--database-url", &url]).await;
    assert!(sentence.contains("newer todoapp"), "{sentence}");
    sql(&app.database(), "DELETE FROM _sqlx_migrations WHERE version = 9000").await;
    app.start_again().await;
    assert_eq!(app.board("home").await.todos.len(), 1);
}

#[tokio::test]
async fn a_file_or_folder_that_may_not_be_written_is_named() {
    if !is_about_a_file() {
        return;
    }
    let mut app = TestApp::start().await;
    app.create("Buy milk").await;
    app.stop().await;
    let readable = |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    let folder = app.folder.path();
    readable(folder, 0o777);
    readable(&app.database(), 0o444);
    std::fs::remove_file(folder.join("todos.db.lock")).unwrap();
    let Some(sentence) = fails_as_nobody(&app.folder).await else { return };
    assert!(sentence.contains("todos.db"), "{sentence}");
    readable(&app.database(), 0o666);
    readable(folder, 0o555);
    let _ = std::fs::remove_file(folder.join("todos.db.lock"));
    let sentence = fails_as_nobody(&app.folder).await.unwrap();
    assert!(sentence.contains("todos.db"), "{sentence}");
}

/// Starts as a user without rights. If that can't be done, says why and returns `None`.
async fn fails_as_nobody(folder: &TempDir) -> Option<String> {
    if std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(folder.path()).unwrap()) != 0 {
        skipped("only root can start the program as another user");
        return None;
    }
    // The user `nobody` may not read the folder in which the program was built.
    let copy = folder.path().join("program");
    if !copy.exists() {
        std::fs::copy(program(), &copy).unwrap();
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]).arg(copy);
    command.args(["--listen", "127.0.0.1:0", "--database-url"]);
    command.arg(format!("sqlite:{}", folder.path().join("todos.db").display()));
    Some(fails(command).await)
}

#[tokio::test]
async fn a_wrong_address_of_a_database_is_answered_with_a_sentence() {
    if !is_about_a_file() {
        return;
    }
    for url in ["", "todos.db", "mysql://localhost/x", "sqlite:", "sqlite::memory:", "sqlite:a.db?mode=memory"] {
        let sentence = start_fails(&["--listen", "127.0.0.1:0", "--database-url", url]).await;
        assert!(sentence.contains("--database-url") && sentence.contains(&format!("\"{url}\"")), "{sentence}");
    }
}

#[tokio::test]
async fn a_folder_may_have_any_characters_in_its_name() {
    if !is_about_a_file() {
        return;
    }
    let folder = tempfile::Builder::new().prefix("my todos 100% & #1 größe ").tempdir().unwrap();
    let mut app = TestApp::start_in(folder, &[]).await;
    app.create("Buy milk").await;
    assert!(app.database().exists());
    app.stop().await;
    app.start_again().await;
    assert_eq!(app.board("home").await.todos.len(), 1);
}
