//! The only file that changes the table of todos. It writes the same change that an event makes to a board.
//! A deleted todo stays in the table until it is purged.

use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::placeholders::{chunks, row_chunks};
use crate::backend::storage::rows::parse_position;
use crate::backend::storage::streams::{Counts, Locked};
use crate::domain::{Change, Event, ListId, Position, ShortText, Todo, TodoId};

/// Writes an event's change. The caller has locked the list; its counts and its last position are updated.
pub(crate) async fn write(tx: &mut Tx, event: &Event, locked: &mut Locked) -> Result<(), ServerError> {
    let moved = match &event.change {
        Change::Created { todo, title, position } => {
            let todo = Todo::new(*todo, title.clone(), position.clone(), event.seq, event.at_ms);
            locked.last = locked.last.take().max(Some(position.clone()));
            put(tx, event, &[todo]).await?
        }
        Change::Renamed { todo, title, .. } => {
            set_title(tx, event, *todo, title).await?;
            Counts::default()
        }
        Change::Completed { todos } => Counts { size: 0, open: -set_completed(tx, event, todos, true).await? },
        Change::Reopened { todos } => Counts { size: 0, open: set_completed(tx, event, todos, false).await? },
        Change::Deleted { todos, to } => {
            let gone = delete(tx, event, todos, to.as_ref()).await?;
            locked.last = last(tx, &event.list).await?;
            gone
        }
        Change::Restored { todos, .. } => {
            let back = put(tx, event, todos).await?;
            locked.last = last(tx, &event.list).await?;
            back
        }
        Change::Moved { todo, position, .. } => {
            set_position(tx, event, *todo, position).await?;
            locked.last = last(tx, &event.list).await?;
            Counts::default()
        }
        Change::Spaced { todos } => {
            for placed in todos {
                set_position(tx, event, placed.todo, &placed.position).await?;
            }
            locked.last = last(tx, &event.list).await?;
            Counts::default()
        }
        // The name stands in the list's own row, and the index has no todos.
        Change::Named { .. }
        | Change::ListCreated { .. }
        | Change::ListRenamed { .. }
        | Change::ListDeleted { .. }
        | Change::ListRestored { .. }
        | Change::ListMoved { .. }
        | Change::ListsSpaced { .. } => Counts::default(),
    };
    locked.counts.size += moved.size;
    locked.counts.open += moved.open;
    Ok(())
}

async fn set_title(tx: &mut Tx, event: &Event, id: TodoId, title: &ShortText) -> Result<(), ServerError> {
    query("UPDATE todos SET title = $3, touched_seq = $4, updated_ms = $5 WHERE list_id = $1 AND id = $2")
        .bind(event.list.as_str())
        .bind(id.to_string())
        .bind(title.as_str())
        .bind(event.seq)
        .bind(event.at_ms)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Returns how many todos were set.
async fn set_completed(tx: &mut Tx, event: &Event, todos: &[TodoId], completed: bool) -> Result<i64, ServerError> {
    for (ids, places) in chunks(todos, 5) {
        let sql = format!(
            "UPDATE todos SET completed = $2, touched_seq = $3, updated_ms = $4 WHERE list_id = $1 AND id IN ({places})"
        );
        let set = query(sqlx::AssertSqlSafe(sql)).bind(event.list.as_str()).bind(i64::from(completed));
        let set = set.bind(event.seq).bind(event.at_ms);
        ids.iter().fold(set, |set, id| set.bind(id.to_string())).execute(&mut **tx).await?;
    }
    Ok(i64::try_from(todos.len()).unwrap_or(0))
}

/// Returns by how many todos there are fewer.
async fn delete(tx: &mut Tx, event: &Event, todos: &[TodoId], to: Option<&ListId>) -> Result<Counts, ServerError> {
    let mut gone = Counts::default();
    for (ids, places) in chunks(todos, 5) {
        let sql = format!(
            "UPDATE todos SET deleted_ms = $3, moved_to = $4, touched_seq = $2, updated_ms = $3 \
             WHERE list_id = $1 AND id IN ({places}) RETURNING completed"
        );
        let set = query(sqlx::AssertSqlSafe(sql)).bind(event.list.as_str()).bind(event.seq).bind(event.at_ms);
        let set = set.bind(to.map(ListId::as_str));
        let rows = ids.iter().fold(set, |set, id| set.bind(id.to_string())).fetch_all(&mut **tx).await?;
        for row in rows {
            gone.size -= 1;
            gone.open -= 1 - row.try_get::<i64, _>(0)?;
        }
    }
    Ok(gone)
}

/// Puts todos into the list that are new, were in its trash or in another list. A todo that was deleted and is
/// created again begins anew. Returns by how many todos there are more.
async fn put(tx: &mut Tx, event: &Event, todos: &[Todo]) -> Result<Counts, ServerError> {
    for (todos, rows) in row_chunks(todos, 8) {
        let sql = format!(
            "INSERT INTO todos (list_id, id, title, completed, position, touched_seq, created_ms, updated_ms) \
             VALUES {rows} \
             ON CONFLICT (list_id, id) DO UPDATE SET title = excluded.title, completed = excluded.completed, \
             position = excluded.position, touched_seq = excluded.touched_seq, deleted_ms = NULL, moved_to = NULL, \
             created_ms = excluded.created_ms, updated_ms = excluded.updated_ms"
        );
        let put = todos.iter().fold(query(sqlx::AssertSqlSafe(sql)), |put, todo| {
            put.bind(event.list.as_str())
                .bind(todo.id.to_string())
                .bind(todo.title.as_str())
                .bind(i64::from(todo.completed))
                .bind(todo.position.as_str())
                .bind(event.seq)
                .bind(todo.created_ms)
                .bind(event.at_ms)
        });
        put.execute(&mut **tx).await?;
    }
    let count = |todos: usize| i64::try_from(todos).unwrap_or(0);
    Ok(Counts { size: count(todos.len()), open: count(todos.iter().filter(|it| !it.completed).count()) })
}

async fn set_position(tx: &mut Tx, event: &Event, id: TodoId, position: &Position) -> Result<(), ServerError> {
    query("UPDATE todos SET position = $3, touched_seq = $4, updated_ms = $5 WHERE list_id = $1 AND id = $2")
        .bind(event.list.as_str())
        .bind(id.to_string())
        .bind(position.as_str())
        .bind(event.seq)
        .bind(event.at_ms)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The position of the last todo in a list's order.
pub(super) async fn last(tx: &mut Tx, list: &ListId) -> Result<Option<Position>, ServerError> {
    let row = query("SELECT MAX(position) FROM todos WHERE list_id = $1 AND deleted_ms IS NULL")
        .bind(list.as_str())
        .fetch_one(&mut **tx)
        .await?;
    row.try_get::<Option<String>, _>(0)?.map(parse_position).transpose()
}

/// Removes for good the todos that were deleted before a time, the oldest first, at most `most`. Returns
/// how many.
pub(crate) async fn purge(tx: &mut Tx, before_ms: i64, most: i64) -> Result<u64, ServerError> {
    let done = query(
        "DELETE FROM todos WHERE (list_id, id) IN (SELECT list_id, id FROM todos WHERE deleted_ms < $1 \
         ORDER BY deleted_ms LIMIT $2)",
    )
    .bind(before_ms)
    .bind(most)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
