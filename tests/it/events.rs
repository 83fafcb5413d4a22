//! The log over HTTP: a client that can't have a socket asks for the events after a cursor, and gets the
//! same events.

use std::time::Duration;

use todoapp::domain::{Event, EventId};
use todoapp::protocol::{NextEvents, ResetReason};
use tokio::time::{sleep, timeout};

use crate::support::{PATIENCE, TestApp};

/// More events than one answer has.
const EVENTS: usize = 600;

impl TestApp {
    async fn next_events(&self, list: &str, after: &str) -> NextEvents {
        let answer = self.get(&format!("/api/events?list={list}&after={after}")).await;
        assert_eq!(answer.status(), 200, "after {after}");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        answer.json().await.unwrap()
    }

    async fn events_after(&self, list: &str, after: &str) -> (Vec<Event>, EventId) {
        match self.next_events(list, after).await {
            NextEvents::Events { events, head } => (events, head.0),
            NextEvents::Reset { reason } => panic!("after {after} it is reset: {reason:?}"),
        }
    }
}

#[tokio::test]
async fn a_client_that_asks_gets_the_events_after_its_cursor_and_the_head() {
    let app = TestApp::start().await;
    assert_eq!(app.events_after("home", "0").await, (vec![], EventId::START), "the head of an empty log is its start");
    let receipts = app.create_many("home", 3).await;
    let log = app.log("home").await;
    assert_eq!(app.events_after("home", "0").await, (log.clone(), log[2].id));
    assert_eq!(app.events_after("home", &receipts[1].event.to_string()).await, (log[2..].to_vec(), log[2].id));
    assert_eq!(app.events_after("home", &receipts[2].event.to_string()).await, (vec![], log[2].id));
}

#[tokio::test]
async fn the_answer_is_written_as_the_contract_says() {
    let app = TestApp::start().await;
    app.create("Buy milk").await;
    let event = &app.log("home").await[0];
    let text = app.get("/api/events?list=home&after=0").await.text().await.unwrap();
    let (event, id) = (serde_json::to_string(event).unwrap(), event.id);
    assert_eq!(text, format!(r#"{{"events":[{event}],"head":{{"seq":1,"id":"{id}"}}}}"#));
    let text = app.get("/api/events?list=home&after=x").await.text().await.unwrap();
    assert_eq!(text, r#"{"reset":{"reason":"unknown"}}"#);
}

#[tokio::test]
async fn a_client_that_is_far_behind_asks_until_it_has_reached_the_head() {
    let app = TestApp::start().await;
    app.create_many("home", EVENTS).await;
    let log = app.log("home").await;
    let (mut cursor, mut seen, mut asked) = (EventId::START, Vec::new(), 0);
    loop {
        let (events, head) = app.events_after("home", &cursor.to_string()).await;
        assert_eq!(head, log[EVENTS - 1].id, "the head is that of the list, not that of the answer");
        asked += 1;
        cursor = events.last().expect("an answer without events is the end").id;
        seen.extend(events);
        if cursor == head {
            break;
        }
    }
    assert_eq!(seen, log);
    assert!(asked > 1, "one answer has a limited size");
}

#[tokio::test]
async fn a_cursor_that_is_not_in_this_log_is_reset() {
    let app = TestApp::start().await;
    let receipts = app.create_many("home", 3).await;
    let before = app.board("home").await;
    let ahead = format!("4-{:016x}", receipts[2].event.tag);
    let other = format!("2-{:016x}", receipts[1].event.tag ^ 1);
    for cursor in
        [&ahead, &other, "", "00", "1", "-1", "garbage", "%F0%9F%92%A9", "1%27%20OR%201=1--", &"9".repeat(2000)]
    {
        let reset = NextEvents::Reset { reason: ResetReason::Unknown };
        assert_eq!(app.next_events("home", cursor).await, reset, "{cursor}");
    }
    app.stands_as(&before).await;
}

#[tokio::test]
async fn a_cursor_whose_events_are_pruned_is_reset() {
    let mut app = TestApp::start_with(&["--keep-events", "10", "--keep-hours", "0"]).await;
    let receipts = app.create_many("home", 50).await;
    app.stop().await;
    app.start_again().await;
    let reset = NextEvents::Reset { reason: ResetReason::Pruned };
    let pruned = async {
        while app.next_events("home", "0").await != reset {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, pruned).await.expect("the log is pruned at the start");
    assert_eq!(app.next_events("home", &receipts[38].event.to_string()).await, reset);
    let (events, head) = app.events_after("home", &receipts[40].event.to_string()).await;
    assert_eq!((events.len(), head), (9, receipts[49].event));
}

#[tokio::test]
async fn a_list_that_does_not_exist_and_a_missing_field_are_errors() {
    let app = TestApp::start().await;
    let before = app.board("home").await;
    for (query, status, code, words) in [
        ("list=nosuchlist&after=0", 404, "list_not_found", "no such list"),
        ("list=HOME&after=0", 404, "list_not_found", "no such list"),
        ("list=home", 400, "bad_request", "`after`"),
        ("after=0", 400, "bad_request", "`list`"),
        ("", 400, "bad_request", "The field"),
        ("list=home&after=0&after=0", 400, "bad_request", "each once"),
    ] {
        let answer = app.get(&format!("/api/events?{query}")).await;
        assert_eq!(answer.status(), status, "{query}");
        let error: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(error["code"], code, "{query}");
        assert!(error["message"].as_str().unwrap().contains(words), "{query}: {error}");
    }
    assert_eq!(app.post("/api/events", &[("list", "home"), ("after", "0")]).await.0, 405);
    app.stands_as(&before).await;
}
