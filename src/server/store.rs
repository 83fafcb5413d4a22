//! The SQL for lists and todos. One text serves both engines, so: columns are TEXT or BIGINT, times
//! are milliseconds since 1970, flags are 0 and 1, placeholders are `$1 …`, no engine's own words.

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use super::database::Tx;
use super::error::ServerError;
use super::event_log;
use crate::domain::{Board, EventId, Head, List, ListId, Op, Seq, Text, Todo, TodoId};

/// A list whose row this transaction holds until it commits.
#[derive(Debug)]
pub(crate) struct LockedList {
    /// The number of its last event.
    pub(crate) head: Seq,
    /// How many todos it holds.
    pub(crate) size: i64,
}

/// Takes the list's row lock, the first thing every write does. `None` where there is no such list.
pub(crate) async fn lock_list(tx: &mut Tx, list: &ListId) -> Result<Option<LockedList>, ServerError> {
    let row = query("UPDATE lists SET head = head WHERE id = $1 RETURNING head, size")
        .bind(list.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| Ok(LockedList { head: row.try_get(0)?, size: row.try_get(1)? })).transpose()
}

/// Notes where a locked list has come to.
pub(crate) async fn advance_list(tx: &mut Tx, list: &ListId, locked: &LockedList) -> Result<(), ServerError> {
    query("UPDATE lists SET head = $2, size = $3 WHERE id = $1")
        .bind(list.as_str())
        .bind(locked.head)
        .bind(locked.size)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The lists whose logs are longer than this, and where their heads are.
pub(crate) async fn lists_longer_than(tx: &mut Tx, events: Seq) -> Result<Vec<(ListId, Seq)>, ServerError> {
    let rows = query("SELECT id, head FROM lists WHERE head > $1").bind(events).fetch_all(&mut **tx).await?;
    rows.iter().map(|row| Ok((parse(row.try_get(0)?)?, row.try_get(1)?))).collect()
}

/// Adds a list that has no events yet.
pub(crate) async fn insert_list(tx: &mut Tx, list: &List, op: Op, at_ms: i64) -> Result<(), ServerError> {
    query("INSERT INTO lists (id, name, head, size, created_ms, op) VALUES ($1, $2, 0, 0, $3, $4)")
        .bind(list.id.as_str())
        .bind(list.name.as_str())
        .bind(at_ms)
        .bind(op.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The list that a wish has made already.
pub(crate) async fn list_made_by(tx: &mut Tx, op: Op) -> Result<Option<ListId>, ServerError> {
    let row = query("SELECT id FROM lists WHERE op = $1").bind(op.to_string()).fetch_optional(&mut **tx).await?;
    row.map(|row| parse(row.try_get(0)?)).transpose()
}

/// Adds a todo at the end. `false` where the list has one with this id.
pub(crate) async fn insert_todo(
    tx: &mut Tx,
    list: &ListId,
    id: TodoId,
    title: &Text,
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
    title: &Text,
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

/// The whole board as this transaction sees it; `None` where there is no such list.
pub(crate) async fn board(tx: &mut Tx, list: &ListId) -> Result<Option<Board>, ServerError> {
    let Some((head, list)) = read_list(tx, list).await? else { return Ok(None) };
    let rows =
        query("SELECT id, title, completed, created_ms, updated_ms FROM todos WHERE list_id = $1 ORDER BY created_seq")
            .bind(list.id.as_str())
            .fetch_all(&mut **tx)
            .await?;
    let todos = rows.iter().map(read_todo).collect::<Result<_, _>>()?;
    Ok(Some(Board { list, head, todos }))
}

/// A list without its todos, and its head; `None` where there is no such list.
pub(crate) async fn read_list(tx: &mut Tx, list: &ListId) -> Result<Option<(Head, List)>, ServerError> {
    let row = query("SELECT name, head FROM lists WHERE id = $1").bind(list.as_str()).fetch_optional(&mut **tx).await?;
    let Some(row) = row else { return Ok(None) };
    let (name, head): (String, Seq) = (row.try_get(0)?, row.try_get(1)?);
    let head = event_log::id_at(tx, list, head).await?.unwrap_or(EventId::START);
    Ok(Some((Head(head), List { id: list.clone(), name: parse_text(name)? })))
}

async fn todos_where(tx: &mut Tx, list: &ListId, completed: bool) -> Result<Vec<TodoId>, ServerError> {
    let rows = query("SELECT id FROM todos WHERE list_id = $1 AND completed = $2 ORDER BY created_seq")
        .bind(list.as_str())
        .bind(i64::from(completed))
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(|row| parse(row.try_get(0)?)).collect()
}

/// Reads `id, title, completed, created_ms, updated_ms`.
pub(crate) fn read_todo(row: &AnyRow) -> Result<Todo, ServerError> {
    Ok(Todo {
        id: parse(row.try_get(0)?)?,
        title: parse_text(row.try_get(1)?)?,
        completed: row.try_get::<i64, _>(2)? != 0,
        created_ms: row.try_get(3)?,
        updated_ms: row.try_get(4)?,
    })
}

/// Reads back an id that was stored as text.
pub(crate) fn parse<T: std::str::FromStr>(text: &str) -> Result<T, ServerError> {
    text.parse().map_err(|_| ServerError::Corrupt(format!("the id {text:?}")))
}

fn parse_text(text: String) -> Result<Text, ServerError> {
    Text::try_from(text).map_err(|error| ServerError::Corrupt(error.to_string()))
}
