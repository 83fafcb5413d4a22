//! The SQL that changes todos, and reads the one that a rule asks for.

use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::rows::{parse, read_todo};
use crate::domain::{ListId, Seq, ShortText, Todo, TodoId};

/// Adds a todo at the end. `false` where the list has one with this id.
pub(crate) async fn insert_todo(
    tx: &mut Tx,
    list: &ListId,
    id: TodoId,
    title: &ShortText,
    seq: Seq,
    at_ms: i64,
) -> Result<bool, ServerError> {
    let done = query(
        "INSERT INTO todos (list_id, id, title, completed, created_seq, created_ms, updated_ms) \
         VALUES ($1, $2, $3, 0, $4, $5, $5) ON CONFLICT (list_id, id) DO NOTHING",
    )
    .bind(list.as_str())
    .bind(id.to_string())
    .bind(title.as_str())
    .bind(seq)
    .bind(at_ms)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What a todo is now; `None` where the list has none with this id.
pub(crate) async fn todo(tx: &mut Tx, list: &ListId, id: TodoId) -> Result<Option<Todo>, ServerError> {
    let row = query("SELECT id, title, completed, created_ms, updated_ms FROM todos WHERE list_id = $1 AND id = $2")
        .bind(list.as_str())
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(read_todo).transpose()
}

/// Gives a todo another title.
pub(crate) async fn set_title(
    tx: &mut Tx,
    list: &ListId,
    id: TodoId,
    title: &ShortText,
    at_ms: i64,
) -> Result<(), ServerError> {
    query("UPDATE todos SET title = $3, updated_ms = $4 WHERE list_id = $1 AND id = $2")
        .bind(list.as_str())
        .bind(id.to_string())
        .bind(title.as_str())
        .bind(at_ms)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Marks one todo as done or open.
pub(crate) async fn set_completed(
    tx: &mut Tx,
    list: &ListId,
    id: TodoId,
    completed: bool,
    at_ms: i64,
) -> Result<(), ServerError> {
    query("UPDATE todos SET completed = $3, updated_ms = $4 WHERE list_id = $1 AND id = $2")
        .bind(list.as_str())
        .bind(id.to_string())
        .bind(i64::from(completed))
        .bind(at_ms)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Marks every todo as done or open, and says which ones were not.
pub(crate) async fn set_all_completed(
    tx: &mut Tx,
    list: &ListId,
    completed: bool,
    at_ms: i64,
) -> Result<Vec<TodoId>, ServerError> {
    let todos = todos_where(tx, list, !completed).await?;
    query("UPDATE todos SET completed = $2, updated_ms = $3 WHERE list_id = $1 AND completed <> $2")
        .bind(list.as_str())
        .bind(i64::from(completed))
        .bind(at_ms)
        .execute(&mut **tx)
        .await?;
    Ok(todos)
}

/// Removes one todo.
pub(crate) async fn delete_todo(tx: &mut Tx, list: &ListId, id: TodoId) -> Result<(), ServerError> {
    query("DELETE FROM todos WHERE list_id = $1 AND id = $2")
        .bind(list.as_str())
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Removes every todo that is done, and says which ones those were.
pub(crate) async fn delete_completed(tx: &mut Tx, list: &ListId) -> Result<Vec<TodoId>, ServerError> {
    let todos = todos_where(tx, list, true).await?;
    query("DELETE FROM todos WHERE list_id = $1 AND completed = 1").bind(list.as_str()).execute(&mut **tx).await?;
    Ok(todos)
}

async fn todos_where(tx: &mut Tx, list: &ListId, completed: bool) -> Result<Vec<TodoId>, ServerError> {
    let rows = query("SELECT id FROM todos WHERE list_id = $1 AND completed = $2 ORDER BY created_seq")
        .bind(list.as_str())
        .bind(i64::from(completed))
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(|row| parse(row.try_get(0)?)).collect()
}
