//! The SQL that says which streams have changed since someone has looked, for a server that was not the one that
//! changed them.

use std::collections::HashMap;

use sqlx::any::AnyRow;
use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::Database;
use crate::backend::storage::placeholders::tables;
use crate::backend::storage::rows::parse;
use crate::backend::storage::streams::Counts;
use crate::domain::{ListId, Seq};

/// How a stream is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) head: Seq,
    /// The numbers of its list; `None` for the index, and for a list that is deleted.
    pub(crate) counts: Option<Counts>,
}

/// How many streams there are, and the sum of their heads: while both are the same, nothing has changed.
pub(crate) type Sum = (i64, i64);

const COLUMNS: &str = "streams.id, head, deleted_ms, size, open";

/// The sum of all streams.
pub(crate) async fn sum(database: &Database) -> Result<Sum, ServerError> {
    let mut reader = database.log_reader().await?;
    let row = query("SELECT COUNT(*), CAST(SUM(head) AS BIGINT) FROM streams").fetch_one(&mut *reader).await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// How these streams are now, of those that there are.
pub(crate) async fn of(database: &Database, streams: &[ListId]) -> Result<HashMap<ListId, State>, ServerError> {
    let mut found = HashMap::new();
    let mut reader = database.log_reader().await?;
    for table in tables(streams, 1) {
        let sql = format!(
            "SELECT {COLUMNS} FROM streams LEFT JOIN lists ON lists.id = streams.id WHERE streams.id IN ({})",
            table.values
        );
        let asked = table.rows().fold(query(sqlx::AssertSqlSafe(sql)), |asked, it| asked.bind(it.map(ListId::as_str)));
        for row in asked.fetch_all(&mut *reader).await? {
            found.insert(parse(row.try_get(0)?)?, read(&row)?);
        }
    }
    Ok(found)
}

/// How all streams are now.
pub(crate) async fn of_all(database: &Database) -> Result<HashMap<ListId, State>, ServerError> {
    let mut reader = database.log_reader().await?;
    let sql = format!("SELECT {COLUMNS} FROM streams LEFT JOIN lists ON lists.id = streams.id");
    let rows = query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *reader).await?;
    rows.iter().map(|row| Ok((parse(row.try_get(0)?)?, read(row)?))).collect()
}

fn read(row: &AnyRow) -> Result<State, ServerError> {
    let (is_deleted, size) = (row.try_get::<Option<i64>, _>(2)?.is_some(), row.try_get::<Option<i64>, _>(3)?);
    let counts = match size.filter(|_| !is_deleted) {
        Some(size) => Some(Counts { size, open: row.try_get(4)? }),
        None => None,
    };
    Ok(State { head: row.try_get(1)?, counts })
}
