//! Pages and boards are kept until something changes. Nobody ever gets an old one, and each reader gets an op of
//! their own.

use std::io::Read;

use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING};

use crate::support::TestApp;

/// An answer as a browser sees it, whatever it was compressed with, and the op of its form.
async fn read(app: &TestApp, path: &str, encoding: &str) -> (u16, String, Option<String>) {
    let answer = app.http.get(app.url(path)).header(ACCEPT_ENCODING, encoding).send().await.unwrap();
    let status = answer.status().as_u16();
    let packed = answer.headers().get(CONTENT_ENCODING).map(|it| it.to_str().unwrap().to_owned());
    let length: usize = answer.headers()["content-length"].to_str().unwrap().parse().unwrap();
    let bytes = answer.bytes().await.unwrap();
    assert_eq!(bytes.len(), length);
    let mut text = String::new();
    match packed.as_deref() {
        None => text = String::from_utf8(bytes.to_vec()).unwrap(),
        Some("br") => drop(brotli::Decompressor::new(&bytes[..], 4096).read_to_string(&mut text).unwrap()),
        Some("gzip") => drop(flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap()),
        Some(other) => panic!("{other}"),
    }
    let op = text.split_once("name=\"op\" value=\"").map(|(_, it)| it.split_once('"').unwrap().0.to_owned());
    let text = op.as_ref().map_or(text.clone(), |op| text.replace(op.as_str(), "OP"));
    (status, text, op)
}

/// Whether every page and board is what it would be if it were made now. A parameter that nobody knows makes it so.
async fn all_are_new(app: &TestApp, lists: &[String], after: &str) {
    let mut addresses = Vec::new();
    for list in lists {
        let path = if list == "home" { String::new() } else { format!("/lists/{list}") };
        let root = if path.is_empty() { "/".to_owned() } else { path.clone() };
        for page in [root, format!("{path}/active"), format!("{path}/completed")] {
            addresses.push((page.clone(), format!("{page}?new=1")));
        }
        let board = format!("/api/board?list={list}");
        addresses.push((board.clone(), format!("{board}&new=1")));
    }
    for (address, new) in addresses {
        for encoding in ["identity", "gzip", "gzip, deflate, br"] {
            let (status, expected, _) = read(app, &new, encoding).await;
            for time in 1..=2 {
                let (found_status, found, _) = read(app, &address, encoding).await;
                assert_eq!(found_status, status, "{address} after {after}");
                assert!(found == expected, "{address} as {encoding}, time {time}, is old after {after}");
            }
        }
    }
}

#[tokio::test]
async fn nobody_gets_an_answer_from_before_a_change() {
    let app = TestApp::start().await;
    let shopping = app.create_list("Shopping").await;
    let lists = ["home".to_owned(), shopping.clone()];
    let milk = app.create("Milk").await;
    app.create_many("home", 30).await;
    all_are_new(&app, &lists, "the first todos").await;
    let home = ("list", "home");
    let changes: [(&str, &[(&str, &str)]); 14] = [
        ("/api/todos/create", &[("list", &shopping), ("title", "Bread </script>")]),
        ("/api/todos/rename", &[home, ("id", &milk), ("title", "Oat milk")]),
        ("/api/todos/complete", &[home, ("id", &milk)]),
        ("/api/todos/complete", &[home, ("id", &milk)]),
        ("/api/todos/reopen", &[home, ("id", &milk)]),
        ("/api/todos/move", &[home, ("id", &milk)]),
        ("/api/todos/delete", &[home, ("id", &milk)]),
        ("/api/todos/restore", &[home, ("id", &milk)]),
        ("/api/todos/move_to", &[home, ("id", &milk), ("to", &shopping)]),
        ("/api/lists/rename", &[("list", &shopping), ("name", "Groceries")]),
        ("/api/lists/create", &[("name", "Another")]),
        ("/api/lists/move", &[("list", &shopping)]),
        ("/api/lists/delete", &[("list", &shopping)]),
        ("/api/lists/restore", &[("list", &shopping)]),
    ];
    for (path, fields) in changes {
        app.command(path, fields).await;
        all_are_new(&app, &lists, path).await;
    }
    for path in ["complete_all", "clear_completed"] {
        app.command(&format!("/api/todos/{path}"), &[home]).await;
        all_are_new(&app, &lists, path).await;
    }
}

#[tokio::test]
async fn who_has_changed_something_sees_it_at_once_while_others_read_all_the_time() {
    let app = TestApp::start().await;
    let reading = async {
        loop {
            read(&app, "/", "br").await;
        }
    };
    let writing = async {
        for n in 0..200 {
            let title = format!("number {n}.");
            app.create(&title).await;
            assert!(read(&app, "/", "br").await.1.contains(&title), "{title}");
            assert!(read(&app, "/api/board?list=home", "gzip").await.1.contains(&title), "{title}");
        }
    };
    tokio::select! {
        () = reading => unreachable!(),
        () = async { tokio::join!(writing); } => {}
    }
}

#[tokio::test]
async fn each_reader_of_the_same_page_gets_an_op_of_their_own() {
    let app = TestApp::start().await;
    app.create("Milk").await;
    let mut ops = Vec::new();
    for encoding in ["identity", "br", "gzip"].repeat(3) {
        ops.push(read(&app, "/", encoding).await.2.unwrap());
    }
    let count = ops.len();
    ops.sort();
    ops.dedup();
    assert_eq!(ops.len(), count);
    // Two people write the same on the same page: both get their todo. Who sends twice gets one.
    let send =
        async |op: &str| app.command("/api/todos/create", &[("list", "home"), ("title", "Bread"), ("op", op)]).await;
    let (one, two) = (send(&ops[0]).await, send(&ops[1]).await);
    assert_ne!(one.event, two.event);
    assert_eq!(send(&ops[0]).await.event, one.event);
    assert_eq!(app.board("home").await.todos.len(), 3);
}

#[tokio::test]
async fn the_headers_of_a_page_are_the_same_whether_it_is_kept_or_not_and_for_head() {
    let app = TestApp::start().await;
    app.create("Milk").await;
    let headers = async |request: reqwest::RequestBuilder| {
        let mut headers = request.header(ACCEPT_ENCODING, "br").send().await.unwrap().headers().clone();
        headers.remove("date");
        headers
    };
    let new = headers(app.http.get(app.url("/?new=1"))).await;
    for _ in 0..2 {
        assert_eq!(headers(app.http.get(app.url("/"))).await, new);
        assert_eq!(headers(app.http.head(app.url("/"))).await, new);
    }
}
