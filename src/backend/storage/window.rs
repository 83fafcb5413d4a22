//! The SQL for one page of a long list: its window of todos and how many others there are.

use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::board::{Listed, read_list, todos_of};
use crate::backend::storage::database::Tx;
use crate::backend::storage::rows::{TODO_COLUMNS, parse, read_todo};
use crate::domain::window::PAGE_TODOS_MAX;
use crate::domain::{Board, Command, ListId, Steps, TodoId, Window};

/// Which todos a page's filter shows: those whose `completed` is between these two numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown(i64, i64);

impl Shown {
    /// All todos, or only those that are done, or only those that are open.
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
    /// The page's number, from 1. If there is no such page, the nearest one is shown.
    pub(crate) page: usize,
    /// The todo that must be on the page, whatever the page's number and filter.
    pub(crate) edited: Option<TodoId>,
}

/// A list as one page shows it: whole, or a window of it if it is too long. `None` if there is no such
/// list.
pub(crate) async fn read(
    tx: &mut Tx,
    list: &ListId,
    asked: Asked,
) -> Result<Option<(Board, Option<Window>)>, ServerError> {
    let Some(listed) = read_list(tx, list).await? else { return Ok(None) };
    let (open, done) = (count(listed.open)?, count(listed.size - listed.open)?);
    if open + done <= PAGE_TODOS_MAX {
        return Ok(Some((todos_of(tx, listed).await?, None)));
    }
    let Listed { list, head, .. } = listed;
    let edited = match asked.edited {
        Some(id) => completed(tx, &list.id, id).await?.map(|completed| (id, completed)),
        None => None,
    };
    let shown = asked.shown;
    // A todo that is being edited is shown even if the filter would hide it.
    let extra = usize::from(edited.is_some_and(|(_, completed)| !shown.has(completed)));
    let listed = if shown.has(0) { open } else { 0 } + if shown.has(1) { done } else { 0 } + extra;
    let pages = listed.div_ceil(PAGE_TODOS_MAX).max(1);
    let page = match edited {
        Some((id, _)) => Place { before: before(tx, &list.id, shown, id).await?, row: Some(id) }.page(),
        None => asked.page.clamp(1, pages),
    };
    let sql = format!(
        "SELECT {TODO_COLUMNS} FROM todos WHERE list_id = $1 AND deleted_ms IS NULL \
         AND (completed BETWEEN $2 AND $3 OR id = $4) ORDER BY position, id LIMIT $5 OFFSET $6"
    );
    let rows = query(sqlx::AssertSqlSafe(sql))
        .bind(list.id.as_str())
        .bind(shown.0)
        .bind(shown.1)
        .bind(edited.map(|(id, _)| id.to_string()).unwrap_or_default())
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

/// Where a todo stands among the shown ones, or would stand if it were one of them.
#[derive(Debug)]
pub(crate) struct Place {
    /// How many of them come before it.
    before: usize,
    /// The todo, or if it is not shown the one that stands there now: the next one, else the last one.
    pub(crate) row: Option<TodoId>,
}

impl Place {
    /// The page with it, from 1.
    pub(crate) fn page(&self) -> usize {
        self.before / PAGE_TODOS_MAX + 1
    }

    /// How many rows come before it on its page.
    pub(crate) fn above(&self) -> usize {
        self.before % PAGE_TODOS_MAX
    }
}

/// The place of a todo, also of one that was deleted or that the filter hides. The first one if the list never
/// had such a todo.
pub(crate) async fn place_of(tx: &mut Tx, list: &ListId, shown: Shown, id: TodoId) -> Result<Place, ServerError> {
    let before = before(tx, list, shown, id).await?;
    let row = match completed(tx, list, id).await? {
        Some(completed) if shown.has(completed) => Some(id),
        _ => match beside(tx, list, shown, id, (">", "ASC")).await?.first() {
            Some(next) => Some(*next),
            None => beside(tx, list, shown, id, ("<", "DESC")).await?.first().copied(),
        },
    };
    Ok(Place { before, row })
}

async fn before(tx: &mut Tx, list: &ListId, shown: Shown, id: TodoId) -> Result<usize, ServerError> {
    let row = query(
        "SELECT COUNT(*) FROM todos AS before JOIN todos AS one ON one.list_id = before.list_id \
         AND (before.position, before.id) < (one.position, one.id) \
         WHERE one.list_id = $1 AND one.id = $2 AND before.completed BETWEEN $3 AND $4 AND before.deleted_ms IS NULL",
    )
    .bind(list.as_str())
    .bind(id.to_string())
    .bind(shown.0)
    .bind(shown.1)
    .fetch_one(&mut **tx)
    .await?;
    count(row.try_get(0)?)
}

/// The commands that move a todo by one among the shown ones, which may be on other pages.
pub(crate) async fn steps(tx: &mut Tx, list: &ListId, shown: Shown, id: TodoId) -> Result<Steps, ServerError> {
    let above = beside(tx, list, shown, id, ("<", "DESC")).await?;
    let below = beside(tx, list, shown, id, (">", "ASC")).await?;
    let to = |after| Command::Move { id, after };
    // One that goes up stands right behind the second one above it, or at the top.
    let up = (!above.is_empty()).then(|| to(above.get(1).copied()));
    Ok(Steps { up, down: below.first().map(|it| to(Some(*it))) })
}

/// The two shown todos before or after another one, the nearer one first.
async fn beside(
    tx: &mut Tx,
    list: &ListId,
    shown: Shown,
    id: TodoId,
    (stands, order): (&str, &str),
) -> Result<Vec<TodoId>, ServerError> {
    let sql = format!(
        "SELECT other.id FROM todos AS other JOIN todos AS one ON one.list_id = other.list_id \
         AND (other.position, other.id) {stands} (one.position, one.id) \
         WHERE one.list_id = $1 AND one.id = $2 AND other.completed BETWEEN $3 AND $4 AND other.deleted_ms IS NULL \
         ORDER BY other.position {order}, other.id {order} LIMIT 2"
    );
    let rows = query(sqlx::AssertSqlSafe(sql))
        .bind(list.as_str())
        .bind(id.to_string())
        .bind(shown.0)
        .bind(shown.1)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(|row| parse(row.try_get(0)?)).collect()
}

/// Whether a todo is done, as it is stored. `None` if the list has no such todo.
async fn completed(tx: &mut Tx, list: &ListId, id: TodoId) -> Result<Option<i64>, ServerError> {
    let row = query("SELECT completed FROM todos WHERE list_id = $1 AND id = $2 AND deleted_ms IS NULL")
        .bind(list.as_str())
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

fn count(found: i64) -> Result<usize, ServerError> {
    usize::try_from(found).map_err(|_| ServerError::Corrupt(format!("the count {found}")))
}

fn number(todos: usize) -> Result<i64, ServerError> {
    i64::try_from(todos).map_err(|_| ServerError::Corrupt(format!("the count {todos}")))
}
