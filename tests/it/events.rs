//! The log over HTTP: a client that can't have a socket asks for the events after a cursor, and gets the
//! same events.

use std::time::Duration;

use todoapp::domain::{Event, EventId};
use todoapp::protocol::{NextEvents, ResetReason};
use tokio::time::{sleep, timeout};

use crate::support::{PATIENCE, TestApp, seed};

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
            other => panic!("after {after}: {other:?}"),
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
    for cursor in [&ahead, &other, "00", "1", "-1", "garbage", "%F0%9F%92%A9", "1%27%20OR%201=1--", &"9".repeat(2000)] {
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
        ("list=nosuchlist", 404, "list_not_found", "no such list"),
        ("list=home&after=0&before=2", 400, "bad_request", "either `after`, or `before`"),
        ("list=home&after=0&limit=2", 400, "bad_request", "either `after`, or `before`"),
        ("list=home&before=0", 400, "bad_request", "`before` must be a number, 1 or more"),
        ("list=home&before=1-00", 400, "bad_request", "`before`"),
        ("list=home&limit=0", 400, "bad_request", "`limit` must be a number, from 1 to 100"),
        ("list=home&limit=101", 400, "bad_request", "`limit`"),
        ("list=home&limit=many", 400, "bad_request", "`limit`"),
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

#[tokio::test]
async fn who_looks_back_gets_the_events_before_a_number_newest_first() {
    let app = TestApp::start().await;
    app.create_many("home", 120).await;
    let log = app.log("home").await;
    let newest_first: Vec<_> = log.into_iter().rev().collect();
    let get = async |query: &str| -> Vec<Event> {
        let answer = app.get(&format!("/api/events?list=home{query}")).await;
        assert_eq!(answer.status(), 200, "{query}");
        match answer.json().await.unwrap() {
            NextEvents::Earlier { events } => events,
            other => panic!("{query}: {other:?}"),
        }
    };
    assert_eq!(get("").await, newest_first[..100], "the last hundred");
    assert_eq!(get("&after=&before=&limit=").await, newest_first[..100], "what is empty is absent");
    assert_eq!(get("&limit=3").await, newest_first[..3]);
    assert_eq!(get("&before=21&limit=100").await, newest_first[100..], "to the first one");
    assert_eq!(get("&before=21&limit=5").await, newest_first[100..105]);
    assert_eq!(get("&before=1").await, [], "and that is all there is");
    assert_eq!(get("&before=999999&limit=1").await, newest_first[..1]);
}

#[tokio::test]
async fn who_looks_back_over_long_events_gets_them_in_pieces() {
    let app = TestApp::start().await;
    seed(&app.database(), 3000).await;
    for verb in ["complete_all", "reopen_all", "complete_all"] {
        app.command(&format!("/api/todos/{verb}"), &[("list", "home")]).await;
    }
    let (mut before, mut seqs) = (3004, Vec::new());
    while before > 2990 {
        let answer: serde_json::Value =
            app.get(&format!("/api/events?list=home&before={before}")).await.json().await.unwrap();
        let events = answer["events"].as_array().unwrap();
        assert!(answer.to_string().len() < 300_000, "each names three thousand todos");
        seqs.extend(events.iter().map(|it| it["seq"].as_i64().unwrap()));
        before = *seqs.last().unwrap();
    }
    assert_eq!(seqs[..5], [3003, 3002, 3001, 3000, 2999]);
}
