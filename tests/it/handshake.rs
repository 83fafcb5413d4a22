//! The HTTP part of `/ws`: a request that is not a handshake is answered with a sentence that says why.

use crate::support::{Raw, TestApp};

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// Asks for a socket with these headers and the `Host`.
async fn ask(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Raw {
    let host = format!("localhost:{}", app.port);
    app.request(&format!("GET {path}"), &[&[("Host", host.as_str())], headers].concat(), "").await
}

/// The headers of a handshake, with this key and this version.
fn handshake<'a>(key: &'a str, version: &'a str) -> Vec<(&'a str, &'a str)> {
    let rest = [("Sec-WebSocket-Key", key), ("Sec-WebSocket-Version", version)];
    [&[("Connection", "keep-alive, Upgrade"), ("Upgrade", "WebSocket")][..], &rest].concat()
}

#[tokio::test]
async fn a_proper_handshake_is_answered_as_the_standard_says() {
    let app = TestApp::start().await;
    let answer = ask(&app, "/ws", &handshake(KEY, "13")).await;
    assert_eq!(answer.status(), 101, "{answer:?}");
    // The example of RFC 6455 §1.3.
    assert_eq!(answer.header("sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
}

#[tokio::test]
async fn extensions_and_protocols_that_are_offered_are_not_used() {
    let app = TestApp::start().await;
    let offers = [("Sec-WebSocket-Extensions", "permessage-deflate"), ("Sec-WebSocket-Protocol", "chat, graphql-ws")];
    let answer = ask(&app, "/ws", &[&handshake(KEY, "13")[..], &offers].concat()).await;
    assert_eq!(answer.status(), 101);
    assert_eq!(answer.header("sec-websocket-extensions"), None);
    assert_eq!(answer.header("sec-websocket-protocol"), None);
}

#[tokio::test]
async fn a_browser_that_opens_the_address_is_told_how_to_connect() {
    let app = TestApp::start().await;
    for headers in [
        &[][..],
        &[("Upgrade", "websocket")],
        &[("Connection", "Upgrade")],
        &[("Connection", "Upgrade"), ("Upgrade", "h2c")],
    ] {
        let answer = ask(&app, "/ws", headers).await;
        assert_eq!(answer.status(), 426, "{headers:?}");
        assert_eq!(answer.header("upgrade"), Some("websocket"), "{headers:?}");
        assert!(answer.body().contains("websocat ws://") && answer.body().contains("new WebSocket("), "{answer:?}");
    }
}

#[tokio::test]
async fn a_client_with_another_version_is_told_the_right_one() {
    let app = TestApp::start().await;
    for version in ["12", "8", "14", "", "13, 8", "thirteen"] {
        let answer = ask(&app, "/ws", &handshake(KEY, version)).await;
        assert_eq!(answer.status(), 426, "{version}");
        assert_eq!(answer.header("sec-websocket-version"), Some("13"), "{version}");
    }
}

#[tokio::test]
async fn a_bad_key_is_refused() {
    let app = TestApp::start().await;
    for key in
        ["", "short", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZSE=", "########################", &KEY.repeat(2)]
    {
        let answer = ask(&app, "/ws", &handshake(key, "13")).await;
        assert_eq!(answer.status(), 400, "{key:?}");
        assert!(answer.body().contains("Sec-WebSocket-Key"), "{answer:?}");
    }
    let twice = [&handshake(KEY, "13")[..], &[("Sec-WebSocket-Key", KEY)]].concat();
    assert_eq!(ask(&app, "/ws", &twice).await.status(), 400);
    let none: Vec<_> = handshake(KEY, "13").into_iter().filter(|it| it.0 != "Sec-WebSocket-Key").collect();
    assert_eq!(ask(&app, "/ws", &none).await.status(), 400);
}

#[tokio::test]
async fn a_cursor_without_a_list_and_a_list_given_twice_are_refused() {
    let app = TestApp::start().await;
    for query in [
        "after=0",
        "after=",
        "list=home&list=home",
        "list=home&after=0&after=1",
        "index=now&index=0",
        "index=now&after=0",
    ] {
        let answer = ask(&app, &format!("/ws?{query}"), &handshake(KEY, "13")).await;
        assert_eq!(answer.status(), 400, "{query}");
        assert!(answer.body().contains("list=home&after=0"), "it shows the right form: {answer:?}");
    }
    app.stands_as(&app.board("home").await).await;
}
