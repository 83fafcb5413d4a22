//! The SQL of `todoapp check`: reads what the tables say, to be compared with what the logs say. It takes nothing for
//! granted, not even that a row belongs to something.

use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::board::{Listed, todos_of};
use crate::backend::storage::database::Tx;
use crate::backend::storage::lists::PURGING;
use crate::backend::storage::rows::{parse, parse_text};
use crate::backend::storage::streams::Counts;
use crate::domain::{Board, EventId, Head, List, ListId, Seq, ShortText};

/// A stream, and what its list says of itself.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) id: ListId,
    /// The number of its last event.
    pub(crate) head: Seq,
    /// Its list; `None` for the index.
    pub(crate) list: Option<ListRow>,
}

/// The row of a list.
#[derive(Debug)]
pub(crate) struct ListRow {
    pub(crate) name: ShortText,
    pub(crate) counts: Counts,
    /// It is being removed, so parts of it may be gone already.
    pub(crate) is_purged: bool,
}

/// All streams, in the order of their ids.
pub(crate) async fn streams(tx: &mut Tx) -> Result<Vec<Stream>, ServerError> {
    let rows = query(
        "SELECT streams.id, head, name, size, open, deleted_ms FROM streams LEFT JOIN lists ON lists.id = streams.id \
         ORDER BY streams.id",
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut streams = Vec::with_capacity(rows.len());
    for row in rows {
        let list = match row.try_get::<Option<String>, _>(2)? {
            None => None,
            Some(name) => Some(ListRow {
                name: parse_text(name)?,
                counts: Counts { size: row.try_get(3)?, open: row.try_get(4)? },
                is_purged: row.try_get::<Option<i64>, _>(5)? == Some(PURGING),
            }),
        };
        streams.push(Stream { id: parse(row.try_get(0)?)?, head: row.try_get(1)?, list });
    }
    Ok(streams)
}

/// The todos of a list, also of one in the trash. It is at the start of its log, as far as it says.
pub(crate) async fn board(tx: &mut Tx, list: &ListId, row: &ListRow) -> Result<Board, ServerError> {
    let list = List { id: list.clone(), name: row.name.clone() };
    todos_of(tx, Listed { list, head: Head(EventId::START), open: row.counts.open, size: row.counts.size }).await
}

/// What is wrong within one stream that a replay does not find, as a sentence.
pub(crate) async fn flaw(tx: &mut Tx, stream: &ListId) -> Result<Option<String>, ServerError> {
    for (sql, what) in [
        (
            "SELECT id FROM todos WHERE list_id = $1 \
             AND touched_seq > (SELECT head FROM streams WHERE streams.id = todos.list_id) ORDER BY id LIMIT 1",
            "says that an event touched it that is later than the head",
        ),
        (
            "SELECT ops.op FROM ops JOIN events ON events.stream_id = ops.stream_id AND events.op = ops.op \
             WHERE ops.stream_id = $1 ORDER BY ops.op LIMIT 1",
            "is remembered twice, in the log and beside it",
        ),
        (
            "SELECT op FROM ops WHERE stream_id = $1 \
             AND seq > (SELECT head FROM streams WHERE streams.id = ops.stream_id) ORDER BY op LIMIT 1",
            "is remembered with an event that is later than the head",
        ),
        (
            "SELECT ops.op FROM ops JOIN events ON events.stream_id = ops.stream_id AND events.seq = ops.seq \
             WHERE ops.stream_id = $1 AND ops.tag <> events.tag ORDER BY ops.op LIMIT 1",
            "is remembered with an event that the log has with another tag",
        ),
    ] {
        if let Some(row) = query(sql).bind(stream.as_str()).fetch_optional(&mut **tx).await? {
            let which = if sql.contains("FROM todos") { "the todo" } else { "the command" };
            return Ok(Some(format!("{which} {} {what}", row.try_get::<String, _>(0)?)));
        }
    }
    Ok(None)
}

/// A row that belongs to nothing, as a sentence.
pub(crate) async fn orphan(tx: &mut Tx) -> Result<Option<String>, ServerError> {
    for (sql, what) in [
        ("SELECT id FROM lists WHERE id NOT IN (SELECT id FROM streams)", "the list {} has no stream"),
        (
            "SELECT list_id FROM todos WHERE list_id NOT IN (SELECT id FROM lists)",
            "there are todos of {}, which is no list",
        ),
        (
            "SELECT stream_id FROM events WHERE stream_id NOT IN (SELECT id FROM streams)",
            "there are events of {}, which is no stream",
        ),
        (
            "SELECT stream_id FROM ops WHERE stream_id NOT IN (SELECT id FROM streams)",
            "there are remembered commands of {}, which is no stream",
        ),
    ] {
        let sql = format!("{sql} LIMIT 1");
        if let Some(row) = query(sqlx::AssertSqlSafe(sql)).fetch_optional(&mut **tx).await? {
            return Ok(Some(what.replace("{}", &row.try_get::<String, _>(0)?)));
        }
    }
    Ok(None)
}

/// How many commands are remembered beside the log.
pub(crate) async fn ops_count(tx: &mut Tx) -> Result<i64, ServerError> {
    Ok(query("SELECT COUNT(*) FROM ops").fetch_one(&mut **tx).await?.try_get(0)?)
}
