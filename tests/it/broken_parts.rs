//! Parts that everything depends on: if one of them breaks, the process ends with a sentence and a special
//! exit code, so that it can be started again.

use tokio::process::Command;
use tokio::time::timeout;

use crate::support::{PATIENCE, TestApp, program};

/// The exit code when a part broke.
const EXIT_CODE: i32 = 70;

/// Starts the program with a part that will break, makes it break, and checks how the program ends.
async fn ends_when_broken(part: &str, sentence: &str) {
    let mut app = TestApp::start_with(&["--break-part", part]).await;
    if part == "feed" || part == "console" {
        let mut socket = app.socket("?list=home").await;
        socket.say("hello").await;
        while socket.next().await.is_some() {}
    } else {
        let fields = [("list", "home"), ("title", "Buy milk")];
        let _ = app.http.post(app.url("/api/todos/create")).form(&fields).send().await;
    }
    assert_eq!(app.ended().await.code(), Some(EXIT_CODE), "{part}: {:#?}", app.console());
    app.console_shows("the panic", |it| it.contains("panicked at src/") && it.contains("was told to break")).await;
    app.console_shows(sentence, |it| it.contains(sentence) && it.contains("todoapp ends")).await;
    app.start_again_with(&[]).await;
    app.create("Buy bread").await;
}

#[tokio::test]
async fn a_broken_writer_ends_the_process() {
    ends_when_broken("writer", "The writer has broken").await;
}

#[tokio::test]
async fn a_broken_pruner_ends_the_process() {
    // The pruner works from the very start, so the process may end before the server can be reached.
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("todos.db").display());
    let mut command = Command::new(program());
    command.args(["--listen", "127.0.0.1:0", "--database-url", &url, "--break-part", "pruner"]).kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.expect("it ends by itself").unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(EXIT_CODE), "{log}");
    assert!(
        log.contains("panicked at src/") && log.contains("What prunes the log has broken, so todoapp ends"),
        "{log}"
    );
}

#[tokio::test]
async fn a_broken_feed_ends_the_process() {
    ends_when_broken("feed", "A feed has broken").await;
}

#[tokio::test]
async fn a_broken_console_ends_the_process() {
    ends_when_broken("console", "Standard output has broken").await;
}
