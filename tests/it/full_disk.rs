//! A disk that is full: nothing is half done, everything else goes on, and room is all it takes to heal.

use std::process::Command;

use tempfile::TempDir;

use crate::support::{TestApp, skipped};

/// Room for the program's own files and some hundred todos.
const DISK_SIZE: &str = "size=1m";

/// More wishes than the room has place for.
const WISHES_MAX: usize = 4000;

/// A small disk, taken away at the end.
struct SmallDisk(std::path::PathBuf);

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// A folder on a small disk. `None`, and a word why, where none can be made.
fn small_disk() -> Option<(SmallDisk, TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("mount").args(["-t", "tmpfs", "-o", DISK_SIZE, "none"]).arg(folder.path()).output();
    let made = made.is_ok_and(|it| it.status.success());
    if !made {
        skipped("only root in a container with CAP_SYS_ADMIN can make a small disk");
    }
    made.then(|| (SmallDisk(folder.path().to_owned()), folder))
}

#[tokio::test]
async fn a_full_disk_refuses_writes_and_nothing_else_and_heals_by_itself() {
    let Some((_disk, folder)) = small_disk() else { return };
    let app = TestApp::start_in(folder, &[]).await;
    let mut socket = app.socket("?list=home").await;
    socket.head().await;
    let id = app.create("first").await;
    let ballast = app.folder.path().join("ballast");
    // Fails in the end, and has then taken what there was.
    let _ = std::fs::write(&ballast, vec![0; 2 << 20]);

    let title = "x".repeat(500);
    let mut granted = 1;
    let mut refused = None;
    for _ in 0..WISHES_MAX {
        match app.post("/api/todos/create", &[("list", "home"), ("title", &title)]).await {
            (200, _) => granted += 1,
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
    assert_eq!(before.todos.len(), granted, "what was granted is there, and nothing else");
    let home = ("list", "home");
    for (path, fields) in [
        ("/api/todos/create", &[home, ("title", &*title)][..]),
        ("/api/todos/rename", &[home, ("id", &id), ("title", &title)]),
        ("/api/lists/create", &[("name", &title)]),
    ] {
        assert_eq!(app.refused(503, path, fields).await, "unavailable");
    }
    app.stands_as(&before).await;
    assert_eq!(app.log("home").await.len(), granted);
    socket.events(granted).await;

    std::fs::remove_file(&ballast).unwrap();
    let receipt = app.wish("/api/todos/create", &[("list", "home"), ("title", "room again")]).await;
    assert_eq!(usize::try_from(receipt.seq), Ok(granted + 1), "no number was used up by what was refused");
    assert_eq!(socket.event().await.id, receipt.event);
    app.create_many("home", 20).await;
    assert_eq!(app.board("home").await.todos.len(), granted + 21);
}
