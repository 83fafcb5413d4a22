//! A change with more text than is sent over a socket: readers load the board instead.

use futures_util::future::join_all;
use serde_json::{Value, json};
use todoapp::domain::EventId;
use todoapp::protocol::{Push, ResetReason};

use crate::support::{Socket, TestApp};

const HOME: (&str, &str) = ("list", "home");

/// The longest title in a script with four bytes a character, and so many of them that they are more than is
/// sent (512 KiB).
const TITLE_CHARS: usize = 500;
const TODOS: usize = 300;

async fn reset(socket: &mut Socket) -> ResetReason {
    loop {
        match socket.push().await {
            Push::Reset { list, reason } => {
                assert_eq!((list.as_str(), socket.close_code().await), ("home", 4009));
                return reason;
            }
            Push::Event(event) => panic!("event {} was sent", event.seq),
            Push::Head(_) | Push::Counts(_) => {}
        }
    }
}

/// A list of so many long todos, which are all deleted. Returns the event that deleted them.
async fn deleted(app: &TestApp) -> EventId {
    let title = "𝕏".repeat(TITLE_CHARS);
    let fields = [HOME, ("title", title.as_str())];
    join_all((0..TODOS).map(|_| app.command("/api/todos/create", &fields))).await;
    app.command("/api/todos/complete_all", &[HOME]).await;
    app.command("/api/todos/clear_completed", &[HOME]).await.event
}

#[tokio::test]
async fn who_follows_loads_the_board_instead_of_a_change_too_long_to_be_sent() {
    let app = TestApp::start().await;
    let gone = deleted(&app).await;
    let mut live = app.socket(&format!("?list=home&after={gone}")).await;
    assert_eq!(live.head().await, gone);
    let before = app.create("between").await;
    assert_eq!(live.event().await.seq, gone.seq + 1);
    let back = app.command("/api/events/undo", &[HOME, ("event", &gone.to_string())]).await;
    assert_eq!(reset(&mut live).await, ResetReason::Pruned);
    let board = app.board("home").await;
    assert_eq!((board.todos.len(), board.head.0), (TODOS + 1, back.event));
    assert!(board.todos.iter().any(|it| it.id.to_string() == before));
    // From the board on, everything goes on as before.
    let mut live = app.socket(&format!("?list=home&after={}", board.head.0)).await;
    assert_eq!(live.head().await, back.event);
    let last = app.command("/api/todos/create", &[HOME, ("title", "last")]).await;
    assert_eq!(live.event().await.id, last.event);
}

#[tokio::test]
async fn who_was_away_gets_what_was_before_a_change_too_long_to_be_sent_and_then_a_reset() {
    let app = TestApp::start().await;
    let gone = deleted(&app).await;
    app.create("between").await;
    app.command("/api/events/undo", &[HOME, ("event", &gone.to_string())]).await;
    app.create("after").await;
    let mut away = app.socket(&format!("?list=home&after={gone}")).await;
    assert_eq!(away.event().await.seq, gone.seq + 1);
    assert_eq!(reset(&mut away).await, ResetReason::Pruned);
    let events = async |after: String| -> Value {
        app.get(&format!("/api/events?list=home&after={after}")).await.json().await.unwrap()
    };
    let first = events(gone.to_string()).await;
    assert_eq!(first["events"].as_array().unwrap().len(), 1, "{first}");
    let next = events(first["events"][0]["id"].as_str().unwrap().to_owned()).await;
    assert_eq!(next, json!({ "reset": { "reason": "pruned" } }));
}
