//! The test tools: this file starts the program and reads its console; the files in `support/` talk to it.
//! The tests themselves need not know how that is done.

/// A client that sends a command until it is answered.
mod asker;
/// nginx and Caddy in front of several servers.
mod balancer;
/// Certificates of one's own.
mod certificates;
/// Random numbers from a seed, so that a test can be repeated.
mod chance;
/// What must hold for a log, and for those who followed it.
mod checker;
/// The databases of the tests, and access to them from outside.
mod database;
/// A small disk that can be filled.
mod disk;
/// A client that follows a list, and comes back whenever it is cut.
mod follower;
/// HTTP: commands, forms, boards, and requests that no proper client would send.
mod http;
/// The pages of a list's past, read as a person reads them.
mod past;
/// The PostgreSQL of the tests.
mod postgres;
/// A network with faults that can be switched on and off.
mod proxy;
/// Sockets: what a client sends and receives.
mod socket;
/// Other programs: starts that fail, the tools of an operator, `websocat` and `kosoku`.
mod tools;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

pub(crate) use asker::{Asker, address};
pub(crate) use balancer::{Balancer, free_port};
pub(crate) use certificates::make as make_certificates;
pub(crate) use chance::Chance;
pub(crate) use checker::{Asked, Flaw, check_asked, check_followed, check_log};
pub(crate) use database::{
    OtherEngine, is_about_a_file, make_database, on_postgres, rows, seed, seed_events, sql, url as database_url,
};
pub(crate) use disk::SmallDisk;
pub(crate) use follower::Follower;
pub(crate) use http::Raw;
pub(crate) use past::{deleted_lists, past, texts};
pub(crate) use postgres::{Cluster, Encrypted};
pub(crate) use proxy::{Fault, Proxy};
pub(crate) use socket::{Socket, frame};
pub(crate) use tools::{fails, given_tool, note, site_is_built, skipped, start_fails, tool, tool_at, tool_fails};

/// How long a test waits for something that must happen; far longer than it ever takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// How often a test looks again for something that it is not notified of.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// The program, running.
pub(crate) struct TestApp {
    child: Child,
    console: Arc<Mutex<Vec<String>>>,
    arguments: Vec<String>,
    /// Its database.
    url: String,
    /// What is removed with it, if that does not go with its folder.
    owned: Option<String>,
    /// The port it listens on.
    pub(crate) port: u16,
    /// The folder with its database.
    pub(crate) folder: TempDir,
    /// An HTTP client that follows no redirects.
    pub(crate) http: reqwest::Client,
}

/// The path of the program that was built for the tests; in `make soak` that of the release, because only
/// its measurements are useful.
pub(crate) fn program() -> &'static OsStr {
    static PROGRAM: LazyLock<OsString> = LazyLock::new(|| {
        let release = std::env::var_os("TODOAPP_BIN").filter(|_| std::env::var_os("TODOAPP_SOAK_SECONDS").is_some());
        release.unwrap_or_else(|| env!("CARGO_BIN_EXE_todoapp").into())
    });
    &PROGRAM
}

impl TestApp {
    /// Starts it with an empty database.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts it with these arguments.
    pub(crate) async fn start_with(arguments: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), arguments).await
    }

    /// Starts it with its database in this folder.
    pub(crate) async fn start_in(folder: TempDir, arguments: &[&str]) -> Self {
        Self::start_logging_to(Stdio::piped(), folder, arguments).await
    }

    /// Starts it with its log going to `log`.
    pub(crate) async fn start_logging_to(log: Stdio, folder: TempDir, arguments: &[&str]) -> Self {
        let arguments: Vec<_> = arguments.iter().map(|it| (*it).to_owned()).collect();
        let (url, owned) = database::make(&folder.path().join("todos.db")).await;
        Self::start_on(url, owned, log, folder, arguments).await
    }

    /// Starts it on a new database of PostgreSQL, whatever the other tests run on.
    pub(crate) async fn start_on_postgres(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (url, name) = database::make_on_postgres(&folder.path().join("todos.db")).await;
        let arguments = arguments.iter().map(|it| (*it).to_owned()).collect();
        Self::start_on(url, Some(name), Stdio::piped(), folder, arguments).await
    }

    /// Starts it on a database that somebody else looks after.
    pub(crate) async fn start_at(url: &str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|it| (*it).to_owned()).collect();
        Self::start_on(url.to_owned(), None, Stdio::piped(), tempfile::tempdir().unwrap(), arguments).await
    }

    /// Starts another one on the same database, with the same arguments.
    pub(crate) async fn start_beside(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::start_on(self.url.clone(), None, Stdio::piped(), folder, self.arguments.clone()).await
    }

    async fn start_on(url: String, owned: Option<String>, log: Stdio, folder: TempDir, arguments: Vec<String>) -> Self {
        let (child, console, port) = spawn(&url, "127.0.0.1:0", &arguments, log).await;
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { child, console, arguments, url, owned, port, folder, http }
    }

    /// Kills it with `kill -9`.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// Stops it with SIGTERM, and waits until it has ended.
    pub(crate) async fn stop(&mut self) {
        self.signal("TERM").await;
        assert_eq!(self.ended().await.code(), Some(0), "{:#?}", self.console());
    }

    /// Starts it again after it has ended, on the same port and database.
    pub(crate) async fn start_again(&mut self) {
        let listen = format!("127.0.0.1:{}", self.port);
        (self.child, self.console, self.port) = spawn(&self.url, &listen, &self.arguments, Stdio::piped()).await;
    }

    /// Starts it again with other arguments, on the same port and database.
    pub(crate) async fn start_again_with(&mut self, arguments: &[&str]) {
        self.arguments = arguments.iter().map(|it| (*it).to_owned()).collect();
        self.start_again().await;
    }

    /// Sends a signal (`TERM`, `INT`, `HUP`) to the program.
    pub(crate) async fn signal(&self, signal: &str) {
        let pid = self.pid().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &pid]).status().await.unwrap().success());
    }

    /// Waits for the program to end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        timeout(PATIENCE, self.child.wait()).await.expect("it ends").unwrap()
    }

    /// The program's process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("it is running")
    }

    /// How much memory the program takes.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }

    /// How much processor time the program has used so far.
    pub(crate) fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap();
        // After the name, the 12th and 13th words are user and system time, in hundredths of a second.
        let words: Vec<_> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
        Duration::from_millis(10 * (words[11].parse::<u64>().unwrap() + words[12].parse::<u64>().unwrap()))
    }

    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("todos.db")
    }

    /// Runs statements on the PostgreSQL that it uses.
    pub(crate) async fn on_database(&self, statements: &str) {
        postgres::run(&self.url, statements).await.unwrap();
    }

    /// A connection of one's own to the PostgreSQL that it uses.
    pub(crate) async fn connection(&self) -> sqlx::PgConnection {
        postgres::connect(&self.url).await
    }

    /// What the console shows so far, a line each; standard output and standard error together.
    pub(crate) fn console(&self) -> Vec<String> {
        self.console.lock().unwrap().clone()
    }

    /// Waits for a line of the console.
    pub(crate) async fn console_says(&self, line: &str) {
        self.console_shows(line, |it| it == line).await;
    }

    /// Waits for a line of the console that fulfils the condition, and returns it.
    pub(crate) async fn console_shows(&self, what: &str, is_like: impl Fn(&str) -> bool) -> String {
        let shown = async {
            loop {
                if let Some(line) = self.console().into_iter().find(|it| is_like(it)) {
                    return line;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        timeout(PATIENCE, shown).await.unwrap_or_else(|_| panic!("{what:?} is not in {:#?}", self.console()))
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(name) = &self.owned {
            postgres::remove(name);
        }
    }
}

/// Starts the program and waits until it prints its address.
async fn spawn(url: &str, listen: &str, arguments: &[String], log: Stdio) -> (Child, Arc<Mutex<Vec<String>>>, u16) {
    // If the tests run under `nohup`, the program would otherwise ignore SIGHUP too.
    let mut child = Command::new("env")
        .arg("--default-signal=HUP")
        .arg(program())
        .args(["--listen", listen, "--database-url", url])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let console = Arc::new(Mutex::new(Vec::new()));
    collect(child.stdout.take().unwrap(), console.clone());
    if let Some(log) = child.stderr.take() {
        collect(log, console.clone());
    }
    let started = async {
        loop {
            let address = console.lock().unwrap().iter().find_map(|it: &String| {
                let address = it.split_once("todoapp is at http://")?.1.trim_end_matches("\"}");
                address.rsplit_once(':')?.1.parse().ok()
            });
            if let Some(port) = address {
                return port;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    let port =
        timeout(PATIENCE, started).await.unwrap_or_else(|_| panic!("not started: {:#?}", console.lock().unwrap()));
    (child, console, port)
}

fn collect(output: impl AsyncRead + Unpin + Send + 'static, console: Arc<Mutex<Vec<String>>>) {
    tokio::spawn(async move {
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            console.lock().unwrap().push(line);
        }
    });
}
