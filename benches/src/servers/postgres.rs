//! A PostgreSQL of its own: a new cluster with its own settings, which is thrown away at the end.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use tokio::time::sleep;

use super::{LOOK_AGAIN, START_MAX, folder};
use crate::net::free_port;

/// Where Debian puts the programs.
const DEBIAN: &str = "/usr/lib/postgresql";

/// What runs it until the load program ends, however it ends. Nothing is set, so it has its default settings.
const RUN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/postgres.sh");

/// A running cluster. It ends when it is dropped.
pub(crate) struct Postgres {
    shell: Child,
    input: Option<ChildStdin>,
    bin: PathBuf,
    port: u16,
}

/// The version for people, with what matters about it.
pub(crate) fn version() -> String {
    let Some(bin) = programs() else { return String::new() };
    let said = Command::new(bin.join("postgres")).arg("--version").output().map(|it| it.stdout).unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    let number = said.split_whitespace().nth(2).unwrap_or("of unknown version");
    format!("todoapp on PostgreSQL {number} with its default settings (fsync=on, synchronous_commit=on)")
}

/// The folder with PostgreSQL's programs: the newest of Debian, or where `initdb` is found.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten().map(|it| it.path().join("bin"));
    let newest = versions.filter(|it| it.join("initdb").exists()).max_by_key(|it| number(it));
    newest.or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|it| it.join("initdb").exists())
    })
}

fn number(bin: &Path) -> u32 {
    bin.parent().and_then(|it| it.file_name()?.to_str()?.parse().ok()).unwrap_or(0)
}

impl Postgres {
    /// Starts a new cluster, with its data where all servers have theirs; `None` if there is no PostgreSQL.
    pub(crate) async fn start() -> Result<Option<Self>> {
        let Some(bin) = programs() else { return Ok(None) };
        // The shell removes it, also if this program is killed.
        let folder = folder()?.keep();
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755))?;
        let port = free_port().await?;
        let mut shell = Command::new("sh")
            .arg(RUN)
            .env("BIN", &bin)
            .env("FOLDER", &folder)
            .env("PORT", port.to_string())
            .stdin(Stdio::piped())
            // In a group of its own, so that Ctrl+C reaches only the load program, which then ends it.
            .process_group(0)
            .spawn()?;
        let input = shell.stdin.take();
        let mut it = Self { shell, input, bin, port };
        let since = Instant::now();
        // It writes this file when it takes connections.
        let ready = folder.join("data/postmaster.pid");
        while !std::fs::read_to_string(&ready).is_ok_and(|it| it.contains("ready")) {
            if since.elapsed() > START_MAX || it.shell.try_wait()?.is_some() {
                let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL does not start: {log}");
            }
            sleep(LOOK_AGAIN).await;
        }
        Ok(Some(it))
    }

    fn end(&mut self) {
        drop(self.input.take());
        let _ = self.shell.wait();
    }

    /// Makes a database, and returns its address.
    pub(crate) fn make(&self, name: &str) -> Result<String> {
        let (host, port) = ("127.0.0.1", self.port.to_string());
        let arguments = ["--host", host, "--port", &port, "--username", "postgres", name];
        let made = Command::new(self.bin.join("createdb")).args(arguments).output().context("no createdb")?;
        ensure!(made.status.success(), "no database: {}", String::from_utf8_lossy(&made.stderr));
        Ok(format!("postgres://postgres@{host}:{port}/{name}"))
    }
}

impl Drop for Postgres {
    /// Waits for its end, so that nothing of it is left when this program ends.
    fn drop(&mut self) {
        self.end();
    }
}
