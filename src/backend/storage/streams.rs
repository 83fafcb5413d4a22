//! The SQL for the rows of streams: each list has a log, and so has the index.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{AddAssign, SubAssign};

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::{Answers, Tx};
use crate::backend::storage::placeholders::{table_count, tables};
use crate::backend::storage::rows::{parse, parse_position};
use crate::backend::storage::script::Script;
use crate::domain::{EventId, ListId, Position, Seq};

/// A stream whose row this transaction locks until it commits.
#[derive(Debug, Default)]
pub(crate) struct Locked {
    /// The number of its last event.
    pub(crate) head: Seq,
    /// How many todos it holds, if it is a list's stream.
    pub(crate) counts: Counts,
    /// Whether it is the stream of a list in the trash. Nobody sees such a list.
    pub(crate) is_deleted: bool,
    /// The position of the last todo in the list's order.
    pub(crate) last: Option<Position>,
    /// Its last event when it was locked.
    pub(crate) after: EventId,
    /// How it was when it was locked; all zero for the stream of a new list.
    before: (Seq, Counts, bool),
}

/// How many todos a list holds, or by how many this number changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// All of them.
    pub(crate) size: i64,
    /// Those still to be done.
    pub(crate) open: i64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.size += more.size;
        self.open += more.open;
    }
}

impl SubAssign for Counts {
    fn sub_assign(&mut self, fewer: Self) {
        self.size -= fewer.size;
        self.open -= fewer.open;
    }
}

impl Locked {
    /// Whether it has new events.
    pub(crate) fn has_grown(&self) -> bool {
        self.head != self.before.0
    }

    /// Whether its list was deleted, or came back.
    pub(crate) fn came_or_went(&self) -> bool {
        self.is_deleted != self.before.2
    }

    /// Whether its list has other numbers, or begins to have any.
    pub(crate) fn counts_moved(&self) -> bool {
        self.counts != self.before.1 || self.came_or_went() || (self.before.0 == 0 && self.has_grown())
    }
}

/// Takes a stream's row lock, the first thing every write does. `None` where there is no such list, not even in
/// the trash.
pub(crate) async fn lock(tx: &mut Tx, stream: &ListId) -> Result<Option<Locked>, ServerError> {
    Ok(lock_all(tx, &BTreeSet::from([stream.clone()])).await?.remove(stream))
}

/// Takes the row locks of streams, of those that there are.
pub(crate) async fn lock_all(tx: &mut Tx, wanted: &BTreeSet<ListId>) -> Result<BTreeMap<ListId, Locked>, ServerError> {
    let mut script = Script::default();
    add_locks(&mut script, wanted);
    read_locks(wanted, &mut tx.run(script).await?)
}

/// The numbers of the last events of all streams, added up.
pub(crate) async fn heads(tx: &mut Tx) -> Result<Seq, ServerError> {
    // The sum of many numbers of this type is of another type on PostgreSQL.
    let row = query("SELECT CAST(COALESCE(SUM(head), 0) AS BIGINT) FROM streams").fetch_one(&mut **tx).await?;
    Ok(row.try_get(0)?)
}

/// Adds what locks streams. They are locked in the order of their ids, so that two servers never wait for each other
/// (a deadlock).
pub(crate) fn add_locks(script: &mut Script, wanted: &BTreeSet<ListId>) {
    let mut ids = wanted.iter();
    for _ in 0..lock_count(wanted) {
        let lock = "UPDATE streams SET head = head WHERE id = $1 \
                    RETURNING id, head, (SELECT tag FROM events WHERE stream_id = streams.id AND seq = streams.head)";
        script.add(lock).bind(ids.next().map(ListId::as_str));
    }
    // Only now that they are locked: the numbers of a list belong to its head.
    for table in tables(&lists(wanted), 1) {
        let sql = format!(
            "WITH locked (id) AS ({}) SELECT lists.id, size, open, deleted_ms, \
             (SELECT MAX(position) FROM todos WHERE list_id = lists.id AND todos.deleted_ms IS NULL) \
             FROM locked JOIN lists ON lists.id = locked.id",
            table.values
        );
        script.add(&sql);
        for id in table.rows() {
            script.bind(id.map(|it| it.as_str()));
        }
    }
}

/// How many statements lock streams. There are 1, 2, 4, 8 …, as in a table, and the last ones lock nothing.
fn lock_count(wanted: &BTreeSet<ListId>) -> usize {
    if wanted.is_empty() { 0 } else { wanted.len().next_power_of_two() }
}

fn lists(wanted: &BTreeSet<ListId>) -> Vec<&ListId> {
    let index = ListId::index();
    wanted.iter().filter(|it| **it != index).collect()
}

/// The streams that were locked, from the answers to [`add_locks`].
pub(crate) fn read_locks(
    wanted: &BTreeSet<ListId>,
    answers: &mut Answers,
) -> Result<BTreeMap<ListId, Locked>, ServerError> {
    let heads = answers.take(lock_count(wanted)).flatten().map(|row| read_head(&row));
    let mut heads = heads.collect::<Result<BTreeMap<_, _>, _>>()?;
    let index = ListId::index();
    let mut locked = BTreeMap::new();
    if let Some((head, after)) = heads.remove(&index) {
        locked.insert(index, Locked { head, after, before: (head, Counts::default(), false), ..Locked::default() });
    }
    for row in answers.take(table_count(&lists(wanted))).flatten() {
        let id: ListId = parse(row.try_get(0)?)?;
        let Some((head, after)) = heads.remove(&id) else { continue };
        let counts = Counts { size: row.try_get(1)?, open: row.try_get(2)? };
        let is_deleted = row.try_get::<Option<i64>, _>(3)?.is_some();
        let last = row.try_get::<Option<String>, _>(4)?.map(parse_position).transpose()?;
        let before = (head, counts, is_deleted);
        locked.insert(id, Locked { head, counts, is_deleted, last, after, before });
    }
    Ok(locked)
}

/// The number and the id of a stream's last event. The log may not have it any more.
fn read_head(row: &AnyRow) -> Result<(ListId, (Seq, EventId)), ServerError> {
    let (stream, head) = (parse(row.try_get(0)?)?, row.try_get(1)?);
    let broken = |_| ServerError::Corrupt(format!("the id of event {head}"));
    let tag = row.try_get::<Option<&str>, _>(2)?;
    let after = tag.map_or(Ok(EventId::START), |tag| EventId::from_parts(head, tag)).map_err(broken)?;
    Ok((stream, (head, after)))
}

/// Stores the new heads of locked streams, and how many todos their lists hold now.
pub(crate) fn advance(script: &mut Script, streams: &[(ListId, &Locked)]) {
    for table in tables(streams, 2) {
        let sql = format!(
            "WITH new (id, head) AS ({}) UPDATE streams SET head = new.head FROM new WHERE streams.id = new.id",
            table.values
        );
        script.add(&sql);
        for row in table.rows() {
            script.bind(row.map(|(id, _)| id.as_str())).bind(row.map(|(_, it)| it.head));
        }
    }
    for table in tables(streams, 3) {
        let sql = format!(
            "WITH new (id, size, open) AS ({}) UPDATE lists SET size = new.size, open = new.open \
             FROM new WHERE lists.id = new.id",
            table.values
        );
        script.add(&sql);
        for row in table.rows() {
            let counts = row.map(|(_, it)| it.counts);
            script.bind(row.map(|(id, _)| id.as_str()));
            script.bind(counts.map(|it| it.size)).bind(counts.map(|it| it.open));
        }
    }
}

/// Adds the stream of a list, with no events yet.
pub(super) async fn insert(tx: &mut Tx, list: &ListId, at_ms: i64) -> Result<(), ServerError> {
    query("INSERT INTO streams (id, kind, head, created_ms) VALUES ($1, 'list', 0, $2)")
        .bind(list.as_str())
        .bind(at_ms)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The number of a stream's last event; `None` where there is no such stream, or its list is deleted.
pub(crate) async fn head(tx: &mut Tx, stream: &ListId) -> Result<Option<Seq>, ServerError> {
    let row = query(
        "SELECT head FROM streams LEFT JOIN lists ON lists.id = streams.id \
         WHERE streams.id = $1 AND deleted_ms IS NULL",
    )
    .bind(stream.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// The streams with more events than this, and the numbers of their last ones.
pub(crate) async fn longer_than(tx: &mut Tx, events: Seq) -> Result<Vec<(ListId, Seq)>, ServerError> {
    let rows = query("SELECT id, head FROM streams WHERE head > $1").bind(events).fetch_all(&mut **tx).await?;
    rows.iter().map(|row| Ok((parse(row.try_get(0)?)?, row.try_get(1)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::storage::database::Database;

    #[tokio::test]
    async fn all_streams_that_there_are_can_be_locked_together_however_many_are_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&format!("sqlite:{}", folder.path().join("a.db").display())).await.unwrap();
        let mut tx = database.begin_write().await.unwrap();
        for n in 0..4 {
            let unknown = (0..n).map(|n| format!("list{n}").parse().unwrap());
            let known = [ListId::home(), ListId::index()];
            let locked = lock_all(&mut tx, &known.clone().into_iter().chain(unknown).collect()).await.unwrap();
            assert_eq!(locked.keys().collect::<Vec<_>>(), known.iter().collect::<Vec<_>>(), "and {n} others");
        }
        assert!(lock_all(&mut tx, &BTreeSet::new()).await.unwrap().is_empty());
        tx.commit().await.unwrap();
    }
}
