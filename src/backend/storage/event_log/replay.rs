//! Reads a whole log from its beginning, to replay it.

use sqlx::query;

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::event_log::{STEP_BYTES_MAX, STEP_EVENTS_MAX, end_of_step, frames, read_id};
use crate::domain::{Event, EventId, ListId, Seq};
use sqlx::Row;

/// The events that there are after a number, as many as one step takes. Unlike a reader's step it may have holes.
pub(crate) async fn events_after(tx: &mut Tx, stream: &ListId, after: Seq) -> Result<Vec<Event>, ServerError> {
    let rows = query(
        "SELECT seq, tag, OCTET_LENGTH(change) FROM events WHERE stream_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
    )
    .bind(stream.as_str())
    .bind(after)
    .bind(i64::try_from(STEP_EVENTS_MAX).unwrap_or(i64::MAX))
    .fetch_all(&mut **tx)
    .await?;
    let found: Vec<(EventId, i64)> =
        rows.iter().map(|row| Ok((read_id(row)?, row.try_get(2)?))).collect::<Result<_, ServerError>>()?;
    let Some(up_to) = end_of_step(found.iter(), STEP_BYTES_MAX) else { return Ok(Vec::new()) };
    frames(tx, stream, after, up_to).await?.iter().map(super::Frame::event).collect()
}
