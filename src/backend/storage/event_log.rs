//! The log: only this file appends to `events` and reads them for readers. Within a stream the numbers have
//! no gap, and their order is the order of commits, because the stream's row is locked while an event is
//! appended.

pub(crate) mod past;
pub(crate) mod replay;

use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::{Database, Tx};
use crate::backend::storage::frame::{Frame, Run};
use crate::backend::storage::ops::CommandHash;
use crate::backend::storage::placeholders::tables;
use crate::backend::storage::rows::{parse, read_head};
use crate::backend::storage::script::Script;
use crate::backend::storage::streams;
use crate::domain::{Actor, Change, Done, Event, EventId, ListId, OpId, Seq, Undone};
use crate::protocol::ResetReason;

/// How many events one step takes from the log at most.
const STEP_EVENTS_MAX: usize = 256;

/// How many bytes of changes one step takes; a single change may be longer. This limits the memory for a
/// reader that is far behind.
pub(crate) const STEP_BYTES_MAX: usize = 64 << 10;

/// The longest change that is sent to readers, in bytes. One that names every todo of a full list has 390 kB. Only
/// one that brings back thousands of whole todos is longer: up to 20 MB, which would be copied for every socket.
/// A reader loads the board instead, and not more of those are sent at once than there is memory for.
pub(crate) const SENT_BYTES_MAX: usize = 512 << 10;

/// What the log has for a reader at a cursor.
#[derive(Debug)]
pub(crate) enum Next {
    /// The very next events, as many as one step takes.
    Events(Run),
    /// The reader can't go on from its cursor.
    Reset(ResetReason),
    /// There is no such list.
    NoSuchList,
}

/// An event with what only the log keeps of it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) event: Event,
    /// For each of its todos, the number of the event that had touched it before.
    touched: Vec<Seq>,
    /// The hash of the command that it came from; none where nobody asked for it.
    hash: Option<CommandHash>,
    /// Who did it, where that is known.
    actor: Option<Actor>,
    /// The change in the form in which it is stored and sent.
    change: String,
}

impl Entry {
    pub(crate) fn new(
        event: Event,
        touched: Vec<Seq>,
        hash: Option<CommandHash>,
        actor: Option<Actor>,
    ) -> Result<Self, ServerError> {
        let change = json(&event.change)?;
        Ok(Self { event, touched, hash, actor, change })
    }
}

fn json(value: &impl Serialize) -> Result<String, ServerError> {
    serde_json::to_string(value).map_err(|error| ServerError::Corrupt(error.to_string()))
}

/// Adds events, in order. The caller holds the lock of each stream and has taken the next numbers.
pub(crate) fn append(script: &mut Script, entries: &[Entry]) -> Result<(), ServerError> {
    const COLUMNS: &str = "stream_id, seq, tag, at_ms, op, change, command_hash, undoes, touched, actor";
    for table in tables(entries, 10) {
        let sql = format!(
            "WITH new ({COLUMNS}) AS ({}) INSERT INTO events ({COLUMNS}) SELECT {COLUMNS} FROM new \
             WHERE seq IS NOT NULL",
            table.values
        );
        script.add(&sql);
        for entry in table.rows() {
            let event = entry.map(|it| &it.event);
            script
                .bind(event.map(|it| it.list.as_str()))
                .bind(event.map(|it| it.seq))
                .bind(event.map(|it| it.id.tag_text()))
                .bind(event.map(|it| it.at_ms))
                .bind(event.map(|it| it.op.to_string()))
                .bind(entry.map(|it| it.change.as_str()))
                .bind(entry.and_then(|it| it.hash).map(|it| it.0))
                .bind(event.and_then(|it| it.undoes))
                .bind(entry.map(|it| json(&it.touched)).transpose()?)
                .bind(entry.and_then(|it| it.actor.as_ref()).map(Actor::as_str));
        }
    }
    Ok(())
}

/// The full id of the event with this number.
pub(crate) async fn id_at(tx: &mut Tx, list: &ListId, seq: Seq) -> Result<Option<EventId>, ServerError> {
    let row = query("SELECT seq, tag FROM events WHERE stream_id = $1 AND seq = $2")
        .bind(list.as_str())
        .bind(seq)
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(read_id).transpose()
}

/// The columns that [`read_done`] reads.
const DONE_COLUMNS: &str = "seq, undoes, change, touched, op, tag";

/// The event that shall be undone, and the command it came from. `None` where the log does not have it.
pub(crate) async fn done(tx: &mut Tx, list: &ListId, which: Undone) -> Result<Option<(Done, OpId)>, ServerError> {
    let by = if matches!(which, Undone::Op(_)) { "op = $2" } else { "seq = $2" };
    let sql = format!("SELECT {DONE_COLUMNS} FROM events WHERE stream_id = $1 AND {by}");
    let found = query(sqlx::AssertSqlSafe(sql)).bind(list.as_str());
    let found = match which {
        Undone::Op(op) => found.bind(op.to_string()),
        Undone::Event(id) => found.bind(id.seq),
    };
    let Some(row) = found.fetch_optional(&mut **tx).await? else { return Ok(None) };
    let tag: String = row.try_get(5)?;
    if matches!(which, Undone::Event(id) if id.tag_text() != tag) {
        return Ok(None);
    }
    Ok(Some((read_done(&row)?, parse(row.try_get(4)?)?)))
}

fn read_done(row: &AnyRow) -> Result<Done, ServerError> {
    let seq = row.try_get(0)?;
    let broken = |error| ServerError::Corrupt(format!("event {seq}: {error}"));
    // An older version did not write what had touched the todos before.
    let touched: Option<String> = row.try_get(3)?;
    Ok(Done {
        seq,
        undoes: row.try_get(1)?,
        change: serde_json::from_str(row.try_get(2)?).map_err(broken)?,
        touched: touched.map_or(Ok(Vec::new()), |it| serde_json::from_str(&it)).map_err(broken)?,
    })
}

/// What the event with this number says.
pub(crate) async fn change_at(tx: &mut Tx, list: &ListId, seq: Seq) -> Result<Option<Change>, ServerError> {
    let row = query("SELECT change FROM events WHERE stream_id = $1 AND seq = $2")
        .bind(list.as_str())
        .bind(seq)
        .fetch_optional(&mut **tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let broken = |error| ServerError::Corrupt(format!("event {seq} of {list}: {error}"));
    serde_json::from_str(row.try_get(0)?).map(Some).map_err(broken)
}

/// The last event of a list; `None` if there is no such list.
pub(crate) async fn head(tx: &mut Tx, list: &ListId) -> Result<Option<EventId>, ServerError> {
    let row = query(
        "SELECT head, tag FROM streams LEFT JOIN lists ON lists.id = streams.id \
         LEFT JOIN events ON stream_id = streams.id AND seq = head WHERE streams.id = $1 AND deleted_ms IS NULL",
    )
    .bind(list.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(read_head(&row)?.unwrap_or(EventId::START))).transpose()
}

/// The events right after a cursor, read at one moment. The cursor is looked up each time, because the
/// events after it may have been pruned, or it may be from another log.
pub(crate) async fn after(database: &Database, list: &ListId, cursor: EventId) -> Result<Next, ServerError> {
    let mut tx = database.begin_log_read().await?;
    let Some(head) = head(&mut tx, list).await? else { return Ok(Next::NoSuchList) };
    // The sizes are read first, so that only those changes are read that fit into the step.
    let rows = query(
        "SELECT seq, tag, OCTET_LENGTH(change) FROM events WHERE stream_id = $1 AND seq >= $2 ORDER BY seq LIMIT $3",
    )
    .bind(list.as_str())
    .bind(cursor.seq)
    .bind(i64::try_from(STEP_EVENTS_MAX + 1).unwrap_or(i64::MAX))
    .fetch_all(&mut *tx)
    .await?;
    let found: Vec<(EventId, i64)> =
        rows.iter().map(|row| Ok((read_id(row)?, row.try_get(2)?))).collect::<Result<_, ServerError>>()?;
    if let Some(reason) = reset_reason(cursor, head, found.first().map(|(id, _)| *id)) {
        return Ok(Next::Reset(reason));
    }
    let next = found.iter().skip_while(|(id, _)| id.seq <= cursor.seq);
    // What stands before a change that is too long is sent first.
    let frames = match end_of_step(next.clone().take_while(|(_, size)| is_sent(*size)), STEP_BYTES_MAX) {
        None if next.clone().next().is_some() => return Ok(Next::Reset(ResetReason::Pruned)),
        None => Vec::new(),
        Some(up_to) => frames(&mut tx, list, cursor.seq, up_to).await?,
    };
    Ok(Run::new(cursor, frames, head).map_or(Next::Reset(ResetReason::Pruned), Next::Events))
}

/// The frames of the events before a number, or of the last ones, oldest first: so many at most, and as many as
/// one step takes. `None` where there is no such list.
pub(crate) async fn before(
    database: &Database,
    list: &ListId,
    before: Option<Seq>,
    limit: i64,
) -> Result<Option<Vec<Frame>>, ServerError> {
    let mut tx = database.begin_log_read().await?;
    let Some(head) = streams::head(&mut tx, list).await? else { return Ok(None) };
    let end = before.map_or(head, |it| head.min(it - 1));
    let rows = query(
        "SELECT seq, tag, OCTET_LENGTH(change) FROM events WHERE stream_id = $1 AND seq <= $2 \
         ORDER BY seq DESC LIMIT $3",
    )
    .bind(list.as_str())
    .bind(end)
    .bind(limit)
    .fetch_all(&mut *tx)
    .await?;
    let found: Vec<(EventId, i64)> =
        rows.iter().map(|row| Ok((read_id(row)?, row.try_get(2)?))).collect::<Result<_, ServerError>>()?;
    match end_of_step(found.iter(), STEP_BYTES_MAX) {
        None => Ok(Some(Vec::new())),
        Some(first) => frames(&mut tx, list, first - 1, end).await.map(Some),
    }
}

async fn frames(tx: &mut Tx, list: &ListId, after: Seq, up_to: Seq) -> Result<Vec<Frame>, ServerError> {
    let rows = query(
        "SELECT seq, tag, at_ms, op, change, undoes FROM events \
         WHERE stream_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq",
    )
    .bind(list.as_str())
    .bind(after)
    .bind(up_to)
    .fetch_all(&mut **tx)
    .await?;
    let frame =
        |row| Frame::new(list, read_id(row)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?, row.try_get(5)?);
    rows.iter().map(frame).collect()
}

/// Why a reader can't go on from a cursor. `found` is the first event whose number is not below the cursor's.
fn reset_reason(cursor: EventId, head: EventId, found: Option<EventId>) -> Option<ResetReason> {
    if cursor.seq > head.seq {
        return Some(ResetReason::Unknown);
    }
    match found {
        Some(id) if id.seq == cursor.seq => (id != cursor).then_some(ResetReason::Unknown),
        // No event has the number 0, so the first one follows the start.
        Some(id) if cursor == EventId::START && id.seq == 1 => None,
        None if cursor == head => None,
        _ => Some(ResetReason::Pruned),
    }
}

/// Whether a change of this size is sent to readers.
fn is_sent(bytes: i64) -> bool {
    usize::try_from(bytes).is_ok_and(|it| it <= SENT_BYTES_MAX)
}

/// The number of the last event that fits into a step of so many bytes.
fn end_of_step<'a>(sizes: impl Iterator<Item = &'a (EventId, i64)>, bytes_max: usize) -> Option<Seq> {
    let mut bytes = 0;
    let fits = sizes.take_while(|(_, size)| {
        let fits = bytes < bytes_max;
        bytes += usize::try_from(*size).unwrap_or(0);
        fits
    });
    fits.last().map(|(id, _)| id.seq)
}

/// The number of the last event that may be pruned, at most `most` from the oldest on. None after `up_to` and
/// none since `since_ms` is pruned; the first event that must stay ends the search, so that there is no gap
/// even if the clock has gone back. `None` if there is nothing to prune.
pub(crate) async fn prunable(
    tx: &mut Tx,
    list: &ListId,
    up_to: Seq,
    since_ms: i64,
    most: i64,
) -> Result<Option<Seq>, ServerError> {
    let rows = query("SELECT seq, at_ms FROM events WHERE stream_id = $1 AND seq <= $2 ORDER BY seq LIMIT $3")
        .bind(list.as_str())
        .bind(up_to)
        .bind(most)
        .fetch_all(&mut **tx)
        .await?;
    let mut end = None;
    for row in rows {
        if row.try_get::<i64, _>(1)? >= since_ms {
            break;
        }
        end = Some(row.try_get(0)?);
    }
    Ok(end)
}

/// Removes the events of a list up to a number.
pub(crate) async fn prune(tx: &mut Tx, list: &ListId, up_to: Seq) -> Result<u64, ServerError> {
    let done = query("DELETE FROM events WHERE stream_id = $1 AND seq <= $2")
        .bind(list.as_str())
        .bind(up_to)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

fn read_id(row: &AnyRow) -> Result<EventId, ServerError> {
    EventId::from_parts(row.try_get(0)?, row.try_get(1)?).map_err(|_| ServerError::Corrupt("an event's id".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(seq: Seq) -> EventId {
        if seq == 0 { EventId::START } else { EventId { seq, tag: 7 } }
    }

    #[test]
    fn a_cursor_is_good_if_the_log_has_it_or_it_is_the_start_of_a_whole_log() {
        for (cursor, head, found, expected) in [
            (id(0), id(0), None, None),
            (id(0), id(9), Some(id(1)), None),
            (id(0), id(9), Some(id(4)), Some(ResetReason::Pruned)),
            (id(0), id(9), None, Some(ResetReason::Pruned)),
            (id(5), id(9), Some(id(5)), None),
            (id(9), id(9), Some(id(9)), None),
            (id(5), id(9), Some(EventId { seq: 5, tag: 8 }), Some(ResetReason::Unknown)),
            (id(5), id(9), Some(id(7)), Some(ResetReason::Pruned)),
            (id(12), id(9), None, Some(ResetReason::Unknown)),
            (EventId { seq: 0, tag: 3 }, id(9), Some(id(1)), Some(ResetReason::Pruned)),
        ] {
            assert_eq!(reset_reason(cursor, head, found), expected, "{cursor} of {head}, {found:?}");
        }
    }

    #[test]
    fn a_step_has_a_limited_number_of_bytes_but_at_least_one_event() {
        let long = i64::try_from(STEP_BYTES_MAX).unwrap() * 6;
        assert_eq!(end_of_step([(id(4), long), (id(5), long)].iter(), STEP_BYTES_MAX), Some(4));
        assert_eq!(end_of_step([(id(4), 100), (id(5), long), (id(6), 1)].iter(), STEP_BYTES_MAX), Some(5));
        assert_eq!(end_of_step([].iter(), STEP_BYTES_MAX), None);
    }
}
