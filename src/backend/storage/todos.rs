//! The one place that changes todos: writes what a change says into the table, which replaying the event
//! does to a board.

use sqlx::query;

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::placeholders::chunks;
use crate::domain::{Change, ListId, Seq, ShortText, TodoId};

/// Writes a change. The caller holds the list's lock, and `seq` and `at_ms` are those of its event.
pub(crate) async fn write(
    tx: &mut Tx,
    list: &ListId,
    change: &Change,
    seq: Seq,
    at_ms: i64,
) -> Result<(), ServerError> {
    match change {
        Change::Created { todo, title } => insert(tx, list, *todo, title, seq, at_ms).await,
        Change::Renamed { todo, title } => set_title(tx, list, *todo, title, at_ms).await,
        Change::Completed { todos } => set_completed(tx, list, todos, true, at_ms).await,
        Change::Reopened { todos } => set_completed(tx, list, todos, false, at_ms).await,
        Change::Deleted { todos } => delete(tx, list, todos).await,
        // The name stands in the list's own row.
        Change::Named { .. } => Ok(()),
    }
}

async fn insert(
    tx: &mut Tx,
    list: &ListId,
    id: TodoId,
    title: &ShortText,
    seq: Seq,
    at_ms: i64,
) -> Result<(), ServerError> {
    query(
        "INSERT INTO todos (list_id, id, title, completed, created_seq, created_ms, updated_ms) \
         VALUES ($1, $2, $3, 0, $4, $5, $5)",
    )
    .bind(list.as_str())
    .bind(id.to_string())
    .bind(title.as_str())
    .bind(seq)
    .bind(at_ms)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn set_title(tx: &mut Tx, list: &ListId, id: TodoId, title: &ShortText, at_ms: i64) -> Result<(), ServerError> {
    query("UPDATE todos SET title = $3, updated_ms = $4 WHERE list_id = $1 AND id = $2")
        .bind(list.as_str())
        .bind(id.to_string())
        .bind(title.as_str())
        .bind(at_ms)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn set_completed(
    tx: &mut Tx,
    list: &ListId,
    todos: &[TodoId],
    completed: bool,
    at_ms: i64,
) -> Result<(), ServerError> {
    for (ids, places) in chunks(todos, 4) {
        let sql = format!("UPDATE todos SET completed = $2, updated_ms = $3 WHERE list_id = $1 AND id IN ({places})");
        let set = query(sqlx::AssertSqlSafe(sql)).bind(list.as_str()).bind(i64::from(completed)).bind(at_ms);
        ids.iter().fold(set, |set, id| set.bind(id.to_string())).execute(&mut **tx).await?;
    }
    Ok(())
}

async fn delete(tx: &mut Tx, list: &ListId, todos: &[TodoId]) -> Result<(), ServerError> {
    for (ids, places) in chunks(todos, 2) {
        let sql = format!("DELETE FROM todos WHERE list_id = $1 AND id IN ({places})");
        let gone = query(sqlx::AssertSqlSafe(sql)).bind(list.as_str());
        ids.iter().fold(gone, |gone, id| gone.bind(id.to_string())).execute(&mut **tx).await?;
    }
    Ok(())
}
