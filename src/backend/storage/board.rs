//! The SQL that reads a whole board.

use sqlx::query;

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::event_log;
use crate::backend::storage::rows::{TODO_COLUMNS, parse_text, read_todo};
use crate::domain::{Board, EventId, Head, List, ListId, Seq};
use sqlx::Row;

/// The whole board as this transaction sees it; `None` if there is no such list.
pub(crate) async fn board(tx: &mut Tx, list: &ListId) -> Result<Option<Board>, ServerError> {
    let Some((head, list)) = read_list(tx, list).await? else { return Ok(None) };
    let sql =
        format!("SELECT {TODO_COLUMNS} FROM todos WHERE list_id = $1 AND deleted_ms IS NULL ORDER BY position, id");
    let rows = query(sqlx::AssertSqlSafe(sql)).bind(list.id.as_str()).fetch_all(&mut **tx).await?;
    let todos = rows.iter().map(read_todo).collect::<Result<_, _>>()?;
    Ok(Some(Board { list, head, todos }))
}

/// A list without its todos, and its head; `None` if there is no such list.
pub(crate) async fn read_list(tx: &mut Tx, list: &ListId) -> Result<Option<(Head, List)>, ServerError> {
    let row = query(
        "SELECT name, head FROM lists JOIN streams ON streams.id = lists.id WHERE lists.id = $1 AND deleted_ms IS NULL",
    )
    .bind(list.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (name, head): (String, Seq) = (row.try_get(0)?, row.try_get(1)?);
    let head = event_log::id_at(tx, list, head).await?.unwrap_or(EventId::START);
    Ok(Some((Head(head), List { id: list.clone(), name: parse_text(name)? })))
}
