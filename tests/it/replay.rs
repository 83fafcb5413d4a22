//! The one rule behind everything: the log, replayed, is the table, after any sequence of wishes.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use todoapp::domain::{Applied, Board, Event, EventId, Head, List, ListId, Op, Receipt, Text, TodoId, Wish};
use todoapp::protocol::ApiError;

use crate::support::{TestApp, address};

/// Few cases, each of many wishes: the pure half of this has thousands, in `domain/board.rs`.
const CASES: u32 = 24;

/// So few todos that wishes meet.
fn todo_id(n: u8) -> TodoId {
    TodoId::new(i64::from(n) + 1, &[0; 10])
}

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    let id = || (0..6_u8).prop_map(todo_id);
    let text = || {
        prop_oneof!["[a-c]{1,2}", "[ -~]{0,20}[!-~]", "👋", "שלום", r#"</script>"'&"#]
            .prop_map(|it: String| Text::parse(&it).unwrap())
    };
    let wish = prop_oneof![
        4 => (id(), text()).prop_map(|(id, title)| Wish::Create { id, title }),
        2 => (id(), text()).prop_map(|(id, title)| Wish::Rename { id, title }),
        3 => id().prop_map(|id| Wish::Complete { id }),
        2 => id().prop_map(|id| Wish::Reopen { id }),
        2 => id().prop_map(|id| Wish::Delete { id }),
        1 => Just(Wish::CompleteAll),
        1 => Just(Wish::ReopenAll),
        1 => Just(Wish::ClearCompleted),
    ];
    vec(wish, 1..60)
}

#[test]
fn the_server_grants_what_the_model_grants_and_its_log_replayed_is_its_table() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::start());
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let held = TestRunner::new(config).run(&wishes(), |wishes| {
        runtime.block_on(play(&app, &wishes));
        Ok(())
    });
    runtime.block_on(async { drop(app) });
    held.unwrap_or_else(|error| panic!("{error}"));
}

async fn play(app: &TestApp, wishes: &[Wish]) {
    let id = app.create_list("Any").await;
    let mut model = app.board(&id).await;
    for (n, wish) in wishes.iter().enumerate() {
        let op = Op::new(i64::try_from(n).unwrap(), &[7; 10]);
        let expected = model.answer(wish);
        let (status, answer) = send(app, &id, op, wish).await;
        match expected {
            Err(refusal) => {
                let error: ApiError = serde_json::from_value(answer).unwrap();
                assert_eq!(error, ApiError::from(refusal), "{wish:?}");
            }
            Ok(change) => {
                assert_eq!(status, 200, "{wish:?}: {answer}");
                let receipt: Receipt = serde_json::from_value(answer.clone()).unwrap();
                let seq = model.seq() + i64::from(change.is_some());
                assert_eq!(receipt.seq, seq, "{wish:?}");
                if let Some(change) = change {
                    let list = receipt.list.clone();
                    let event = Event { list, id: receipt.event, seq, at_ms: 0, op, change };
                    assert_eq!(model.apply(&event), Applied::Next);
                    assert_eq!(send(app, &id, op, wish).await, (200, answer), "the same op again: {wish:?}");
                }
                assert_eq!(model.head.0, receipt.event);
            }
        }
    }
    let log = app.log(&id).await;
    let mut replayed = before_everything(&id);
    assert!(log.iter().all(|it| replayed.apply(it) == Applied::Next), "the log has no hole");
    assert_eq!(replayed, app.board(&id).await, "the log, replayed, is the table");
    for todo in &mut replayed.todos {
        (todo.created_ms, todo.updated_ms) = (0, 0);
    }
    assert_eq!(replayed, model, "and both are what the model says");
}

fn before_everything(id: &str) -> Board {
    let list = List { id: id.parse::<ListId>().unwrap(), name: Text::parse("nameless").unwrap() };
    Board { list, head: Head(EventId::START), todos: Vec::new() }
}

async fn send(app: &TestApp, list: &str, op: Op, wish: &Wish) -> (u16, serde_json::Value) {
    let (path, title) = address(wish);
    let (op, id) = (op.to_string(), wish.todo().map(|it| it.to_string()));
    let mut fields = vec![("list", list), ("op", op.as_str())];
    fields.extend(id.as_deref().map(|it| ("id", it)));
    fields.extend(title.map(|it| ("title", it)));
    app.post(&format!("/api/todos/{path}"), &fields).await
}
