//! Who changed what: the name that a person gives is kept by their browser, stands in the log with each of their
//! commands, and goes nowhere else.

use serde_json::{Value, json};

use crate::support::{TestApp, past, rows, texts};

const HOME: (&str, &str) = ("list", "home");
const ID: &str = "01890000-0000-7000-8000-000000000001";

/// Sends a form as a script of this person would.
async fn post_as(app: &TestApp, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Value {
    let answer = app.http.post(app.url(path)).form(fields).header("cookie", cookie).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path} {fields:?}");
    answer.json().await.unwrap()
}

/// Sends many commands as the page of this person would.
async fn run_as(app: &TestApp, cookie: &str, commands: Value) -> Value {
    let request = app.http.post(app.url("/api/commands")).json(&json!({ "commands": commands }));
    request.header("cookie", cookie).send().await.unwrap().json().await.unwrap()
}

/// Sends the form with the own name as a browser would; returns where it is sent to, and the cookie that it gets.
async fn give_name(app: &TestApp, name: &str, from: &str) -> (String, Option<String>) {
    let request = app.http.post(app.url("/api/me/name")).form(&[("list", "home"), ("name", name)]);
    let request = request.header("accept", "text/html").header("referer", app.url(from));
    let answer = request.send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["cache-control"]), (303, &"no-store".parse().unwrap()));
    let header = |name: &str| answer.headers().get(name).map(|it| it.to_str().unwrap().to_owned());
    (header("location").unwrap(), header("set-cookie"))
}

/// A page as this person sees it.
async fn page_as(app: &TestApp, cookie: &str, path: &str) -> String {
    app.http.get(app.url(path)).header("cookie", cookie).send().await.unwrap().text().await.unwrap()
}

/// The actors in a log, in its order.
async fn actors(app: &TestApp, list: &str) -> Vec<String> {
    let sql = format!("SELECT COALESCE(actor, '-') FROM events WHERE stream_id = '{list}' ORDER BY seq");
    rows(&app.database(), &sql).await
}

#[tokio::test]
async fn what_a_person_with_a_name_does_is_told_with_it() {
    let app = TestApp::start().await;
    let (to, cookie) = give_name(&app, "  Ada Löwe ", "/history").await;
    let cookie = cookie.unwrap();
    assert_eq!(
        (to.as_str(), cookie.as_str()),
        ("/history", "todoapp-name=Ada%20L%C3%B6we; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax")
    );
    let ada = cookie.split_once(';').unwrap().0;
    let list =
        post_as(&app, ada, "/api/lists/create", &[("name", "Garden")]).await["list"].as_str().unwrap().to_owned();
    post_as(&app, ada, "/api/todos/create", &[HOME, ("id", ID), ("title", "milk")]).await;
    app.create("bread").await;
    let done = post_as(&app, "a=b; todoapp-name=Bob", "/api/todos/complete_all", &[HOME]).await;
    post_as(&app, ada, "/api/events/undo", &[HOME, ("event", done["event"].as_str().unwrap())]).await;
    post_as(&app, ada, "/api/todos/move_to", &[HOME, ("id", ID), ("to", &list)]).await;
    post_as(&app, "todoapp-name=Bob", "/api/lists/rename", &[("list", &list), ("name", "Allotment")]).await;
    let answer = run_as(
        &app,
        ada,
        json!([
            { "list": list, "command": { "rename": { "id": ID, "title": "oat milk" } } },
            { "list": "nosuchlist", "command": "complete_all" },
            { "list": list, "command": { "move_list": {} } },
        ]),
    )
    .await;
    assert!(answer["results"][1]["error"].is_object() && answer["results"][2]["receipt"].is_object(), "{answer}");
    assert_eq!(
        texts(&past(&app.page("/history").await)),
        [
            "Ada Löwe moved “milk” to the list “Allotment”",
            "Ada Löwe undid: 2 todos were completed: “milk”, “bread”",
            "Bob completed 2 todos: “milk”, “bread”",
            "“bread” was added",
            "Ada Löwe added “milk”",
        ]
    );
    assert_eq!(
        texts(&past(&app.page(&format!("/lists/{list}/history")).await)),
        [
            "Ada Löwe renamed “milk” to “oat milk”",
            "Bob renamed the list from “Garden” to “Allotment”",
            "Ada Löwe moved “oat milk” here from the list “Home”",
            "Ada Löwe named the list “Garden”",
        ]
    );
    assert_eq!(actors(&app, "index").await, ["Ada Löwe", "Bob", "Ada Löwe"], "both logs of one command");
}

#[tokio::test]
async fn the_form_shows_the_name_and_an_empty_one_takes_it_away() {
    let app = TestApp::start().await;
    let field = |page: &str| page.split('<').find(|it| it.contains("id=\"own-name\"")).unwrap().to_owned();
    assert!(!field(&app.page("/history").await).contains("value="));
    let page = page_as(&app, "todoapp-name=Ada%20%22L%22", "/history").await;
    assert!(field(&page).contains("value=\"Ada &quot;L&quot;\""), "{}", field(&page));
    for nothing in ["", "  ", "\u{200b}"] {
        let (to, cookie) = give_name(&app, nothing, "/history?before=9").await;
        assert_eq!(to, "/history?before=9");
        assert_eq!(cookie.unwrap(), "todoapp-name=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }
    // A page without the form, or no page at all: the history of the list has it.
    assert_eq!(give_name(&app, "Ada", "/active").await.0, "/history");
    assert_eq!(app.submit_from("/api/me/name", &[("list", "home"), ("name", "Ada")], None).await, "/history");
    assert_eq!(post_as(&app, "", "/api/me/name", &[("name", " Ada ")]).await, json!({ "name": "Ada" }));
    assert_eq!(post_as(&app, "", "/api/me/name", &[("name", "")]).await, json!({ "name": null }));
    assert!(app.log("home").await.is_empty(), "it is no command");
}

#[tokio::test]
async fn a_name_that_cannot_be_used_is_refused_with_a_sentence_and_comes_back() {
    let app = TestApp::start().await;
    let long = "é".repeat(51);
    for (name, code, sentence) in [
        (long.as_str(), "text_too_long", "A name has at most 50 characters: please shorten it."),
        ("A\tda", "text_control", "The text has a line break or a control character in it: please remove it."),
    ] {
        let (to, cookie) = give_name(&app, name, "/history").await;
        assert!(to.starts_with(&format!("/history?refused={code}&text=")) && cookie.is_none(), "{to}");
        let page = page_as(&app, "todoapp-name=Bob", &to).await;
        let field = page.split('<').find(|it| it.contains("id=\"own-name\"")).unwrap();
        assert!(field.contains(&format!("value=\"{name}\"")) && field.contains("aria-invalid=\"true\""), "{field}");
        assert_eq!(page.matches(sentence).count(), 1, "{page}");
        let (status, answer) = app.post("/api/me/name", &[("name", name)]).await;
        assert_eq!((status, &answer["code"], &answer["message"]), (422, &json!(code), &json!(sentence)));
    }
    assert_eq!(app.refused(400, "/api/me/name", &[]).await, "bad_request");
    assert_eq!(app.refused(400, "/api/me/name", &[("name", "a"), ("name", "b")]).await, "bad_request");
    assert_eq!(app.get("/api/me/name").await.status(), 405);
    let answer = app.http.post(app.url("/api/me/name")).json(&json!({ "name": "a" })).send().await.unwrap();
    assert_eq!(answer.status(), 415);
    let foreign = app.http.post(app.url("/api/me/name")).form(&[("name", "a")]).header("sec-fetch-site", "cross-site");
    assert_eq!(foreign.send().await.unwrap().status(), 403, "no other site may give a name");
}

#[tokio::test]
async fn a_hostile_name_is_only_text_and_one_that_cannot_be_read_is_none() {
    let app = TestApp::start().await;
    let hostile = ["</bdi><script>x()</script>", "\u{202e}evil\u{2066}", "” was deleted. “", "عمر", "a; Path=/x"];
    for name in hostile {
        let (_, cookie) = give_name(&app, name, "/history").await;
        let cookie = cookie.unwrap();
        assert!(cookie.is_ascii() && cookie.matches(';').count() == 4, "{cookie}");
        post_as(&app, cookie.split_once(';').unwrap().0, "/api/todos/create", &[HOME, ("title", "milk")]).await;
    }
    assert_eq!(actors(&app, "home").await, hostile);
    let page = app.page("/history").await;
    assert!(!page.contains("<script>x") && page.contains("class=\"actor\">&lt;/bdi&gt;&lt;script&gt;"), "{page}");
    let long = format!("todoapp-name={}", "a".repeat(500));
    for cookie in ["todoapp-name=", "todoapp-name=%zz", "todoapp-name=%ff", "todoapp-name=a%0Ab", "name=Ada", &long] {
        post_as(&app, cookie, "/api/todos/create", &[HOME, ("title", "milk")]).await;
    }
    assert_eq!(actors(&app, "home").await[hostile.len()..], ["-"; 6]);
    let raw = b"todoapp-name=\xff\xfe".as_slice();
    let request = app.http.post(app.url("/api/todos/complete_all")).form(&[HOME]);
    assert_eq!(request.header("cookie", raw).send().await.unwrap().status(), 200);
    assert_eq!(actors(&app, "home").await.last().unwrap(), "-");
}

#[tokio::test]
async fn each_command_of_a_batch_keeps_its_own_actor_and_a_repeat_the_first() {
    let app = TestApp::start().await;
    let op = |n: usize| format!("01890000-0000-7000-8000-{n:012}");
    let ask = async |n: usize, cookie: String| {
        let (op, title) = (op(n), format!("todo {n}"));
        post_as(&app, &cookie, "/api/todos/create", &[HOME, ("title", &title), ("op", &op)]).await
    };
    let cookie = |n: usize| if n.is_multiple_of(3) { String::new() } else { format!("todoapp-name=Person{n}") };
    let receipts = futures_util::future::join_all((0..60).map(|n| ask(n, cookie(n)))).await;
    for (n, receipt) in receipts.iter().enumerate() {
        assert_eq!(ask(n, "todoapp-name=Eve".to_owned()).await, *receipt);
    }
    let found = rows(&app.database(), "SELECT op || ' ' || COALESCE(actor, '-') FROM events ORDER BY op").await;
    let expected = (0..60).map(|n| {
        let actor = if n % 3 == 0 { "-".to_owned() } else { format!("Person{n}") };
        format!("{} {actor}", op(n))
    });
    assert_eq!(found, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn a_name_goes_to_no_socket_and_into_no_answer_for_programs() {
    let app = TestApp::start().await;
    let mut socket = app.socket("?list=home&after=0&index=now").await;
    post_as(&app, "todoapp-name=Ada", "/api/todos/create", &[HOME, ("id", ID), ("title", "milk")]).await;
    loop {
        let frame = socket.text().await;
        assert!(!frame.contains("Ada") && !frame.contains("actor"), "{frame}");
        if frame.contains("\"created\"") {
            break;
        }
    }
    for path in ["events?list=home", "events?list=home&after=0", "board?list=home", "lists"] {
        let answer = page_as(&app, "todoapp-name=Ada", &format!("/api/{path}")).await;
        assert!(!answer.contains("Ada") && !answer.contains("actor"), "{answer}");
    }
    assert_eq!(texts(&past(&app.page("/history").await)), ["Ada added “milk”"]);
}
