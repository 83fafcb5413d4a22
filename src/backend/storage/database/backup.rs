//! Copies of a file with data: before a migration changes it, and for an operator. A copy is written under another
//! name, checked, and only then gets its own, so an unfinished copy is never taken for a whole one.

use std::fs::{self, File};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AnyPool, Connection, Row};

use crate::backend::storage::database::file::{self, cannot_open};
use crate::backend::storage::database::reader::Reader;

/// Copies the file beside itself if a migration is about to change it.
pub(super) async fn back_up(writer: &AnyPool, path: &Path, migrations: &Migrator) -> anyhow::Result<()> {
    let newest = migrations.iter().map(|it| it.version).max().unwrap_or(0);
    let applied = sqlx::query("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations").fetch_one(writer).await;
    let applied: i64 = applied.and_then(|row| row.try_get(0)).with_context(|| cannot_open(path))?;
    if applied >= newest {
        return Ok(());
    }
    let backup = path.with_added_extension(format!("before-{newest}"));
    let unfinished = unfinished(&backup);
    let copied = async {
        copy(writer, path, &unfinished).await?;
        expect_same_counts(writer, &unfinished).await?;
        rename(&unfinished, &backup)
    };
    let copied = copied.await;
    if copied.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    copied.with_context(|| {
        format!("no backup could be written to {}, so the data was left as it is", backup.display())
    })?;
    tracing::info!(backup = %backup.display(), "Backed up before a migration: {}", backup.display());
    Ok(())
}

impl Reader {
    /// Copies the data, as it is at one moment, into a file that does not exist yet. A server may be writing meanwhile.
    ///
    /// # Errors
    /// A sentence that says why there is no copy.
    pub(crate) async fn back_up(&self, backup: &Path) -> anyhow::Result<()> {
        let Some(path) = &self.path else {
            bail!("{} is no file: make a copy of it with pg_dump, and bring it back with pg_restore", self.place);
        };
        ensure!(!backup.exists(), "{} is there already: name a file that does not exist yet", backup.display());
        let unfinished = unfinished(backup);
        let copied = async {
            copy(&self.pool, path, &unfinished).await?;
            // Fails if another program has made it meanwhile. The file that is made here is replaced at once.
            File::create_new(backup)?;
            rename(&unfinished, backup)
        };
        let copied = copied.await;
        if copied.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        copied.with_context(|| format!("no backup could be written to {}", backup.display()))
    }
}

/// The name of a copy until it is whole.
pub(super) fn unfinished(copy: &Path) -> PathBuf {
    copy.with_added_extension("unfinished")
}

/// Copies a database and checks that the copy is undamaged. It may be read by those who may read the original.
pub(super) async fn copy(from: &AnyPool, original: &Path, unfinished: &Path) -> anyhow::Result<()> {
    if unfinished.exists() {
        fs::remove_file(unfinished)?;
    }
    let mode = fs::metadata(original)?.permissions().mode();
    // SQLite writes into an empty file.
    File::options().write(true).create_new(true).mode(mode).open(unfinished)?;
    let target = unfinished.to_string_lossy().into_owned();
    sqlx::query("VACUUM INTO $1").bind(target).execute(from).await?;
    let mut connection = AnyConnection::connect(&file::url(unfinished, "ro")).await?;
    let verdict: String = sqlx::query("PRAGMA integrity_check").fetch_one(&mut connection).await?.try_get(0)?;
    connection.close().await?;
    ensure!(verdict == "ok", "the copy is damaged: {verdict}");
    // The copy is synced before it is renamed: after a power cut there is a whole copy or none.
    File::open(unfinished)?.sync_all()?;
    Ok(())
}

/// Gives a copy its name.
pub(super) fn rename(unfinished: &Path, to: &Path) -> anyhow::Result<()> {
    fs::rename(unfinished, to)?;
    if let Some(folder) = std::path::absolute(to)?.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Fails unless the copy has as many todos and events as the original, which nobody changes meanwhile.
async fn expect_same_counts(original: &AnyPool, copy: &Path) -> anyhow::Result<()> {
    const COUNTS: &str = "SELECT (SELECT COUNT(*) FROM todos), (SELECT COUNT(*) FROM events)";
    let mut connection = AnyConnection::connect(&file::url(copy, "ro")).await?;
    let (there, here) =
        (sqlx::query(COUNTS).fetch_one(&mut connection).await?, sqlx::query(COUNTS).fetch_one(original).await?);
    for column in 0..2 {
        let (there, here): (i64, i64) = (there.try_get(column)?, here.try_get(column)?);
        ensure!(there == here, "the copy holds {there} rows of {here}");
    }
    connection.close().await?;
    Ok(())
}
