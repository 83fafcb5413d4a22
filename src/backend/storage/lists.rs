//! The SQL for the rows of lists.

use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::rows::{parse, parse_position};
use crate::domain::{List, ListId, OpId, Position};

/// Adds a list without todos. Its stream must exist already.
pub(crate) async fn insert(tx: &mut Tx, list: &List, position: &Position, op: OpId) -> Result<(), ServerError> {
    query("INSERT INTO lists (id, name, size, open, position, op) VALUES ($1, $2, 0, 0, $3, $4)")
        .bind(list.id.as_str())
        .bind(list.name.as_str())
        .bind(position.as_str())
        .bind(op.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The list that a command has already made.
pub(crate) async fn made_by(tx: &mut Tx, op: OpId) -> Result<Option<ListId>, ServerError> {
    let row = query("SELECT id FROM lists WHERE op = $1").bind(op.to_string()).fetch_optional(&mut **tx).await?;
    row.map(|row| parse(row.try_get(0)?)).transpose()
}

/// The position of the last list in the order of lists.
pub(crate) async fn last(tx: &mut Tx) -> Result<Option<Position>, ServerError> {
    let row = query("SELECT MAX(position) FROM lists WHERE deleted_ms IS NULL").fetch_one(&mut **tx).await?;
    row.try_get::<Option<String>, _>(0)?.map(parse_position).transpose()
}
