//! The history of a list: what happened in words, page by page, with a button where an undo is accepted.

use crate::support::{Chance, TestApp, note, past, rows, seed, sql, texts};

const HOME: (&str, &str) = ("list", "home");

/// The ids of a list's events, the newest first, without those that only made room.
async fn events(app: &TestApp, list: &str) -> Vec<String> {
    let shown = "SELECT seq || '-' || tag FROM events WHERE change NOT LIKE '{\"spaced\"%' AND stream_id";
    rows(&app.database(), &format!("{shown} = '{list}' ORDER BY seq DESC")).await
}

#[tokio::test]
async fn the_history_says_what_happened_the_newest_first() {
    let app = TestApp::start().await;
    let list = app.create_list("Garden").await;
    let other = app.create_list("Shed").await;
    assert!(app.page("/history").await.contains("Nothing has happened yet."));
    let here = ("list", list.as_str());
    for title in ["A", "B", "C", "D", "E"] {
        app.command("/api/todos/create", &[here, ("title", title)]).await;
    }
    let ids: Vec<_> = app.board(&list).await.todos.iter().map(|it| it.id.to_string()).collect();
    let id = |n: usize| ("id", ids[n].as_str());
    app.command("/api/todos/rename", &[here, id(0), ("title", "A2")]).await;
    let done = app.command("/api/todos/complete", &[here, id(1)]).await;
    app.command("/api/events/undo", &[here, ("event", &done.event.to_string())]).await;
    app.command("/api/todos/complete_all", &[here]).await;
    app.command("/api/todos/reopen", &[here, id(0), id(1)]).await;
    app.command("/api/todos/move", &[here, id(2)]).await;
    app.command("/api/todos/move_to", &[here, id(3), ("to", &other)]).await;
    app.command("/api/todos/delete", &[here, id(4)]).await;
    app.command("/api/todos/restore", &[here, id(4)]).await;
    app.command("/api/lists/rename", &[("list", &other), ("name", "Barn")]).await;
    let page = app.page(&format!("/lists/{list}/history")).await;
    let mut said = vec![
        "“E” was restored",
        "“E” was deleted",
        "“D” was moved to the list “Barn”",
        "“C” was moved to another place",
        "2 todos were reopened: “A2”, “B”",
        "5 todos were completed: “A2”, “B”, “C” and 2 more",
        "Undone: “B” was completed",
        "“B” was completed",
        "“A” was renamed to “A2”",
        "“E” was added",
        "“D” was added",
        "“C” was added",
        "“B” was added",
        "“A” was added",
        "The list was named “Garden”",
    ];
    assert_eq!(texts(&past(&page)), said);
    assert!(page.contains("<title>History – Garden · todoapp</title>") && !page.contains("wasm"), "{page}");
    assert!(page.contains("aria-label=\"Undo: “E” was restored\""), "{page}");
    let page = app.page(&format!("/lists/{other}/history")).await;
    let of_other = [
        "The list was renamed from “Shed” to “Barn”",
        "“D” was moved here from the list “Garden”",
        "The list was named “Shed”",
    ];
    assert_eq!(texts(&past(&page)), of_other);

    // What is not known any more is said without its name, and who did it is said where that is known.
    sql(
        &app.database(),
        &format!(
            "UPDATE events SET actor = 'Anna' WHERE seq = 2 AND stream_id = '{list}'; \
             UPDATE lists SET deleted_ms = 1 WHERE id = '{other}'; \
             UPDATE events SET undoes = 999 WHERE undoes IS NOT NULL; \
             DELETE FROM todos WHERE title IN ('E', 'B') AND list_id = '{list}'"
        ),
    )
    .await;
    (said[0], said[1]) = ("A todo was restored", "A todo was deleted");
    said[2] = "“D” was moved to another list";
    said[4] = "2 todos were reopened: “A2” and 1 more";
    said[5] = "5 todos were completed: “A2”, “C” and 3 more";
    (said[6], said[7]) = ("An earlier change was undone: A todo was reopened", "A todo was completed");
    said[13] = "Anna added “A”";
    assert_eq!(texts(&past(&app.page(&format!("/lists/{list}/history")).await)), said);
}

#[tokio::test]
async fn a_change_has_an_undo_button_exactly_where_an_undo_is_accepted() {
    let seed = Chance::seed();
    note(&format!("TODOAPP_SEED={seed}"));
    let mut chance = Chance::new(seed);
    let app = TestApp::start().await;
    let other = app.create_list("Other").await;
    let verbs = ["complete", "reopen", "delete", "restore", "move", "move_to", "rename"];
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(app.create(&format!("todo {n}")).await);
    }
    let (mut offered, mut not_offered) = (0, 0);
    for round in 0..4 {
        for n in 0..10 {
            let list = if chance.once_in(4) { ("list", other.as_str()) } else { HOME };
            let to = if list == HOME { other.as_str() } else { "home" };
            let title = format!("title {round} {n}");
            let mut fields = vec![list, ("id", chance.one_of(&ids).as_str()), ("to", to), ("title", &title)];
            let verb = *chance.one_of(&verbs);
            if chance.once_in(3) && !["move", "rename"].contains(&verb) {
                fields.push(("id", chance.one_of(&ids).as_str()));
            }
            // Many of them are rejected, and that is as good.
            app.post(&format!("/api/todos/{verb}"), &fields).await;
            if chance.once_in(3) {
                let events = events(&app, list.1).await;
                app.post("/api/events/undo", &[list, ("event", chance.one_of(&events).as_str())]).await;
            }
        }
        for list in ["home", other.as_str()] {
            let events = events(&app, list).await;
            let shown = past(&app.page(&format!("/lists/{list}/history")).await);
            for (row, event) in shown.iter().zip(&events) {
                let fields = [("list", list), ("event", event.as_str())];
                let (status, answer) = app.post("/api/events/undo", &fields).await;
                assert_eq!(status == 200, row.field("event").is_some(), "{row:?} {event} of {list}: {answer}");
                if let Some(op) = row.field("op") {
                    assert_eq!((row.field("event"), row.field("list")), (Some(event.as_str()), Some(list)));
                    assert_eq!(op.len(), 36);
                    // Undone in its turn, so that all is as it was.
                    let undone = answer["event"].as_str().unwrap();
                    app.command("/api/events/undo", &[("list", list), ("event", undone)]).await;
                    offered += 1;
                } else {
                    not_offered += 1;
                }
            }
        }
    }
    assert!(offered > 10 && not_offered > 10, "{offered} {not_offered}");
}

#[tokio::test]
async fn a_list_that_is_gone_takes_the_undo_of_moves_with_it_and_a_full_list_that_of_deletions() {
    let app = TestApp::start().await;
    seed(&app.database(), 9_999).await;
    let other = app.create_list("Other").await;
    let (one, two) = (app.create("one").await, app.board("home").await.todos[0].id.to_string());
    app.command("/api/todos/move_to", &[HOME, ("id", &one), ("to", &other)]).await;
    app.command("/api/todos/delete", &[HOME, ("id", &two)]).await;
    let buttons = async || {
        let shown = past(&app.page("/history").await);
        shown.iter().take(2).map(|it| it.field("event").is_some()).collect::<Vec<_>>()
    };
    assert_eq!(buttons().await, [true, true]);
    sql(&app.database(), &format!("UPDATE lists SET deleted_ms = 1 WHERE id = '{other}'")).await;
    assert_eq!(buttons().await, [true, false]);
    sql(&app.database(), "UPDATE lists SET size = 10000 WHERE id = 'home'").await;
    assert_eq!(buttons().await, [false, false]);
}

#[tokio::test]
async fn a_long_history_is_read_to_its_end_without_a_hole_or_a_repeat_while_more_happens() {
    let app = TestApp::start().await;
    app.create_many("home", 120).await;
    // Nobody asked for this one, and nobody is told.
    sql(
        &app.database(),
        "INSERT INTO events (stream_id, seq, tag, at_ms, op, change) VALUES ('home', 121, '00000000000000aa', 1, \
         '018b0000-0000-7000-9000-000000000001', '{\"spaced\":{\"todos\":[]}}'); \
         UPDATE streams SET head = 121 WHERE id = 'home'",
    )
    .await;
    let expected: Vec<_> = events(&app, "home").await;
    let (mut path, mut read, mut pages) = ("/history".to_owned(), Vec::new(), 0);
    loop {
        let page = app.page(&path).await;
        read.extend(past(&page).into_iter().map(|it| it.field("event").unwrap().to_owned()));
        pages += 1;
        app.create("one more").await;
        let Some((before, _)) = page.split_once("\" class=\"older\"") else { break };
        path = before.rsplit_once("href=\"").unwrap().1.to_owned();
    }
    assert_eq!((read, pages), (expected, 3));
    assert!(app.page(&path).await.contains("<a href=\"/history\">Newest changes</a>"));
    assert!(!app.page(&path).await.contains("is not kept any more"));
    sql(&app.database(), "DELETE FROM events WHERE stream_id = 'home' AND seq < 100").await;
    assert!(app.page("/history?before=110").await.contains("What happened before is not kept any more."));
    assert!(app.page("/history?before=1").await.contains("What happened before is not kept any more."));
    for nonsense in ["x", "-1", "", "99999999999999999999"] {
        assert!(!app.page(&format!("/history?before={nonsense}")).await.contains("class=\"refused\" role=\"alert\">T"));
    }
}

#[tokio::test]
async fn changes_of_a_whole_long_list_are_shown_on_pages_that_are_small() {
    let app = TestApp::start().await;
    seed(&app.database(), 10_000).await;
    for _ in 0..3 {
        app.command("/api/todos/complete_all", &[HOME]).await;
        let done = events(&app, "home").await.remove(0);
        app.command("/api/events/undo", &[HOME, ("event", &done)]).await;
    }
    let began = std::time::Instant::now();
    let page = app.page("/history").await;
    note(&format!("a page of changes of 10 000 todos takes {:?}", began.elapsed()));
    let shown = past(&page);
    assert!(!shown.is_empty() && shown.len() < 6 && page.len() < 100_000, "{shown:?}");
    assert_eq!(shown[0].text, "Undone: 10000 todos were completed: “todo 1”, “todo 2”, “todo 3” and 9997 more");
    assert!(shown[0].field("event").is_some());
}
