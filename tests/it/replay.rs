//! The most important rule: replaying the log gives the table, after any sequence of commands.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use todoapp::domain::{
    Applied, Board, Command, Event, EventId, Head, List, ListId, OpId, Receipt, ShortText, TodoId, decide,
};
use todoapp::protocol::ApiError;

use crate::support::{TestApp, address};

/// Few cases, each with many commands. The pure tests in `domain/` run many more cases.
const CASES: u32 = 24;

/// Few todos, so that many commands are about the same one.
fn todo_id(n: u8) -> TodoId {
    TodoId::new(i64::from(n) + 1, &[0; 10])
}

fn commands() -> impl Strategy<Value = Vec<Command>> {
    let id = || (0..6_u8).prop_map(todo_id);
    let ids = || vec(id(), 1..4);
    let text = || {
        prop_oneof!["[a-c]{1,2}", "[ -~]{0,20}[!-~]", "👋", "שלום", r#"</script>"'&"#]
            .prop_map(|it: String| ShortText::parse(&it).unwrap())
    };
    let command = prop_oneof![
        4 => (id(), text()).prop_map(|(id, title)| Command::Create { id, title }),
        2 => (id(), text()).prop_map(|(id, title)| Command::Rename { id, title }),
        3 => ids().prop_map(|ids| Command::Complete { ids }),
        2 => ids().prop_map(|ids| Command::Reopen { ids }),
        2 => ids().prop_map(|ids| Command::Delete { ids }),
        1 => Just(Command::CompleteAll),
        1 => Just(Command::ReopenAll),
        1 => Just(Command::ClearCompleted),
    ];
    vec(command, 1..60)
}

#[test]
fn the_server_accepts_what_the_model_accepts_and_its_log_replayed_is_its_table() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(TestApp::start());
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let held = TestRunner::new(config).run(&commands(), |commands| {
        runtime.block_on(play(&app, &commands));
        Ok(())
    });
    runtime.block_on(async { drop(app) });
    held.unwrap_or_else(|error| panic!("{error}"));
}

async fn play(app: &TestApp, commands: &[Command]) {
    let id = app.create_list("Any").await;
    let mut model = app.board(&id).await;
    for (n, command) in commands.iter().enumerate() {
        let op = OpId::new(i64::try_from(n).unwrap(), &[7; 10]);
        let expected = decide(&model, command);
        let (status, answer) = send(app, &id, op, command).await;
        match expected {
            Err(rejection) => {
                let error: ApiError = serde_json::from_value(answer).unwrap();
                assert_eq!(error, ApiError::from(rejection), "{command:?}");
            }
            Ok(change) => {
                assert_eq!(status, 200, "{command:?}: {answer}");
                let receipt: Receipt = serde_json::from_value(answer.clone()).unwrap();
                let seq = model.seq() + i64::from(change.is_some());
                assert_eq!(receipt.seq, seq, "{command:?}");
                if let Some(change) = change {
                    let list = receipt.list.clone();
                    let event = Event { list, id: receipt.event, seq, at_ms: 0, op, change };
                    assert_eq!(model.apply(&event), Applied::Next);
                    assert_eq!(send(app, &id, op, command).await, (200, answer), "the same op again: {command:?}");
                }
                assert_eq!(model.head.0, receipt.event);
            }
        }
    }
    let log = app.log(&id).await;
    let mut replayed = before_everything(&id);
    assert!(log.iter().all(|it| replayed.apply(it) == Applied::Next), "the log has no gap");
    assert_eq!(replayed, app.board(&id).await, "replaying the log gives the table");
    for todo in &mut replayed.todos {
        (todo.created_ms, todo.updated_ms) = (0, 0);
    }
    assert_eq!(replayed, model, "both are equal to the model");
}

fn before_everything(id: &str) -> Board {
    let list = List { id: id.parse::<ListId>().unwrap(), name: ShortText::parse("nameless").unwrap() };
    Board { list, head: Head(EventId::START), todos: Vec::new() }
}

/// Sends a command as JSON or as a form.
async fn send(app: &TestApp, list: &str, op: OpId, command: &Command) -> (u16, Value) {
    let ids: Vec<_> = command.todos().iter().map(ToString::to_string).collect();
    if ids.len() > 1 || op.at_ms() % 2 == 1 {
        let (status, mut answer) = app.run(&json!([{ "list": list, "op": op, "command": command }])).await;
        assert_eq!(status, 200, "{answer}");
        let outcome = answer["results"][0].take();
        let receipt = &outcome["receipt"];
        return if receipt.is_null() { (400, outcome["error"].clone()) } else { (200, receipt.clone()) };
    }
    let (path, title) = address(command);
    let op = op.to_string();
    let mut fields = vec![("list", list), ("op", op.as_str())];
    fields.extend(ids.iter().map(|it| ("id", it.as_str())));
    fields.extend(title.map(|it| ("title", it)));
    app.post(&format!("/api/todos/{path}"), &fields).await
}
