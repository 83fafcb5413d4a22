//! The database: opens the file or refuses with a sentence, brings its tables up to date, and begins
//! transactions.

mod backup;
mod file;
mod transaction;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Executor, Row};

use crate::backend::error::ServerError;
use crate::backend::storage::database::file::{Identity, Locks, path_of, url};
use crate::backend::storage::database::transaction::WriteTurns;
use crate::backend::storage::script::Script;

pub(crate) use transaction::{Answers, Tx};

/// How long a statement waits for a lock that a backup tool or a shell holds on the file.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Connections that read whole boards. Reads never block each other, but more than this many would only
/// compete for the processor.
const BOARD_READERS_MAX: u32 = 4;

/// Connections that read the log. They are separate, so that changes reach every screen even while many
/// pages are being made.
const LOG_READERS_MAX: u32 = 2;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The open database. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    open: Arc<Open>,
}

#[derive(Debug)]
struct Open {
    writer: WriteTurns,
    board_readers: AnyPool,
    log_readers: AnyPool,
    path: PathBuf,
    identity: Identity,
    /// Held until the process ends. The system releases them, however it ends.
    _locks: Locks,
}

impl Database {
    /// Opens the database, or makes it if there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// A sentence that names the file and what to do.
    pub(crate) async fn open(url: &str) -> anyhow::Result<Self> {
        Self::open_with(url, &MIGRATIONS).await
    }

    async fn open_with(url: &str, migrations: &Migrator) -> anyhow::Result<Self> {
        install_default_drivers();
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
        let identity = Identity::of(&path);
        let writer = WriteTurns::new(writer);
        let open = Open { writer, board_readers, log_readers, path, identity, _locks: locks };
        Ok(Self { open: Arc::new(open) })
    }

    /// The absolute path of the data.
    pub(crate) fn path(&self) -> &Path {
        &self.open.path
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin_write(&self) -> Result<Tx, sqlx::Error> {
        Ok(self.open.writer.begin(Script::default()).await?.0)
    }

    /// Begins a transaction that writes, with what it does first.
    pub(crate) async fn begin_write_with(&self, script: Script) -> Result<(Tx, Answers), sqlx::Error> {
        self.open.writer.begin(script).await
    }

    /// Begins a transaction that reads a board as of one moment.
    pub(crate) async fn begin_board_read(&self) -> Result<Tx, sqlx::Error> {
        self.open.board_readers.begin().await.map(Tx::Reading)
    }

    /// A connection for one statement about boards, which is as of one moment by itself.
    pub(crate) async fn board_reader(&self) -> Result<PoolConnection<Any>, sqlx::Error> {
        self.open.board_readers.acquire().await
    }

    /// Begins a transaction that reads the log as of one moment.
    pub(crate) async fn begin_log_read(&self) -> Result<Tx, sqlx::Error> {
        self.open.log_readers.begin().await.map(Tx::Reading)
    }

    /// Whether the data is still in the file that was opened.
    pub(crate) fn check_file(&self) -> Result<(), ServerError> {
        if self.open.identity.is_unchanged() { Ok(()) } else { Err(ServerError::FileGone) }
    }

    /// Closes every connection. The writing one is last, because it merges the write-ahead log into the file.
    pub(crate) async fn close(&self) {
        self.open.board_readers.close().await;
        self.open.log_readers.close().await;
        self.open.writer.close().await;
    }
}

/// `FULL`, because with `NORMAL` a power cut may lose what browsers have been told is safe.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                       PRAGMA journal_size_limit = 67108864";

async fn connect(path: &Path, mode: &'static str, connections_max: u32) -> Result<AnyPool, sqlx::Error> {
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

fn cannot_open(path: &Path) -> String {
    format!("{} can't be used as a database: it must be a file that todoapp made and may write", path.display())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_copied_before_its_tables_change() {
        let folder = tempfile::tempdir().unwrap();
        let (url, next) = (format!("sqlite:{}", folder.path().join("a b%.db").display()), folder.path().join("next"));
        Database::open(&url).await.unwrap().close().await;
        std::fs::create_dir(&next).unwrap();
        for entry in std::fs::read_dir("migrations").unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), next.join(entry.file_name())).unwrap();
        }
        std::fs::write(next.join("9000_add.sql"), "CREATE TABLE later (id TEXT)").unwrap();
        let migrations = Migrator::new(next.as_path()).await.unwrap();
        // Left by earlier tries that were interrupted: an empty backup, and half of one.
        std::fs::write(folder.path().join("a b%.db.before-9000"), "").unwrap();
        std::fs::write(folder.path().join("a b%.db.before-9000.unfinished"), "SQLite format 3").unwrap();
        Database::open_with(&url, &migrations).await.unwrap().close().await;
        assert!(!folder.path().join("a b%.db.before-9000.unfinished").exists());
        let backup = format!("sqlite:{}", folder.path().join("a b%.db.before-9000").display());
        Database::open(&backup).await.unwrap().close().await;
        let error = Database::open(&url).await.unwrap_err().to_string();
        assert!(error.contains("newer todoapp"), "{error}");
    }

    #[tokio::test]
    async fn a_migration_that_fails_stops_the_start_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("todos.db").display());
        Database::open(&url).await.unwrap().close().await;
        let next = folder.path().join("next");
        std::fs::create_dir(&next).unwrap();
        for entry in std::fs::read_dir("migrations").unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), next.join(entry.file_name())).unwrap();
        }
        std::fs::write(next.join("9000_break.sql"), "DROP TABLE todos; CREATE TABLE lists (id TEXT)").unwrap();
        let migrations = Migrator::new(next.as_path()).await.unwrap();
        let error = Database::open_with(&url, &migrations).await.unwrap_err().to_string();
        assert!(error.contains("left as they are"), "{error}");
        let database = Database::open(&url).await.unwrap();
        let mut tx = database.begin_board_read().await.unwrap();
        sqlx::query("SELECT COUNT(*) FROM todos").fetch_one(&mut *tx).await.unwrap();
    }
}
