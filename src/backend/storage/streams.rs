//! The SQL for the rows of streams: each list has a log, and so has the index.

use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::frame::Growth;
use crate::backend::storage::rows::parse;
use crate::backend::storage::todos;
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
    /// The events that this transaction has appended.
    pub(crate) growth: Growth,
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
    let row = query(
        "UPDATE streams SET head = head WHERE id = $1 \
         RETURNING head, (SELECT tag FROM events WHERE stream_id = streams.id AND seq = streams.head)",
    )
    .bind(stream.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let head = row.try_get(0)?;
    let growth = Growth::after(match row.try_get::<Option<&str>, _>(1)? {
        Some(tag) => EventId::from_parts(head, tag).map_err(|_| ServerError::Corrupt("an event's id".to_owned()))?,
        None => EventId::START,
    });
    if *stream == ListId::index() {
        return Ok(Some(Locked { head, growth, before: (head, Counts::default(), false), ..Locked::default() }));
    }
    let row = query("SELECT size, open, deleted_ms FROM lists WHERE id = $1")
        .bind(stream.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let counts = Counts { size: row.try_get(0)?, open: row.try_get(1)? };
    let is_deleted = row.try_get::<Option<i64>, _>(2)?.is_some();
    let last = todos::last(tx, stream).await?;
    Ok(Some(Locked { head, counts, is_deleted, last, growth, before: (head, counts, is_deleted) }))
}

/// Stores the new head of a locked stream, and how many todos its list holds now.
pub(crate) async fn advance(tx: &mut Tx, stream: &ListId, locked: &Locked) -> Result<(), ServerError> {
    query("UPDATE streams SET head = $2 WHERE id = $1")
        .bind(stream.as_str())
        .bind(locked.head)
        .execute(&mut **tx)
        .await?;
    query("UPDATE lists SET size = $2, open = $3 WHERE id = $1")
        .bind(stream.as_str())
        .bind(locked.counts.size)
        .bind(locked.counts.open)
        .execute(&mut **tx)
        .await?;
    Ok(())
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
