//! The socket with the real `websocat`: what a person at a terminal sees.

use std::path::Path;
use std::process::{Output, Stdio};

use todoapp::protocol::Push;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::support::{PATIENCE, TestApp, given_tool};

fn websocat(program: &Path, app: &TestApp, query: &str, options: &[&str]) -> Child {
    let url = format!("ws://localhost:{}/ws{query}", app.port);
    let mut command = Command::new(program);
    command.args(options).arg(url).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.kill_on_drop(true).spawn().unwrap()
}

async fn output(child: Child) -> Output {
    timeout(PATIENCE, child.wait_with_output()).await.expect("websocat ends").unwrap()
}

#[tokio::test]
async fn typed_lines_are_echoed_and_shown_on_the_console() {
    let Some(program) = given_tool("WEBSOCAT") else { return };
    let app = TestApp::start().await;
    let lines = ["Hello, World!", "grüße 👋", "  blanks  ", "{\"a\":1}"];
    let mut child = websocat(&program, &app, "", &["--no-close"]);
    let mut keyboard = child.stdin.take().unwrap();
    let mut screen = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in lines {
        keyboard.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        let echo = timeout(PATIENCE, screen.next_line()).await.expect("an echo").unwrap().unwrap();
        assert_eq!(echo, format!("This is the message received by the server: {line}"));
        app.console_says(&format!("[SERVER LOG] Message received: {line}")).await;
    }
    let received = app.console().into_iter().filter(|it| it.starts_with("[SERVER LOG]")).count();
    assert_eq!(received, lines.len(), "one line for each, and no empty lines: {:#?}", app.console());
}

#[tokio::test]
async fn a_list_is_followed_as_json_lines() {
    let Some(program) = given_tool("WEBSOCAT") else { return };
    let app = TestApp::start().await;
    let first = app.create_many("home", 3).await;
    let mut child = websocat(&program, &app, "?list=home&after=0", &[]);
    let _keyboard = child.stdin.take();
    let mut screen = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = async || -> Push {
        let line = timeout(PATIENCE, screen.next_line()).await.expect("a line").unwrap().unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    };
    for receipt in &first {
        assert!(matches!(next().await, Push::Event(event) if event.id == receipt.event));
    }
    assert!(matches!(next().await, Push::Head(head) if head.id == first[2].event));
    let receipt = app.command("/api/todos/create", &[("list", "home"), ("title", "Buy milk")]).await;
    assert!(matches!(next().await, Push::Event(event) if event.id == receipt.event));
}

#[tokio::test]
async fn a_foreign_page_is_refused() {
    let Some(program) = given_tool("WEBSOCAT") else { return };
    let app = TestApp::start().await;
    let own = format!("http://localhost:{}", app.port);
    for (origin, is_allowed) in [("http://evil.example", false), ("null", false), (own.as_str(), true)] {
        let mut child = websocat(&program, &app, "", &["--origin", origin, "--one-message"]);
        let mut keyboard = child.stdin.take().unwrap();
        // If it was refused, it may have ended already.
        let _ = keyboard.write_all(b"let me in\n").await;
        let output = output(child).await;
        let (screen, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if is_allowed {
            app.console_says("[SERVER LOG] Message received: let me in").await;
        } else {
            assert!(!output.status.success() && errors.contains("403"), "{origin}: {errors}");
            assert_eq!(screen, "", "{origin}");
            assert!(!app.console().iter().any(|it| it.contains("let me in")), "{origin}");
        }
    }
}
