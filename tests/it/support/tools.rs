//! Other programs: starts that fail, `websocat`, `kosoku`, and access to the database from outside.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use sqlx::{Connection, Executor, SqliteConnection};
use tokio::process::Command;
use tokio::time::timeout;

use super::{PATIENCE, program};

/// Starts the program when it can't start, and returns its sentence. It must end by itself, with code 1 and
/// without a panic, and its first line must be the sentence.
pub(crate) async fn start_fails(arguments: &[&str]) -> String {
    let mut command = Command::new(program());
    command.args(arguments);
    fails(command).await
}

/// The same for a command that the caller has prepared.
pub(crate) async fn fails(mut command: Command) -> String {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn();
    let output = timeout(PATIENCE, child.unwrap().wait_with_output()).await.expect("it ends by itself").unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(!stdout.contains("todoapp is at"), "it must not claim to have started: {stdout}");
    let sentence = stderr.lines().next().unwrap_or_default();
    sentence.strip_prefix("todoapp: ").unwrap_or_else(|| panic!("not a sentence: {stderr}")).to_owned()
}

/// Prints what is useful to know about a test that fails, or about one that passes with `--nocapture`.
#[expect(clippy::print_stdout, reason = "the test runner takes only this away from tests that pass")]
pub(crate) fn note(text: &str) {
    println!("{text}");
}

/// Says why a test is skipped. Writes to standard error directly, because the test runner hides what passing
/// tests print.
pub(crate) fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// A tool's path, from the environment. `make test` sets it; without it the test is skipped and says so.
pub(crate) fn given_tool(variable: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from).filter(|it| it.exists());
    if path.is_none() {
        skipped(&format!("{variable} names no program; `make test` installs it and sets {variable}"));
    }
    path
}

/// Whether the release build has made the compressed files of the site. If not, says that the test is
/// skipped. `make dev` does not make them.
pub(crate) fn site_is_built() -> bool {
    let is_built = Path::new("target/site/pkg/todoapp.css.br").exists();
    if !is_built {
        skipped("the packed files of the site: `make build` makes them");
    }
    is_built
}

/// Runs statements on a database from outside, as another program would.
pub(crate) async fn sql(database: &Path, statements: &str) {
    let url = format!("sqlite:{}?mode=rwc", database.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned()))).await.unwrap();
    connection.close().await.unwrap();
}

/// The first column of what a statement finds in a database, read from outside.
pub(crate) async fn rows(database: &Path, statement: &str) -> Vec<String> {
    let url = format!("sqlite:{}?mode=rwc", database.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let found = sqlx::query_scalar(sqlx::AssertSqlSafe(statement.to_owned())).fetch_all(&mut connection).await;
    connection.close().await.unwrap();
    found.unwrap()
}

/// Puts this many todos on the home list of a new database, with their log. This is faster than thousands of
/// requests.
pub(crate) async fn seed(database: &Path, count: usize) {
    let each = format!("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {count}) ");
    let id = "printf('018b0000-0000-7000-8000-%012x', i)";
    let op = "printf('018b0000-0000-7000-9000-%012x', i)";
    let position = "rtrim(5000000000 + i, '0')";
    let change =
        format!(r#"printf('{{"created":{{"todo":"%s","title":"todo %d","position":"%s"}}}}', {id}, i, {position})"#);
    let todos = format!(
        "{each} INSERT INTO todos (list_id, id, title, completed, position, touched_seq, created_ms, updated_ms) \
         SELECT 'home', {id}, printf('todo %d', i), 0, {position}, i, 0, 0 FROM n;"
    );
    let events = format!(
        "{each} INSERT INTO events (stream_id, seq, tag, at_ms, op, change) \
         SELECT 'home', i, printf('%016x', i), 0, {op}, {change} FROM n;"
    );
    let list = format!(
        "UPDATE streams SET head = {count} WHERE id = 'home'; \
         UPDATE lists SET size = {count}, open = {count} WHERE id = 'home';"
    );
    sql(database, &format!("BEGIN; {todos} {events} {list} COMMIT")).await;
}

/// Adds this many old events to the log of the home list.
pub(crate) async fn seed_events(database: &Path, count: usize) {
    let each = format!("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {count}) ");
    let head = "(SELECT head FROM streams WHERE id = 'home')";
    let op = format!("printf('018b0000-0000-7000-a000-%012x', i + {head})");
    let events = format!(
        "{each} INSERT INTO events (stream_id, seq, tag, at_ms, op, change) \
         SELECT 'home', i + {head}, printf('%016x', i), 0, {op}, '{{\"named\":{{\"name\":\"Home\"}}}}' FROM n;"
    );
    sql(database, &format!("BEGIN; {events} UPDATE streams SET head = head + {count} WHERE id = 'home'; COMMIT")).await;
}
