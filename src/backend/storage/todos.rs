//! The only file that changes the table of todos. It writes the same change that an event makes to a board.
//! A deleted todo stays in the table until it is purged.

use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::placeholders::{chunks, tables};
use crate::backend::storage::rows::parse_position;
use crate::backend::storage::script::Script;
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
    locked.counts += moved;
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
    let row = |todo: &Todo| {
        let todo = Todo { touched_seq: event.seq, updated_ms: event.at_ms, ..todo.clone() };
        TodoRow { list: event.list.clone(), todo, deleted_ms: None }
    };
    let mut script = Script::default();
    put_rows(&mut script, &todos.iter().map(row).collect::<Vec<_>>());
    tx.run(script).await?;
    let count = |todos: usize| i64::try_from(todos).unwrap_or(0);
    Ok(Counts { size: count(todos.len()), open: count(todos.iter().filter(|it| !it.completed).count()) })
}

/// A todo as the table has it, in its list or in the list's trash, and not gone to another list.
#[derive(Clone, Debug)]
pub(crate) struct TodoRow {
    pub(crate) list: ListId,
    pub(crate) todo: Todo,
    pub(crate) deleted_ms: Option<i64>,
}

impl TodoRow {
    /// What it counts in its list: nothing while it is in the trash.
    pub(super) fn counts(&self) -> Counts {
        let is_there = self.deleted_ms.is_none();
        Counts { size: i64::from(is_there), open: i64::from(is_there && !self.todo.completed) }
    }
}

/// Writes rows as they are now, whether or not the table has them already. No row may be among them twice.
pub(crate) fn put_rows(script: &mut Script, rows: &[TodoRow]) {
    const COLUMNS: &str = "list_id, id, title, completed, position, touched_seq, deleted_ms, created_ms, updated_ms";
    for table in tables(rows, 9) {
        let sql = format!(
            "WITH put ({COLUMNS}) AS ({}) INSERT INTO todos ({COLUMNS}) SELECT {COLUMNS} FROM put WHERE id IS NOT NULL \
             ON CONFLICT (list_id, id) DO UPDATE SET title = excluded.title, completed = excluded.completed, \
             position = excluded.position, touched_seq = excluded.touched_seq, deleted_ms = excluded.deleted_ms, \
             moved_to = NULL, created_ms = excluded.created_ms, updated_ms = excluded.updated_ms",
            table.values
        );
        script.add(&sql);
        for row in table.rows() {
            let todo = row.map(|it| &it.todo);
            script
                .bind(row.map(|it| it.list.as_str()))
                .bind(todo.map(|it| it.id.to_string()))
                .bind(todo.map(|it| it.title.as_str()))
                .bind(todo.map(|it| i64::from(it.completed)))
                .bind(todo.map(|it| it.position.as_str()))
                .bind(todo.map(|it| it.touched_seq))
                .bind(row.and_then(|it| it.deleted_ms))
                .bind(todo.map(|it| it.created_ms))
                .bind(todo.map(|it| it.updated_ms));
        }
    }
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
pub(crate) async fn last(tx: &mut Tx, list: &ListId) -> Result<Option<Position>, ServerError> {
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
