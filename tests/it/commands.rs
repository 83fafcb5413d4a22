//! Many commands in one request: they take effect in order, independently, and only once.

use std::time::Duration;

use serde_json::{Value, json};
use todoapp::domain::Receipt;
use tokio::io::AsyncWriteExt;
use tokio::time::{sleep, timeout};

use crate::support::{PATIENCE, TestApp, sql};

/// Ids for todos and commands.
fn uuid(n: usize) -> String {
    format!("01890000-0000-7000-8000-{n:012x}")
}

fn envelope(list: &str, op: usize, command: &Value) -> Value {
    json!({ "list": list, "op": uuid(op), "command": command })
}

fn create(n: usize, title: &str) -> Value {
    json!({ "create": { "id": uuid(n), "title": title } })
}

/// The outcomes: the number if there is a receipt, otherwise the error's code.
fn outcomes(answer: &Value) -> Vec<String> {
    let outcome = |it: &Value| match it["error"]["code"].as_str() {
        Some(code) => code.to_owned(),
        None => serde_json::from_value::<Receipt>(it["receipt"].clone()).unwrap().seq.to_string(),
    };
    answer["results"].as_array().unwrap_or_else(|| panic!("{answer}")).iter().map(outcome).collect()
}

#[tokio::test]
async fn commands_are_accepted_in_order_and_the_same_request_again_changes_nothing() {
    let app = TestApp::start().await;
    let other = app.create_list("Other").await;
    let mut socket = app.socket("?list=home&after=0").await;
    socket.head().await;
    let commands = json!([
        envelope("home", 1, &create(11, "milk")),
        envelope("home", 2, &create(12, "bread")),
        envelope(&other, 3, &create(11, "the same id on another list")),
        envelope("home", 4, &json!({ "rename": { "id": uuid(11), "title": "oat milk" } })),
        envelope("home", 5, &json!({ "complete": { "ids": [uuid(11), uuid(12), uuid(11)] } })),
        envelope("home", 6, &json!("complete_all")),
        envelope("home", 7, &json!({ "delete": { "ids": [uuid(12), uuid(99)] } })),
    ]);
    let (status, answer) = app.run(&commands).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(outcomes(&answer), ["1", "2", "2", "3", "4", "4", "5"]);
    let board = app.board("home").await;
    assert_eq!(board.todos.iter().map(|it| it.title.as_str()).collect::<Vec<_>>(), ["oat milk"]);
    assert!(board.todos[0].completed);
    assert_eq!(socket.events(5).await.last().unwrap().id, board.head.0, "they are pushed like any others");
    assert_eq!(app.run(&commands).await, (200, answer));
    assert_eq!(app.board("home").await, board);
}

#[tokio::test]
async fn a_command_that_is_rejected_or_cannot_be_read_does_not_stop_the_next() {
    let app = TestApp::start().await;
    let (status, answer) = app
        .run(&json!([
            envelope("home", 1, &create(11, "milk")),
            envelope("home", 2, &create(11, "the id is taken")),
            envelope("home", 3, &create(12, &"x".repeat(501))),
            envelope("home", 4, &json!({ "complete": { "ids": [uuid(99)] } })),
            envelope("home", 5, &json!({ "explode": {} })),
            7,
            envelope("nosuchlist", 6, &json!("complete_all")),
            envelope("home", 1, &create(13, "another command under an old name")),
            { "list": "home", "command": create(14, "a name is made where there is none") },
        ]))
        .await;
    assert_eq!(status, 200, "{answer}");
    let expected = [
        "1",
        "todo_exists",
        "text_too_long",
        "todo_not_found",
        "bad_request",
        "bad_request",
        "list_not_found",
        "op_reused",
        "2",
    ];
    assert_eq!(outcomes(&answer), expected);
    for error in answer["results"].as_array().unwrap().iter().filter_map(|it| it["error"]["message"].as_str()) {
        assert!(error.ends_with('.') && !error.contains("line 1"), "{error:?} is a sentence for people");
    }
    assert_eq!(app.board("home").await.todos.len(), 2);
}

#[tokio::test]
async fn a_body_that_is_not_a_list_of_commands_is_refused_as_a_whole() {
    let app = TestApp::start().await;
    app.create("milk").await;
    let before = app.board("home").await;
    let many: Vec<_> = (0..101).map(|n| envelope("home", n, &create(1000 + n, "x"))).collect();
    let many = json!({ "commands": many }).to_string();
    let long = format!("{{\"commands\":[]{}}}", " ".repeat(512 << 10));
    for (body, status, code) in [
        (&*many, 400, "bad_request"),
        ("", 400, "bad_request"),
        ("[]", 400, "bad_request"),
        ("{\"commands\":7}", 400, "bad_request"),
        ("{\"commands\":[", 400, "bad_request"),
        (&*long, 413, "too_large"),
    ] {
        let (actual, answer) = app.post_json(body).await;
        assert_eq!((actual, answer["code"].as_str()), (status, Some(code)), "{answer}");
    }
    assert_eq!(app.refused(415, "/api/commands", &[("commands", "[]")]).await, "unsupported_media_type");
    assert_eq!(app.run(&json!([])).await, (200, json!({ "results": [] })));
    app.stands_as(&before).await;
}

#[tokio::test]
async fn long_bodies_that_never_end_are_limited_and_do_not_block_short_ones() {
    let app = TestApp::start().await;
    let head = "Content-Type: application/json\r\nContent-Length: 500000";
    let request = format!("POST /api/commands HTTP/1.1\r\nHost: localhost:{}\r\n{head}\r\n\r\n{{", app.port);
    let long = format!("{{\"commands\":[]{}}}", " ".repeat(33 << 10));
    let mut half_sent = Vec::new();
    while app.post_json(&long).await.0 == 200 {
        assert!(half_sent.len() < 200, "there is a limit");
        for _ in 0..8 {
            let mut stream = app.connect().await;
            stream.write_all(request.as_bytes()).await.unwrap();
            half_sent.push(stream);
        }
    }
    assert!(half_sent.len() >= 64, "{}", half_sent.len());
    let (status, answer) = app.post_json(&long).await;
    assert_eq!((status, answer["code"].as_str()), (503, Some("unavailable")), "the page would try again");
    let (status, answer) = app.run(&json!([envelope("home", 1, &create(11, "milk"))])).await;
    assert_eq!((status, outcomes(&answer)), (200, vec!["1".to_owned()]));
    drop(half_sent);
    let back = async {
        while app.post_json(&long).await.0 != 200 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, back).await.expect("there is room again");
}

#[tokio::test]
async fn commands_after_one_that_was_not_written_are_not_written_either() {
    let app = TestApp::start().await;
    let id = app.create("one").await;
    // A row that todoapp can't have written: reading it makes the transaction fail for all commands.
    sql(&app.database(), &format!("UPDATE todos SET title = 'a\u{7}' WHERE id = '{id}'")).await;
    let commands = json!([
        envelope("home", 1, &create(11, "milk")),
        envelope("home", 2, &json!({ "complete": { "ids": [id] } })),
        envelope("home", 3, &json!({ "rename": { "id": uuid(11), "title": "oat milk" } })),
    ]);
    let (_, answer) = app.run(&commands).await;
    assert_eq!(outcomes(&answer), ["2", "unavailable", "unavailable"]);
    sql(&app.database(), &format!("UPDATE todos SET title = 'one' WHERE id = '{id}'")).await;
    let (_, answer) = app.run(&commands).await;
    assert_eq!(outcomes(&answer), ["2", "3", "4"], "sent again, each takes effect once and in order");
}

#[tokio::test]
async fn a_power_cut_leaves_all_commands_of_a_request_or_none() {
    let commands: Vec<_> = (0..100).map(|n| envelope("home", n, &create(1000 + n, "x"))).collect();
    for (stage, expected) in [("written", 0), ("committed", 100)] {
        let mut app = TestApp::start_with(&["--fail-at", stage]).await;
        let body = json!({ "commands": commands }).to_string();
        let request = app.http.post(app.url("/api/commands")).header("content-type", "application/json").body(body);
        assert!(request.send().await.is_err(), "{stage}: the process ends before it answers");
        assert!(!app.ended().await.success());
        app.start_again_with(&[]).await;
        assert_eq!(app.log("home").await.len(), expected, "{stage}");
        let (_, answer) = app.run(&json!(commands)).await;
        assert_eq!(outcomes(&answer), (1..=100).map(|n| n.to_string()).collect::<Vec<_>>(), "{stage}: once, in order");
    }
}

#[tokio::test]
async fn what_only_made_room_does_not_keep_others_from_being_undone() {
    let app = TestApp::start().await;
    let place = |id: usize, after: usize| json!({ "move": { "id": uuid(id), "after": uuid(after) } });
    let delete = json!({ "delete": { "ids": [uuid(1)] } });
    let restore = json!({ "restore": { "ids": [uuid(1)] } });
    // The second todo gets the place of the first one, which comes back: there is no room between them.
    let tight = [create(1, "one"), delete, create(2, "two"), create(3, "three"), restore, create(4, "four")];
    let commands = tight.iter().enumerate().map(|(op, command)| envelope("home", op + 1, command));
    app.run(&commands.collect()).await;
    let (_, answer) = app.run(&json!([envelope("home", 7, &place(3, 1))])).await;
    assert_eq!(outcomes(&answer), ["8"], "the event before it made room");
    let undo = json!([envelope("home", 8, &json!({ "undo_op": { "op": uuid(6) } }))]);
    assert_eq!(outcomes(&app.run(&undo).await.1), ["9"], "the fourth was not touched by anybody");
}
