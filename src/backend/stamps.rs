//! Answers whether a list has changed. All who ask at the same time are answered by one statement.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::backend::error::ServerError;
use crate::backend::storage::database::Database;
use crate::backend::storage::stamp;
use crate::domain::ListId;

pub(crate) use stamp::Stamp;

/// How many may wait to be answered together. More of them wait to be taken in, in order.
const ASKS_MAX: usize = 100;

/// How long to wait for an answer. It takes a millisecond; where the database can't be reached, whoever asks must not
/// wait here first and for the database again.
const ASK_WAIT: Duration = Duration::from_millis(500);

/// Who can be asked. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Stamps {
    asks: mpsc::Sender<Ask>,
}

#[derive(Debug)]
struct Ask {
    list: ListId,
    with_all: bool,
    answer: oneshot::Sender<Option<Stamp>>,
}

impl Stamps {
    /// Who can be asked, and the work behind it, which the caller must run.
    pub(crate) fn new(database: Database) -> (Self, impl Future<Output = ()>) {
        let (asks, asked) = mpsc::channel(ASKS_MAX);
        (Self { asks }, run(database, asked))
    }

    /// What an answer about a list is made from, if it is made from now on; `with_all` for one that says something of
    /// all lists too. `None` where no answer may be kept: there is no such list, or the database can't be asked.
    pub(crate) async fn of(&self, list: ListId, with_all: bool) -> Option<Stamp> {
        let (answer, answered) = oneshot::channel();
        let asking = async {
            self.asks.send(Ask { list, with_all, answer }).await.ok()?;
            answered.await.ok()?
        };
        timeout(ASK_WAIT, asking).await.ok()?
    }
}

async fn run(database: Database, mut asked: mpsc::Receiver<Ask>) {
    let mut asks = Vec::with_capacity(ASKS_MAX);
    while asked.recv_many(&mut asks, ASKS_MAX).await > 0 {
        if let Err(error) = answer(&database, &mut asks).await {
            // The answers are made anew, which logs the same cause if it is still there.
            tracing::debug!(%error, "Could not ask whether lists have changed: {error}");
        }
        asks.clear();
    }
}

async fn answer(database: &Database, asks: &mut Vec<Ask>) -> Result<(), ServerError> {
    let mut lists: Vec<_> = asks.iter().map(|it| it.list.clone()).collect();
    lists.sort_unstable();
    lists.dedup();
    let mut reader = database.board_reader().await?;
    let stamps = stamp::read(&mut reader, lists, asks.iter().any(|it| it.with_all)).await?;
    for Ask { list, with_all, answer } in asks.drain(..) {
        let found = stamps.get(&list).map(|it| if with_all { *it } else { it.of_list() });
        // Whoever does not wait any more does not matter.
        let _ = answer.send(found);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sqlx::Executor;

    use super::*;
    use crate::backend::storage::lists;

    #[tokio::test]
    async fn no_state_of_all_lists_has_the_stamp_of_another_also_after_a_purge() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("todos.db").display());
        let database = Database::open(&url).await.unwrap();
        let (stamps, answering) = Stamps::new(database.clone());
        tokio::spawn(answering);
        let write = async |statement: &'static str| {
            let mut tx = database.begin_write().await.unwrap();
            tx.execute(statement).await.unwrap();
            tx.commit().await.unwrap();
        };
        let mut seen = BTreeSet::new();
        let mut see = async || {
            let stamp = stamps.of(ListId::home(), true).await.unwrap();
            assert!(seen.insert(format!("{stamp:?}")), "{stamp:?} of {seen:?}");
        };
        see().await;
        for number in 1..=2 {
            write("INSERT INTO streams (id, kind, head, created_ms) VALUES ('gone', 'list', 3, 0)").await;
            write(
                "INSERT INTO lists (id, name, size, open, position, deleted_ms, op) \
                 VALUES ('gone', 'Gone', 0, 0, '7', 1, 'x')",
            )
            .await;
            // Only an event of the index brings a list.
            write(match number {
                1 => "UPDATE streams SET head = 1 WHERE id = 'index'",
                _ => "UPDATE streams SET head = 2 WHERE id = 'index'",
            })
            .await;
            write(
                "INSERT INTO events (stream_id, seq, tag, at_ms, op, command_hash, change) \
                   SELECT id, head, '00000000000000' || head || '1', 0, head, 0, '{}' FROM streams WHERE id = 'index'",
            )
            .await;
            see().await;
            let mut tx = database.begin_write().await.unwrap();
            let list = lists::begin_purge(&mut tx, 2).await.unwrap().unwrap();
            while lists::purge(&mut tx, &list, 100).await.unwrap() > 0 {}
            tx.commit().await.unwrap();
            see().await;
            assert!(stamps.of("gone".parse().unwrap(), true).await.is_none());
            for _ in 0..3 {
                write("UPDATE streams SET head = head + 1 WHERE id = 'home'").await;
                write(
                    "INSERT INTO events (stream_id, seq, tag, at_ms, op, command_hash, change) \
                       SELECT id, head, '0000000000000001', 0, 'op' || head, 0, '{}' FROM streams WHERE id = 'home'",
                )
                .await;
                see().await;
            }
        }
    }

    #[tokio::test]
    async fn many_who_ask_at_once_get_what_is_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("todos.db").display());
        let (stamps, answering) = Stamps::new(Database::open(&url).await.unwrap());
        tokio::spawn(answering);
        let asked = (0..ASKS_MAX * 3).map(|n| {
            let stamps = stamps.clone();
            async move {
                let list = if n % 3 == 0 { ListId::home() } else { format!("none{n}").parse().unwrap() };
                (n, stamps.of(list, n % 2 == 0).await)
            }
        });
        let answers = futures_util::future::join_all(asked).await;
        let of_list = stamps.of(ListId::home(), false).await.unwrap();
        for (n, stamp) in answers {
            assert_eq!(stamp.is_some(), n % 3 == 0, "{n}");
            assert!(stamp.is_none_or(|it| (it == of_list) == (n % 2 == 1)), "{n}: {stamp:?}");
        }
    }
}
