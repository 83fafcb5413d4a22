//! SQLite: one file beside nothing else. It has one connection that writes.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AnyConnection, AnyPool, Connection, Executor, Row};

use crate::backend::storage::database::file::{Identity, Locks, cannot_open, path_of, url};
use crate::backend::storage::database::reader::Reader;
use crate::backend::storage::database::transaction::WriteTurns;
use crate::backend::storage::database::{BOARD_READERS_MAX, Engine, LOCK_WAIT, LOG_READERS_MAX, Open, backup};

/// Begins a transaction that reads.
pub(super) const BEGIN_READ: &str = "BEGIN";

/// Begins a transaction that writes. It takes the write lock at once, because one that first reads and then asks for
/// the lock would fail without waiting.
const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// The file with the data.
#[derive(Debug)]
pub(super) struct DataFile {
    path: PathBuf,
    identity: Identity,
    /// Held until the process ends. The system releases them, however it ends.
    _locks: Locks,
}

impl DataFile {
    /// Its absolute path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How long it is, with its write-ahead log.
    pub(super) fn bytes(&self) -> Option<u64> {
        let mut log = self.path.as_os_str().to_owned();
        log.push("-wal");
        let log = std::fs::metadata(log).map_or(0, |it| it.len());
        std::fs::metadata(&self.path).ok().map(|it| it.len() + log)
    }

    /// Whether it is still the file that was opened.
    pub(super) fn is_unchanged(&self) -> bool {
        self.identity.is_unchanged()
    }
}

/// Opens the file, or makes it.
pub(super) async fn open(url: &str, migrations: &Migrator) -> anyhow::Result<Open> {
    let path = path_of(url)?;
    let mut locks = Locks::take(&path)?;
    let is_new = !path.exists() || is_empty(&path).await?;
    let writer = connect(&path, "rwc", 1).await.with_context(|| cannot_open(&path))?;
    if !is_new {
        backup::back_up(&writer, &path, migrations).await?;
    }
    migrate(&writer, &path, migrations).await?;
    locks.take_file(&path)?;
    let board_readers = connect(&path, "ro", BOARD_READERS_MAX).await.with_context(|| cannot_open(&path))?;
    let log_readers = connect(&path, "ro", LOG_READERS_MAX).await.with_context(|| cannot_open(&path))?;
    let engine = Engine::Sqlite(DataFile { identity: Identity::of(&path), path, _locks: locks });
    Ok(Open { writer: WriteTurns::new(writer, BEGIN_WRITE), board_readers, log_readers, engine })
}

/// Opens the file to read it, beside a server that may be using it.
pub(super) async fn open_to_read(url: &str) -> anyhow::Result<Reader> {
    let path = path_of(url)?;
    ensure!(path.exists(), "there is no {}: name the file with the data with --database-url", path.display());
    open_file_to_read(&path).await
}

/// The same for a file that need not be the one with the data.
pub(super) async fn open_file_to_read(path: &Path) -> anyhow::Result<Reader> {
    ensure!(!is_empty(path).await?, "{} has no tables yet", path.display());
    let pool = connect(path, "ro", 1).await.with_context(|| cannot_open(path))?;
    Ok(Reader { pool, begin: BEGIN_READ, place: path.display().to_string(), path: Some(path.to_owned()) })
}

/// `FULL`, because with `NORMAL` a power cut may lose what browsers have been told is safe.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                       PRAGMA journal_size_limit = 67108864";

pub(super) async fn connect(path: &Path, mode: &'static str, connections_max: u32) -> Result<AnyPool, sqlx::Error> {
    AnyPoolOptions::new()
        .min_connections(1)
        .max_connections(connections_max)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(LOCK_WAIT)
        // It is checked when it comes back, which is enough for a connection within this process.
        .test_before_acquire(false)
        // SQLite may end a transaction by itself, for example on a full disk, but the connection object still
        // counts as being in one. Such a connection is replaced by a new one.
        .before_acquire(|connection, _| {
            let is_in_transaction = connection.is_in_transaction();
            Box::pin(async move { Ok(!is_in_transaction) })
        })
        // One that writes comes back only if it did not commit. If SQLite has ended the transaction already, this
        // fails, and there is nothing to do.
        .after_release(move |connection, _| {
            Box::pin(async move {
                if mode == "rwc" {
                    let _ = connection.execute("ROLLBACK").await;
                }
                Ok(true)
            })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if mode == "rwc" {
                    connection.execute(PRAGMAS).await?;
                }
                Ok(())
            })
        })
        .connect(&url(path, mode))
        .await
}

/// Whether the file has no tables yet, which happens if the first start was interrupted. Only reads, so that
/// a database of another program stays as it is.
async fn is_empty(path: &Path) -> anyhow::Result<bool> {
    let looking = async {
        let mut connection = AnyConnection::connect(&url(path, "ro")).await?;
        let rows =
            sqlx::query("SELECT name FROM sqlite_master WHERE type = 'table'").fetch_all(&mut connection).await?;
        let names: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        connection.close().await?;
        Ok::<_, sqlx::Error>(names)
    };
    let names = looking.await.with_context(|| cannot_open(path))?;
    if names.iter().all(|it| it == "_sqlx_migrations") {
        return Ok(true);
    }
    if ["lists", "events"].iter().all(|ours| names.iter().any(|it| it == ours)) {
        return Ok(false);
    }
    bail!(cannot_open(path))
}

async fn migrate(writer: &AnyPool, path: &Path, migrations: &Migrator) -> anyhow::Result<()> {
    match migrations.run(writer).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(_)) => {
            bail!("{} was made by a newer todoapp: start that one, or restore a backup", path.display())
        }
        Err(error) => Err(error).with_context(|| {
            format!("the tables in {} could not be brought up to date, and were left as they are", path.display())
        }),
    }
}
