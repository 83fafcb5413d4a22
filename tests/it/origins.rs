//! Who may talk to the server: only its own pages, under its own names, on every route.

use crate::support::TestApp;

/// The headers of a valid handshake, to which a test adds others.
const HANDSHAKE: [(&str, &str); 3] =
    [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")];

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// Sends a request with these headers to every kind of route, and returns the statuses and the sentences.
async fn everywhere(app: &TestApp, headers: &[(&str, &str)]) -> Vec<(String, u16, String)> {
    let body = "list=home&title=Buy+milk";
    let length = body.len().to_string();
    let mut answers = Vec::new();
    for (line, more, body) in [
        ("GET /", &[][..], ""),
        ("GET /lists/nosuchlist", &[], ""),
        ("GET /robots.txt", &[], ""),
        ("GET /pkg/todoapp.css", &[], ""),
        ("GET /healthz", &[], ""),
        ("GET /api/board?list=home", &[], ""),
        ("GET /ws", &HANDSHAKE, ""),
        ("GET /ws?list=home&after=0", &HANDSHAKE, ""),
        ("POST /api/todos/create", &[FORM, ("Content-Length", &length)], body),
        ("DELETE /", &[], ""),
    ] {
        // This makes it an upgrade for /ws; the connection is closed after any other request.
        let all = [headers, more, &[("Connection", "upgrade")]].concat();
        let answer = app.request(line, &all, body).await;
        answers.push((line.to_owned(), answer.status(), answer.body().to_owned()));
    }
    answers
}

#[tokio::test]
async fn a_foreign_host_is_refused_everywhere_and_told_which_flag_allows_it() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    let port = app.port;
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
        format!("evil-localhost:{port}"),
        format!("localhost.:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("127.0.0.2:{port}"),
        format!("0.0.0.0:{port}"),
        format!("[::]:{port}"),
        format!("a@localhost:{port}"),
        "localhost".to_owned(),
        format!("localhost:{}", port ^ 1),
        String::new(),
    ] {
        for (line, status, sentence) in everywhere(&app, &[("Host", &host)]).await {
            assert_eq!(status, 403, "{line} with Host {host}: {sentence}");
            assert!(sentence.contains("--allowed-host"), "{sentence}");
        }
    }
    app.stands_as(&before).await;
}

#[tokio::test]
async fn a_foreign_origin_is_refused_everywhere_and_told_which_flag_allows_it() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    let port = app.port;
    let host = format!("localhost:{port}");
    for origin in [
        "http://evil.example".to_owned(),
        "null".to_owned(),
        "file://".to_owned(),
        String::new(),
        format!("https://localhost:{port}"),
        format!("ws://localhost:{port}"),
        format!("http://localhost:{}", port ^ 1),
        "http://localhost".to_owned(),
        format!("http://localhost.evil.example:{port}"),
        format!("http://evil-localhost:{port}"),
        format!("http://localhost:{port}.evil.example"),
        format!("http://localhost:{port}@evil.example"),
        format!("http://localhost.:{port}"),
        format!("http://localhost:{port}/"),
        format!("http://localhost:{port}, http://evil.example"),
    ] {
        for (line, status, sentence) in everywhere(&app, &[("Host", &host), ("Origin", &origin)]).await {
            assert_eq!(status, 403, "{line} with Origin {origin}: {sentence}");
            assert!(sentence.contains("--allowed-host"), "{sentence}");
        }
    }
    app.stands_as(&before).await;
}

#[tokio::test]
async fn two_hosts_or_two_origins_are_refused() {
    let app = TestApp::start().await;
    let host = format!("localhost:{}", app.port);
    let origin = format!("http://{host}");
    for headers in [
        &[("Host", host.as_str()), ("Host", "evil.example")][..],
        &[("Host", &host), ("Origin", &origin), ("Origin", "http://evil.example")],
    ] {
        for (line, status, _) in everywhere(&app, headers).await {
            assert!([400, 403].contains(&status), "{line}: {status}");
        }
    }
}

#[tokio::test]
async fn a_second_host_is_not_told_to_use_a_flag_that_would_not_help() {
    let app = TestApp::start().await;
    let host = format!("localhost:{}", app.port);
    let answer = app.request("GET /", &[("Host", &host), ("Host", &host)], "").await;
    assert_eq!(answer.status(), 403);
    assert!(answer.body().contains("once") && !answer.body().contains("--allowed-host"), "{answer:?}");
}

#[tokio::test]
async fn a_target_that_names_a_host_must_name_the_one_of_the_host_header() {
    let app = TestApp::start().await;
    let host = format!("localhost:{}", app.port);
    for (target, status) in [
        (format!("http://{host}/healthz"), 200),
        (format!("http://{}/healthz", host.to_uppercase()), 200),
        ("http://evil.example/healthz".to_owned(), 403),
        (format!("http://127.0.0.1:{}/healthz", app.port), 403),
        (format!("http://a@{host}/healthz"), 403),
        (host.clone(), 400),
        ("evil.example:80".to_owned(), 403),
    ] {
        let answer = app.request(&format!("GET {target}"), &[("Host", &host)], "").await;
        assert_eq!(answer.status(), status, "{target}: {answer:?}");
    }
    for line in [format!("CONNECT {host}"), "OPTIONS *".to_owned()] {
        let answer = app.request(&line, &[("Host", &host)], "").await;
        assert!((400..500).contains(&answer.status()), "{line}: {answer:?}");
    }
    app.stands_as(&app.board("home").await).await;
}

#[tokio::test]
async fn if_sec_fetch_site_is_sent_twice_both_values_count() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    let host = format!("localhost:{}", app.port);
    let sites = [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")];
    let answers = everywhere(&app, &[&[("Host", host.as_str())], &sites[..]].concat()).await;
    assert_eq!(answers.iter().find(|it| it.0.starts_with("POST")).unwrap().1, 403, "{answers:?}");
    app.stands_as(&before).await;
}

#[tokio::test]
async fn its_own_names_and_pages_are_allowed_everywhere() {
    let app = TestApp::start().await;
    for name in ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"] {
        let host = format!("{name}:{}", app.port);
        let origin = format!("http://{host}");
        let headers = [("Host", host.as_str()), ("Origin", &origin), ("Sec-Fetch-Site", "same-origin")];
        let statuses: Vec<_> = everywhere(&app, &headers).await.into_iter().map(|(_, status, _)| status).collect();
        assert!(!statuses.contains(&403) && statuses[0] == 200 && statuses[8] == 200, "{name}: {statuses:?}");
    }
    assert_eq!(app.board("home").await.todos.len(), 4);
}

#[tokio::test]
async fn a_form_from_another_site_is_refused_and_a_link_is_not() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    let host = format!("localhost:{}", app.port);
    for site in ["cross-site", "same-site", "nonsense"] {
        let answers = everywhere(&app, &[("Host", &host), ("Sec-Fetch-Site", site)]).await;
        let status = |line: &str| answers.iter().find(|it| it.0.starts_with(line)).unwrap().1;
        assert_eq!((status("POST"), status("DELETE"), status("GET /")), (403, 403, 200), "{site}");
    }
    app.stands_as(&before).await;
    let answers = everywhere(&app, &[("Host", &host), ("Sec-Fetch-Site", "none")]).await;
    assert_eq!(answers[8].1, 200, "an address typed by a person: {answers:?}");
}

#[tokio::test]
async fn only_a_host_that_was_allowed_and_its_own_pages_are_accepted() {
    let app = TestApp::start_with(&["--allowed-host", "todo.example.org", "--allowed-host", "192.168.1.5:8080"]).await;
    for (host, origin, is_allowed) in [
        ("todo.example.org", "https://todo.example.org", true),
        ("todo.example.org", "http://todo.example.org", true),
        ("192.168.1.5:8080", "http://192.168.1.5:8080", true),
        ("todo.example.org", "https://evil.example", false),
        ("todo.example.org", "null", false),
        ("todo.example.org.evil.example", "https://todo.example.org", false),
        ("a.todo.example.org", "https://a.todo.example.org", false),
        ("192.168.1.5", "http://192.168.1.5", false),
    ] {
        for (line, status, _) in everywhere(&app, &[("Host", host), ("Origin", origin)]).await {
            assert_eq!(status != 403, is_allowed, "{line} with {host} and {origin}: {status}");
        }
    }
    app.create("and by its usual name").await;
}
