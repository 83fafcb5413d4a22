//! Where the data lives: opens the file or refuses with a sentence, keeps a second process out,
//! backs up before a migration, and hands out transactions.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AnyConnection, AnyPool, Connection, Executor, Row};

/// One transaction, for writing or for reading several things at one moment.
pub(crate) type Tx = sqlx::Transaction<'static, sqlx::Any>;

/// How long a statement waits for a lock that a backup tool or a shell holds on the file.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Reads never block each other; more than this many only compete for the processor.
const READERS_MAX: u32 = 4;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The open database. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    writer: AnyPool,
    readers: AnyPool,
    path: PathBuf,
    /// Held until the process ends, by whatever end: the system releases it.
    _lock: Arc<File>,
}

impl Database {
    /// Opens the database, making it where there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// A sentence that names the file and what to do.
    pub(crate) async fn open(url: &str) -> anyhow::Result<Self> {
        Self::open_with(url, &MIGRATIONS).await
    }

    async fn open_with(url: &str, migrations: &Migrator) -> anyhow::Result<Self> {
        install_default_drivers();
        let path = path_of(url)?;
        let lock = lock(&path)?;
        if path.exists() {
            // SQLite would open a file that it may not write, and fail at the first change.
            File::options().write(true).open(&path).with_context(|| {
                format!(
                    "{} can't be written: check who owns it, or name another file with --database-url",
                    path.display()
                )
            })?;
        }
        let is_new = !path.exists() || is_empty(&path).await?;
        let writer = connect(&path, "rwc", 1).await.with_context(|| cannot_open(&path))?;
        if !is_new {
            back_up(&writer, &path, migrations).await?;
        }
        migrate(&writer, &path, migrations).await?;
        let readers = connect(&path, "ro", READERS_MAX).await.with_context(|| cannot_open(&path))?;
        Ok(Self { writer, readers, path, _lock: Arc::new(lock) })
    }

    /// The absolute path of the data.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Begins a transaction that writes. It takes the write lock at once: one that first reads and
    /// then asks for the lock would fail without waiting.
    pub(crate) async fn begin_write(&self) -> Result<Tx, sqlx::Error> {
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }

    /// Begins a transaction that sees one moment and changes nothing.
    pub(crate) async fn begin_read(&self) -> Result<Tx, sqlx::Error> {
        self.readers.begin().await
    }

    /// Closes every connection, the writing one last: it folds the write-ahead log into the file.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// The file that a `sqlite:` address means, made absolute.
fn path_of(url: &str) -> anyhow::Result<PathBuf> {
    let Some(path) = url.strip_prefix("sqlite:") else {
        bail!("--database-url must look like sqlite:todos.db or sqlite:/var/lib/todos.db, not \"{url}\"");
    };
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.starts_with(':') || path.contains('?') {
        bail!("--database-url must name a file, as in sqlite:todos.db, not \"{url}\"");
    }
    let path = std::path::absolute(path).with_context(|| format!("--database-url \"{url}\" is not a path"))?;
    let folder = path.parent().unwrap_or(&path);
    if !folder.is_dir() {
        bail!("the folder {} does not exist: make it, or name another file with --database-url", folder.display());
    }
    if path.is_dir() {
        bail!("{} is a folder: name a file with --database-url", path.display());
    }
    Ok(path)
}

/// Two servers on one file would not corrupt it, but the windows of one would never hear of the
/// changes of the other.
fn lock(path: &Path) -> anyhow::Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&name)
        .with_context(|| format!("{} can't be written: check who owns the folder", Path::new(&name).display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("another todoapp is using {}: stop it, or name another file with --database-url", path.display())
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("{} can't be locked", Path::new(&name).display()))
        }
    }
}

/// `FULL`, because `NORMAL` may forget after a power cut what browsers have been told is safe.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                       PRAGMA journal_size_limit = 67108864";

async fn connect(path: &Path, mode: &'static str, connections_max: u32) -> Result<AnyPool, sqlx::Error> {
    AnyPoolOptions::new()
        .min_connections(1)
        .max_connections(connections_max)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(LOCK_WAIT)
        // SQLite may end a transaction by itself, as on a full disk, and the connection then believes
        // for ever that it is still in one. Such a connection is replaced by a new one.
        .before_acquire(|connection, _| {
            let is_in_transaction = connection.is_in_transaction();
            Box::pin(async move { Ok(!is_in_transaction) })
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

/// A path in an address: everything but the plainest characters as `%xx`.
fn escape(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let escaped = |byte: &u8| if plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02x}") };
    path.as_os_str().as_encoded_bytes().iter().map(escaped).collect()
}

fn cannot_open(path: &Path) -> String {
    format!("{} can't be used as a database: it must be a file that todoapp made and may write", path.display())
}

/// Whether the file has no tables yet, as a first start leaves it that was cut short. Looks without
/// writing: a database of another program stays as it is.
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

fn url(path: &Path, mode: &str) -> String {
    format!("sqlite://{}?mode={mode}", escape(path))
}

/// Copies the file beside itself if a migration is about to change it.
async fn back_up(writer: &AnyPool, path: &Path, migrations: &Migrator) -> anyhow::Result<()> {
    let newest = migrations.iter().map(|it| it.version).max().unwrap_or(0);
    let applied = sqlx::query("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations").fetch_one(writer).await;
    let applied: i64 = applied.and_then(|row| row.try_get(0)).with_context(|| cannot_open(path))?;
    if applied >= newest {
        return Ok(());
    }
    let backup = path.with_added_extension(format!("before-{newest}"));
    if !backup.exists() {
        let target = backup.to_string_lossy().into_owned();
        sqlx::query("VACUUM INTO $1").bind(target).execute(writer).await.with_context(|| {
            format!("no backup could be written to {}, so the data was left as it is", backup.display())
        })?;
        tracing::info!(backup = %backup.display(), "Backed up before a migration: {}", backup.display());
    }
    Ok(())
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

    #[test]
    fn an_address_that_is_not_a_file_is_refused_with_a_sentence() {
        for url in [
            "",
            "todos.db",
            "mysql://x",
            "sqlite:",
            "sqlite::memory:",
            "sqlite:/",
            "sqlite:/no/such/folder/x.db",
            "sqlite:a?mode=ro",
        ] {
            let error = path_of(url).unwrap_err().to_string();
            assert!(error.len() > 20, "{url}: {error}");
        }
    }

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
        Database::open_with(&url, &migrations).await.unwrap().close().await;
        assert!(folder.path().join("a b%.db.before-9000").exists());
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
        let mut tx = database.begin_read().await.unwrap();
        sqlx::query("SELECT COUNT(*) FROM todos").fetch_one(&mut *tx).await.unwrap();
    }
}
