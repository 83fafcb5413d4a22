//! The tools `export` and `import`: a list goes out and comes in again, and what can't be a list changes nothing.

use std::fs;

use serde_json::json;
use todoapp::domain::Board;

use crate::support::{TestApp, tool, tool_fails};

fn said(board: &Board) -> Vec<(String, bool)> {
    board.todos.iter().map(|it| (it.title.to_string(), it.completed)).collect()
}

#[tokio::test]
async fn a_list_goes_out_in_each_form_and_comes_in_again() {
    let mut app = TestApp::start().await;
    let titles =
        ["x ray", "(A) say \"hi\", Mum", "2026-01-01 new; year", "=1+1", "👋 {} [ ]", "x 2026-01-01 2026-01-02 done"];
    let commands = titles.iter().enumerate().flat_map(|(n, title)| {
        let id = format!("018b0000-0000-7000-8000-00000000000{n}");
        let create = json!({ "list": "home", "command": { "create": { "id": id, "title": title } } });
        let complete = json!({ "list": "home", "command": { "complete": { "ids": [id] } } });
        std::iter::once(create).chain((n % 2 == 1).then_some(complete))
    });
    assert_eq!(app.run(&commands.collect()).await.0, 200);
    let home = app.board("home").await;
    let mut lists = Vec::new();
    for (format, file) in [("json", "a.json"), ("csv", "b.csv"), ("todo.txt", "c.txt")] {
        let out = tool(&app.database(), &["export", "home", "--format", format]).await;
        if format == "json" {
            assert_eq!(serde_json::from_str::<Board>(&out).unwrap(), home, "as the server tells it");
        }
        let path = app.folder.path().join(file);
        fs::write(&path, out).unwrap();
        lists.push(path);
    }
    let sentence = tool_fails(&app.database(), &["export", "neverwas"]).await;
    assert!(sentence.contains("there is no list neverwas"), "{sentence}");
    app.stop().await;
    for path in &lists {
        let said = tool(&app.database(), &["import", path.to_str().unwrap()]).await;
        assert!(said.trim_end().ends_with("Todos: 6."), "{said}");
    }
    let path = lists[2].to_str().unwrap();
    tool(&app.database(), &["import", path, "--list", "home"]).await;
    tool(&app.database(), &["import", path, "--name", "Given"]).await;
    assert!(tool(&app.database(), &["check"]).await.contains("lists: 5, todos: 36,"));
    app.start_again().await;
    let index = app.index().await;
    let names: Vec<_> = index.lists.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Home", "Home", "b", "c", "Given"]);
    for list in &index.lists[1..] {
        assert_eq!(said(&app.board(list.id.as_str()).await), said(&home), "{}", list.name);
    }
    assert_eq!(said(&app.board("home").await), [said(&home), said(&home)].concat());
}

#[tokio::test]
async fn a_full_list_comes_in_and_not_one_todo_more() {
    let mut app = TestApp::start().await;
    app.stop().await;
    let path = app.folder.path().join("many.csv");
    let lines: Vec<_> = (0..10_000).map(|n| format!("todo {n},{}\n", n % 3 == 0)).collect();
    fs::write(&path, format!("title,completed\n{}", lines.concat())).unwrap();
    tool(&app.database(), &["import", path.to_str().unwrap(), "--list", "home"]).await;
    let said = tool(&app.database(), &["check"]).await;
    assert!(said.contains("todos: 10000, events: 10001,"), "{said}");
    let one = app.folder.path().join("one.txt");
    fs::write(&one, "milk").unwrap();
    let sentence = tool_fails(&app.database(), &["import", one.to_str().unwrap(), "--list", "home"]).await;
    assert!(sentence.contains("nothing was imported"), "{sentence}");
    assert_eq!(tool(&app.database(), &["check"]).await, said, "nothing has changed");
}

#[tokio::test]
async fn what_cannot_be_imported_is_named_by_its_line_and_changes_nothing() {
    let mut app = TestApp::start().await;
    app.stop().await;
    let before = tool(&app.database(), &["check"]).await;
    let long = format!("milk\n{}\n", "a".repeat(501));
    for (file, content, expected) in [
        ("a.txt", long.as_bytes(), "line 2: That is longer"),
        ("a.txt", b"milk\n\xf0\x28", "line 2 is not text"),
        ("a.txt", b"milk\ntab\tbed", "line 2: The text has"),
        ("a.csv", b"title\n\"open", "line 2"),
        ("a.json", b"{\"todos\":[{\"title\":\"a\"},\n{\"title\":7}]}", "line 2"),
        ("a.doc", b"milk", "--format"),
    ] {
        let path = app.folder.path().join(file);
        fs::write(&path, content).unwrap();
        let sentence = tool_fails(&app.database(), &["import", path.to_str().unwrap()]).await;
        assert!(sentence.contains(expected), "{sentence}");
    }
    let good = app.folder.path().join("good.txt");
    fs::write(&good, "milk").unwrap();
    let good = good.to_str().unwrap();
    for (arguments, expected) in [
        (&["import", good, "--list", "neverwas"][..], "nothing was imported"),
        (&["import", good, "--name", " "], "--name"),
        (&["import", "/no/such/file.txt"], "can't be read"),
    ] {
        let sentence = tool_fails(&app.database(), arguments).await;
        assert!(sentence.contains(expected), "{sentence}");
    }
    assert_eq!(tool(&app.database(), &["check"]).await, before);
}
