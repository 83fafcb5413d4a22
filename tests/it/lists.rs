//! Lists: how they are made, and that they are independent of each other.

use todoapp::domain::Change;

use crate::support::TestApp;

const OP: &str = "01890000-0000-7000-8000-00000000000a";

#[tokio::test]
async fn a_new_list_has_a_name_a_log_that_begins_with_it_and_no_todos() {
    let app = TestApp::start().await;
    let receipt = app.command("/api/lists/create", &[("name", "  Shopping 🛒 "), ("op", OP)]).await;
    let board = app.board(receipt.list.as_str()).await;
    assert_eq!((board.list.name.as_str(), board.todos.len()), ("Shopping 🛒", 0));
    assert_eq!((board.head.0, receipt.seq), (receipt.event, 1));
    let log = app.log(receipt.list.as_str()).await;
    assert_eq!(log.len(), 1);
    assert_eq!((log[0].id, log[0].op.to_string().as_str()), (receipt.event, OP));
    assert!(matches!(&log[0].change, Change::Named { name, was: None } if name.as_str() == "Shopping 🛒"));
}

#[tokio::test]
async fn the_same_op_again_gives_the_same_list() {
    let app = TestApp::start().await;
    let fields = [("name", "Shopping"), ("op", OP)];
    let receipts = futures_util::future::join_all((0..20).map(|_| app.command("/api/lists/create", &fields))).await;
    assert!(receipts.iter().all(|it| *it == receipts[0]), "{receipts:?}");
    let list = receipts[0].list.as_str();
    app.command("/api/todos/create", &[("list", list), ("title", "Buy milk")]).await;
    assert_eq!(app.command("/api/lists/create", &fields).await, receipts[0], "also later");
    let other = app.command("/api/lists/create", &[("name", "Shopping")]).await;
    assert_ne!(other.list.as_str(), list, "two lists may have the same name");
}

#[tokio::test]
async fn the_nil_uuid_as_op_never_gives_the_home_list() {
    let app = TestApp::start().await;
    let fields = [("name", "Shopping"), ("op", "00000000-0000-0000-0000-000000000000")];
    let (status, answer) = app.post("/api/lists/create", &fields).await;
    assert!(status == 400 || (status == 200 && answer["list"] != "home"), "{status} {answer}");
}

#[tokio::test]
async fn an_op_used_for_a_list_may_be_used_for_a_todo_on_another_list() {
    let app = TestApp::start().await;
    let list = app.command("/api/lists/create", &[("name", "Shopping"), ("op", OP)]).await.list.to_string();
    let home = app.command("/api/todos/create", &[("list", "home"), ("title", "Buy milk"), ("op", OP)]).await;
    assert_eq!((home.list.as_str(), home.seq), ("home", 1));
    assert!(app.board(&list).await.todos.is_empty());
}

#[tokio::test]
async fn every_function_says_that_a_list_does_not_exist() {
    let app = TestApp::start().await;
    let id = "01890000-0000-7000-8000-000000000001";
    for list in ["nosuchlist", "HOME", "../home", "home ", "", "home\0", "lists/home", "%00"] {
        for path in
            ["create", "rename", "complete", "reopen", "delete", "complete_all", "reopen_all", "clear_completed"]
        {
            let fields = [("list", list), ("id", id), ("title", "x")];
            let code = app.refused(404, &format!("/api/todos/{path}"), &fields).await;
            assert_eq!(code, "list_not_found", "{path} {list:?}");
        }
        let answer = app.http.get(app.url("/api/board")).query(&[("list", list)]).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{list:?}");
    }
    app.stands_as(&app.board("home").await).await;
}

#[tokio::test]
async fn a_bad_name_makes_no_list() {
    let app = TestApp::start().await;
    for (name, code) in [
        ("", "text_empty"),
        ("  \u{200b} ", "text_empty"),
        ("a\nb", "text_control"),
        (&*"x".repeat(501), "text_too_long"),
    ] {
        assert_eq!(app.refused(422, "/api/lists/create", &[("name", name)]).await, code);
    }
}
