//! What stands in a row, read back as what it was written from.

use sqlx::Row;
use sqlx::any::AnyRow;

use crate::backend::error::ServerError;
use crate::domain::{ShortText, Todo};

/// Reads `id, title, completed, created_ms, updated_ms`.
pub(super) fn read_todo(row: &AnyRow) -> Result<Todo, ServerError> {
    Ok(Todo {
        id: parse(row.try_get(0)?)?,
        title: parse_text(row.try_get(1)?)?,
        completed: row.try_get::<i64, _>(2)? != 0,
        created_ms: row.try_get(3)?,
        updated_ms: row.try_get(4)?,
    })
}

/// Reads back an id that was stored as text.
pub(super) fn parse<T: std::str::FromStr>(text: &str) -> Result<T, ServerError> {
    text.parse().map_err(|_| ServerError::Corrupt(format!("the id {text:?}")))
}

pub(super) fn parse_text(text: String) -> Result<ShortText, ServerError> {
    ShortText::try_from(text).map_err(|error| ServerError::Corrupt(error.to_string()))
}
