//! The SQL for the rows of lists: what the index says, as a table.

use std::collections::BTreeMap;

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::placeholders::chunks;
use crate::backend::storage::rows::{parse, parse_position, parse_text};
use crate::backend::storage::{event_log, streams};
use crate::domain::{
    Change, Command, Event, EventId, Head, Index, IndexFacts, IndexedList, KnownList, ListId, OpId, PlacedList,
    Position, ShortText,
};

/// Stands for the time in the row of a list that is being purged: it can't be restored any more.
pub(super) const PURGING: i64 = 0;

/// Lists in the side bar of a page. More than this nobody looks through there, and a page would be megabytes.
const FIRST_LISTS_MAX: i64 = 500;

/// Writes what an event says of a list, which replaying it does to an [`Index`]. The caller has locked the index.
pub(crate) async fn write(tx: &mut Tx, event: &Event) -> Result<(), ServerError> {
    match &event.change {
        Change::ListCreated { list, name, position } => {
            streams::insert(tx, list, event.at_ms).await?;
            query("INSERT INTO lists (id, name, size, open, position, op) VALUES ($1, $2, 0, 0, $3, $4)")
                .bind(list.as_str())
                .bind(name.as_str())
                .bind(position.as_str())
                .bind(event.op.to_string())
                .execute(&mut **tx)
                .await?;
        }
        Change::ListRenamed { list, name, .. } => {
            set(tx, "UPDATE lists SET name = $2 WHERE id = $1", list, name.as_str()).await?;
        }
        Change::ListMoved { list, position, .. } => set_position(tx, list, position).await?,
        Change::ListsSpaced { lists } => {
            for PlacedList { list, position } in lists {
                set_position(tx, list, position).await?;
            }
        }
        Change::ListDeleted { list } => set_deleted(tx, list, Some(event.at_ms)).await?,
        Change::ListRestored { list, .. } => set_deleted(tx, list, None).await?,
        // These are about the todos of a list. Its name is set by what the index says of it.
        Change::Created { .. }
        | Change::Renamed { .. }
        | Change::Completed { .. }
        | Change::Reopened { .. }
        | Change::Deleted { .. }
        | Change::Restored { .. }
        | Change::Moved { .. }
        | Change::Spaced { .. }
        | Change::Named { .. } => {}
    }
    Ok(())
}

async fn set_position(tx: &mut Tx, list: &ListId, position: &Position) -> Result<(), ServerError> {
    set(tx, "UPDATE lists SET position = $2 WHERE id = $1", list, position.as_str()).await
}

async fn set(tx: &mut Tx, sql: &'static str, list: &ListId, value: &str) -> Result<(), ServerError> {
    query(sql).bind(list.as_str()).bind(value).execute(&mut **tx).await?;
    Ok(())
}

async fn set_deleted(tx: &mut Tx, list: &ListId, at_ms: Option<i64>) -> Result<(), ServerError> {
    query("UPDATE lists SET deleted_ms = $2 WHERE id = $1").bind(list.as_str()).bind(at_ms).execute(&mut **tx).await?;
    Ok(())
}

/// The list that a command has already made.
pub(crate) async fn made_by(tx: &mut Tx, op: OpId) -> Result<Option<ListId>, ServerError> {
    let row = query("SELECT id FROM lists WHERE op = $1").bind(op.to_string()).fetch_optional(&mut **tx).await?;
    row.map(|row| parse(row.try_get(0)?)).transpose()
}

/// What a command about a list is decided by; `undone` is the event that shall be undone. What needs a look at all
/// lists is read only for the commands whose rules need it.
pub(crate) async fn facts(
    tx: &mut Tx,
    list: &ListId,
    command: &Command,
    undone: Option<Change>,
) -> Result<IndexFacts, ServerError> {
    let mut facts = IndexFacts { list: find(tx, list).await?, undone, ..IndexFacts::default() };
    match command {
        Command::MoveList { .. } => facts.order = order(tx).await?,
        Command::CreateList { .. } => (facts.size, facts.last) = (lists_count(tx).await?, last(tx).await?),
        Command::RestoreList | Command::Undo { .. } | Command::UndoOp { .. } => facts.size = lists_count(tx).await?,
        _ => {}
    }
    Ok(facts)
}

async fn lists_count(tx: &mut Tx) -> Result<usize, ServerError> {
    let row = query("SELECT COUNT(*) FROM lists WHERE deleted_ms IS NULL").fetch_one(&mut **tx).await?;
    Ok(usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(usize::MAX))
}

async fn last(tx: &mut Tx) -> Result<Option<Position>, ServerError> {
    let row = query("SELECT MAX(position) FROM lists").fetch_one(&mut **tx).await?;
    row.try_get::<Option<String>, _>(0)?.map(parse_position).transpose()
}

/// A list, also one in the trash; `None` where it never was, or is being purged.
async fn find(tx: &mut Tx, list: &ListId) -> Result<Option<KnownList>, ServerError> {
    let sql = "SELECT name, position, deleted_ms FROM lists WHERE id = $1 AND (deleted_ms IS NULL OR deleted_ms <> $2)";
    let row = query(sql).bind(list.as_str()).bind(PURGING).fetch_optional(&mut **tx).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(KnownList {
        id: list.clone(),
        name: parse_text(row.try_get(0)?)?,
        position: parse_position(row.try_get(1)?)?,
        is_deleted: row.try_get::<Option<i64>, _>(2)?.is_some(),
    }))
}

async fn order(tx: &mut Tx) -> Result<Vec<PlacedList>, ServerError> {
    let sql = "SELECT id, position FROM lists WHERE deleted_ms IS NULL ORDER BY position, id";
    let rows = query(sql).fetch_all(&mut **tx).await?;
    let placed =
        |row: &AnyRow| Ok(PlacedList { list: parse(row.try_get(0)?)?, position: parse_position(row.try_get(1)?)? });
    rows.iter().map(placed).collect()
}

/// All lists with their numbers, in their order, and the head of the index, as this transaction sees them.
pub(crate) async fn index(tx: &mut Tx) -> Result<Index, ServerError> {
    let head = event_log::head(tx, &ListId::index()).await?.unwrap_or(EventId::START);
    let sql = format!("SELECT {INDEX_COLUMNS} FROM lists WHERE deleted_ms IS NULL ORDER BY position, id");
    let rows = query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut **tx).await?;
    let lists = rows.iter().map(read_list).collect::<Result<_, _>>()?;
    Ok(Index { lists, head: Head(head) })
}

/// The same with only the first lists, and with this one, which comes last if it is none of them.
pub(crate) async fn first(tx: &mut Tx, with: &ListId) -> Result<Index, ServerError> {
    let head = event_log::head(tx, &ListId::index()).await?.unwrap_or(EventId::START);
    let sql = format!(
        "SELECT {INDEX_COLUMNS} FROM lists WHERE deleted_ms IS NULL AND (id = $1 OR id IN \
         (SELECT id FROM lists WHERE deleted_ms IS NULL ORDER BY position, id LIMIT $2)) ORDER BY position, id"
    );
    let rows = query(sqlx::AssertSqlSafe(sql)).bind(with.as_str()).bind(FIRST_LISTS_MAX).fetch_all(&mut **tx).await?;
    let lists = rows.iter().map(read_list).collect::<Result<_, _>>()?;
    Ok(Index { lists, head: Head(head) })
}

/// The columns that [`read_list`] reads.
const INDEX_COLUMNS: &str = "id, name, position, open, size";

fn read_list(row: &AnyRow) -> Result<IndexedList, ServerError> {
    let count = |at: usize| -> Result<u64, ServerError> {
        let found: i64 = row.try_get(at)?;
        u64::try_from(found).map_err(|_| ServerError::Corrupt(format!("the count {found}")))
    };
    Ok(IndexedList {
        id: parse(row.try_get(0)?)?,
        name: parse_text(row.try_get(1)?)?,
        position: parse_position(row.try_get(2)?)?,
        open: count(3)?,
        total: count(4)?,
    })
}

/// A list that was deleted before a time, the oldest first. From now on it can't be restored. `None` where there is
/// none.
pub(crate) async fn begin_purge(tx: &mut Tx, before_ms: i64) -> Result<Option<ListId>, ServerError> {
    // Whoever restores a list holds the index.
    streams::lock(tx, &ListId::index()).await?;
    let row = query("SELECT id FROM lists WHERE deleted_ms < $1 ORDER BY deleted_ms LIMIT 1")
        .bind(before_ms)
        .fetch_optional(&mut **tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let list: ListId = parse(row.try_get(0)?)?;
    set_deleted(tx, &list, Some(PURGING)).await?;
    Ok(Some(list))
}

/// Removes some of what a list holds that is being purged, and in the end the list itself. Returns how many rows
/// have gone.
pub(crate) async fn purge(tx: &mut Tx, list: &ListId, most: i64) -> Result<u64, ServerError> {
    for sql in [
        "DELETE FROM todos WHERE list_id = $1 AND id IN (SELECT id FROM todos WHERE list_id = $1 LIMIT $2)",
        "DELETE FROM events WHERE stream_id = $1 AND seq IN (SELECT seq FROM events WHERE stream_id = $1 LIMIT $2)",
        "DELETE FROM ops WHERE stream_id = $1 AND op IN (SELECT op FROM ops WHERE stream_id = $1 LIMIT $2)",
    ] {
        let gone = query(sql).bind(list.as_str()).bind(most).execute(&mut **tx).await?.rows_affected();
        if gone > 0 {
            return Ok(gone);
        }
    }
    let gone = query("DELETE FROM lists WHERE id = $1").bind(list.as_str()).execute(&mut **tx).await?.rows_affected();
    query("DELETE FROM streams WHERE id = $1").bind(list.as_str()).execute(&mut **tx).await?;
    Ok(gone)
}

/// How many todos a list holds; `None` where there is no such list.
pub(crate) async fn size(tx: &mut Tx, list: &ListId) -> Result<Option<usize>, ServerError> {
    let row = query("SELECT size FROM lists WHERE id = $1 AND deleted_ms IS NULL")
        .bind(list.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| Ok(usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0))).transpose()
}

/// The names of these lists, of those that are there.
pub(crate) async fn names(tx: &mut Tx, lists: &[ListId]) -> Result<BTreeMap<ListId, ShortText>, ServerError> {
    let mut names = BTreeMap::new();
    for (lists, places) in chunks(lists, 1) {
        let sql = format!("SELECT id, name FROM lists WHERE deleted_ms IS NULL AND id IN ({places})");
        let found = query(sqlx::AssertSqlSafe(sql));
        for row in lists.iter().fold(found, |found, list| found.bind(list.as_str())).fetch_all(&mut **tx).await? {
            names.insert(parse(row.try_get(0)?)?, parse_text(row.try_get(1)?)?);
        }
    }
    Ok(names)
}
