//! Wrong fields: each is refused with the right code, and nothing changes.

use crate::support::TestApp;

const ID: &str = "01890000-0000-7000-8000-000000000001";

#[tokio::test]
async fn a_wrong_title_is_refused_with_the_right_code() {
    let app = TestApp::start().await;
    let id = app.create("Buy milk").await;
    let before = app.board("home").await;
    for (title, code) in [
        ("", "text_empty"),
        ("   \t ", "text_empty"),
        ("\u{a0}\u{3000}\u{200b}\u{feff}", "text_empty"),
        ("\n", "text_empty"),
        ("a\nb", "text_control"),
        ("a\rb", "text_control"),
        ("a\0b", "text_control"),
        ("a\u{1b}[2Jb", "text_control"),
        ("a\u{2028}b", "text_control"),
        ("a\u{9b}b", "text_control"),
        (&*"x".repeat(501), "text_too_long"),
        (&*"👋".repeat(501), "text_too_long"),
    ] {
        for path in ["create", "rename"] {
            let fields = [("list", "home"), ("title", title), ("id", &id), ("op", "")];
            let code_given = app.refused(422, &format!("/api/todos/{path}"), &fields).await;
            assert_eq!(code_given, code, "{path} {title:?}");
        }
    }
    app.stands_as(&before).await;
}

#[tokio::test]
async fn a_title_in_any_script_is_stored_as_it_was_written() {
    let app = TestApp::start().await;
    let longest = "ä".repeat(500);
    let titles = [
        "שלום עולם",
        "مرحبا \u{202e}abc",
        "👩‍👩‍👧‍👦 visit",
        "e\u{301} is not é",
        "a & b = c + d % 20 ; \"q\" '",
        "</script><img src=x onerror=alert(1)>",
        "\u{10ffff}\u{e000}",
        "=1+1",
        &longest,
    ];
    for title in titles {
        app.create(&format!("  {title}\n")).await;
    }
    let kept: Vec<_> = app.board("home").await.todos.iter().map(|it| it.title.to_string()).collect();
    assert_eq!(kept, titles);
}

#[tokio::test]
async fn an_id_or_op_that_is_not_a_uuid_is_refused() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    let no_hyphens = ID.replace('-', "");
    for bad in [
        "1",
        "x",
        &no_hyphens,
        &format!("{{{ID}}}"),
        &format!("urn:uuid:{ID}"),
        &format!(" {ID}"),
        "%",
        "' OR 1=1 --",
        &ID[..35],
    ] {
        for path in ["create", "rename", "complete", "reopen", "delete"] {
            let path = format!("/api/todos/{path}");
            assert_eq!(
                app.refused(400, &path, &[("list", "home"), ("title", "x"), ("id", bad)]).await,
                "bad_id",
                "{bad}"
            );
            let fields = [("list", "home"), ("title", "x"), ("id", ID), ("op", bad)];
            assert_eq!(app.refused(400, &path, &fields).await, "bad_id", "{bad}");
        }
        assert_eq!(app.refused(400, "/api/lists/create", &[("name", "x"), ("op", bad)]).await, "bad_id", "{bad}");
    }
    app.stands_as(&before).await;
}

#[tokio::test]
async fn a_field_that_is_missing_or_given_twice_is_named() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    for (path, fields, field) in [
        ("/api/todos/create", &[("list", "home")][..], "`title`"),
        ("/api/todos/create", &[("title", "x")], "`list`"),
        ("/api/todos/create", &[], "`list`"),
        ("/api/todos/rename", &[("list", "home"), ("title", "x")], "`id`"),
        ("/api/todos/complete", &[("list", "home")], "`id`"),
        ("/api/todos/delete", &[("id", ID)], "`list`"),
        ("/api/todos/complete_all", &[], "`list`"),
        ("/api/lists/create", &[], "`name`"),
    ] {
        let (status, answer) = app.post(path, fields).await;
        assert_eq!((status, answer["code"].as_str()), (400, Some("bad_request")), "{path} {fields:?}");
        assert!(answer["message"].as_str().unwrap().contains(field), "{answer}");
    }
    for twice in ["list", "title", "id", "op"] {
        let fields = [("list", "home"), ("title", "x"), ("id", ID), ("op", ID), (twice, "other")];
        assert_eq!(app.refused(400, "/api/todos/create", &fields).await, "bad_request", "{twice}");
    }
    assert_eq!(app.get("/api/board").await.status(), 400);
    assert_eq!(app.get("/api/board?list=home&list=home").await.status(), 400);
    app.stands_as(&before).await;
}

#[tokio::test]
async fn an_unknown_field_is_ignored() {
    let app = TestApp::start().await;
    app.command("/api/todos/create", &[("list", "home"), ("title", "x"), ("completed", "true"), ("admin", "1")]).await;
    assert!(!app.board("home").await.todos[0].completed);
}
