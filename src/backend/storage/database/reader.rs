//! A database that is only read, beside a server that may be using it: nothing is locked, made or brought up to date.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use sqlx::{AnyPool, Row};

use crate::backend::storage::database::{MIGRATIONS, Tx};

/// A database that is only read.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(super) pool: AnyPool,
    /// What begins a transaction that reads several things as of one moment.
    pub(super) begin: &'static str,
    /// Where the data is, for people.
    pub(super) place: String,
    /// The file with the data, if it is one.
    pub(super) path: Option<PathBuf>,
}

impl Reader {
    /// Where the data is, for people.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Begins a transaction that reads the whole database as of one moment.
    pub(crate) async fn begin(&self) -> Result<Tx, sqlx::Error> {
        self.pool.begin_with(self.begin).await.map(Tx::Reading)
    }

    /// Closes its connections.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// Whether an older version has made the tables.
    ///
    /// # Errors
    /// If there are none, or a newer version has made them.
    pub(super) async fn is_older(&self) -> anyhow::Result<bool> {
        let newest = MIGRATIONS.iter().map(|it| it.version).max().unwrap_or(0);
        let applied = sqlx::query("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations").fetch_one(&self.pool).await;
        let applied: i64 = applied.and_then(|row| row.try_get(0)).with_context(|| {
            format!("{} has no tables of todoapp: name another database with --database-url", self.place)
        })?;
        ensure!(applied <= newest, "{} was made by a newer todoapp: use that one", self.place);
        Ok(applied < newest)
    }
}
