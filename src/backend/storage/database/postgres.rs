//! PostgreSQL: a server that several todoapps may use at the same time.

use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AnyConnection, AnyPool, Connection, Executor, Row};

use crate::backend::ids;
use crate::backend::storage::database::encryption;
use crate::backend::storage::database::reader::Reader;
use crate::backend::storage::database::transaction::WriteTurns;
use crate::backend::storage::database::{BOARD_READERS_MAX, Engine, LOCK_WAIT, LOG_READERS_MAX, Open};

/// Begins a transaction that reads several things as of one moment.
pub(super) const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Begins a transaction that writes. After it has locked the streams, each of its statements must see what was
/// committed by then, and not what there was at its beginning.
const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// The oldest version that is tested.
const VERSION_MIN: i64 = 15;

/// What each connection is set to, in milliseconds. A server that is cut off in a transaction must not hold its locks
/// for long. Nothing is told to be safe before it is on the disk of the database, also if its default is otherwise.
const SETTINGS: &str = "SET client_min_messages = error; SET lock_timeout = 5000; SET statement_timeout = 30000; \
                        SET idle_in_transaction_session_timeout = 10000; \
                        SELECT set_config('synchronous_commit', 'on', false) \
                        WHERE current_setting('synchronous_commit') = 'off'";

/// A connection that was not used for this long is tried before it is used: the server may have been started again.
const TRUSTED: Duration = Duration::from_secs(1);

/// The server with the data.
#[derive(Debug)]
pub(super) struct Server {
    url: String,
    shown: String,
    own_name: String,
}

impl Server {
    /// Its address, as it was given.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Its address, without a password.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// What this todoapp is called in its notices to others: a name that no other has.
    pub(super) fn own_name(&self) -> &str {
        &self.own_name
    }
}

/// Whether an address means PostgreSQL.
pub(super) fn is_meant(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

/// Connects, and makes the tables if there are none.
pub(super) async fn open(url: &str, migrations: &Migrator) -> anyhow::Result<Open> {
    let (options, shown, mut first) = connect(url).await?;
    migrate(&mut first, &shown, migrations).await?;
    first.close().await?;
    let pool = |connections: u32| pool(options.clone(), connections);
    let (writer, board_readers, log_readers) = (pool(1), pool(BOARD_READERS_MAX), pool(LOG_READERS_MAX));
    let engine = Engine::Postgres(Server { url: url.to_owned(), shown, own_name: ids::op().to_string() });
    Ok(Open { writer: WriteTurns::new(writer, BEGIN_WRITE), board_readers, log_readers, engine })
}

/// Opens the database to read it, beside servers that may be using it.
pub(super) async fn open_to_read(url: &str) -> anyhow::Result<Reader> {
    let (options, shown, first) = connect(url).await?;
    first.close().await?;
    Ok(Reader { pool: pool(options, 1), begin: BEGIN_READ, place: shown, path: None })
}

/// The first connection to a database that can be used, with its address for people.
async fn connect(url: &str) -> anyhow::Result<(AnyConnectOptions, String, AnyConnection)> {
    let options = AnyConnectOptions::from_str(url)
        .ok()
        .filter(|it| it.database_url.path().len() > 1 && !it.database_url.path().ends_with('/'))
        .context("--database-url must name a database, as in postgres://user:password@localhost/todoapp")?;
    let mut shown = options.database_url.clone();
    shown.set_query(None);
    // It has a host, so this can't fail.
    let _ = shown.set_password(None);
    let shown = shown.to_string();
    encryption::check(&options)?;
    let mut first = AnyConnection::connect_with(&options).await.map_err(|error| {
        let sentence = match encryption::why_not(&error) {
            Some(why) => format!("can't connect safely to {shown}: {why}"),
            None => format!(
                "can't connect to {shown}: start the database, make it, or name another one with --database-url"
            ),
        };
        anyhow::Error::from(error).context(sentence)
    })?;
    check(&mut first, &shown).await?;
    Ok((options, shown, first))
}

fn pool(options: AnyConnectOptions, connections_max: u32) -> AnyPool {
    AnyPoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(LOCK_WAIT)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move { Ok(meta.idle_for < TRUSTED || connection.ping().await.is_ok()) })
        })
        // One that comes back in a transaction did not commit.
        .after_release(|connection, _| {
            Box::pin(async move {
                let _ = connection.execute("ROLLBACK").await;
                Ok(true)
            })
        })
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute(SETTINGS).await?;
                Ok(())
            })
        })
        .connect_lazy_with(options)
}

/// Fails unless the database can be used: its version, its encoding, and whose it is.
async fn check(connection: &mut AnyConnection, shown: &str) -> anyhow::Result<()> {
    let row = sqlx::query(
        "SELECT CAST(current_setting('server_version_num') AS BIGINT) / 10000, current_setting('server_encoding'), \
         CAST(pg_is_in_recovery() AS TEXT), current_setting('fsync'), \
         (SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()), \
         (SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = '_sqlx_migrations')",
    )
    .fetch_one(connection)
    .await
    .with_context(|| format!("{shown} can't be read"))?;
    let (version, encoding, standby, fsync): (i64, String, String, String) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
    let (tables, ours): (i64, i64) = (row.try_get(4)?, row.try_get(5)?);
    ensure!(version >= VERSION_MIN, "{shown} is PostgreSQL {version}: todoapp needs {VERSION_MIN} or later");
    ensure!(encoding == "UTF8", "{shown} has the encoding {encoding}: make a database with ENCODING 'UTF8'");
    ensure!(standby != "true", "{shown} is a standby that can't be written: name the primary with --database-url");
    ensure!(tables == 0 || ours == 1, "{shown} has tables of another program: make a database of its own for todoapp");
    if fsync != "on" {
        tracing::warn!(
            "{shown} does not wait for the disk (fsync = {fsync}): a power cut can lose what is acknowledged"
        );
    }
    Ok(())
}

async fn migrate(connection: &mut AnyConnection, shown: &str, migrations: &Migrator) -> anyhow::Result<()> {
    // That the table of migrations is there already would be in the log of each start.
    connection.execute("SET client_min_messages = error").await?;
    match migrations.run(connection).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(_)) => {
            bail!("{shown} was made by a newer todoapp: start that one, or restore a backup")
        }
        Err(error) => Err(error).with_context(|| {
            format!("the tables in {shown} could not be brought up to date, and were left as they are")
        }),
    }
}
