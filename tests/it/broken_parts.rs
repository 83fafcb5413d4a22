//! Parts that everything depends on: one that breaks takes the process with it, with a sentence and a
//! code of its own, so that whoever watches it starts it again.

use crate::support::TestApp;

/// What a process ends with when a part of it broke.
const EXIT_CODE: i32 = 70;

/// Starts it with a part that will break, lets it come to that, and sees it end.
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
    ends_when_broken("pruner", "What prunes the log has broken").await;
}

#[tokio::test]
async fn a_broken_feed_ends_the_process() {
    ends_when_broken("feed", "A feed has broken").await;
}

#[tokio::test]
async fn a_broken_console_ends_the_process() {
    ends_when_broken("console", "Standard output has broken").await;
}
