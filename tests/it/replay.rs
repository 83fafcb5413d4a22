//! The most important rule: replaying the log gives the table, after any sequence of commands.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use todoapp::domain::command::Scope;
use todoapp::domain::{
    Applied, Board, Command, Event, EventId, Facts, Head, List, ListId, OpId, Receipt, ShortText, TodoId, decide,
    make_room,
};
use todoapp::protocol::ApiError;
use todoapp::sync::{History, Known};

use crate::support::{TestApp, address};

/// Few cases, each with many commands. The pure tests in `domain/` run many more cases.
const CASES: u32 = 24;

/// Few todos, so that many commands are about the same one.
fn todo_id(n: u8) -> TodoId {
    TodoId::new(i64::from(n) + 1, &[0; 10])
}

/// What is asked next; an undo is of the command that was so many before.
#[derive(Debug, Clone)]
enum Asked {
    Command(Command),
    Undo(usize),
}

fn commands() -> impl Strategy<Value = Vec<Asked>> {
    let id = || (0..6_u8).prop_map(todo_id);
    let ids = || vec(id(), 1..4);
    let text = || {
        prop_oneof!["[a-c]{1,2}", "[ -~]{0,20}[!-~]", "👋", "שלום", r#"</script>"'&"#]
            .prop_map(|it: String| ShortText::parse(&it).unwrap())
    };
    let command = prop_oneof![
        4 => (id(), text(), any::<bool>()).prop_map(|(id, title, at_top)| Command::Create { id, title, at_top }),
        2 => (id(), text()).prop_map(|(id, title)| Command::Rename { id, title }),
        3 => ids().prop_map(|ids| Command::Complete { ids }),
        2 => ids().prop_map(|ids| Command::Reopen { ids }),
        2 => ids().prop_map(|ids| Command::Delete { ids }),
        2 => ids().prop_map(|ids| Command::Restore { ids }),
        3 => (id(), option::of(id())).prop_map(|(id, after)| Command::Move { id, after }),
        1 => Just(Command::CompleteAll),
        1 => Just(Command::ReopenAll),
        1 => Just(Command::ClearCompleted),
    ];
    vec(prop_oneof![20 => command.prop_map(Asked::Command), 6 => (1..8_usize).prop_map(Asked::Undo)], 1..60)
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

async fn play(app: &TestApp, asked: &[Asked]) {
    let id = app.create_list("Any").await;
    let (mut model, mut history) = (app.board(&id).await, History::default());
    let mut receipts: Vec<(OpId, EventId)> = Vec::new();
    for (n, asked) in asked.iter().enumerate() {
        let op = OpId::new(i64::try_from(n).unwrap(), &[7; 10]);
        let command = &match asked {
            Asked::Command(command) => command.clone(),
            // Half of them by the event, half by the command that it came from.
            Asked::Undo(back) => match receipts.len().checked_sub(*back).map(|at| receipts[at]) {
                None => continue,
                Some((op, _)) if n % 2 == 0 => Command::UndoOp { op },
                Some((_, event)) => Command::Undo { event },
            },
        };
        let mut expected = decide(&Known::new(&model, &history), command);
        let room = make_room(&Known::new(&model, &history), command).filter(|_| matches!(expected, Ok(Some(_))));
        let undoes = match command.scope() {
            Scope::Event(which) => Known::new(&model, &history).event(which).map(|it| it.seq),
            _ => None,
        };
        let (status, answer) = send(app, &id, op, command).await;
        if let Err(rejection) = expected {
            let error: ApiError = serde_json::from_value(answer).unwrap();
            assert_eq!(error, ApiError::from(rejection), "{command:?}");
            continue;
        }
        assert_eq!(status, 200, "{command:?}: {answer}");
        let receipt: Receipt = serde_json::from_value(answer.clone()).unwrap();
        if let Some(room) = room {
            let made = app.log(&id).await.swap_remove(usize::try_from(model.seq()).unwrap());
            assert_eq!(made.change, room, "there is room before it moves");
            history.remember(&model, made.op, made.id, None, room);
            assert_eq!(model.apply(&made), Applied::Next);
            expected = decide(&Known::new(&model, &history), command);
        }
        if let Some(change) = expected.unwrap() {
            let seq = model.seq() + 1;
            let event = Event { list: receipt.list.clone(), id: receipt.event, seq, at_ms: 0, op, change, undoes };
            history.remember(&model, op, event.id, undoes, event.change.clone());
            assert_eq!(model.apply(&event), Applied::Next);
            receipts.push((op, event.id));
            assert_eq!(send(app, &id, op, command).await, (200, answer), "the same op again: {command:?}");
        }
        assert_eq!(model.head.0, receipt.event, "{command:?}");
    }
    let log = app.log(&id).await;
    let mut replayed = before_everything(&id);
    assert!(log.iter().all(|it| replayed.apply(it) == Applied::Next), "the log has no hole");
    assert_eq!(replayed, app.board(&id).await, "the log, replayed, is the table");
    assert_eq!(timeless(replayed), timeless(model), "and both are what the model says");
}

/// Without the times, which the model does not know.
fn timeless(mut board: Board) -> Board {
    for todo in &mut board.todos {
        (todo.created_ms, todo.updated_ms) = (0, 0);
    }
    board
}

fn before_everything(id: &str) -> Board {
    let list = List { id: id.parse::<ListId>().unwrap(), name: ShortText::parse("nameless").unwrap() };
    Board { list, head: Head(EventId::START), todos: Vec::new() }
}

/// Sends a command as JSON or as a form.
async fn send(app: &TestApp, list: &str, op: OpId, command: &Command) -> (u16, Value) {
    let for_programs = matches!(command, Command::UndoOp { .. } | Command::Create { at_top: true, .. });
    if for_programs || op.at_ms() % 2 == 1 {
        let (status, mut answer) = app.run(&json!([{ "list": list, "op": op, "command": command }])).await;
        assert_eq!(status, 200, "{answer}");
        let outcome = answer["results"][0].take();
        let receipt = &outcome["receipt"];
        return if receipt.is_null() { (400, outcome["error"].clone()) } else { (200, receipt.clone()) };
    }
    let (path, others) = address(command);
    let op = op.to_string();
    let ids: Vec<_> = command.todos().iter().map(ToString::to_string).collect();
    let mut fields = vec![("list", list), ("op", op.as_str())];
    fields.extend(ids.iter().map(|it| ("id", it.as_str())));
    fields.extend(others.iter().map(|(name, value)| (*name, value.as_str())));
    app.post(&format!("/api/{path}"), &fields).await
}
