//! Push: every screen gets every change, in order and at once.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use todoapp::domain::Change;

use crate::support::TestApp;

#[tokio::test]
async fn twenty_subscribers_get_the_same_events_in_the_same_order() {
    let app = TestApp::start().await;
    let mut sockets = join_all((0..20).map(|_| app.socket("?list=home"))).await;
    for socket in &mut sockets {
        assert_eq!(socket.head().await.to_string(), "0");
    }
    let receipts = app.create_many("home", 100).await;
    let heard = join_all(sockets.iter_mut().map(|it| it.events(100))).await;
    for events in &heard {
        assert_eq!(events, &heard[0]);
    }
    let ids: Vec<_> = heard[0].iter().map(|it| it.id).collect();
    assert_eq!(ids, receipts.iter().map(|it| it.event).collect::<Vec<_>>(), "each receipt names its event");
    assert_eq!(ids.iter().map(|it| it.seq).collect::<Vec<_>>(), (1..=100).collect::<Vec<_>>());
}

#[tokio::test]
async fn two_lists_do_not_mix() {
    let app = TestApp::start().await;
    let other = app.create_list("Other").await;
    let mut home = app.socket("?list=home").await;
    let mut away = app.socket(&format!("?list={other}")).await;
    home.head().await;
    away.head().await;
    for n in 0..20 {
        let list = if n % 3 == 0 { "home" } else { other.as_str() };
        app.command("/api/todos/create", &[("list", list), ("title", &format!("todo {n}"))]).await;
    }
    let titles = |events: &[todoapp::domain::Event]| -> Vec<String> {
        events.iter().map(|it| format!("{:?}", it.change)).collect()
    };
    let (home, away) = (home.events(7).await, away.events(13).await);
    assert!(home.iter().all(|it| it.list.as_str() == "home") && away.iter().all(|it| it.list.as_str() == other));
    assert!(titles(&home).iter().all(|it| !titles(&away).contains(it)));
    assert_eq!((home[6].seq, away[12].seq), (7, 14), "the other list's log begins with its name");
}

#[tokio::test]
async fn an_event_is_written_as_the_contract_says() {
    let app = TestApp::start().await;
    let mut socket = app.socket("?list=home").await;
    assert_eq!(socket.text().await, r#"{"head":{"list":"home","seq":0,"id":"0"}}"#);
    let (id, op) = ("01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-000000000002");
    let fields = [("list", "home"), ("title", "Buy milk"), ("id", id), ("op", op)];
    let receipt = app.command("/api/todos/create", &fields).await;
    let at_ms = app.board("home").await.todos[0].created_ms;
    let created = format!(r#"{{"created":{{"todo":"{id}","title":"Buy milk","position":"5"}}}}"#);
    let event = receipt.event;
    assert_eq!(
        socket.text().await,
        format!(
            r#"{{"event":{{"list":"home","id":"{event}","seq":1,"at_ms":{at_ms},"op":"{op}","change":{created}}}}}"#
        )
    );
}

#[tokio::test]
async fn a_subscriber_from_now_on_gets_no_earlier_events() {
    let app = TestApp::start().await;
    let before = app.create_many("home", 5).await;
    let mut socket = app.socket("?list=home").await;
    assert_eq!(socket.head().await, before[4].event);
    app.create("after").await;
    assert!(matches!(socket.event().await.change, Change::Created { title, .. } if title.as_str() == "after"));
}

#[tokio::test]
async fn a_command_that_changes_nothing_is_pushed_to_nobody() {
    let app = TestApp::start().await;
    let id = app.create("once").await;
    let mut socket = app.socket("?list=home").await;
    socket.head().await;
    app.command("/api/todos/reopen", &[("list", "home"), ("id", &id)]).await;
    app.command("/api/todos/clear_completed", &[("list", "home")]).await;
    let receipt = app.command("/api/todos/complete", &[("list", "home"), ("id", &id)]).await;
    assert_eq!(socket.event().await.id, receipt.event, "only the command that changed something is pushed");
    assert_eq!(receipt.seq, 2);
}

#[tokio::test]
async fn a_quiet_socket_gets_the_head_again_as_a_heartbeat() {
    let app = TestApp::start().await;
    let mut socket = app.socket("?list=home").await;
    let first = socket.head().await;
    let since = Instant::now();
    assert_eq!(socket.head().await, first);
    let waited = since.elapsed();
    assert!(waited > Duration::from_secs(24) && waited < Duration::from_secs(30), "{waited:?}");
}
