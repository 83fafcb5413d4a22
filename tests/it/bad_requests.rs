//! Requests that are wrong, whatever their fields are: wrong methods, wrong bodies, and random bytes.

use crate::support::TestApp;

const FORM: &str = "application/x-www-form-urlencoded";

/// The longest body.
const BODY_BYTES_MAX: usize = 32 << 10;

/// The head of a POST request.
fn head(app: &TestApp, path: &str, headers: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\nContent-Type: {FORM}\r\n{headers}\r\n",
        app.port
    )
}

#[tokio::test]
async fn a_wrong_method_is_405_with_a_sentence() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    for (method, path) in [
        ("GET", "/api/todos/create"),
        ("PUT", "/api/todos/create"),
        ("DELETE", "/api/todos/delete"),
        ("POST", "/api/board"),
        ("POST", "/"),
        ("DELETE", "/lists/home"),
        ("PATCH", "/active"),
        ("POST", "/ws"),
        ("POST", "/healthz"),
    ] {
        let request = app.http.request(method.parse().unwrap(), app.url(path)).header("content-type", FORM);
        let answer = request.body("list=home&title=x&id=01890000-0000-7000-8000-000000000001").send().await.unwrap();
        assert_eq!(answer.status(), 405, "{method} {path}");
        assert!(answer.headers().contains_key("allow"), "{method} {path} names the right method");
        assert!(answer.text().await.unwrap().contains("GET"), "{method} {path} says it in a sentence");
    }
    let head = app.http.head(app.url("/")).send().await.unwrap();
    assert_eq!(head.status(), 200);
    app.stands_as(&before).await;
}

#[tokio::test]
async fn a_function_that_does_not_exist_is_404_in_json() {
    let app = TestApp::start().await;
    for path in ["/api/todos/nothing", "/api/nothing", "/api/todos/create/x", "/api/Todos/create"] {
        let (status, answer) = app.post(path, &[("list", "home"), ("title", "x")]).await;
        assert_eq!(status, 404, "{path}");
        assert!(answer["message"].is_string(), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a_body_of_another_kind_is_415() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    for kind in
        ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencodedx", ""]
    {
        let request = app.http.post(app.url("/api/todos/create")).header("content-type", kind);
        let answer = request.body("list=home&title=x").send().await.unwrap();
        assert_eq!(answer.status(), 415, "{kind}");
        let answer: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(answer["code"], "unsupported_media_type");
    }
    app.stands_as(&before).await;
    let request = app.http.post(app.url("/api/todos/create")).header("content-type", format!("{FORM}; charset=UTF-8"));
    assert_eq!(request.body("list=home&title=x").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_body_that_is_not_a_form_is_refused() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    let noise: Vec<u8> = (0..=255).collect();
    for (body, status, code) in [
        (&b"list=home&title=\xff"[..], 400, "bad_request"),
        (&noise, 400, "bad_request"),
        (b"&&&=&", 400, "bad_request"),
        (b"list=home;title=x", 400, "bad_request"),
        (b"{\"list\":\"home\",\"title\":\"x\"}", 400, "bad_request"),
        (b"list=home&title=%00", 422, "text_control"),
        (b"list=home&title=%0a%0a", 422, "text_empty"),
    ] {
        let request = app.http.post(app.url("/api/todos/create")).header("content-type", FORM);
        let answer = request.body(body.to_vec()).send().await.unwrap();
        let given = (answer.status().as_u16(), answer.json::<serde_json::Value>().await.unwrap());
        assert_eq!((given.0, given.1["code"].as_str()), (status, Some(code)), "{}", body.escape_ascii());
    }
    app.stands_as(&before).await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_however_it_is_sent() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    let long = format!("list=home&title=x&filler={}", "x".repeat(BODY_BYTES_MAX));
    let known = format!("{}{long}", head(&app, "/api/todos/create", &format!("Content-Length: {}\r\n", long.len())));
    let chunk = format!("{:x}\r\n{}\r\n", 4096, "x".repeat(4096));
    let chunks = chunk.repeat(10);
    let chunked = format!("{}{chunks}0\r\n\r\n", head(&app, "/api/todos/create", "Transfer-Encoding: chunked\r\n"));
    let endless = format!("{}{}", head(&app, "/api/todos/create", "Content-Length: 99999999999\r\n"), long);
    for request in [known, chunked, endless] {
        let answer = app.raw(&request).await;
        assert_eq!(answer.status(), 413, "{answer:?}");
        assert!(answer.body().contains("too_large") && answer.body().contains("32 KiB"), "{answer:?}");
    }
    app.stands_as(&before).await;
}

#[tokio::test]
async fn random_bytes_are_answered_or_dropped_and_change_nothing() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    let noise: Vec<u8> = (0..4096_u32).map(|it| it.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let host = format!("Host: localhost:{}\r\n", app.port);
    let long_header = format!("GET / HTTP/1.1\r\n{host}X: {}\r\n\r\n", "x".repeat(64 << 10));
    let long_path = format!("GET /{} HTTP/1.1\r\n{host}\r\n", "x".repeat(64 << 10));
    let many = format!("GET / HTTP/1.1\r\n{host}{}\r\n", "X: y\r\n".repeat(1000));
    let smuggled = head(&app, "/api/todos/create", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n";
    for request in [
        &noise[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03hello, TLS?",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET / HTTP/1.1\nNo colon\n\n",
        long_header.as_bytes(),
        long_path.as_bytes(),
        many.as_bytes(),
        smuggled.as_bytes(),
    ] {
        let status = app.raw(request).await.status();
        assert!(status == 0 || (400..=505).contains(&status), "{:?}: {status}", &request[..request.len().min(40)]);
    }
    app.stands_as(&before).await;
}
