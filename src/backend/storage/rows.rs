//! Reads the columns of a row back into the types they were written from.

use sqlx::Row;
use sqlx::any::AnyRow;

use crate::backend::error::ServerError;
use crate::domain::{EventId, Position, Seq, ShortText, Todo};

/// The columns that [`read_todo`] reads, in this order.
pub(super) const TODO_COLUMNS: &str = "id, title, completed, position, touched_seq, created_ms, updated_ms";

/// Reads [`TODO_COLUMNS`].
pub(super) fn read_todo(row: &AnyRow) -> Result<Todo, ServerError> {
    Ok(Todo {
        id: parse(row.try_get(0)?)?,
        title: parse_text(row.try_get(1)?)?,
        completed: row.try_get::<i64, _>(2)? != 0,
        position: parse_position(row.try_get(3)?)?,
        touched_seq: row.try_get(4)?,
        created_ms: row.try_get(5)?,
        updated_ms: row.try_get(6)?,
    })
}

/// Reads a stream's `head` and the `tag` of its event, the first two columns of a row. `None` if the log does not have
/// this event.
pub(super) fn read_head(row: &AnyRow) -> Result<Option<EventId>, ServerError> {
    let (seq, tag): (Seq, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    let Some(tag) = tag else { return Ok((seq == 0).then_some(EventId::START)) };
    EventId::from_parts(seq, &tag).map(Some).map_err(|_| ServerError::Corrupt(format!("the tag {tag:?}")))
}

/// Reads back an id that was stored as text.
pub(super) fn parse<T: std::str::FromStr>(text: &str) -> Result<T, ServerError> {
    text.parse().map_err(|_| ServerError::Corrupt(format!("the id {text:?}")))
}

pub(super) fn parse_text(text: String) -> Result<ShortText, ServerError> {
    ShortText::try_from(text).map_err(|error| ServerError::Corrupt(error.to_string()))
}

pub(super) fn parse_position(text: String) -> Result<Position, ServerError> {
    let shown = text.clone();
    Position::try_from(text).map_err(|_| ServerError::Corrupt(format!("the position {shown:?}")))
}
