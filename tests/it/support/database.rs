//! The databases of the tests, as another program would use them. Each test has one of its own: a file, or with
//! `TODOAPP_TEST_ENGINE=postgres` a database on the PostgreSQL of the tests.

use std::path::Path;
use std::sync::LazyLock;

use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, Connection, Executor};

use super::postgres;
use super::tools::skipped;

/// How many rows one statement puts into a table.
const ROWS_MAX: usize = 500;

/// Whether the tests run on PostgreSQL.
pub(crate) fn on_postgres() -> bool {
    static ON: LazyLock<bool> =
        LazyLock::new(|| match std::env::var_os("TODOAPP_TEST_ENGINE").as_ref().map(|it| it.to_str()) {
            None | Some(Some("sqlite")) => false,
            Some(Some("postgres")) => true,
            Some(other) => panic!("TODOAPP_TEST_ENGINE must be sqlite or postgres, not {other:?}"),
        });
    *ON
}

/// Whether the tests run on SQLite. If not, says that the test is about a file only.
pub(crate) fn is_about_a_file() -> bool {
    if on_postgres() {
        skipped("it is about a file with data, which PostgreSQL is not");
    }
    !on_postgres()
}

/// The address of the database that a test has in its folder.
pub(crate) async fn url(database: &Path) -> String {
    if on_postgres() { postgres::url(&postgres_name(database)).await } else { format!("sqlite:{}", database.display()) }
}

/// What it is called on PostgreSQL: the name of the folder is random.
fn postgres_name(database: &Path) -> String {
    let folder = database.parent().and_then(Path::file_name).unwrap().to_string_lossy();
    let file = database.file_stem().unwrap().to_string_lossy();
    format!("{file}{}", folder.replace('.', "_"))
}

/// Makes the database, if it must be made before a server can use it. Returns its address, and what it is called if it
/// does not go with its folder.
pub(super) async fn make(database: &Path) -> (String, Option<String>) {
    if !on_postgres() {
        return (url(database).await, None);
    }
    let (url, name) = make_on_postgres(database).await;
    (url, Some(name))
}

/// The same for a database that no server has used yet. Returns its address.
pub(crate) async fn make_database(database: &Path) -> String {
    make(database).await.0
}

/// The same on PostgreSQL.
pub(super) async fn make_on_postgres(database: &Path) -> (String, String) {
    let name = postgres_name(database);
    postgres::make(&name).await;
    (postgres::url(&name).await, name)
}

/// A database of the engine that the tests do not run on.
pub(crate) struct OtherEngine {
    /// Its address.
    pub(crate) url: String,
    /// Its name on PostgreSQL.
    name: Option<String>,
}

impl OtherEngine {
    /// A new one, named after a database of a test.
    pub(crate) async fn new(database: &Path) -> Self {
        if on_postgres() {
            return Self { url: format!("sqlite:{}", database.with_extension("other").display()), name: None };
        }
        let name = format!("other_{}", postgres_name(database));
        postgres::make(&name).await;
        Self { url: postgres::url(&name).await, name: Some(name) }
    }
}

impl Drop for OtherEngine {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            postgres::remove(name);
        }
    }
}

async fn connect(database: &Path) -> AnyConnection {
    install_default_drivers();
    let (url, mode) = (url(database).await, if on_postgres() { "" } else { "?mode=rwc" });
    let url = format!("{url}{mode}");
    AnyConnection::connect(&url).await.unwrap()
}

/// Runs statements on a database from outside.
pub(crate) async fn sql(database: &Path, statements: &str) {
    let mut connection = connect(database).await;
    connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned()))).await.unwrap();
    connection.close().await.unwrap();
}

/// The first column of what a statement finds in a database.
pub(crate) async fn rows(database: &Path, statement: &str) -> Vec<String> {
    let mut connection = connect(database).await;
    let found = sqlx::query_scalar(sqlx::AssertSqlSafe(statement.to_owned())).fetch_all(&mut connection).await;
    connection.close().await.unwrap();
    found.unwrap()
}

/// Statements that put these rows into a table.
fn insert(into: &str, rows: &[String]) -> String {
    let statements = rows.chunks(ROWS_MAX).map(|rows| format!("INSERT INTO {into} VALUES {};", rows.join(", ")));
    statements.collect::<Vec<_>>().join(" ")
}

/// Puts this many todos on the home list of a new database, with their log. This is faster than thousands of
/// requests.
pub(crate) async fn seed(database: &Path, count: usize) {
    let (mut todos, mut events) = (Vec::new(), Vec::new());
    for i in 1..=count {
        let id = format!("018b0000-0000-7000-8000-{i:012x}");
        let op = format!("018b0000-0000-7000-9000-{i:012x}");
        let position = (5_000_000_000 + i).to_string();
        let position = position.trim_end_matches('0');
        let change = format!(r#"{{"created":{{"todo":"{id}","title":"todo {i}","position":"{position}"}}}}"#);
        todos.push(format!("('home', '{id}', 'todo {i}', 0, '{position}', {i}, 0, 0)"));
        events.push(format!("('home', {i}, '{i:016x}', 0, '{op}', '{change}')"));
    }
    let todos = insert("todos (list_id, id, title, completed, position, touched_seq, created_ms, updated_ms)", &todos);
    let events = insert("events (stream_id, seq, tag, at_ms, op, change)", &events);
    let list = format!(
        "UPDATE streams SET head = {count} WHERE id = 'home'; \
         UPDATE lists SET size = {count}, open = {count} WHERE id = 'home';"
    );
    sql(database, &format!("BEGIN; {todos} {events} {list} COMMIT")).await;
}

/// Adds this many old events to the log of the home list.
pub(crate) async fn seed_events(database: &Path, count: usize) {
    let head: usize = rows(database, "SELECT head || '' FROM streams WHERE id = 'home'").await[0].parse().unwrap();
    let event = |i: usize| {
        let op = format!("018b0000-0000-7000-a000-{:012x}", i + head);
        format!("('home', {}, '{i:016x}', 0, '{op}', '{{\"named\":{{\"name\":\"Home\"}}}}')", i + head)
    };
    let events = insert("events (stream_id, seq, tag, at_ms, op, change)", &(1..=count).map(event).collect::<Vec<_>>());
    sql(database, &format!("BEGIN; {events} UPDATE streams SET head = head + {count} WHERE id = 'home'; COMMIT")).await;
}
