//! What things cost, where that is a number that is the same on every machine: statements, waits for the disk, and
//! calls to the system. `make bench` measures times, which depend on the machine.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{PATIENCE, TestApp, given_tool, is_about_a_file, note};

/// How often a transaction that creates todos goes to the database, with begin and commit: ARCHITECTURE.md says why.
const TRIPS: usize = 2;

/// How long nothing must happen until a test is sure that nothing else comes.
const QUIET: Duration = Duration::from_millis(300);

/// Longer than PostgreSQL waits before it counts what a connection has done.
const COUNTED_AFTER: Duration = Duration::from_millis(1_200);

/// How many commands one request may have.
const COMMANDS_MAX: usize = 100;

/// A few commands, as come together from some people.
const FEW: usize = 8;

/// How many creates are watched, one after the other.
const CREATES: usize = 20;

/// How many messages are watched.
const MESSAGES: u32 = 200;

/// How often one echo may wait, read and write, each. The rest is for what happens at times on a busy machine.
const CALLS_EACH: f64 = 1.3;

/// All calls for an echo of many that are sent at once, with those for the console. To wake the console's thread for
/// each line alone would take more.
const CALLS_TOGETHER: f64 = 0.5;

/// The first words of what was sent to the database that the console has shown since its line `from`.
fn statements(app: &TestApp, from: usize) -> Vec<String> {
    let console = app.console();
    let shown = console[from..].iter().filter_map(|it| it.split_once("summary=\"")?.1.split_once('"'));
    shown.map(|(summary, _)| summary.to_owned()).collect()
}

/// Creates this many todos with one request, whose ids begin at `first`.
async fn create(app: &TestApp, first: usize, count: usize) {
    let command = |n: usize| {
        let id = format!("01890000-0000-7000-8000-{n:012x}");
        json!({ "list": "home", "op": id, "command": { "create": { "id": id, "title": "Buy milk" } } })
    };
    let (status, answer) = app.run(&(first..first + count).map(command).collect::<Value>()).await;
    let results = answer["results"].as_array().map_or(0, |it| it.iter().filter(|it| it["receipt"].is_object()).count());
    assert_eq!((status, results), (200, count), "{answer}");
}

/// Waits until nothing is sent to the database any more: at the start, old events are looked for. Returns how many
/// lines the console has then.
async fn quiet(app: &TestApp) -> usize {
    loop {
        let before = app.console().len();
        sleep(QUIET).await;
        if app.console().len() == before {
            return before;
        }
    }
}

/// The statements of creating todos with one request.
async fn statements_of(app: &TestApp, first: usize, count: usize) -> Vec<String> {
    let from = quiet(app).await;
    create(app, first, count).await;
    quiet(app).await;
    statements(app, from)
}

#[tokio::test]
async fn a_hundred_commands_take_as_many_statements_as_one_and_followers_take_none() {
    if !is_about_a_file() {
        return;
    }
    let app = TestApp::start_with(&["--log", "debug"]).await;
    let mut socket = app.socket("?list=home").await;
    socket.head().await;
    let alone = statements_of(&app, 1, 1).await;
    socket.event().await;
    let together = statements_of(&app, 2, COMMANDS_MAX).await;
    socket.events(COMMANDS_MAX).await;
    assert_eq!(alone.len(), TRIPS, "{alone:#?}");
    assert_eq!(together, alone, "the same statements, each for many rows");
}

/// How many rows PostgreSQL has read so far where it went through a whole table of those that grow with each command.
async fn rows_of_whole_tables(app: &TestApp, next: usize) -> i64 {
    // A connection says what it has done after its next statement, and not more than once a second.
    sleep(COUNTED_AFTER).await;
    create(app, next, 1).await;
    let mut connection = app.connection().await;
    let sum = "SELECT CAST(SUM(seq_tup_read) AS BIGINT) FROM pg_stat_user_tables \
               WHERE relname IN ('todos', 'events', 'ops')";
    sqlx::query_scalar(sum).fetch_one(&mut connection).await.unwrap()
}

#[tokio::test]
async fn on_postgres_a_command_does_not_read_whole_tables_that_were_empty_at_the_start() {
    let app = TestApp::start_on_postgres(&[]).await;
    // So often that a plan would be kept.
    for n in 0..20 {
        create(&app, n * FEW, FEW).await;
    }
    // Of fewer, it is right to read a whole table.
    for n in 10..80 {
        create(&app, n * COMMANDS_MAX, COMMANDS_MAX).await;
    }
    let before = rows_of_whole_tables(&app, 10_000).await;
    for n in 0..20 {
        create(&app, 11_000 + n * FEW, FEW).await;
    }
    let read = rows_of_whole_tables(&app, 12_000).await - before;
    assert!(read < 7_000, "twenty requests have read {read} rows, and there are seven thousand of each kind");
}

/// The calls to the system of a running program, counted by `strace`.
struct Calls(BTreeMap<String, u32>);

impl Calls {
    /// Counts what the program does while `work` runs. Fails if this machine does not let one program look at another.
    async fn of(strace: &Path, app: &TestApp, work: impl Future<Output = ()>) -> Self {
        let file = app.folder.path().join("calls");
        let mut counting = Command::new(strace)
            .args(["-c", "-f", "-p", &app.pid().to_string(), "-o"])
            .arg(&file)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        attached(&mut counting).await;
        work.await;
        let pid = counting.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().await.unwrap().success());
        timeout(PATIENCE, counting.wait()).await.expect("strace ends").unwrap();
        let table = std::fs::read_to_string(file).unwrap();
        // Each line has share, seconds, microseconds a call, calls, perhaps errors, and the name.
        let calls = table.lines().filter_map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            Some(((*words.last()?).to_owned(), words.get(3)?.parse().ok()?))
        });
        let calls = Self(calls.filter(|(name, _)| name != "total").collect());
        note(&format!("{:?}", calls.0));
        calls
    }

    /// How often any of these was called.
    fn count(&self, names: &[&str]) -> u32 {
        names.iter().filter_map(|it| self.0.get(*it)).sum()
    }

    /// How often anything was called.
    fn all(&self) -> u32 {
        self.0.values().sum()
    }
}

/// Waits until `strace` has found every thread of the program.
async fn attached(strace: &mut Child) {
    let mut said = BufReader::new(strace.stderr.take().unwrap()).lines();
    let first = timeout(PATIENCE, said.next_line()).await.expect("strace says what it does").unwrap();
    let first = first.unwrap_or_default();
    assert!(
        first.contains(" attached"),
        "strace can't look at the program, so its calls are not counted: {first}. In a container ptrace has to be \
         allowed (--cap-add=SYS_PTRACE); elsewhere set kernel.yama.ptrace_scope to 0."
    );
    // It goes on speaking, and must never wait for a reader.
    tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
}

#[tokio::test]
async fn each_answered_request_waits_for_the_disk_exactly_once() {
    if !is_about_a_file() {
        return;
    }
    let Some(strace) = given_tool("STRACE") else { return };
    let app = TestApp::start().await;
    // The first write also makes the log's file.
    create(&app, 1, 1).await;
    let calls = Calls::of(&strace, &app, async {
        for n in 0..CREATES {
            create(&app, 2 + n, 1).await;
        }
        create(&app, 2 + CREATES, COMMANDS_MAX).await;
    });
    let syncs = calls.await.count(&["fsync", "fdatasync"]);
    assert_eq!(
        usize::try_from(syncs).unwrap(),
        CREATES + 1,
        "fewer would lose todos in a power cut, more would be slow"
    );
}

#[tokio::test]
async fn an_echo_waits_once_reads_once_and_writes_once() {
    let Some(strace) = given_tool("STRACE") else { return };
    let app = TestApp::start().await;
    let mut socket = app.socket("").await;
    let calls = Calls::of(&strace, &app, async {
        for _ in 0..MESSAGES {
            socket.say("Hello").await;
            socket.text().await;
        }
    });
    let calls = calls.await;
    for kind in [&["epoll_wait", "epoll_pwait"], &["recvfrom", "readv"], &["sendto", "writev"]] {
        let each = f64::from(calls.count(kind)) / f64::from(MESSAGES);
        assert!((1.0..=CALLS_EACH).contains(&each), "{each} of {kind:?} for each message: {:?}", calls.0);
    }
}

#[tokio::test]
async fn messages_that_come_together_share_their_calls_to_the_system() {
    let Some(strace) = given_tool("STRACE") else { return };
    let app = TestApp::start().await;
    let mut socket = app.socket("").await;
    let calls = Calls::of(&strace, &app, async {
        for _ in 0..MESSAGES {
            socket.ws.feed(Message::text("Hello")).await.unwrap();
        }
        socket.ws.flush().await.unwrap();
        for _ in 0..MESSAGES {
            socket.text().await;
        }
        sleep(QUIET).await;
    });
    let calls = calls.await;
    let each = f64::from(calls.all()) / f64::from(MESSAGES);
    assert!(each <= CALLS_TOGETHER, "{each} for each message: {:?}", calls.0);
}
