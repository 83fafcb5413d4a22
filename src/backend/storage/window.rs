//! The SQL for one page of a long list: its window of todos and how many others there are. One text
//! serves both engines, as everywhere in the storage.

use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::board;
use crate::backend::storage::board::read_list;
use crate::backend::storage::database::Tx;
use crate::backend::storage::rows::read_todo;
use crate::domain::window::PAGE_TODOS_MAX;
use crate::domain::{Board, ListId, Seq, TodoId, Window};

/// Which todos a page's filter shows: their `completed` is from the first to the second of these.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown(i64, i64);

impl Shown {
    /// All todos, or those alone that are done, or are not.
    pub(crate) fn of(completed: Option<bool>) -> Self {
        completed.map_or(Self(0, 1), |it| Self(it.into(), it.into()))
    }

    fn has(self, completed: i64) -> bool {
        (self.0..=self.1).contains(&completed)
    }
}

/// What a page asks for.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) shown: Shown,
    /// The page's number, from 1. Where there is none, the nearest there is.
    pub(crate) page: usize,
    /// The todo that must be on the page, whatever its number and filter.
    pub(crate) edited: Option<TodoId>,
}

/// A list as one page has it: whole, or as a window where it is too long for that. `None` where there
/// is no such list.
pub(crate) async fn read(
    tx: &mut Tx,
    list: &ListId,
    asked: Asked,
) -> Result<Option<(Board, Option<Window>)>, ServerError> {
    let (open, done) = counts(tx, list).await?;
    if open + done <= PAGE_TODOS_MAX {
        return Ok(board::board(tx, list).await?.map(|board| (board, None)));
    }
    let Some((head, list)) = read_list(tx, list).await? else { return Ok(None) };
    let edited = match asked.edited {
        Some(id) => created_by(tx, &list.id, id).await?.map(|(seq, completed)| (id, seq, completed)),
        None => None,
    };
    let shown = asked.shown;
    // A todo that is being edited is shown, even where the filter would hide it.
    let extra = usize::from(edited.is_some_and(|(_, _, completed)| !shown.has(completed)));
    let listed = if shown.has(0) { open } else { 0 } + if shown.has(1) { done } else { 0 } + extra;
    let pages = listed.div_ceil(PAGE_TODOS_MAX).max(1);
    let page = match edited {
        Some((_, seq, _)) => page_at(tx, &list.id, shown, seq).await?,
        None => asked.page.clamp(1, pages),
    };
    let rows = query(
        "SELECT id, title, completed, created_ms, updated_ms FROM todos \
         WHERE list_id = $1 AND (completed BETWEEN $2 AND $3 OR id = $4) ORDER BY created_seq LIMIT $5 OFFSET $6",
    )
    .bind(list.id.as_str())
    .bind(shown.0)
    .bind(shown.1)
    .bind(edited.map(|(id, ..)| id.to_string()).unwrap_or_default())
    .bind(number(PAGE_TODOS_MAX)?)
    .bind(number((page - 1) * PAGE_TODOS_MAX)?)
    .fetch_all(&mut **tx)
    .await?;
    let todos = rows.iter().map(read_todo).collect::<Result<Vec<_>, _>>()?;
    let board = Board { list, head, todos };
    let open_here = board.open_count();
    let window = Window { page, pages, rest_open: open - open_here, rest_done: done - (board.todos.len() - open_here) };
    Ok(Some((board, Some(window))))
}

/// The page on which a todo is that this event created: as many todos are shown before it.
pub(crate) async fn page_at(tx: &mut Tx, list: &ListId, shown: Shown, seq: Seq) -> Result<usize, ServerError> {
    let row =
        query("SELECT COUNT(*) FROM todos WHERE list_id = $1 AND completed BETWEEN $2 AND $3 AND created_seq < $4")
            .bind(list.as_str())
            .bind(shown.0)
            .bind(shown.1)
            .bind(seq)
            .fetch_one(&mut **tx)
            .await?;
    Ok(count(row.try_get(0)?)? / PAGE_TODOS_MAX + 1)
}

/// How many todos of a list are open, and how many are done.
async fn counts(tx: &mut Tx, list: &ListId) -> Result<(usize, usize), ServerError> {
    let rows = query("SELECT completed, COUNT(*) FROM todos WHERE list_id = $1 GROUP BY completed")
        .bind(list.as_str())
        .fetch_all(&mut **tx)
        .await?;
    let (mut open, mut done) = (0, 0);
    for row in rows {
        let todos = count(row.try_get(1)?)?;
        if row.try_get::<i64, _>(0)? == 0 { open = todos } else { done = todos }
    }
    Ok((open, done))
}

/// The event that created a todo, and whether the todo is done. `None` where the list has none with
/// this id.
async fn created_by(tx: &mut Tx, list: &ListId, id: TodoId) -> Result<Option<(Seq, i64)>, ServerError> {
    let row = query("SELECT created_seq, completed FROM todos WHERE list_id = $1 AND id = $2")
        .bind(list.as_str())
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
}

fn count(found: i64) -> Result<usize, ServerError> {
    usize::try_from(found).map_err(|_| ServerError::Corrupt(format!("the count {found}")))
}

fn number(todos: usize) -> Result<i64, ServerError> {
    i64::try_from(todos).map_err(|_| ServerError::Corrupt(format!("the count {todos}")))
}
