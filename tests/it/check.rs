//! `todoapp check`: the logs are replayed and compared with the tables, and each kind of damage is found and named.

use serde_json::json;

use crate::support::{TestApp, seed_events, sql, tool, tool_fails};

/// Some lists with todos in every state, made by commands of every kind.
async fn lively() -> TestApp {
    let app = TestApp::start().await;
    let ids: Vec<_> = (1..=6).map(|n| format!("018b0000-0000-7000-8000-00000000000{n}")).collect();
    let work = app.create_list("Work").await;
    let gone = app.create_list("Gone").await;
    let creates =
        ids.iter().map(|id| json!({ "list": "home", "command": { "create": { "id": id, "title": "Milk" } } }));
    let (status, _) = app.run(&creates.collect()).await;
    assert_eq!(status, 200);
    let commands = json!([
        { "list": "home", "command": { "complete": { "ids": [ids[0], ids[1]] } } },
        { "list": "home", "command": { "reopen": { "ids": [ids[1]] } } },
        { "list": "home", "command": { "rename": { "id": ids[2], "title": "Bread" } } },
        { "list": "home", "command": { "move": { "id": ids[5] } } },
        { "list": "home", "command": { "delete": { "ids": [ids[3]] } } },
        { "list": "home", "command": { "move_to": { "ids": [ids[4]], "to": work } } },
        { "list": "home", "command": { "complete": { "ids": [ids[0]] } } },
        { "list": gone, "command": { "create": { "id": ids[0], "title": "Alone" } } },
        { "list": gone, "command": "delete_list" },
        { "list": work, "command": { "move_list": {} } },
        { "list": work, "command": { "rename_list": { "name": "Play" } } },
    ]);
    let (status, answer) = app.run(&commands).await;
    assert_eq!(status, 200);
    assert!(!answer.to_string().contains("\"error\""), "{answer}");
    app
}

#[tokio::test]
async fn what_the_server_writes_is_well_also_while_it_runs() {
    let mut app = lively().await;
    let said = tool(&app.database(), &["check"]).await;
    assert!(
        said.starts_with("All is well") && said.contains("lists: 3, todos: 6, events: 22, remembered commands: 1"),
        "{said}"
    );
    app.create("Still writing").await;
    app.stop().await;
    assert!(tool(&app.database(), &["check"]).await.contains("todos: 7, events: 23,"));
    app.start_again().await;
    app.create("And again").await;
}

#[tokio::test]
async fn each_kind_of_damage_is_found_and_named() {
    let mut app = lively().await;
    app.stop().await;
    let id = "018b0000-0000-7000-8000-000000000003";
    let keep = "CREATE TABLE kept AS SELECT * FROM events WHERE stream_id = 'home' AND seq = 4; \
                DELETE FROM events WHERE stream_id = 'home' AND seq = 4";
    let keep_row = "CREATE TABLE kept AS SELECT * FROM todos WHERE title = 'Bread'; \
                    DELETE FROM todos WHERE title = 'Bread'; \
                    UPDATE lists SET size = size - 1, open = open - 1 WHERE id = 'home'";
    let put_back_row = "INSERT INTO todos SELECT * FROM kept; DROP TABLE kept; \
                        UPDATE lists SET size = size + 1, open = open + 1 WHERE id = 'home'";
    for (damage, repair, named) in [
        (
            &*format!("UPDATE todos SET title = 'Beer' WHERE list_id = 'home' AND id = '{id}'"),
            &*format!("UPDATE todos SET title = 'Bread' WHERE list_id = 'home' AND id = '{id}'"),
            &["list home", "title", id, "“Bread” in the log", "“Beer” in the table"][..],
        ),
        (
            "UPDATE lists SET open = open + 1 WHERE id = 'home'",
            "UPDATE lists SET open = open - 1 WHERE id = 'home'",
            &["list home", "count is 4 todos, 4 of them open", "4, 3 of them open"],
        ),
        (keep, "INSERT INTO events SELECT * FROM kept; DROP TABLE kept", &["list home", "event 4 is missing"]),
        (
            "UPDATE streams SET head = head - 1 WHERE id = 'home'",
            "UPDATE streams SET head = head + 1 WHERE id = 'home'",
            &["list home", "head is 11", "ends with event 12"],
        ),
        (keep_row, put_back_row, &["list home", "Bread", "in the log, but not in the table"]),
        (
            "UPDATE todos SET completed = 1, touched_seq = 0 WHERE title = 'Alone'",
            "UPDATE todos SET completed = 0 WHERE title = 'Alone'",
            &["count is 1 todos, 1 of them open, but there are 1, 0"],
        ),
        (
            "UPDATE lists SET position = '7' WHERE name = 'Play'",
            "UPDATE lists SET position = '4999999999' WHERE name = 'Play'",
            &["in the index", "position", "“7” in the table"],
        ),
        ("UPDATE events SET change = '{\"create' WHERE stream_id = 'home' AND seq = 2", "", &["list home", "event 2"]),
    ] {
        sql(&app.database(), damage).await;
        let sentence = tool_fails(&app.database(), &["check"]).await;
        assert!(
            sentence.contains("is not as it must be") && named.iter().all(|it| sentence.contains(it)),
            "{sentence}"
        );
        if !repair.is_empty() {
            sql(&app.database(), repair).await;
            tool(&app.database(), &["check"]).await;
        }
    }
}

#[tokio::test]
async fn of_a_log_whose_beginning_was_pruned_what_is_left_is_checked() {
    let mut app = lively().await;
    app.stop().await;
    seed_events(&app.database(), 300).await;
    sql(&app.database(), "DELETE FROM events WHERE stream_id = 'home' AND seq <= 7").await;
    let said = tool(&app.database(), &["check"]).await;
    assert!(said.contains("Logs whose beginning was pruned, of which what is left was replayed: 1."), "{said}");
    sql(&app.database(), "UPDATE todos SET title = 'Beer' WHERE title = 'Bread'").await;
    let sentence = tool_fails(&app.database(), &["check"]).await;
    assert!(sentence.contains("“Bread” in the log") && sentence.contains("“Beer” in the table"), "{sentence}");
    sql(&app.database(), "UPDATE todos SET title = 'Bread' WHERE title = 'Beer'").await;
    sql(&app.database(), "DELETE FROM events WHERE stream_id = 'home' AND seq = 9").await;
    let sentence = tool_fails(&app.database(), &["check"]).await;
    assert!(sentence.contains("event 9 is missing"), "{sentence}");
}

#[tokio::test]
async fn without_data_it_says_so_and_makes_nothing() {
    if !crate::support::is_about_a_file() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("todos.db");
    let sentence = tool_fails(&file, &["check"]).await;
    assert!(sentence.contains("there is no") && sentence.contains("--database-url"), "{sentence}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
