//! The SQL for one page of a list's trash.

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::board::read_list;
use crate::backend::storage::database::Tx;
use crate::backend::storage::rows::{parse, parse_text};
use crate::domain::ListId;
use crate::domain::past::{DeletedTodo, TRASH_PAGE_TODOS_MAX, TrashPage};

/// What is in the trash: what was deleted since a time, and did not go to another list.
const IN_TRASH: &str = "FROM todos WHERE list_id = $1 AND deleted_ms >= $2 AND moved_to IS NULL";

/// One page of what was deleted since a time, or the nearest that there is; `None` where there is no such list.
pub(crate) async fn read(
    tx: &mut Tx,
    list: &ListId,
    since_ms: i64,
    page: usize,
) -> Result<Option<TrashPage>, ServerError> {
    let Some((_, list)) = read_list(tx, list).await? else { return Ok(None) };
    let sql = format!("SELECT COUNT(*) {IN_TRASH}");
    let row = query(sqlx::AssertSqlSafe(sql)).bind(list.id.as_str()).bind(since_ms).fetch_one(&mut **tx).await?;
    let count = usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0);
    let pages = count.div_ceil(TRASH_PAGE_TODOS_MAX).max(1);
    let page = page.clamp(1, pages);
    // Those that were deleted together are in the list's order.
    let sql = format!(
        "SELECT id, title, completed, deleted_ms {IN_TRASH} ORDER BY deleted_ms DESC, position, id LIMIT $3 OFFSET $4"
    );
    let rows = query(sqlx::AssertSqlSafe(sql))
        .bind(list.id.as_str())
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
    let todos = rows.iter().map(todo).collect::<Result<_, ServerError>>()?;
    Ok(Some(TrashPage { list, todos, page, pages }))
}

fn number(todos: usize) -> i64 {
    i64::try_from(todos).unwrap_or(i64::MAX)
}
