//! The SQL for the rows of lists.

use sqlx::{Row, query};

use crate::backend::error::ServerError;
use crate::backend::storage::database::Tx;
use crate::backend::storage::rows::parse;
use crate::domain::{List, ListId, OpId, Seq};

/// A list whose row this transaction holds until it commits.
#[derive(Debug)]
pub(crate) struct LockedList {
    /// The number of its last event.
    pub(crate) head: Seq,
    /// How many todos it holds.
    pub(crate) size: i64,
}

/// Takes the list's row lock, the first thing every write does. `None` where there is no such list.
pub(crate) async fn lock_list(tx: &mut Tx, list: &ListId) -> Result<Option<LockedList>, ServerError> {
    let row = query("UPDATE lists SET head = head WHERE id = $1 RETURNING head, size")
        .bind(list.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|row| Ok(LockedList { head: row.try_get(0)?, size: row.try_get(1)? })).transpose()
}

/// Notes where a locked list has come to.
pub(crate) async fn advance_list(tx: &mut Tx, list: &ListId, locked: &LockedList) -> Result<(), ServerError> {
    query("UPDATE lists SET head = $2, size = $3 WHERE id = $1")
        .bind(list.as_str())
        .bind(locked.head)
        .bind(locked.size)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The lists whose logs are longer than this, and where their heads are.
pub(crate) async fn lists_longer_than(tx: &mut Tx, events: Seq) -> Result<Vec<(ListId, Seq)>, ServerError> {
    let rows = query("SELECT id, head FROM lists WHERE head > $1").bind(events).fetch_all(&mut **tx).await?;
    rows.iter().map(|row| Ok((parse(row.try_get(0)?)?, row.try_get(1)?))).collect()
}

/// Adds a list that has no events yet.
pub(crate) async fn insert_list(tx: &mut Tx, list: &List, op: OpId, at_ms: i64) -> Result<(), ServerError> {
    query("INSERT INTO lists (id, name, head, size, created_ms, op) VALUES ($1, $2, 0, 0, $3, $4)")
        .bind(list.id.as_str())
        .bind(list.name.as_str())
        .bind(at_ms)
        .bind(op.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The list that a command has made already.
pub(crate) async fn list_made_by(tx: &mut Tx, op: OpId) -> Result<Option<ListId>, ServerError> {
    let row = query("SELECT id FROM lists WHERE op = $1").bind(op.to_string()).fetch_optional(&mut **tx).await?;
    row.map(|row| parse(row.try_get(0)?)).transpose()
}
