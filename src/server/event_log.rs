//! The log: the only writer and the only reader of `events`. Within a list the numbers have no hole
//! and their order is the order of commits, because whoever appends holds the list's row lock.

use sqlx::{Row, query};

use super::database::{Database, Tx};
use super::error::ServerError;
use super::store::parse;
use crate::domain::{Change, Event, EventId, ListId, Op, ResetReason, Seq};

/// How many events one read takes from the log: what a reader who is far behind holds in memory.
const PAGE_EVENTS_MAX: i64 = 64;

/// Adds an event. The caller holds the list's lock and has taken the next number.
pub(crate) async fn append(tx: &mut Tx, event: &Event) -> Result<(), ServerError> {
    let change = serde_json::to_string(&event.change).map_err(|error| ServerError::Corrupt(error.to_string()))?;
    query("INSERT INTO events (list_id, seq, tag, at_ms, op, change) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(event.list.as_str())
        .bind(event.seq)
        .bind(format!("{:016x}", event.id.tag))
        .bind(event.at_ms)
        .bind(event.op.to_string())
        .bind(change)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The event that a wish has become already.
pub(crate) async fn made_by(tx: &mut Tx, list: &ListId, op: Op) -> Result<Option<EventId>, ServerError> {
    let row = query("SELECT seq, tag FROM events WHERE list_id = $1 AND op = $2")
        .bind(list.as_str())
        .bind(op.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| Ok(EventId { seq: row.try_get(0)?, tag: parse_tag(row.try_get(1)?)? })).transpose()
}

/// The full id of the event with this number.
pub(crate) async fn id_at(tx: &mut Tx, list: &ListId, seq: Seq) -> Result<Option<EventId>, ServerError> {
    let row = query("SELECT tag FROM events WHERE list_id = $1 AND seq = $2")
        .bind(list.as_str())
        .bind(seq)
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| Ok(EventId { seq, tag: parse_tag(row.try_get(0)?)? })).transpose()
}

/// The last event of a list: `None` where there is no such list.
pub(crate) async fn head(database: &Database, list: &ListId) -> Result<Option<EventId>, ServerError> {
    let mut tx = database.begin_read().await?;
    let row = query("SELECT head FROM lists WHERE id = $1").bind(list.as_str()).fetch_optional(&mut *tx).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(id_at(&mut tx, list, row.try_get(0)?).await?.unwrap_or(EventId::START)))
}

/// Whether a reader can go on from this place, and if not, why.
pub(crate) async fn check(
    database: &Database,
    list: &ListId,
    place: EventId,
) -> Result<Option<ResetReason>, ServerError> {
    let mut tx = database.begin_read().await?;
    let row = query("SELECT COALESCE(MIN(seq), 1) FROM events WHERE list_id = $1")
        .bind(list.as_str())
        .fetch_one(&mut *tx)
        .await?;
    let oldest: Seq = row.try_get(0)?;
    if place == EventId::START {
        return Ok((oldest > 1).then_some(ResetReason::Pruned));
    }
    Ok(match id_at(&mut tx, list, place.seq).await? {
        Some(id) if id == place => None,
        None if place.seq < oldest => Some(ResetReason::Pruned),
        _ => Some(ResetReason::Unknown),
    })
}

/// The next events after a number, in order: a page of them, empty at the head.
pub(crate) async fn after(database: &Database, list: &ListId, seq: Seq) -> Result<Vec<Event>, ServerError> {
    let mut tx = database.begin_read().await?;
    let rows =
        query("SELECT seq, tag, at_ms, op, change FROM events WHERE list_id = $1 AND seq > $2 ORDER BY seq LIMIT $3")
            .bind(list.as_str())
            .bind(seq)
            .bind(PAGE_EVENTS_MAX)
            .fetch_all(&mut *tx)
            .await?;
    rows.iter()
        .map(|row| {
            let id = EventId { seq: row.try_get(0)?, tag: parse_tag(row.try_get(1)?)? };
            let change: Change = serde_json::from_str(row.try_get(4)?)
                .map_err(|error| ServerError::Corrupt(format!("event {id}: {error}")))?;
            Ok(Event {
                list: list.clone(),
                id,
                seq: id.seq,
                at_ms: row.try_get(2)?,
                op: parse(row.try_get(3)?)?,
                change,
            })
        })
        .collect()
}

/// Removes the oldest events of a list: at most so many, none beyond a number, none from since a
/// time, and never one from the middle, whatever the clock has done.
pub(crate) async fn prune(
    tx: &mut Tx,
    list: &ListId,
    up_to: Seq,
    since_ms: i64,
    most: Seq,
) -> Result<u64, ServerError> {
    let row = query(
        "SELECT COALESCE(MIN(seq), 0), COALESCE(MIN(CASE WHEN at_ms >= $2 THEN seq END), $3 + 1) \
         FROM events WHERE list_id = $1 AND seq <= $3",
    )
    .bind(list.as_str())
    .bind(since_ms)
    .bind(up_to)
    .fetch_one(&mut **tx)
    .await?;
    let (oldest, first_kept): (Seq, Seq) = (row.try_get(0)?, row.try_get(1)?);
    let done = query("DELETE FROM events WHERE list_id = $1 AND seq < $2")
        .bind(list.as_str())
        .bind(first_kept.min(oldest + most))
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

fn parse_tag(text: &str) -> Result<u64, ServerError> {
    u64::from_str_radix(text, 16).map_err(|_| ServerError::Corrupt(format!("the tag {text:?}")))
}
