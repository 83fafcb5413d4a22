//! The tool `copy`: everything goes from one engine to the other and back, and browsers go on from their cursors.

use serde_json::json;
use todoapp::domain::{Board, Event, Index};

use crate::support::{OtherEngine, TestApp, database_url, make_database, sql, tool, tool_fails};

/// Some lists with everything that a table can hold.
async fn fill(app: &TestApp) {
    let work = app.create_list("Work \"at\\home\" 👋").await;
    let gone = app.create_list("Gone").await;
    app.create_many("home", 150).await;
    let ids: Vec<_> = app.board("home").await.todos.iter().map(|it| it.id.to_string()).collect();
    let op = "01890000-0000-7000-8000-00000000000a";
    let commands = json!([
        { "list": "home", "command": { "complete": { "ids": ids[..90] } } },
        { "list": "home", "op": op, "command": { "complete": { "ids": ids[..90] } } },
        { "list": "home", "command": { "delete": { "ids": [ids[3]] } } },
        { "list": "home", "command": { "move_to": { "ids": [ids[4], ids[5]], "to": work } } },
        { "list": "home", "command": { "move": { "id": ids[7] } } },
        { "list": gone, "command": "delete_list" },
    ]);
    let (status, answer) = app.run(&commands).await;
    assert!(status == 200 && !answer.to_string().contains("\"error\""), "{answer}");
    sql(&app.database(), "UPDATE events SET actor = 'Alice' WHERE stream_id = 'home' AND seq > 20").await;
}

/// All logs that can be seen, and what they have come to.
async fn everything(app: &TestApp) -> (Vec<Vec<Event>>, Vec<Board>, Index) {
    let index = app.index().await;
    let (mut logs, mut boards) = (vec![app.log("index").await], Vec::new());
    for list in &index.lists {
        logs.push(app.log(list.id.as_str()).await);
        boards.push(app.board(list.id.as_str()).await);
    }
    (logs, boards, index)
}

#[tokio::test]
async fn everything_goes_to_the_other_engine_and_back_and_cursors_stay_good() {
    let mut app = TestApp::start().await;
    fill(&app).await;
    let before = everything(&app).await;
    app.stop().await;
    let (here, figures) = (database_url(&app.database()).await, tool(&app.database(), &["check"]).await);
    let other = OtherEngine::new(&app.database()).await;
    let said = tool(&app.database(), &["copy", &here, &other.url]).await;
    assert!(said.contains(figures.trim()), "{said}");
    let sentence = tool_fails(&app.database(), &["copy", &here, &other.url]).await;
    assert!(sentence.contains("nothing was copied"), "only into a new database: {sentence}");

    let folder = tempfile::tempdir().unwrap();
    let back = folder.path().join("todos.db");
    let back_url = make_database(&back).await;
    tool(&back, &["copy", &other.url, &back_url]).await;
    assert_eq!(tool(&back, &["check"]).await, figures);
    let mut copied = TestApp::start_in(folder, &[]).await;
    assert_eq!(everything(&copied).await, before);
    // The socket of a browser that was away meanwhile.
    let head = before.1[0].head.0;
    let mut socket = copied.socket(&format!("?list=home&after={head}")).await;
    assert_eq!(socket.head().await, head);
    let new = copied.create_many("home", 1).await;
    assert_eq!((new[0].seq, socket.event().await.id), (head.seq + 1, new[0].event));
    copied.stop().await;
}

#[tokio::test]
async fn what_is_damaged_is_not_copied_and_the_new_database_stays_new() {
    let mut app = TestApp::start().await;
    fill(&app).await;
    app.stop().await;
    let here = database_url(&app.database()).await;
    let other = OtherEngine::new(&app.database()).await;
    sql(&app.database(), "UPDATE lists SET open = open + 1 WHERE id = 'home'").await;
    let sentence = tool_fails(&app.database(), &["copy", &here, &other.url]).await;
    assert!(sentence.contains("nothing was copied"), "{sentence}");
    let sentence = tool_fails(&app.database(), &["copy", &here, &here]).await;
    assert!(sentence.contains("the same database"), "{sentence}");
    let missing = app.folder.path().join("missing.db");
    let sentence = tool_fails(&app.database(), &["copy", &format!("sqlite:{}", missing.display()), &other.url]).await;
    assert!(sentence.contains("there is no") && !missing.exists(), "{sentence}");
    sql(&app.database(), "UPDATE lists SET open = open - 1 WHERE id = 'home'").await;
    tool(&app.database(), &["copy", &here, &other.url]).await;
}
