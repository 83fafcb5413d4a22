//! The servers: how each is started, measured and stopped. A server ends when it is dropped.

/// The lists of todoapp and the collections of PocketBase, as far as loads need them.
pub(crate) mod data;
/// A PostgreSQL of its own.
pub(crate) mod postgres;
/// The simplest TCP server.
pub(crate) mod tcp_echo;

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::net::http::{Http, get};
use crate::net::{connect, free_port};
use crate::options::Options;

/// How long a server may take to start.
const START_MAX: Duration = Duration::from_secs(20);

/// How often to look whether a server has started.
const LOOK_AGAIN: Duration = Duration::from_millis(1);

/// Where the servers keep their data: on the disk that the project is on, because a folder for temporary files may
/// be in memory, where a durable write costs nothing.
const DATA_FOLDER: &str = "target/bench";

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Subject {
    /// This program, on SQLite.
    Todoapp,
    /// This program on PostgreSQL.
    Postgres,
    /// Three of this program on one PostgreSQL.
    PostgresThree,
    /// A Go server with gin and gorilla/websocket.
    Gin,
    /// Node.js with `ws`.
    Ws,
    /// PocketBase.
    PocketBase,
    /// An echo without WebSocket, HTTP or a console.
    Tcp,
}

impl Subject {
    /// Its name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Todoapp => "todoapp",
            Self::Postgres => "on PostgreSQL",
            Self::PostgresThree => "three on PostgreSQL",
            Self::Gin => "gin",
            Self::Ws => "ws",
            Self::PocketBase => "PocketBase",
            Self::Tcp => "bare TCP",
        }
    }

    /// How it is started on a port, with a folder or a database for its data; `None` if it is not installed.
    fn command(self, options: &Options, port: u16, folder: &Path, database: &str) -> Result<Option<Command>> {
        let port = port.to_string();
        let address = format!("127.0.0.1:{port}");
        let (program, arguments) = match self {
            Self::Todoapp | Self::Postgres | Self::PostgresThree => {
                let database = database.to_owned();
                (options.todoapp.clone(), vec!["--listen".into(), address, "--database-url".into(), database])
            }
            Self::Tcp => (std::env::current_exe()?, vec!["tcp-echo".into(), port]),
            Self::Gin => match &options.gin {
                Some(program) => (program.clone(), vec![port]),
                None => return Ok(None),
            },
            Self::Ws if options.ws.is_some() => ("node".into(), vec!["benches/peers/ws.cjs".into(), port]),
            Self::Ws => return Ok(None),
            Self::PocketBase => match &options.pocketbase {
                Some(program) => (program.clone(), data::pocketbase_arguments(&address, folder)),
                None => return Ok(None),
            },
        };
        let mut command = Command::new(program);
        command.args(arguments);
        if let Some(packages) = &options.ws {
            command.env("NODE_PATH", packages);
        }
        Ok(Some(command))
    }

    /// Whether it is installed.
    pub(crate) fn is_here(self, options: &Options) -> bool {
        match self {
            Self::Postgres | Self::PostgresThree => postgres::programs().is_some(),
            _ => matches!(self.command(options, 0, Path::new(""), ""), Ok(Some(_))),
        }
    }
}

/// A running server.
pub(crate) struct Server {
    // Ends first, so that nothing is written to the folder while it is removed.
    child: Child,
    /// Who it is.
    pub(crate) subject: Subject,
    /// Where it listens.
    pub(crate) port: u16,
    /// Its data.
    pub(crate) folder: TempDir,
    /// How long it took from the start to the first answer.
    pub(crate) start: Duration,
}

/// Makes an empty folder for a server.
pub(crate) fn folder() -> Result<TempDir> {
    std::fs::create_dir_all(DATA_FOLDER)?;
    // Whoever starts a server may be in another folder than the server itself.
    let parent = std::fs::canonicalize(DATA_FOLDER)?;
    tempfile::Builder::new().prefix("data-").tempdir_in(parent).context("no folder for a server's data")
}

impl Server {
    /// Starts it with new data; `None` if it is not installed.
    pub(crate) async fn start(subject: Subject, options: &Options) -> Result<Option<Self>> {
        Self::start_in(folder()?, subject, options).await
    }

    /// Starts it with the data in this folder.
    pub(crate) async fn start_in(folder: TempDir, subject: Subject, options: &Options) -> Result<Option<Self>> {
        let database = format!("sqlite:{}", folder.path().join("todos.db").display());
        Self::start_with(folder, &database, subject, options).await
    }

    /// Starts it with the data in this database; the folder has only what it says.
    pub(crate) async fn start_on(database: &str, subject: Subject, options: &Options) -> Result<Option<Self>> {
        Self::start_with(folder()?, database, subject, options).await
    }

    async fn start_with(folder: TempDir, database: &str, subject: Subject, options: &Options) -> Result<Option<Self>> {
        let port = free_port().await?;
        let Some(mut command) = subject.command(options, port, folder.path(), database)? else { return Ok(None) };
        let errors = std::fs::File::create(folder.path().join("errors.log"))?;
        // Every console goes nowhere, so that each server does the work of writing and none waits for a disk.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors).kill_on_drop(true);
        let since = Instant::now();
        let child = command.spawn().with_context(|| format!("{} can't be started", subject.name()))?;
        let mut server = Self { child, subject, port, folder, start: Duration::ZERO };
        while !server.answers().await {
            if since.elapsed() > START_MAX || server.child.try_wait()?.is_some() {
                bail!("{} does not start: {}", subject.name(), server.errors());
            }
            sleep(LOOK_AGAIN).await;
        }
        server.start = since.elapsed();
        Ok(Some(server))
    }

    async fn answers(&self) -> bool {
        let path = if self.subject == Subject::PocketBase { "/api/health" } else { "/healthz" };
        match self.subject {
            Subject::Tcp => connect(0, self.port).await.is_ok(),
            _ => match Http::connect(0, self.port).await {
                Ok(mut http) => http.ask(&get(self.port, path), "").await.is_ok(),
                Err(_) => false,
            },
        }
    }

    /// Stops it, and returns the folder with its data.
    pub(crate) async fn stop(mut self) -> Result<TempDir> {
        self.child.kill().await?;
        Ok(self.folder)
    }

    fn errors(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("errors.log")).unwrap_or_default()
    }

    /// How much memory it takes.
    pub(crate) fn resident_bytes(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()?))?;
        let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).context("no VmRSS in /proc")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
    }

    /// How much processor time it has used so far.
    pub(crate) fn processor_time(&self) -> Result<Duration> {
        processor_time(&self.pid()?.to_string())
    }

    fn pid(&self) -> Result<u32> {
        self.child.id().with_context(|| format!("{} has ended: {}", self.subject.name(), self.errors()))
    }
}

/// How much processor time the load program itself has used so far.
pub(crate) fn own_processor_time() -> Result<Duration> {
    processor_time("self")
}

fn processor_time(pid: &str) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // After the name, the 12th and 13th words are user and system time, in hundredths of a second.
    let (_, words) = stat.rsplit_once(") ").context("no name in /proc")?;
    let times = words.split(' ').skip(11).take(2).map(str::parse::<u64>);
    Ok(Duration::from_millis(10 * times.sum::<Result<u64, _>>()?))
}
