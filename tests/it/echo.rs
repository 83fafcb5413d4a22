//! The echo: what a person with a terminal gets from the socket, and what the console shows.

use futures_util::SinkExt;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::support::TestApp;

/// The longest message that is accepted.
const MESSAGE_BYTES_MAX: usize = 64 << 10;

fn echo(message: &str) -> String {
    format!("This is the message received by the server: {message}")
}

#[tokio::test]
async fn every_message_is_answered_by_exactly_one_echo_of_it() {
    let app = TestApp::start().await;
    let mut socket = app.socket("").await;
    let longest = "x".repeat(MESSAGE_BYTES_MAX);
    for message in [
        "Hello, World!",
        "",
        " ",
        "  blanks around  ",
        "{\"event\":1}",
        "line\nbreak\r\n",
        "NUL \0 and escape \u{1b}[31m",
        "שלום \u{202e}rtl",
        "👩‍👩‍👧‍👦 \u{feff}",
        "This is the message received by the server: x",
        "\u{10ffff}",
        &longest,
    ] {
        socket.say(message).await;
        assert_eq!(socket.text().await, echo(message));
    }
}

#[tokio::test]
async fn control_characters_are_escaped_only_on_the_console() {
    let app = TestApp::start().await;
    let mut socket = app.socket("").await;
    let message = "a\n[SERVER LOG] Message received: forged\r\u{1b}[2J\u{7}\0\u{9b}b";
    socket.say(message).await;
    assert_eq!(socket.text().await, echo(message));
    app.console_says(
        "[SERVER LOG] Message received: a\\n[SERVER LOG] Message received: forged\\r\\u{1b}[2J\\u{7}\\u{0}\\u{9b}b",
    )
    .await;
    assert!(!app.console().iter().any(|it| it == "[SERVER LOG] Message received: forged"));
    socket.say("plain \"quotes\" \\ and grüße 👋").await;
    app.console_says("[SERVER LOG] Message received: plain \"quotes\" \\ and grüße 👋").await;
}

#[tokio::test]
async fn a_thousand_messages_at_once_are_answered_in_order() {
    let app = TestApp::start().await;
    let mut socket = app.socket("").await;
    for n in 0..1000 {
        socket.ws.feed(Message::text(format!("message {n}"))).await.unwrap();
    }
    socket.ws.flush().await.unwrap();
    for n in 0..1000 {
        assert_eq!(socket.text().await, echo(&format!("message {n}")));
    }
    app.console_says("[SERVER LOG] Message received: message 999").await;
    let received = app.console().into_iter().filter_map(|it| {
        it.strip_prefix("[SERVER LOG] Message received: message ").and_then(|it| it.parse::<usize>().ok())
    });
    assert!(received.eq(0..1000), "each message is one line, in order");
}

#[tokio::test]
async fn a_socket_that_follows_a_list_echoes_too() {
    let app = TestApp::start().await;
    let mut socket = app.socket("?list=home&after=0").await;
    socket.head().await;
    socket.say("before").await;
    assert_eq!(socket.text().await, echo("before"));
    let receipt = app.command("/api/todos/create", &[("list", "home"), ("title", "Buy milk")]).await;
    assert_eq!(socket.event().await.id, receipt.event);
    socket.say("after").await;
    assert_eq!(socket.text().await, echo("after"));
}

#[tokio::test]
async fn nobody_gets_the_echo_of_another_socket() {
    let app = TestApp::start().await;
    let (mut one, mut other) = (app.socket("?list=home").await, app.socket("").await);
    one.head().await;
    other.say("mine").await;
    assert_eq!(other.text().await, echo("mine"));
    one.say("my own").await;
    assert_eq!(one.text().await, echo("my own"));
}

#[tokio::test]
async fn binary_that_is_text_is_answered_as_text() {
    let app = TestApp::start().await;
    let mut socket = app.socket("").await;
    socket.send(Message::binary("grüße".as_bytes().to_vec())).await;
    assert_eq!(socket.text().await, echo("grüße"));
    app.console_says("[SERVER LOG] Message received: grüße").await;
}

#[tokio::test]
async fn a_broken_connection_is_a_read_error_on_the_console_and_a_proper_close_is_not() {
    let app = TestApp::start().await;
    let mut polite = app.socket("").await;
    polite.ws.close(Some(CloseFrame { code: 1000.into(), reason: "bye".into() })).await.unwrap();
    assert_eq!(polite.close_code().await, 1000, "a close is answered with the same code");
    drop(app.socket("").await);
    let is_error = |it: &str| it.starts_with("[SERVER LOG] Error reading message: ");
    app.console_shows("a read error", is_error).await;
    assert_eq!(app.console().iter().filter(|it| is_error(it)).count(), 1, "{:#?}", app.console());
}

#[tokio::test]
async fn with_json_every_line_of_the_console_is_an_object() {
    let mut app = TestApp::start_with(&["--log", "debug,json"]).await;
    let mut socket = app.socket("").await;
    socket.say("a \"quoted\"\nline").await;
    assert_eq!(socket.text().await, echo("a \"quoted\"\nline"));
    drop(socket);
    app.stop().await;
    app.console_shows("its last line", |it| it.contains("\"Stopped\"")).await;
    let lines = app.console();
    let objects: Vec<serde_json::Value> = lines.iter().map(|it| serde_json::from_str(it).expect(it)).collect();
    let said = "[SERVER LOG] Message received: a \"quoted\"\\nline";
    assert!(objects.iter().any(|it| it["message"] == said), "{lines:#?}");
}
