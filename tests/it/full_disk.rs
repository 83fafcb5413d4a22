//! A full disk: nothing is half done, everything else goes on, and writing works again once there is room.

use std::fs::File;

use crate::support::{SmallDisk, TestApp, is_about_a_file};

/// Room for the program's own files and a few hundred todos.
const DISK_SIZE: &str = "size=1m";

/// More commands than fit on the disk.
const COMMANDS_MAX: usize = 4000;

#[tokio::test]
async fn on_a_full_disk_only_writes_are_refused_until_there_is_room() {
    if !is_about_a_file() {
        return;
    }
    let Some(disk) = SmallDisk::new(DISK_SIZE) else { return };
    let app = TestApp::start_in(disk.folder(), &[]).await;
    let mut socket = app.socket("?list=home").await;
    socket.head().await;
    let id = app.create("first").await;
    disk.fill();

    let title = "x".repeat(500);
    let mut accepted = 1;
    let mut refused = None;
    for _ in 0..COMMANDS_MAX {
        match app.post("/api/todos/create", &[("list", "home"), ("title", &title)]).await {
            (200, _) => accepted += 1,
            other => {
                refused = Some(other);
                break;
            }
        }
    }
    let (status, answer) = refused.expect("the disk is full");
    assert_eq!((status, answer["code"].as_str()), (503, Some("unavailable")), "{answer}");
    assert!(answer["message"].as_str().unwrap().contains("nothing was changed"), "{answer}");

    let before = app.board("home").await;
    assert_eq!(before.todos.len(), accepted, "what was accepted is there, and nothing else");
    let home = ("list", "home");
    for (path, fields) in [
        ("/api/todos/create", &[home, ("title", &*title)][..]),
        ("/api/todos/rename", &[home, ("id", &id), ("title", &title)]),
        ("/api/lists/create", &[("name", &title)]),
    ] {
        assert_eq!(app.refused(503, path, fields).await, "unavailable");
    }
    app.stands_as(&before).await;
    assert_eq!(app.log("home").await.len(), accepted);
    socket.events(accepted).await;

    disk.empty();
    let receipt = app.command("/api/todos/create", &[("list", "home"), ("title", "room again")]).await;
    assert_eq!(usize::try_from(receipt.seq), Ok(accepted + 1), "refused commands have used no number");
    assert_eq!(socket.event().await.id, receipt.event);
    app.create_many("home", 20).await;
    assert_eq!(app.board("home").await.todos.len(), accepted + 21);
}

#[tokio::test]
async fn the_server_also_goes_on_if_its_log_is_on_the_full_disk() {
    if !is_about_a_file() {
        return;
    }
    let Some(disk) = SmallDisk::new(DISK_SIZE) else { return };
    let folder = disk.folder();
    let log = File::create(folder.path().join("log")).unwrap();
    let app = TestApp::start_logging_to(log.into(), folder, &[]).await;
    app.create("first").await;
    disk.fill();
    let wide = [("list", "home"), ("title", &*"x".repeat(500))];
    let mut refused = 0;
    while refused < 50 {
        refused += usize::from(app.post("/api/todos/create", &wide).await.0 == 503);
    }
    let before = app.board("home").await;
    let mut socket = app.socket("").await;
    socket.say("still there?").await;
    assert!(socket.text().await.ends_with("still there?"));
    disk.empty();
    app.create("room again").await;
    assert_eq!(app.board("home").await.todos.len(), before.todos.len() + 1);
    assert_eq!(app.page("/healthz").await, "ok\n");
}
