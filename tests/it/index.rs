//! The index: which lists there are, what they are called and in which order they stand.

use futures_util::future::join_all;
use serde_json::json;
use todoapp::domain::{Applied, Change, Event, Index, Receipt};
use todoapp::protocol::{ApiError, Push};

use crate::support::TestApp;

const OP: &str = "01890000-0000-7000-8000-00000000000a";

impl TestApp {
    /// All lists, as they are now.
    pub(crate) async fn index(&self) -> Index {
        let answer = self.get("/api/lists").await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// The names of the lists in their order.
    async fn names(&self) -> Vec<String> {
        self.index().await.lists.iter().map(|it| it.name.to_string()).collect()
    }

    /// Calls a function about a list, with this further field.
    async fn about(&self, verb: &str, list: &str, field: Option<(&str, &str)>) -> Receipt {
        let fields: Vec<_> = [("list", list)].into_iter().chain(field).collect();
        self.command(&format!("/api/lists/{verb}"), &fields).await
    }
}

/// What the log of the index comes to, without the numbers of the lists.
pub(crate) fn replayed(log: &[Event]) -> Index {
    let mut index = Index::start();
    for event in log {
        assert_eq!(index.apply(event), Applied::Next, "the log has no hole");
    }
    index
}

/// An index without the numbers of its lists, which stand in the logs of the lists.
pub(crate) fn without_counts(mut index: Index) -> Index {
    for list in &mut index.lists {
        (list.open, list.total) = (0, 0);
    }
    index
}

#[tokio::test]
async fn the_lists_are_told_in_order_with_their_numbers_and_the_head() {
    let app = TestApp::start().await;
    let list = app.create_list("Shopping").await;
    app.create_many(&list, 3).await;
    let done = app.board(&list).await.todos[0].id.to_string();
    app.command("/api/todos/complete", &[("list", &list), ("id", &done)]).await;
    let gone = app.board(&list).await.todos[1].id.to_string();
    app.command("/api/todos/delete", &[("list", &list), ("id", &gone)]).await;
    let head = app.log("index").await[0].id;
    let text = app.get("/api/lists").await.text().await.unwrap();
    let home = r#"{"id":"home","name":"Home","position":"5","open":0,"total":0}"#;
    let shopping = format!(r#"{{"id":"{list}","name":"Shopping","position":"5000000001","open":1,"total":2}}"#);
    assert_eq!(text, format!(r#"{{"lists":[{home},{shopping}],"head":{{"seq":1,"id":"{head}"}}}}"#));
}

#[tokio::test]
async fn a_receipt_also_says_where_the_index_has_the_command() {
    let app = TestApp::start().await;
    let made = app.command("/api/lists/create", &[("name", "Shopping")]).await;
    assert_eq!((made.seq, made.index), (1, Some(1)));
    let fields = [("list", made.list.as_str()), ("name", "Groceries"), ("op", OP)];
    let renamed = app.command("/api/lists/rename", &fields).await;
    assert_eq!((renamed.seq, renamed.index), (2, Some(2)));
    let moved = app.about("move", made.list.as_str(), None).await;
    assert_eq!((moved.list.as_str(), moved.seq, moved.index), ("index", 3, None), "it is the index's own");
    assert_eq!(app.command("/api/lists/rename", &fields).await, renamed, "the same again, whatever came since");
    let same = app.about("rename", made.list.as_str(), Some(("name", "Groceries"))).await;
    assert_eq!((same.seq, same.index), (2, None), "nothing was changed");
    let todo = app.command("/api/todos/create", &[("list", made.list.as_str()), ("title", "Buy milk")]).await;
    assert_eq!(todo.index, None);
}

#[tokio::test]
async fn a_rename_is_seen_by_who_follows_the_list_and_by_who_follows_the_index() {
    let app = TestApp::start().await;
    let list = app.create_list("Shopping").await;
    let mut of_list = app.socket(&format!("?list={list}")).await;
    let mut of_index = app.socket("?list=index").await;
    of_list.head().await;
    of_index.head().await;
    let fields = [("list", list.as_str()), ("name", " Groceries "), ("op", OP)];
    let receipt = app.command("/api/lists/rename", &fields).await;
    let (named, renamed) = (of_list.event().await, of_index.event().await);
    assert_eq!((receipt.list.as_str(), receipt.seq, receipt.event), (list.as_str(), 2, named.id), "the list's own");
    assert_eq!((named.op, named.at_ms / 60_000), (renamed.op, renamed.at_ms / 60_000), "one command");
    let json = |event: &Event| serde_json::to_string(&event.change).unwrap();
    assert_eq!(json(&named), r#"{"named":{"name":"Groceries","was":"Shopping"}}"#);
    let expected = format!(r#"{{"list_renamed":{{"list":"{list}","name":"Groceries","was":"Shopping"}}}}"#);
    assert_eq!(json(&renamed), expected);
    assert_eq!(app.board(&list).await.list.name.as_str(), "Groceries");
    assert!(app.page(&format!("/lists/{list}")).await.contains(">Groceries</h1>"));
    assert_eq!(app.names().await, ["Home", "Groceries"]);
    assert_eq!(app.about("rename", "home", Some(("name", "Chores"))).await.list.as_str(), "home", "home, too");
    assert_eq!(app.names().await, ["Chores", "Groceries"]);
}

#[tokio::test]
async fn a_list_moves_right_behind_another_or_to_the_top() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for name in ["A", "B", "C"] {
        ids.push(app.create_list(name).await);
    }
    let receipt = app.about("move", &ids[2], None).await;
    assert_eq!(receipt.list.as_str(), "index");
    assert_eq!(app.names().await, ["C", "Home", "A", "B"]);
    app.about("move", "home", Some(("after", &ids[1]))).await;
    assert_eq!(app.names().await, ["C", "A", "B", "Home"]);
    app.about("move", &ids[1], Some(("after", &ids[2]))).await;
    assert_eq!(app.names().await, ["C", "B", "A", "Home"]);
    let unknown = [("list", "home"), ("after", "nosuchlist")];
    assert_eq!(app.refused(404, "/api/lists/move", &unknown).await, "list_not_found");
}

#[tokio::test]
async fn lists_moved_into_one_gap_again_and_again_keep_their_order() {
    let app = TestApp::start().await;
    let (one, two) = (app.create_list("1").await, app.create_list("2").await);
    for n in 0..120 {
        app.about("move", if n % 2 == 0 { &two } else { &one }, Some(("after", "home"))).await;
    }
    assert_eq!(app.names().await, ["Home", "1", "2"]);
    let index = app.index().await;
    assert!(index.lists.iter().all(|it| it.position.as_str().len() <= 41), "{index:?}");
    let log = app.log("index").await;
    assert!(log.iter().any(|it| matches!(it.change, Change::ListsSpaced { .. })), "they had to make room");
    assert_eq!(replayed(&log), index);
}

#[tokio::test]
async fn a_deleted_list_is_as_unknown_until_it_comes_back_with_its_todos_and_its_log() {
    let app = TestApp::start().await;
    let list = app.create_list("Shopping").await;
    app.create_many(&list, 3).await;
    let (before, log) = (app.board(&list).await, app.log(&list).await);
    let id = before.todos[0].id.to_string();
    let mut follower = app.socket(&format!("?list={list}")).await;
    follower.head().await;
    let deleted = app.about("delete", &list, None).await;
    assert_eq!((deleted.list.as_str(), deleted.seq), ("index", 2));
    assert_eq!(follower.close_code().await, 4404, "who follows it is told");
    assert_eq!(app.names().await, ["Home"]);
    for path in ["", "/active", "/completed"] {
        assert_eq!(app.get(&format!("/lists/{list}{path}")).await.status(), 404, "{path}");
    }
    for path in ["board?", "events?after=0&", "events?"] {
        assert_eq!(app.get(&format!("/api/{path}list={list}")).await.status(), 404, "{path}");
    }
    for verb in ["create", "rename", "complete", "delete", "restore", "move", "complete_all", "clear_completed"] {
        let fields = [("list", list.as_str()), ("id", id.as_str()), ("title", "x")];
        assert_eq!(app.refused(404, &format!("/api/todos/{verb}"), &fields).await, "list_not_found", "{verb}");
    }
    let to_it = [("list", "home"), ("id", &*app.create("Here").await), ("to", &list)];
    assert_eq!(app.refused(404, "/api/todos/move_to", &to_it).await, "list_not_found");
    for (verb, field) in [("rename", ("name", "x")), ("move", ("after", "home"))] {
        let fields = [("list", list.as_str()), field];
        assert_eq!(app.refused(404, &format!("/api/lists/{verb}"), &fields).await, "list_not_found", "{verb}");
    }
    assert_eq!(app.socket(&format!("?list={list}&after=0")).await.close_code().await, 4404);
    let again = app.about("delete", &list, None).await;
    assert_eq!(again.event, deleted.event, "it is as it should be");

    let restored = app.about("restore", &list, None).await;
    assert_eq!((restored.list.as_str(), restored.seq), ("index", 3));
    assert_eq!((app.board(&list).await, app.log(&list).await), (before, log));
    let index = app.index().await;
    assert_eq!((index.lists[1].name.as_str(), index.lists[1].open), ("Shopping", 3));
    assert_eq!(app.about("restore", &list, None).await.event, restored.event, "it is there");
    app.command("/api/todos/create", &[("list", &list), ("title", "One more")]).await;
}

#[tokio::test]
async fn commands_in_one_request_meet_what_those_before_them_did() {
    let app = TestApp::start().await;
    let list = app.create_list("Shopping").await;
    let create = json!({ "create": { "id": "01890000-0000-7000-8000-000000000001", "title": "Buy milk" } });
    let (status, answer) = app
        .run(&json!([
            { "list": list, "command": "delete_list" },
            { "list": list, "command": create },
            { "list": list, "command": "restore_list" },
            { "list": list, "command": create },
            { "list": list, "command": { "rename_list": { "name": "Food" } } },
            { "list": "index", "command": { "create_list": { "name": "New" } } },
            { "list": list, "command": { "move_list": { "after": null } } },
        ]))
        .await;
    assert_eq!(status, 200, "{answer}");
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results[1]["error"]["code"], "list_not_found", "{answer}");
    let wrong: Vec<_> = (0..7).filter(|n| *n != 1 && results[*n]["receipt"].is_null()).collect();
    assert!(wrong.is_empty(), "{answer}");
    assert_eq!(app.names().await, ["Food", "Home", "New"]);
    assert_eq!((app.index().await.lists[0].open, app.board(&list).await.todos.len()), (1, 1));
}

#[tokio::test]
async fn home_cannot_be_deleted() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    let (status, answer) = app.post("/api/lists/delete", &[("list", "home")]).await;
    assert_eq!((status, &answer["code"]), (409, &json!("home_stays")));
    assert_eq!(answer["message"], "The list Home can't be deleted.");
    let (_, answer) = app.run(&json!([{ "list": "home", "command": "delete_list" }])).await;
    assert_eq!(answer["results"][0]["error"]["code"], "home_stays");
    app.stands_as(&before).await;
    assert_eq!((app.names().await, app.log("index").await.len()), (vec!["Home".to_owned()], 0));
}

#[tokio::test]
async fn what_never_was_a_list_is_not_found() {
    let app = TestApp::start().await;
    for list in ["nosuchlist", "index", "HOME", "", "../home"] {
        for verb in ["rename", "move", "delete", "restore"] {
            let fields = [("list", list), ("name", "x")];
            let code = app.refused(404, &format!("/api/lists/{verb}"), &fields).await;
            assert_eq!(code, "list_not_found", "{verb} {list}");
        }
    }
    for (name, code) in [("", "text_empty"), ("a\nb", "text_control")] {
        assert_eq!(app.refused(422, "/api/lists/rename", &[("list", "home"), ("name", name)]).await, code);
    }
    // The index has no todos.
    let create = json!([{ "list": "index", "command": { "create": { "id": OP, "title": "x" } } }]);
    let (_, answer) = app.run(&create).await;
    assert_eq!(answer["results"][0]["error"]["code"], "list_not_found", "{answer}");
    assert_eq!(app.log("index").await.len(), 0);
}

#[tokio::test]
async fn the_same_op_is_one_event_and_another_command_by_it_is_refused() {
    let app = TestApp::start().await;
    let (list, other) = (app.create_list("A").await, app.create_list("B").await);
    let op = |n: usize| format!("01890000-0000-7000-8000-{n:012x}");
    for (n, (verb, field)) in [
        ("rename", Some(("name", "C"))),
        ("rename", Some(("name", "C"))),
        ("move", None),
        ("move", None),
        ("delete", None),
        ("delete", None),
        ("restore", None),
    ]
    .into_iter()
    .enumerate()
    {
        let (op, path) = (op(n), format!("/api/lists/{verb}"));
        let fields: Vec<_> = [("list", list.as_str()), ("op", &op)].into_iter().chain(field).collect();
        let before = app.log("index").await.len();
        let receipts = join_all((0..10).map(|_| app.command(&path, &fields))).await;
        assert!(receipts.iter().all(|it| *it == receipts[0]), "{verb}: {receipts:?}");
        let grown = app.log("index").await.len() - before;
        assert_eq!(
            grown,
            usize::from(!matches!(n, 1 | 3 | 5)),
            "{n} {verb}: once, or not at all where it is so already"
        );
        // The same op for another list, and for another verb.
        let elsewhere: Vec<_> = [("list", other.as_str()), ("op", &op)].into_iter().chain(field).collect();
        if verb != "rename" || grown > 0 {
            assert_eq!(app.refused(409, &path, &elsewhere).await, "op_reused", "{n} {verb}");
        }
        let make = [("name", "D"), ("op", op.as_str())];
        if verb != "rename" || grown > 0 {
            assert_eq!(app.refused(409, "/api/lists/create", &make).await, "op_reused", "{n} {verb}");
        }
    }
    assert_eq!(app.names().await, ["C", "Home", "B"]);
}

#[tokio::test]
async fn an_op_of_the_list_is_no_op_for_what_the_index_writes_into_its_log() {
    let app = TestApp::start().await;
    let list = app.create_list("A").await;
    app.command("/api/todos/create", &[("list", &list), ("title", "Buy milk"), ("op", OP)]).await;
    let rename = [("list", list.as_str()), ("name", "B"), ("op", OP)];
    assert_eq!(app.refused(409, "/api/lists/rename", &rename).await, "op_reused");
    app.about("rename", &list, Some(("name", "B"))).await;
    let event = app.log("index").await.pop().unwrap().id.to_string();
    let undo = [("list", "index"), ("event", event.as_str()), ("op", OP)];
    assert_eq!(app.refused(409, "/api/events/undo", &undo).await, "op_reused");
    assert_eq!((app.names().await, app.log(&list).await.len()), (vec!["Home".to_owned(), "B".to_owned()], 3));
}

#[tokio::test]
async fn an_event_of_the_index_is_undone_until_another_one_has_changed_the_list() {
    let app = TestApp::start().await;
    let list = app.create_list("A").await;
    let undo = async |event: &str| app.post("/api/events/undo", &[("list", "index"), ("event", event)]).await;
    app.about("rename", &list, Some(("name", "B"))).await;
    app.about("move", &list, None).await;
    app.about("delete", &list, None).await;
    let ids: Vec<_> = app.log("index").await.iter().map(|it| it.id.to_string()).collect();
    let (created, renamed, moved, deleted) = (&ids[0], &ids[1], &ids[2], &ids[3]);
    for event in [created, renamed, moved] {
        let (status, answer) = undo(event).await;
        assert_eq!((status, &answer["code"]), (409, &json!("changed_since")), "{event}");
    }
    for (event, names) in [(deleted, ["B", "Home"]), (moved, ["Home", "B"]), (renamed, ["Home", "A"])] {
        let (status, answer) = undo(event).await;
        assert_eq!((status, &answer["list"]), (200, &json!("index")), "{answer}");
        assert_eq!(app.names().await, names, "{event}");
        assert_eq!(undo(event).await.1["code"], "changed_since", "once is enough");
    }
    let own: Vec<_> = app.log(&list).await.into_iter().map(|it| serde_json::to_string(&it.change).unwrap()).collect();
    assert_eq!(own[2], r#"{"named":{"name":"A","was":"B"}}"#, "the list's own log says so, too: {own:?}");
    let log = app.log("index").await;
    assert_eq!(log[4..].iter().map(|it| it.undoes).collect::<Vec<_>>(), [Some(4), Some(3), Some(2)]);
    // An undo is undone like anything else, also by its op.
    let op = log[6].op.to_string();
    let (_, answer) = app.run(&json!([{ "list": "index", "command": { "undo_op": { "op": op } } }])).await;
    assert_eq!(answer["results"][0]["receipt"]["seq"], 8, "{answer}");
    assert_eq!(app.names().await, ["Home", "B"]);
    let (_, answer) = undo(created).await;
    assert_eq!(answer["code"], "changed_since");
    app.about("rename", &list, Some(("name", "A"))).await;
    assert_eq!(undo(created).await.0, 200, "it is as it was made");
    assert_eq!(app.names().await, ["Home"]);
    for event in ["0", "1-0000000000000000", "99-0000000000000000", "x"] {
        assert_eq!(undo(event).await.1["code"], "not_undoable", "{event}");
    }
}

#[tokio::test]
async fn who_follows_the_index_and_is_cut_anywhere_gets_exactly_the_log() {
    let app = TestApp::start().await;
    let list = app.create_list("A").await;
    for n in 0..20 {
        app.about("rename", &list, Some(("name", &format!("A{n}")))).await;
        if n % 5 == 0 {
            app.about("delete", &list, None).await;
            app.about("restore", &list, None).await;
        }
    }
    let log = app.log("index").await;
    for cut in 0..=log.len() {
        let after = cut.checked_sub(1).map_or_else(|| "0".to_owned(), |at| log[at].id.to_string());
        let mut socket = app.socket(&format!("?index={after}")).await;
        let mut heard = Vec::new();
        loop {
            match socket.push().await {
                Push::Event(event) => heard.push(event),
                Push::Head(end) if end.list.as_str() == "index" => break assert_eq!(end.id, log.last().unwrap().id),
                Push::Counts(_) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(heard, log[cut..], "cut after {cut}");
    }
    assert_eq!(replayed(&log), without_counts(app.index().await));
}

#[tokio::test]
async fn there_is_a_limit_on_the_number_of_lists() {
    let mut app = TestApp::start().await;
    app.stop().await;
    let many = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 9999) ";
    let streams = format!("{many} INSERT INTO streams SELECT 'l' || i, 'list', 0, 0 FROM n;");
    let lists = format!(
        "{many} INSERT INTO lists (id, name, size, open, position, op) \
         SELECT 'l' || i, 'L' || i, 0, 0, RTRIM(CAST(6000000000 + i AS TEXT), '0'), 'l' || i FROM n;"
    );
    crate::support::sql(&app.database(), &format!("BEGIN; {streams} {lists} COMMIT")).await;
    app.start_again().await;
    assert_eq!(app.refused(409, "/api/lists/create", &[("name", "One more")]).await, "lists_full");
    let deleted = app.about("delete", "l1", None).await.event.to_string();
    app.create_list("One more").await;
    assert_eq!(app.refused(409, "/api/events/undo", &[("list", "index"), ("event", &deleted)]).await, "lists_full");
    assert_eq!(app.refused(409, "/api/lists/restore", &[("list", "l1")]).await, "lists_full");
    let error: ApiError = serde_json::from_value(app.post("/api/lists/create", &[("name", "x")]).await.1).unwrap();
    assert!(error.message.contains("10000"), "{error}");
}
