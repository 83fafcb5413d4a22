//! `kill -9` at any moment: what was acknowledged is there, and nothing is half done.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::{join, join_all};
use todoapp::domain::{Applied, Change, Receipt};

use crate::support::TestApp;

/// How many answers there are before the server is killed.
const ANSWERS_BEFORE: usize = 150;

#[tokio::test]
async fn no_answered_command_is_lost() {
    let mut app = TestApp::start().await;
    let mut answered: BTreeMap<i64, (Receipt, String)> = BTreeMap::new();
    for round in 0..3 {
        let answers = write_until_killed(&mut app, round).await;
        assert!(answers.len() >= ANSWERS_BEFORE, "it was killed while many were writing: {}", answers.len());
        for (receipt, title) in answers {
            assert!(answered.insert(receipt.seq, (receipt, title)).is_none(), "no number is used twice");
        }
        app.start_again().await;
        let log = app.log("home").await;
        for (receipt, title) in answered.values() {
            let event = &log[usize::try_from(receipt.seq).unwrap() - 1];
            assert_eq!(event.id, receipt.event);
            assert!(matches!(&event.change, Change::Created { title: it, .. } if it.as_str() == title));
        }
        let board = app.board("home").await;
        let mut replayed = board.clone();
        replayed.todos.clear();
        replayed.head = todoapp::domain::Head(todoapp::domain::EventId::START);
        assert!(log.iter().all(|it| replayed.apply(it) == Applied::Next), "the log has no gap");
        assert_eq!(replayed, board, "the log leads to the table");
    }
}

/// Lets eight writers write, and kills the server meanwhile. Returns the answers they got.
async fn write_until_killed(app: &mut TestApp, round: usize) -> Vec<(Receipt, String)> {
    let count = AtomicUsize::new(0);
    let (http, url) = (app.http.clone(), app.url("/api/todos/create"));
    let (http, url, count) = (&http, &url, &count);
    let writers = join_all((0..8).map(|writer| async move {
        let mut answers = Vec::new();
        for n in 0.. {
            let title = format!("round {round} writer {writer} todo {n}");
            let sent = http.post(url).form(&[("list", "home"), ("title", &title)]).send().await;
            let Ok(answer) = sent else { break };
            let Ok(receipt) = answer.json::<Receipt>().await else { break };
            answers.push((receipt, title));
            count.fetch_add(1, Ordering::Relaxed);
        }
        answers
    }));
    let killer = async {
        while count.load(Ordering::Relaxed) < ANSWERS_BEFORE {
            tokio::task::yield_now().await;
        }
        app.kill().await;
    };
    let (answers, ()) = join(writers, killer).await;
    answers.into_iter().flatten().collect()
}

#[tokio::test]
async fn a_command_sent_again_after_a_crash_is_accepted_once() {
    let mut app = TestApp::start().await;
    let fields = [("list", "home"), ("title", "Once"), ("op", "01890000-0000-7000-8000-000000000001")];
    let first = app.command("/api/todos/create", &fields).await;
    app.kill().await;
    app.start_again().await;
    assert_eq!(app.command("/api/todos/create", &fields).await, first);
    assert_eq!(app.log("home").await.len(), 1);
}
