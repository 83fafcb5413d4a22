//! The database: opens it or refuses with a sentence, brings its tables up to date, and begins transactions.
//! Everything above this folder is the same for both engines.

mod backup;
mod encryption;
mod file;
mod notices;
mod postgres;
mod reader;
mod restore;
mod sqlite;
mod transaction;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use sqlx::any::install_default_drivers;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyPool};
use tokio::sync::mpsc;

use crate::backend::error::ServerError;
use crate::backend::storage::database::postgres::Server;
use crate::backend::storage::database::sqlite::DataFile;
use crate::backend::storage::database::transaction::WriteTurns;
use crate::backend::storage::script::Script;
use crate::domain::ListId;

pub(crate) use notices::Heard;
pub(crate) use reader::Reader;
pub(crate) use restore::Restoring;
pub(crate) use transaction::{Answers, Tx};

/// How long a statement waits for a lock that someone else holds: a backup tool, a shell or another server.
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
    engine: Engine,
}

/// What the database is, with what only this engine has.
#[derive(Debug)]
enum Engine {
    Sqlite(DataFile),
    Postgres(Server),
}

impl Reader {
    /// Opens a database that a todoapp of this version has made.
    ///
    /// # Errors
    /// A sentence that says what can't be read and what to do.
    pub(crate) async fn open(url: &str) -> anyhow::Result<Self> {
        install_default_drivers();
        let reader = if postgres::is_meant(url) {
            postgres::open_to_read(url).await?
        } else {
            sqlite::open_to_read(url).await?
        };
        ensure!(
            !reader.is_older().await?,
            "{} was made by an older todoapp: start this one on it once, which brings it up to date",
            reader.place
        );
        Ok(reader)
    }

    /// Opens a copy of the data, a file of any name.
    ///
    /// # Errors
    /// As in [`Reader::open`].
    pub(crate) async fn open_copy(path: &Path) -> anyhow::Result<Self> {
        install_default_drivers();
        sqlite::open_file_to_read(path).await
    }
}

impl Database {
    /// Opens the database, or makes it if there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// A sentence that says what can't be used and what to do.
    pub(crate) async fn open(url: &str) -> anyhow::Result<Self> {
        Self::open_with(url, &MIGRATIONS).await
    }

    async fn open_with(url: &str, migrations: &Migrator) -> anyhow::Result<Self> {
        install_default_drivers();
        let open = if postgres::is_meant(url) {
            postgres::open(url, migrations).await
        } else {
            sqlite::open(url, migrations).await
        };
        Ok(Self { open: Arc::new(open?) })
    }

    /// Where the data is, for people.
    pub(crate) fn place(&self) -> String {
        match &self.open.engine {
            Engine::Sqlite(file) => file.path().display().to_string(),
            Engine::Postgres(server) => server.shown().to_owned(),
        }
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
        self.begin_read(&self.open.board_readers).await
    }

    /// A connection for one statement about boards, which is as of one moment by itself.
    pub(crate) async fn board_reader(&self) -> Result<PoolConnection<Any>, sqlx::Error> {
        self.open.board_readers.acquire().await
    }

    /// Begins a transaction that reads the log as of one moment.
    pub(crate) async fn begin_log_read(&self) -> Result<Tx, sqlx::Error> {
        self.begin_read(&self.open.log_readers).await
    }

    /// A connection for one statement about streams.
    pub(crate) async fn log_reader(&self) -> Result<PoolConnection<Any>, sqlx::Error> {
        self.open.log_readers.acquire().await
    }

    /// Whether other servers may use it at the same time.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.open.engine, Engine::Postgres(_))
    }

    /// Tells the other servers that these streams have changed.
    pub(crate) async fn tell(&self, streams: &[ListId]) -> Result<(), sqlx::Error> {
        match &self.open.engine {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(server) => notices::tell(&self.open.log_readers, server.own_name(), streams).await,
        }
    }

    /// Listens to the other servers, until nobody takes what is heard any more.
    pub(crate) async fn listen(&self, hear: mpsc::Sender<Heard>) {
        if let Engine::Postgres(server) = &self.open.engine {
            notices::listen(server.url(), server.own_name(), hear).await;
        }
    }

    async fn begin_read(&self, readers: &AnyPool) -> Result<Tx, sqlx::Error> {
        let begin = match self.open.engine {
            Engine::Sqlite(_) => sqlite::BEGIN_READ,
            Engine::Postgres(_) => postgres::BEGIN_READ,
        };
        readers.begin_with(begin).await.map(Tx::Reading)
    }

    /// Whether the data is still in the file that was opened.
    pub(crate) fn check_file(&self) -> Result<(), ServerError> {
        match &self.open.engine {
            Engine::Sqlite(file) if !file.is_unchanged() => Err(ServerError::FileGone),
            _ => Ok(()),
        }
    }

    /// How many bytes the data takes, where it is in a file of ours.
    pub(crate) fn bytes(&self) -> Option<u64> {
        match &self.open.engine {
            Engine::Sqlite(file) => file.bytes(),
            Engine::Postgres(_) => None,
        }
    }

    /// Closes every connection. The writing one is last, because with SQLite it merges the write-ahead log into the
    /// file.
    pub(crate) async fn close(&self) {
        self.open.board_readers.close().await;
        self.open.log_readers.close().await;
        self.open.writer.close().await;
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
