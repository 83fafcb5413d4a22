//! One socket for a list and the index: events of both, a head for each, and the numbers of all lists.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use todoapp::domain::{EventId, ListId};
use todoapp::protocol::{Counts, Push, ResetReason};
use tokio::time::{sleep, timeout};

use crate::support::{PATIENCE, Socket, TestApp};

/// The last numbers that were told of each list, and how often any were.
#[derive(Debug, Default)]
struct Told {
    counts: BTreeMap<String, (u64, u64)>,
    times: BTreeMap<String, Vec<Instant>>,
}

impl Told {
    fn hear(&mut self, counts: &Counts) {
        self.counts.insert(counts.list.to_string(), (counts.open, counts.total));
        self.times.entry(counts.list.to_string()).or_default().push(Instant::now());
    }

    /// Reads on until a list has these numbers.
    async fn until(&mut self, socket: &mut Socket, list: &str, counts: (u64, u64)) {
        let reading = async {
            while self.counts.get(list) != Some(&counts) {
                if let Push::Counts(counts) = socket.push().await {
                    self.hear(&counts);
                }
            }
        };
        let told = timeout(PATIENCE, reading).await;
        assert!(told.is_ok(), "{list} never has {counts:?}: {:?}", self.counts);
    }
}

#[tokio::test]
async fn one_socket_follows_a_list_and_the_index() {
    let app = TestApp::start().await;
    let list = app.create_list("Shopping").await;
    let mut socket = app.socket(&format!("?list={list}&after=0&index=0")).await;
    let (mut events, mut heads, mut told) = (Vec::new(), BTreeMap::new(), Told::default());
    while heads.len() < 2 || told.counts.len() < 2 {
        match socket.push().await {
            Push::Event(event) => events.push((event.list.to_string(), event.seq)),
            Push::Head(head) => drop(heads.insert(head.list.to_string(), head.id)),
            Push::Counts(counts) => told.hear(&counts),
            other @ Push::Reset { .. } => panic!("{other:?}"),
        }
    }
    events.sort();
    let mut expected = [(list.clone(), 1), ("index".to_owned(), 1)];
    expected.sort();
    assert_eq!(events, expected);
    let expected: [EventId; 2] = [app.log(&list).await[0].id, app.log("index").await[0].id];
    assert_eq!([heads[&list], heads["index"]], expected);
    let other = app.create_list("Garden").await;
    app.command("/api/todos/create", &[("list", &list), ("title", "Buy milk")]).await;
    let (mut events, mut seen) = (Vec::new(), Told::default());
    while events.len() < 2 || seen.counts.len() < 2 {
        match socket.push().await {
            Push::Event(event) => events.push(event.list.to_string()),
            Push::Counts(counts) => seen.hear(&counts),
            other => panic!("{other:?}"),
        }
    }
    events.sort();
    let mut expected = vec!["index".to_owned(), list.clone()];
    expected.sort();
    assert_eq!(events, expected);
    assert_eq!((seen.counts[&list], seen.counts[&other]), ((1, 1), (0, 0)));
    socket.say("hello").await;
    assert!(socket.text().await.ends_with("hello"), "and it echoes");
}

#[tokio::test]
async fn who_does_not_ask_for_the_index_hears_of_no_counts() {
    let app = TestApp::start().await;
    let mut socket = app.socket("?list=home").await;
    socket.head().await;
    let receipts = app.create_many("home", 20).await;
    sleep(Duration::from_millis(300)).await;
    let heard = socket.events(20).await;
    assert_eq!(heard.last().map(|it| it.id), receipts.last().map(|it| it.event));
    assert!(timeout(Duration::from_millis(300), socket.next()).await.is_err(), "nothing else comes");
}

#[tokio::test]
async fn the_numbers_of_a_burst_come_four_times_a_second_and_the_last_is_right() {
    let app = TestApp::start().await;
    let list = app.create_list("Busy").await;
    let mut socket = app.socket("?index=now").await;
    let mut told = Told::default();
    told.until(&mut socket, &list, (0, 0)).await;
    let since = Instant::now();
    let (_, ()) = tokio::join!(app.create_many(&list, 1000), told.until(&mut socket, &list, (1000, 1000)));
    let (times, took) = (told.times[&list].len() - 1, since.elapsed());
    let most = 2 + took.as_millis() / 250;
    assert!(times as u128 <= most, "{times} times in {took:?}");
    app.command("/api/todos/complete_all", &[("list", &list)]).await;
    told.until(&mut socket, &list, (0, 1000)).await;
    app.command("/api/todos/clear_completed", &[("list", &list)]).await;
    told.until(&mut socket, &list, (0, 0)).await;
    assert!(timeout(Duration::from_millis(600), socket.next()).await.is_err(), "what stands still is not told again");
}

#[tokio::test]
async fn who_slept_through_changes_is_told_the_numbers_when_it_comes_back() {
    let mut app = TestApp::start().await;
    let list = app.create_list("Shopping").await;
    let head = app.index().await.head.0;
    app.create_many(&list, 5).await;
    let mut told = Told::default();
    told.until(&mut app.socket(&format!("?index={head}")).await, &list, (5, 5)).await;
    app.kill().await;
    app.start_again().await;
    let mut told = Told::default();
    told.until(&mut app.socket(&format!("?index={head}")).await, &list, (5, 5)).await;
    app.command("/api/lists/delete", &[("list", &list)]).await;
    let mut socket = app.socket("?index=now").await;
    let mut told = Told::default();
    told.until(&mut socket, "home", (0, 0)).await;
    assert!(!told.counts.contains_key(&list), "a deleted list has none");
    app.command("/api/lists/restore", &[("list", &list)]).await;
    told.until(&mut socket, &list, (5, 5)).await;
}

#[tokio::test]
async fn a_cursor_of_the_index_that_is_not_in_its_log_is_reset() {
    let app = TestApp::start().await;
    app.create_list("Shopping").await;
    for cursor in ["1-0000000000000000", "99-0000000000000000", "garbage", ""] {
        let mut socket = app.socket(&format!("?list=home&index={cursor}")).await;
        let reset = loop {
            match socket.push().await {
                Push::Reset { list, reason } => break (list, reason),
                Push::Head(_) | Push::Counts(_) => {}
                other @ Push::Event(_) => panic!("{other:?}"),
            }
        };
        assert_eq!(reset, (ListId::index(), ResetReason::Unknown), "{cursor}");
        assert_eq!(socket.close_code().await, 4009, "{cursor}");
    }
}
