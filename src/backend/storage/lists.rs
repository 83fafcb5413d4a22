//! The SQL for the rows of lists.

use std::collections::BTreeMap;

use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::placeholders::chunks;
use crate::backend::storage::rows::{parse, parse_position, parse_text};
use crate::domain::{List, ListId, OpId, Position, ShortText};

/// Adds a list without todos. Its stream must be there.
pub(crate) async fn insert(tx: &mut Tx, list: &List, position: &Position, op: OpId) -> Result<(), ServerError> {
    query("INSERT INTO lists (id, name, size, open, position, op) VALUES ($1, $2, 0, 0, $3, $4)")
        .bind(list.id.as_str())
        .bind(list.name.as_str())
        .bind(position.as_str())
        .bind(op.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The list that a command has made already.
pub(crate) async fn made_by(tx: &mut Tx, op: OpId) -> Result<Option<ListId>, ServerError> {
    let row = query("SELECT id FROM lists WHERE op = $1").bind(op.to_string()).fetch_optional(&mut **tx).await?;
    row.map(|row| parse(row.try_get(0)?)).transpose()
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

/// The position of the last list in the order of lists.
pub(crate) async fn last(tx: &mut Tx) -> Result<Option<Position>, ServerError> {
    let row = query("SELECT MAX(position) FROM lists WHERE deleted_ms IS NULL").fetch_one(&mut **tx).await?;
    row.try_get::<Option<String>, _>(0)?.map(parse_position).transpose()
}
