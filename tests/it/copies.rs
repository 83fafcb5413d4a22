//! Copies of the data, good and bad. On a broken copy the server serves a whole list or refuses with a
//! sentence. After a backup is restored, cursors from later than the backup are reset.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::{join, join_all};
use tempfile::TempDir;
use todoapp::domain::{Applied, Board, Change, EventId, Head, ListId, Receipt};
use todoapp::protocol::{Push, ResetReason};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::support::{PATIENCE, TestApp, check_log, is_about_a_file, program};

/// How many copies are made while others write.
const COPIES: usize = 12;

fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Starts on the data in this folder; `None` if it refuses, which it must do with a sentence.
async fn start_or_refuse(folder: TempDir) -> Option<TestApp> {
    let mut child = Command::new(program())
        .args(["--listen", "127.0.0.1:0", "--database-url"])
        .arg(format!("sqlite:{}", folder.path().join("todos.db").display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut console = BufReader::new(child.stdout.take().unwrap()).lines();
    if timeout(PATIENCE, console.next_line()).await.unwrap().unwrap().is_some() {
        child.kill().await.unwrap();
        return Some(TestApp::start_in(folder, &[]).await);
    }
    let output = child.wait_with_output().await.unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.starts_with("todoapp: ") && !stderr.contains("panicked"), "{stderr}");
    None
}

/// Starts on the copy in this folder. It must refuse, or serve a list whose log has no gap and leads to the
/// table, and accept changes. Returns the number of events, if it started.
async fn starts_whole_or_refuses(folder: TempDir) -> Option<usize> {
    let app = start_or_refuse(folder).await?;
    let (log, board) = (app.log("home").await, app.board("home").await);
    assert_eq!(check_log(&log), Ok(()));
    let mut replayed = Board { head: Head(EventId::START), todos: Vec::new(), ..board.clone() };
    assert!(log.iter().all(|it| replayed.apply(it) == Applied::Next));
    assert_eq!(replayed, board, "no half-written batch is served");
    let next = app.command("/api/todos/create", &[("list", "home"), ("title", "Next")]).await;
    assert_eq!(next.seq, board.seq() + 1);
    assert!(!app.console().iter().any(|it| it.contains("panicked")), "{:#?}", app.console());
    Some(log.len())
}

/// Copies the database with this function again and again while others write.
async fn copies_under_way(with: impl Fn(&Path, &Path)) -> Vec<TempDir> {
    let app = TestApp::start().await;
    let is_over = AtomicBool::new(false);
    let writing = join_all((0..4).map(async |_| {
        let mut receipts: Vec<Receipt> = Vec::new();
        while !is_over.load(Ordering::Relaxed) {
            receipts.push(app.command("/api/todos/create", &[("list", "home"), ("title", "Buy milk")]).await);
        }
        receipts
    }));
    let copying = async {
        let mut copies = Vec::new();
        for _ in 0..COPIES {
            sleep(Duration::from_millis(60)).await;
            let folder = tempfile::tempdir().unwrap();
            let copy = folder.path().join("todos.db");
            with(&app.database(), &copy);
            copies.push(folder);
        }
        is_over.store(true, Ordering::Relaxed);
        copies
    };
    join(copying, writing).await.0
}

#[tokio::test]
async fn a_copy_without_its_write_ahead_log_is_an_older_list_or_none() {
    if !is_about_a_file() {
        return;
    }
    let copies = copies_under_way(|from, to| {
        fs::copy(from, to).unwrap();
    });
    for copy in copies.await {
        starts_whole_or_refuses(copy).await;
    }
}

#[tokio::test]
async fn a_copy_with_a_shortened_write_ahead_log_is_an_older_list_or_none() {
    if !is_about_a_file() {
        return;
    }
    let cut = AtomicU64::new(1);
    let copies = copies_under_way(|from, to| {
        fs::copy(from, to).unwrap();
        let log = beside(to, "-wal");
        fs::copy(beside(from, "-wal"), &log).unwrap();
        let length = fs::metadata(&log).unwrap().len();
        let part = cut.fetch_add(1, Ordering::Relaxed);
        fs::File::options().write(true).open(&log).unwrap().set_len(length * part / COPIES as u64 - part % 3).unwrap();
    });
    let mut started = Vec::new();
    for copy in copies.await {
        started.extend(starts_whole_or_refuses(copy).await);
    }
    assert!(started.iter().any(|it| *it > 0), "a part of the log can be used: {started:?}");
}

#[tokio::test]
async fn a_damaged_database_is_served_or_refused_without_a_panic() {
    if !is_about_a_file() {
        return;
    }
    let mut app = TestApp::start().await;
    app.create_many("home", 300).await;
    app.stop().await;
    let whole = fs::read(app.database()).unwrap();
    for part in 1..12 {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = whole.clone();
        let at = bytes.len() * part / 12;
        if part % 2 == 0 {
            bytes.truncate(at);
        } else {
            bytes[at..].iter_mut().take(512).for_each(|it| *it = !*it);
        }
        fs::write(folder.path().join("todos.db"), bytes).unwrap();
        serves_or_refuses(folder).await;
    }
}

/// Starts on a database that may be broken anywhere. It may refuse at the start or at any request, but must
/// not panic, and must not end by itself once it has started.
async fn serves_or_refuses(folder: TempDir) {
    let Some(app) = start_or_refuse(folder).await else { return };
    for path in ["/", "/api/board?list=home", "/healthz"] {
        let status = app.get(path).await.status();
        assert!(status == 200 || status == 503, "{path}: {status}");
    }
    let (status, _) = app.post("/api/todos/create", &[("list", "home"), ("title", "Next")]).await;
    assert!(status == 200 || status == 503, "{status}");
    let mut socket = app.socket("?list=home&after=0").await;
    while socket.next().await.is_some_and(|it| it.is_text() && !it.to_text().unwrap().starts_with(r#"{"head"#)) {}
    assert!(!app.console().iter().any(|it| it.contains("panicked")), "{:#?}", app.console());
}

#[tokio::test]
async fn cursors_from_before_a_backup_go_on_and_cursors_from_after_it_are_reset() {
    if !is_about_a_file() {
        return;
    }
    let mut app = TestApp::start().await;
    let before = app.create_many("home", 10).await;
    app.stop().await;
    let backup = fs::read(app.database()).unwrap();
    app.start_again().await;
    let after = app.create_many("home", 10).await;
    app.stop().await;
    fs::write(app.database(), backup).unwrap();
    app.start_again().await;
    // In the first round the numbers are missing, in the second other events have them.
    for round in 0..2 {
        for receipt in &after {
            let mut socket = app.socket(&format!("?list=home&after={}", receipt.event)).await;
            assert_eq!(
                socket.push().await,
                Push::Reset { list: ListId::home(), reason: ResetReason::Unknown },
                "round {round}"
            );
            assert_eq!(socket.close_code().await, 4009, "round {round}");
        }
        let log = app.log("home").await;
        for receipt in &before {
            let mut socket = app.socket(&format!("?list=home&after={}", receipt.event)).await;
            let from = usize::try_from(receipt.seq).unwrap();
            assert_eq!(socket.events_to_head().await.0, log[from..], "round {round}");
        }
        let Change::Created { title, .. } = &log[3].change else { panic!("{:?}", log[3]) };
        let sent_again = [("list", "home"), ("title", title.as_str()), ("op", &log[3].op.to_string())];
        assert_eq!(
            app.command("/api/todos/create", &sent_again).await.event,
            log[3].id,
            "a command in the backup is known"
        );
        app.create_many("home", 10).await;
    }
    timeout(PATIENCE, app.stop()).await.unwrap();
}
