//! The copy of the data that is made before a migration changes it. A copy is written under another name,
//! checked, and only then renamed to a backup, so an unfinished copy is never taken for a whole one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AnyPool, Connection, Row};

use crate::backend::storage::database::file;
use crate::backend::storage::database::sqlite::cannot_open;

/// Copies the file beside itself if a migration is about to change it.
pub(super) async fn back_up(writer: &AnyPool, path: &Path, migrations: &Migrator) -> anyhow::Result<()> {
    let newest = migrations.iter().map(|it| it.version).max().unwrap_or(0);
    let applied = sqlx::query("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations").fetch_one(writer).await;
    let applied: i64 = applied.and_then(|row| row.try_get(0)).with_context(|| cannot_open(path))?;
    if applied >= newest {
        return Ok(());
    }
    let backup = path.with_added_extension(format!("before-{newest}"));
    let unfinished = backup.with_added_extension("unfinished");
    let copied = copy(writer, &unfinished, &backup).await;
    if copied.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    copied.with_context(|| {
        format!("no backup could be written to {}, so the data was left as it is", backup.display())
    })?;
    tracing::info!(backup = %backup.display(), "Backed up before a migration: {}", backup.display());
    Ok(())
}

async fn copy(writer: &AnyPool, unfinished: &Path, backup: &PathBuf) -> anyhow::Result<()> {
    if unfinished.exists() {
        fs::remove_file(unfinished)?;
    }
    let target = unfinished.to_string_lossy().into_owned();
    sqlx::query("VACUUM INTO $1").bind(target).execute(writer).await?;
    check(writer, unfinished).await?;
    // The copy is synced before it is renamed: after a power cut there is a whole backup or none.
    File::open(unfinished)?.sync_all()?;
    fs::rename(unfinished, backup)?;
    if let Some(folder) = backup.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Fails unless the copy is undamaged and has as many todos and events as the original.
async fn check(writer: &AnyPool, copy: &Path) -> anyhow::Result<()> {
    const COUNTS: &str = "SELECT (SELECT COUNT(*) FROM todos), (SELECT COUNT(*) FROM events)";
    let mut connection = AnyConnection::connect(&file::url(copy, "ro")).await?;
    let verdict: String = sqlx::query("PRAGMA integrity_check").fetch_one(&mut connection).await?.try_get(0)?;
    ensure!(verdict == "ok", "the copy is damaged: {verdict}");
    let (there, here) =
        (sqlx::query(COUNTS).fetch_one(&mut connection).await?, sqlx::query(COUNTS).fetch_one(writer).await?);
    for column in 0..2 {
        let (there, here): (i64, i64) = (there.try_get(column)?, here.try_get(column)?);
        ensure!(there == here, "the copy holds {there} rows of {here}");
    }
    connection.close().await?;
    Ok(())
}
