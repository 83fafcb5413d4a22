//! The SQL that reads a whole board.

use sqlx::query;

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::rows::{TODO_COLUMNS, parse_text, read_head, read_todo};
use crate::domain::{Board, EventId, Head, List, ListId};
use sqlx::Row;

/// The whole board as this transaction sees it; `None` if there is no such list.
pub(crate) async fn board(tx: &mut Tx, list: &ListId) -> Result<Option<Board>, ServerError> {
    let Some(listed) = read_list(tx, list).await? else { return Ok(None) };
    todos_of(tx, listed).await.map(Some)
}

/// The whole board of a list that was read in the same transaction.
pub(super) async fn todos_of(tx: &mut Tx, listed: Listed) -> Result<Board, ServerError> {
    let Listed { list, head, .. } = listed;
    let sql =
        format!("SELECT {TODO_COLUMNS} FROM todos WHERE list_id = $1 AND deleted_ms IS NULL ORDER BY position, id");
    let rows = query(sqlx::AssertSqlSafe(sql)).bind(list.id.as_str()).fetch_all(&mut **tx).await?;
    let todos = rows.iter().map(read_todo).collect::<Result<_, _>>()?;
    Ok(Board { list, head, todos })
}

/// A list without its todos.
pub(super) struct Listed {
    pub(super) list: List,
    pub(super) head: Head,
    /// How many of its todos are open, and how many there are.
    pub(super) open: i64,
    pub(super) size: i64,
}

/// A list without its todos; `None` if there is no such list.
pub(super) async fn read_list(tx: &mut Tx, list: &ListId) -> Result<Option<Listed>, ServerError> {
    let row = query(
        "SELECT head, tag, name, open, size FROM lists JOIN streams ON streams.id = lists.id \
         LEFT JOIN events ON stream_id = streams.id AND seq = head WHERE lists.id = $1 AND deleted_ms IS NULL",
    )
    .bind(list.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Listed {
        list: List { id: list.clone(), name: parse_text(row.try_get(2)?)? },
        head: Head(read_head(&row)?.unwrap_or(EventId::START)),
        open: row.try_get(3)?,
        size: row.try_get(4)?,
    }))
}
