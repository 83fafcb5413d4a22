//! The SQL that says whether anything has changed since an answer was made, without reading the answer again.

use std::collections::HashMap;

use sqlx::{AnyConnection, Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::placeholders::tables;
use crate::backend::storage::rows::{parse, read_head};
use crate::domain::{EventId, ListId};

/// What an answer about a list was made from. As long as it is the same, so is the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// The list's head.
    head: EventId,
    /// The state of all lists, for an answer that says something of them too.
    all: Option<AllStamp>,
}

impl Stamp {
    /// The same for an answer that says nothing of other lists.
    pub(crate) fn of_list(self) -> Self {
        Self { all: None, ..self }
    }

    #[cfg(test)]
    pub(crate) fn of_head(seq: i64) -> Self {
        Self { head: EventId { seq, tag: 1 }, all: None }
    }
}

/// The state of all lists. Every event adds one to the sum. Only a purge takes a number from the sum, and it also takes
/// a list away; only an event of the index brings another one. So the same three never come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct AllStamp {
    index: EventId,
    streams: i64,
    heads: i64,
}

/// The stamps of these lists, of those that are there and whose log has their head. `with_all` adds the state of all
/// lists to each.
pub(crate) async fn read(
    connection: &mut AnyConnection,
    mut lists: Vec<ListId>,
    with_all: bool,
) -> Result<HashMap<ListId, Stamp>, ServerError> {
    let all = if with_all {
        lists.push(ListId::index());
        "(SELECT COUNT(*) FROM streams), (SELECT CAST(SUM(head) AS BIGINT) FROM streams)"
    } else {
        "0, 0"
    };
    let (mut heads, mut counted) = (HashMap::new(), (0, 0));
    for table in tables(&lists, 1) {
        let sql = format!(
            "SELECT streams.head, events.tag, streams.id, {all} FROM streams \
             LEFT JOIN lists ON lists.id = streams.id \
             LEFT JOIN events ON events.stream_id = streams.id AND events.seq = streams.head \
             WHERE streams.id IN ({}) AND lists.deleted_ms IS NULL",
            table.values
        );
        let asked =
            table.rows().fold(query(sqlx::AssertSqlSafe(sql)), |asked, list| asked.bind(list.map(ListId::as_str)));
        for row in asked.fetch_all(&mut *connection).await? {
            if let Some(head) = read_head(&row)? {
                heads.insert(parse::<ListId>(row.try_get(2)?)?, head);
            }
            counted = (row.try_get(3)?, row.try_get(4)?);
        }
    }
    let all = match heads.get(&ListId::index()) {
        _ if !with_all => None,
        Some(index) => Some(AllStamp { index: *index, streams: counted.0, heads: counted.1 }),
        None => return Ok(HashMap::new()),
    };
    Ok(heads.into_iter().map(|(list, head)| (list, Stamp { head, all })).collect())
}
