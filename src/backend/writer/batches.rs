//! Random commands, many in one transaction, come to the same as each of them accepted alone, by other code. And the
//! tables are what the log leads to.

#![cfg(test)]

use std::time::Instant;

use proptest::prelude::*;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backend::accept::{Accept, Batch, Sent};
use crate::backend::counts::AllCounts;
use crate::backend::failpoint::Failpoint;
use crate::backend::feed::Feeds;
use crate::backend::others::Others;
use crate::backend::service::Todos;
use crate::backend::storage::database::Database;
use crate::backend::storage::ops::CommandHash;
use crate::backend::storage::streams;
use crate::backend::writer::{Answer, Ask, Writer, lock_streams};
use crate::domain::examples::any_command;
use crate::domain::{Applied, Board, Change, Command, Event, EventId, Head, ListId, OpId};
use crate::protocol::NextEvents;

/// A server without HTTP.
struct World {
    database: Database,
    writer: Writer,
    todos: Todos,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("todos.db").display());
        let database = Database::open(&url).await.unwrap();
        let feeds = Feeds::new(database.clone(), TaskTracker::new(), Failpoint::default());
        let counts = AllCounts::load(&database).await.unwrap();
        let (writer, work) = Writer::new(
            database.clone(),
            feeds,
            counts,
            Others::default(),
            Failpoint::default(),
            CancellationToken::new(),
        );
        tokio::spawn(work);
        let todos = Todos::new(database.clone(), writer.clone());
        Self { database, writer, todos, _folder: folder }
    }

    /// Accepts a command in a transaction of its own.
    async fn alone(&self, sent: Sent) -> Answer {
        let ask = Ask::Command(sent);
        let mut tx = self.database.begin_write().await?;
        let mut batch = Batch { streams: lock_streams(&mut tx, &[&ask]).await?, ..Batch::default() };
        let sent = ask.command().unwrap();
        let answer = Accept { fail: Failpoint::default(), sent, batch: &mut batch }.command(&mut tx).await;
        let Batch { streams, mut script, .. } = batch;
        let grown: Vec<_> = streams.iter().map(|(id, it)| (id.clone(), it)).collect();
        streams::advance(&mut script, &grown);
        tx.commit_after(script).await?;
        answer
    }

    async fn log(&self) -> Vec<Event> {
        let mut log: Vec<Event> = Vec::new();
        loop {
            let cursor = log.last().map_or(EventId::START, |it| it.id);
            let next = self.todos.events_after(&ListId::home(), cursor).await.unwrap();
            let NextEvents::Events { events, .. } = next else { panic!("nothing was pruned") };
            if events.is_empty() {
                return log;
            }
            log.extend(events);
        }
    }

    /// The board, after checking that the log leads to it, and that the list has been counted right.
    async fn board(&self) -> Board {
        let board = self.todos.board(&ListId::home()).await.unwrap();
        let mut replayed = Board { head: Head(EventId::START), todos: Vec::new(), ..board.clone() };
        for event in self.log().await {
            assert_eq!(replayed.apply(&event), Applied::Next);
        }
        assert_eq!(replayed, board, "the log leads to the table");
        let counted = self.todos.lists().await.unwrap().lists.swap_remove(0);
        let counts = [counted.open, counted.total].map(|it| usize::try_from(it).unwrap());
        assert_eq!(counts, [board.open_count(), board.todos.len()]);
        board
    }
}

/// What must be the same, however the commands were accepted: everything but times and random tags.
fn without_times(mut board: Board, log: Vec<Event>) -> impl PartialEq + std::fmt::Debug {
    let head = board.seq();
    for todo in &mut board.todos {
        (todo.created_ms, todo.updated_ms) = (0, 0);
    }
    let events = log.into_iter().map(|mut it| {
        if let Change::Restored { todos, .. } = &mut it.change {
            for todo in todos {
                (todo.created_ms, todo.updated_ms) = (0, 0);
            }
        }
        // What only makes room has an op of the server's.
        let op = (!matches!(it.change, Change::Spaced { .. })).then_some(it.op);
        (it.seq, op, it.change, it.undoes)
    });
    (head, board.todos, events.collect::<Vec<_>>())
}

fn sent(op: u8, command: &Command) -> Sent {
    let list = ListId::home();
    let hash = CommandHash::of(&list, command, command.todos());
    Sent {
        list,
        op: OpId::new(i64::from(op), &[0; 10]),
        hash,
        command: command.clone(),
        actor: None,
        since: Instant::now(),
    }
}

/// The answer of the writer, in which the id of the event is random.
fn shown(answer: &Answer) -> Result<i64, String> {
    answer.as_ref().map(|it| it.seq).map_err(ToString::to_string)
}

async fn check(commands: Vec<(u8, Command)>, sizes: Vec<usize>) {
    let (together, alone) = (World::new().await, World::new().await);
    let mut rest = &commands[..];
    for size in sizes.into_iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (part, later) = rest.split_at(size.min(rest.len()));
        rest = later;
        let asks = part.iter().map(|(op, command)| Ask::Command(sent(*op, command)));
        let answers = together.writer.ask_all(asks.collect()).await.unwrap();
        for ((op, command), answer) in part.iter().zip(&answers) {
            let expected = alone.alone(sent(*op, command)).await;
            assert_eq!(shown(answer), shown(&expected), "{op} {command:?} of {commands:?}");
        }
    }
    let found = without_times(together.board().await, together.log().await);
    assert_eq!(format!("{found:?}"), format!("{:?}", without_times(alone.board().await, alone.log().await)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn many_commands_in_one_transaction_come_to_the_same_as_each_of_them_alone(
        commands in prop::collection::vec((0..60_u8, any_command()), 1..60),
        sizes in prop::collection::vec(1..20_usize, 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(check(commands, sizes));
    }
}
