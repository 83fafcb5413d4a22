//! The PostgreSQL of the tests: a cluster of its own that is thrown away, or the one that `TEST_POSTGRES_URL` names.
//! If there is none, the tests that need it fail. A test may start another one that takes encrypted connections only.

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::OnceCell;
use tokio::time::sleep;

use super::certificates;
use super::tools::skipped;

/// How long the cluster may take to start.
const START_WAIT: Duration = Duration::from_mins(1);

/// Where Debian puts the programs.
const DEBIAN: &str = "/usr/lib/postgresql";

/// What runs it until the tests end, however they end.
const RUN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/postgres.sh");

/// Tests have many connections, and are about what is lost with a server, not with the power.
const SETTINGS: [&str; 4] = ["-c", "max_connections=500", "-c", "fsync=off"];

/// A PostgreSQL server.
pub(crate) struct Cluster {
    /// Its address, without the name of a database.
    url: String,
    /// Open as long as it runs, if it is one of the tests' own.
    input: Option<ChildStdin>,
}

/// A cluster that takes encrypted connections only, until this is dropped.
pub(crate) struct Encrypted {
    cluster: Cluster,
    /// The file with the certificate of its authority. Its name is `localhost`.
    pub(crate) authority: PathBuf,
}

impl Encrypted {
    /// Starts it. If there is only a PostgreSQL elsewhere, says that the test is skipped.
    pub(crate) async fn start() -> Option<Self> {
        if is_elsewhere() {
            return None;
        }
        let folder = folder();
        let authority = certificates::make(&folder, "localhost");
        Some(Self { cluster: Cluster::start(&folder).await, authority })
    }

    /// The address of its only database.
    pub(crate) fn url(&self, query: &str) -> String {
        format!("{}/postgres?{query}", self.cluster.url.replace("127.0.0.1", "localhost"))
    }

    /// The same database by an address that is not in the certificate.
    pub(crate) fn by_other_name(&self, query: &str) -> String {
        self.url(query).replace("localhost", "127.0.0.1")
    }
}

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();

/// The cluster that tests share, started by the first one that needs it.
async fn cluster() -> &'static Cluster {
    CLUSTER
        .get_or_init(async || match std::env::var_os("TEST_POSTGRES_URL") {
            Some(url) => Cluster { url: url.to_str().unwrap().trim_end_matches('/').to_owned(), input: None },
            None => Cluster::start(&folder()).await,
        })
        .await
}

impl Cluster {
    /// Starts one that nobody else uses. If there is only a PostgreSQL elsewhere, says that the test is skipped.
    pub(crate) async fn own() -> Option<Self> {
        if is_elsewhere() { None } else { Some(Self::start(&folder()).await) }
    }

    #[expect(clippy::zombie_processes, reason = "it ends after the tests")]
    async fn start(folder: &Path) -> Self {
        let bin = programs().unwrap_or_else(|| {
            panic!("there is no PostgreSQL: install it, or set TEST_POSTGRES_URL to one that tests may use")
        });
        // Free now, and surely not taken before PostgreSQL listens there.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut shell = Command::new("sh")
            .arg(RUN)
            .args(SETTINGS)
            .env("BIN", bin)
            .env("FOLDER", folder)
            .env("PORT", port.to_string())
            .stdin(Stdio::piped())
            // What ends the tests by a signal to all of them must not keep it from cleaning up.
            .process_group(0)
            .spawn()
            .unwrap();
        let input = shell.stdin.take();
        let began = Instant::now();
        // It writes this file when it takes connections.
        let ready = folder.join("data/postmaster.pid");
        while !std::fs::read_to_string(&ready).is_ok_and(|it| it.contains("ready")) {
            let is_starting = began.elapsed() < START_WAIT && shell.try_wait().unwrap().is_none();
            let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            assert!(is_starting, "PostgreSQL did not start: {}", log());
            sleep(Duration::from_millis(20)).await;
        }
        Self { url: format!("postgres://postgres@127.0.0.1:{port}"), input }
    }

    /// The address of a database.
    pub(crate) fn database(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }

    /// Stops it, as `pg_ctl` names it (`fast`: everyone is told; `immediate`: as if it were killed), and starts it
    /// again after this time.
    pub(crate) async fn restart(&mut self, how: &str, down: Duration) {
        let before = self.started().await.unwrap();
        writeln!(self.input.as_mut().expect("it is its own"), "{how} {}", down.as_secs_f32()).unwrap();
        let began = Instant::now();
        while self.started().await.is_none_or(|it| it == before) {
            assert!(began.elapsed() < START_WAIT + down, "PostgreSQL did not start again");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// When it was started, if it answers.
    async fn started(&self) -> Option<String> {
        let mut connection = PgConnection::connect(&self.database("postgres")).await.ok()?;
        sqlx::query_scalar("SELECT pg_postmaster_start_time()::TEXT").fetch_one(&mut connection).await.ok()
    }
}

/// Whether there is only a PostgreSQL elsewhere. If so, says that the test is skipped.
fn is_elsewhere() -> bool {
    let is_so = programs().is_none() && std::env::var_os("TEST_POSTGRES_URL").is_some();
    if is_so {
        skipped("it needs a PostgreSQL of its own, and TEST_POSTGRES_URL names another one");
    }
    is_so
}

/// A folder for a cluster, which removes it in the end.
fn folder() -> PathBuf {
    let folder = tempfile::Builder::new().prefix("todoapp-postgres-").tempdir().unwrap().keep();
    std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
    folder
}

/// The folder with PostgreSQL's programs: the newest of Debian, or where `postgres` is found.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten().map(|it| it.path().join("bin"));
    let newest = versions.filter(|it| it.join("initdb").exists()).max_by_key(|it| version(it));
    newest.or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|it| it.join("initdb").exists())
    })
}

fn version(bin: &Path) -> u32 {
    bin.parent().and_then(|it| it.file_name()?.to_str()?.parse().ok()).unwrap_or(0)
}

/// The address of a database.
pub(super) async fn url(name: &str) -> String {
    cluster().await.database(name)
}

/// A connection to a database.
pub(super) async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

/// Runs statements on a database.
pub(super) async fn run(url: &str, statements: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned()))).await?;
    connection.close().await
}

/// Makes a database, if it is not there yet.
pub(super) async fn make(name: &str) {
    match run(&url("postgres").await, &format!("CREATE DATABASE \"{name}\"")).await {
        // There is one: a server is started again.
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42P04") => {}
        made => made.unwrap(),
    }
}

/// Removes a database, whoever still uses it.
pub(super) fn remove(name: &str) {
    let statement = format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");
    let removing = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { run(&url("postgres").await, &statement).await })
    });
    // A test that fails must say why, and not that this failed too.
    if let Ok(Err(error)) = removing.join() {
        let _ = writeln!(std::io::stderr(), "{name} could not be removed: {error}");
    }
}
