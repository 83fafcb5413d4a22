//! The log read backwards, a page at a time, and several events of it at once: for whoever looks at what was
//! done, and at what can be undone.

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::event_log::{DONE_COLUMNS, end_of_step, read_done, read_id};
use crate::backend::storage::placeholders::chunks;
use crate::backend::storage::rows::parse;
use crate::domain::past::HISTORY_PAGE_ENTRIES_MAX;
use crate::domain::{Done, EventId, ListId, OpId, Seq};

/// How many bytes of changes one page has, or one change where that alone is longer. A change of a full list
/// has 400 kB, and a page of such changes would keep the server busy for seconds.
const PAGE_BYTES_MAX: usize = 512 << 10;

/// What the log knows of an event besides what was done.
#[derive(Debug)]
pub(crate) struct Logged {
    pub(crate) id: EventId,
    pub(crate) at_ms: i64,
    pub(crate) actor: Option<String>,
    pub(crate) op: OpId,
}

/// The events before one of them, or the last ones, the newest first; and whether there are older ones. Those
/// that only made room are left out: nobody asked for them.
pub(crate) async fn page(
    tx: &mut Tx,
    list: &ListId,
    before: Option<Seq>,
) -> Result<(Vec<(Logged, Done)>, bool), ServerError> {
    let before = before.unwrap_or(Seq::MAX);
    // Sizes first, as for a reader that follows.
    let rows = query(
        "SELECT seq, tag, OCTET_LENGTH(change) FROM events WHERE stream_id = $1 AND seq < $2 \
         AND SUBSTR(change, 1, 10) <> '{\"spaced\":' ORDER BY seq DESC LIMIT $3",
    )
    .bind(list.as_str())
    .bind(before)
    .bind(i64::try_from(HISTORY_PAGE_ENTRIES_MAX + 1).unwrap_or(i64::MAX))
    .fetch_all(&mut **tx)
    .await?;
    let found: Vec<(EventId, i64)> =
        rows.iter().map(|row| Ok((read_id(row)?, row.try_get(2)?))).collect::<Result<_, ServerError>>()?;
    let fits = end_of_step(found.iter().take(HISTORY_PAGE_ENTRIES_MAX), PAGE_BYTES_MAX);
    let Some(oldest) = fits else { return Ok((Vec::new(), false)) };
    let sql = format!(
        "SELECT {DONE_COLUMNS}, at_ms, actor FROM events WHERE stream_id = $1 AND seq >= $2 AND seq < $3 \
         AND SUBSTR(change, 1, 10) <> '{{\"spaced\":' ORDER BY seq DESC"
    );
    let rows =
        query(sqlx::AssertSqlSafe(sql)).bind(list.as_str()).bind(oldest).bind(before).fetch_all(&mut **tx).await?;
    let logged = |row: &AnyRow| {
        let done = read_done(row)?;
        let broken = |_| ServerError::Corrupt(format!("the id of event {}", done.seq));
        let id = EventId::from_parts(done.seq, row.try_get("tag")?).map_err(broken)?;
        let (at_ms, actor) = (row.try_get("at_ms")?, row.try_get("actor")?);
        Ok((Logged { id, at_ms, actor, op: parse(row.try_get("op")?)? }, done))
    };
    let events = rows.iter().map(logged).collect::<Result<Vec<_>, ServerError>>()?;
    let is_more = found.len() > events.len();
    Ok((events, is_more))
}

/// The number of the oldest event that is kept.
pub(crate) async fn first(tx: &mut Tx, list: &ListId) -> Result<Option<Seq>, ServerError> {
    let row =
        query("SELECT MIN(seq) FROM events WHERE stream_id = $1").bind(list.as_str()).fetch_one(&mut **tx).await?;
    Ok(row.try_get(0)?)
}

/// The events with these numbers, those that there are.
pub(crate) async fn done_at(tx: &mut Tx, list: &ListId, seqs: &[Seq]) -> Result<Vec<Done>, ServerError> {
    let mut events = Vec::with_capacity(seqs.len());
    for (seqs, places) in chunks(seqs, 2) {
        let sql = format!("SELECT {DONE_COLUMNS} FROM events WHERE stream_id = $1 AND seq IN ({places})");
        let found = query(sqlx::AssertSqlSafe(sql)).bind(list.as_str());
        for row in seqs.iter().fold(found, |found, seq| found.bind(*seq)).fetch_all(&mut **tx).await? {
            events.push(read_done(&row)?);
        }
    }
    Ok(events)
}

/// The events that these commands came to, those that there are.
pub(crate) async fn done_by(tx: &mut Tx, list: &ListId, ops: &[OpId]) -> Result<Vec<(OpId, Done)>, ServerError> {
    let mut events = Vec::with_capacity(ops.len());
    for (ops, places) in chunks(ops, 2) {
        let sql = format!("SELECT {DONE_COLUMNS} FROM events WHERE stream_id = $1 AND op IN ({places})");
        let found = query(sqlx::AssertSqlSafe(sql)).bind(list.as_str());
        for row in ops.iter().fold(found, |found, op| found.bind(op.to_string())).fetch_all(&mut **tx).await? {
            events.push((parse(row.try_get("op")?)?, read_done(&row)?));
        }
    }
    Ok(events)
}
