//! The rule behind everything, for the index: its log, replayed, is what `GET /api/lists` says, after any sequence
//! of commands about lists and of their undos.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use todoapp::domain::{
    Change, Command, EventId, Index, IndexFacts, KnownList, ListId, OpId, PlacedList, Receipt, Rejection, ShortText,
    decide_list, make_room_for_list,
};
use todoapp::protocol::ApiError;

use crate::index::{replayed, without_counts};
use crate::support::TestApp;

/// Few cases, each of many commands.
const CASES: u32 = 24;

/// What is asked next; lists are named by when they were made, and 0 is home.
#[derive(Debug, Clone)]
enum Asked {
    Create(ShortText),
    Rename(usize, ShortText),
    Move(usize, Option<usize>),
    Delete(usize),
    Restore(usize),
    /// Of the event that was so many before.
    Undo(usize),
}

fn asked() -> impl Strategy<Value = Vec<Asked>> {
    let list = || 0..5_usize;
    let name = || "[a-c]{1,2}".prop_map(|it| ShortText::parse(&it).unwrap());
    let one = prop_oneof![
        3 => name().prop_map(Asked::Create),
        3 => (list(), name()).prop_map(|(list, name)| Asked::Rename(list, name)),
        4 => (list(), option::of(list())).prop_map(|(list, after)| Asked::Move(list, after)),
        2 => list().prop_map(Asked::Delete),
        2 => list().prop_map(Asked::Restore),
        5 => (1..6_usize).prop_map(Asked::Undo),
    ];
    vec(one, 1..40)
}

#[test]
fn the_log_of_the_index_replayed_is_what_the_lists_are() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let held = TestRunner::new(config).run(&asked(), |asked| {
        runtime.block_on(play(&asked));
        Ok(())
    });
    held.unwrap_or_else(|error| panic!("{error}"));
}

#[tokio::test]
async fn a_list_can_be_moved_between_two_that_have_the_same_position() {
    let create = || Asked::Create(ShortText::parse("a").unwrap());
    let there = [create(), create(), create()];
    // The third takes the place that the first had left, and an undo brings the first back to it.
    let tied = [Asked::Move(1, Some(3)), Asked::Move(3, Some(0)), Asked::Undo(2)];
    // Which of the two comes first is chance.
    let between = [Asked::Move(2, Some(1)), Asked::Move(2, Some(3)), Asked::Move(2, Some(1))];
    let spaced = play(&[&there[..], &tied, &between].concat()).await;
    assert!(spaced, "they had to make room");
}

/// What the tests know of the lists: the index as it is, and each list that is in the trash.
struct Model {
    index: Index,
    trash: Vec<KnownList>,
    /// The lists that were made, in that order.
    made: Vec<ListId>,
    events: Vec<(EventId, Change)>,
}

impl Model {
    fn facts(&self, list: &ListId, undone: Option<Change>) -> IndexFacts {
        let (index, trash) = (&self.index, &self.trash);
        let there = index.list(list).map(|it| KnownList {
            id: it.id.clone(),
            name: it.name.clone(),
            position: it.position.clone(),
            is_deleted: false,
        });
        let gone = trash.iter().find(|it| it.id == *list).cloned();
        let order = index.lists.iter().map(|it| PlacedList { list: it.id.clone(), position: it.position.clone() });
        let (there_last, gone_last) =
            (index.lists.iter().map(|it| &it.position).max(), trash.iter().map(|it| &it.position).max());
        let (order, end) = (order.collect(), there_last.max(gone_last).cloned());
        IndexFacts { size: index.lists.len(), list: there.or(gone), last: end, order, undone }
    }

    /// What is to be sent, and what it must come to.
    fn command(&self, asked: &Asked) -> Option<(ListId, Command, Result<Option<Change>, Rejection>)> {
        let named = |at: usize| self.made.get(at).cloned().unwrap_or_else(|| "neverwas".parse().unwrap());
        let (list, about, command, undone) = match asked {
            Asked::Create(name) => (ListId::index(), ListId::index(), Command::CreateList { name: name.clone() }, None),
            Asked::Rename(at, name) => (named(*at), named(*at), Command::RenameList { name: name.clone() }, None),
            Asked::Move(at, after) => (named(*at), named(*at), Command::MoveList { after: after.map(named) }, None),
            Asked::Delete(at) => (named(*at), named(*at), Command::DeleteList, None),
            Asked::Restore(at) => (named(*at), named(*at), Command::RestoreList, None),
            Asked::Undo(back) => {
                let (event, change) = self.events.len().checked_sub(*back).map(|at| self.events[at].clone())?;
                (ListId::index(), change.indexed()?.clone(), Command::Undo { event }, Some(change))
            }
        };
        let expected = decide_list(&self.facts(&about, undone), &ListId::index(), &command);
        Some((list, command, expected))
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::ListCreated { list, .. } => self.made.push(list.clone()),
            Change::ListDeleted { list } => {
                let gone = self.facts(list, None).list.unwrap();
                self.trash.push(KnownList { is_deleted: true, ..gone });
            }
            Change::ListRestored { list, .. } => self.trash.retain(|it| it.id != *list),
            _ => {}
        }
        self.index.change(change);
    }
}

/// Asks for all of it. Says whether lists had to make room for another one.
async fn play(asked: &[Asked]) -> bool {
    let app = TestApp::start().await;
    let mut model = Model { index: Index::start(), trash: vec![], made: vec![ListId::home()], events: vec![] };
    let mut spaced = false;
    for (n, asked) in asked.iter().enumerate() {
        let Some((list, command, mut expected)) = model.command(asked) else { continue };
        let op = OpId::new(i64::try_from(n).unwrap(), &[7; 10]);
        let outcome = send(&app, &list, op, &command).await;
        if let Err(rejection) = expected {
            let error: ApiError = serde_json::from_value(outcome["error"].clone()).unwrap();
            assert_eq!(error, ApiError::from(rejection), "{command:?}");
            continue;
        }
        let receipt: Receipt = serde_json::from_value(outcome["receipt"].clone()).unwrap();
        assert_eq!(send(&app, &list, op, &command).await, outcome, "the same op again: {command:?}");
        if let Ok(Some(_)) = expected
            && let Some(room) = make_room_for_list(&model.facts(&list, None), &command)
        {
            // An event of its own comes first.
            let event = app.log("index").await.into_iter().rev().nth(1).unwrap();
            assert_eq!(event.change, room, "{command:?}");
            model.apply(&room);
            model.events.push((event.id, room));
            expected = model.command(asked).unwrap().2;
            spaced = true;
        }
        let Ok(Some(mut change)) = expected else {
            assert_eq!(app.index().await.head.0, model.events.last().map_or(EventId::START, |it| it.0));
            continue;
        };
        let event = app.log("index").await.pop().unwrap();
        if let (Change::ListCreated { list: made, .. }, Change::ListCreated { list, .. }) = (&event.change, &mut change)
        {
            list.clone_from(made);
            assert_eq!(receipt.list, *made);
        }
        assert_eq!(event.change, change, "{command:?}");
        assert_eq!((event.op, event.seq), (op, i64::try_from(model.events.len()).unwrap() + 1), "{command:?}");
        model.apply(&change);
        model.events.push((event.id, change));
    }
    let (log, index) = (app.log("index").await, app.index().await);
    assert_eq!(replayed(&log), index, "the log, replayed, is the table");
    assert_eq!(without_counts(index).lists, model.index.lists, "and both are what the model says");
    for list in &model.index.lists {
        assert_eq!(app.board(list.id.as_str()).await.list.name, list.name, "each list's own log says its name");
    }
    spaced
}

async fn send(app: &TestApp, list: &ListId, op: OpId, command: &Command) -> Value {
    let (status, mut answer) = app.run(&json!([{ "list": list, "op": op, "command": command }])).await;
    assert_eq!(status, 200, "{answer}");
    answer["results"][0].take()
}
