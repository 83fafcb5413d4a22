//! The SQL for one page of the trash: what was deleted from a list, and the lists that were deleted.

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::board::{Listed, read_list};
use crate::backend::storage::database::Tx;
use crate::backend::storage::rows::{parse, parse_text};
use crate::domain::past::{DeletedList, DeletedTodo, Paged, TRASH_PAGE_LISTS_MAX, TRASH_PAGE_TODOS_MAX, TrashPage};
use crate::domain::{List, ListId};

/// What is in the trash: what was deleted since a time, and did not go to another list.
const IN_TRASH: &str = "FROM todos WHERE list_id = $1 AND deleted_ms >= $2 AND moved_to IS NULL";

/// The columns that [`read_deleted`] reads.
const DELETED_COLUMNS: &str = "id, name, size, deleted_ms";

/// One page of a list's todos that were deleted since a time, and one of all lists that were, or the nearest pages
/// that there are; `None` where there is no such list.
pub(crate) async fn read(
    tx: &mut Tx,
    list: &ListId,
    since_ms: i64,
    page: usize,
    lists_page: usize,
) -> Result<Option<TrashPage>, ServerError> {
    let Some(Listed { list, .. }) = read_list(tx, list).await? else { return Ok(None) };
    let todos = todos(tx, &list.id, since_ms, page).await?;
    let lists = lists(tx, since_ms, lists_page).await?;
    Ok(Some(TrashPage { list, todos, lists }))
}

async fn todos(tx: &mut Tx, list: &ListId, since_ms: i64, page: usize) -> Result<Paged<DeletedTodo>, ServerError> {
    let sql = format!("SELECT COUNT(*) {IN_TRASH}");
    let row = query(sqlx::AssertSqlSafe(sql)).bind(list.as_str()).bind(since_ms).fetch_one(&mut **tx).await?;
    let (page, pages) = nearest(&row, page, TRASH_PAGE_TODOS_MAX)?;
    // Those that were deleted together are in the list's order.
    let sql = format!(
        "SELECT id, title, completed, deleted_ms {IN_TRASH} ORDER BY deleted_ms DESC, position, id LIMIT $3 OFFSET $4"
    );
    let rows = query(sqlx::AssertSqlSafe(sql))
        .bind(list.as_str())
        .bind(since_ms)
        .bind(number(TRASH_PAGE_TODOS_MAX))
        .bind(number((page - 1) * TRASH_PAGE_TODOS_MAX))
        .fetch_all(&mut **tx)
        .await?;
    let todo = |row: &AnyRow| {
        Ok(DeletedTodo {
            id: parse(row.try_get(0)?)?,
            title: parse_text(row.try_get(1)?)?,
            completed: row.try_get::<i64, _>(2)? != 0,
            deleted_ms: row.try_get(3)?,
        })
    };
    let items = rows.iter().map(todo).collect::<Result<_, ServerError>>()?;
    Ok(Paged { items, page, pages })
}

/// A list that is being purged was deleted at no time, so it is not among them.
async fn lists(tx: &mut Tx, since_ms: i64, page: usize) -> Result<Paged<DeletedList>, ServerError> {
    let row = query("SELECT COUNT(*) FROM lists WHERE deleted_ms >= $1").bind(since_ms).fetch_one(&mut **tx).await?;
    let (page, pages) = nearest(&row, page, TRASH_PAGE_LISTS_MAX)?;
    let sql = format!(
        "SELECT {DELETED_COLUMNS} FROM lists WHERE deleted_ms >= $1 ORDER BY deleted_ms DESC, position, id \
         LIMIT $2 OFFSET $3"
    );
    let rows = query(sqlx::AssertSqlSafe(sql))
        .bind(since_ms)
        .bind(number(TRASH_PAGE_LISTS_MAX))
        .bind(number((page - 1) * TRASH_PAGE_LISTS_MAX))
        .fetch_all(&mut **tx)
        .await?;
    let items = rows.iter().map(read_deleted).collect::<Result<_, _>>()?;
    Ok(Paged { items, page, pages })
}

/// A list that was deleted since a time; `None` where it was not, or never was.
pub(crate) async fn deleted_list(
    tx: &mut Tx,
    list: &ListId,
    since_ms: i64,
) -> Result<Option<DeletedList>, ServerError> {
    let sql = format!("SELECT {DELETED_COLUMNS} FROM lists WHERE id = $1 AND deleted_ms >= $2");
    let row = query(sqlx::AssertSqlSafe(sql)).bind(list.as_str()).bind(since_ms).fetch_optional(&mut **tx).await?;
    row.as_ref().map(read_deleted).transpose()
}

fn read_deleted(row: &AnyRow) -> Result<DeletedList, ServerError> {
    Ok(DeletedList {
        list: List { id: parse(row.try_get(0)?)?, name: parse_text(row.try_get(1)?)? },
        todos: usize::try_from(row.try_get::<i64, _>(2)?).unwrap_or(0),
        deleted_ms: row.try_get(3)?,
    })
}

/// The page that is asked for, or the nearest, and how many there are for so many as a row has counted.
fn nearest(counted: &AnyRow, page: usize, most: usize) -> Result<(usize, usize), ServerError> {
    let count = usize::try_from(counted.try_get::<i64, _>(0)?).unwrap_or(0);
    let pages = count.div_ceil(most).max(1);
    Ok((page.clamp(1, pages), pages))
}

fn number(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
