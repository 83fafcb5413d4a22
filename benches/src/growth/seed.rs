//! Puts a long log into a database, while no server has it open. A million commands would take minutes.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

/// Python brings SQLite with it, and is there because of PocketBase. As a library it would have to be compiled with
/// the load program.
const SCRIPT: &str = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])";

/// Adds this many events to the log of the home list, all of them new enough to be kept.
pub(crate) async fn events(database: &Path, count: usize) -> Result<()> {
    if count == 0 {
        return Ok(());
    }
    let each = format!("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {count})");
    let op = "printf('01890000-0000-7000-a000-%012x', i)";
    let now = "CAST(strftime('%s', 'now') AS INTEGER) * 1000";
    let statements = format!(
        "BEGIN; {each} INSERT INTO events (stream_id, seq, tag, at_ms, op, change) \
         SELECT 'home', i, printf('%016x', i), {now}, {op}, '{{\"named\":{{\"name\":\"Home\"}}}}' FROM n; \
         UPDATE streams SET head = {count} WHERE id = 'home'; COMMIT"
    );
    let mut python = Command::new("python3");
    let done = python.args(["-c", SCRIPT]).arg(database).arg(statements).kill_on_drop(true).output().await;
    let done = done.context("python3 is missing, which fills the log")?;
    ensure!(done.status.success(), "the log can't be filled: {}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}
