//! The harness: starts the program, speaks HTTP and WebSocket to it, and reads its console.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use todoapp::domain::{Board, EventId, Push, Receipt};

/// How long a test waits for what must happen; far longer than it ever takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The program, running.
pub(crate) struct TestApp {
    child: Child,
    console: Arc<Mutex<Vec<String>>>,
    arguments: Vec<String>,
    /// The port it listens on.
    pub(crate) port: u16,
    /// The folder with its database.
    pub(crate) folder: TempDir,
    /// An HTTP client that follows no redirects.
    pub(crate) http: reqwest::Client,
}

/// The program's path.
pub(crate) fn program() -> &'static str {
    env!("CARGO_BIN_EXE_todoapp")
}

/// Form fields.
pub(crate) type Fields<'a> = &'a [(&'a str, &'a str)];

impl TestApp {
    /// Starts it with an empty database.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts it with further arguments.
    pub(crate) async fn start_with(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let arguments: Vec<_> = arguments.iter().map(|it| (*it).to_owned()).collect();
        let (child, console, port) = spawn(&folder.path().join("todos.db"), "127.0.0.1:0", &arguments).await;
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { child, console, arguments, port, folder, http }
    }

    /// Ends it the hard way, `kill -9`, and starts it again on the same port and database.
    pub(crate) async fn kill_and_restart(&mut self) {
        self.child.kill().await.unwrap();
        self.start_again().await;
    }

    /// Starts it again after it has ended, on the same port and database.
    pub(crate) async fn start_again(&mut self) {
        let listen = format!("127.0.0.1:{}", self.port);
        (self.child, self.console, self.port) = spawn(&self.database(), &listen, &self.arguments).await;
    }

    /// Sends a signal (`TERM`, `INT`) to the program.
    pub(crate) async fn signal(&self, signal: &str) {
        let pid = self.child.id().expect("it is running").to_string();
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

    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("todos.db")
    }

    /// What the console shows so far, a line each.
    pub(crate) fn console(&self) -> Vec<String> {
        self.console.lock().unwrap().clone()
    }

    /// Waits for a line of the console.
    pub(crate) async fn console_says(&self, line: &str) {
        let said = async {
            while !self.console().iter().any(|it| it == line) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, said).await.unwrap_or_else(|_| panic!("{line:?} is not in {:#?}", self.console()));
    }

    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// Gets a path.
    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    /// Calls a server function, as a script would.
    pub(crate) async fn post(&self, path: &str, fields: Fields<'_>) -> (u16, Value) {
        let answer = self.http.post(self.url(path)).form(fields).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    /// Sends a form, as a browser without JavaScript would, and returns where it is sent on to.
    pub(crate) async fn submit(&self, path: &str, fields: Fields<'_>, from: &str) -> String {
        let request = self.http.post(self.url(path)).form(fields).header("accept", "text/html").header("referer", self.url(from));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 303, "{answer:?}");
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    /// Calls a server function that must succeed.
    pub(crate) async fn wish(&self, path: &str, fields: Fields<'_>) -> Receipt {
        let (status, answer) = self.post(path, fields).await;
        assert_eq!(status, 200, "{path} {fields:?}: {answer}");
        serde_json::from_value(answer).unwrap()
    }

    /// Calls a server function that must be refused, and returns the code.
    pub(crate) async fn refused(&self, status: u16, path: &str, fields: Fields<'_>) -> String {
        let (actual, answer) = self.post(path, fields).await;
        assert_eq!(actual, status, "{path} {fields:?}: {answer}");
        let sentence = answer["message"].as_str().unwrap();
        assert!(sentence.ends_with('.') && sentence.len() > 10, "{sentence:?} is a sentence");
        answer["code"].as_str().unwrap().to_owned()
    }

    /// Creates a todo on the home list, and returns its id.
    pub(crate) async fn create(&self, title: &str) -> String {
        self.wish("/api/todos/create", &[("list", "home"), ("title", title)]).await;
        self.board("home").await.todos.last().unwrap().id.to_string()
    }

    /// A list's board.
    pub(crate) async fn board(&self, list: &str) -> Board {
        let answer = self.get(&format!("/api/board?list={list}")).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// Opens a socket, with what stands behind `/ws`.
    pub(crate) async fn socket(&self, query: &str) -> Socket {
        let request = format!("ws://localhost:{}/ws{query}", self.port).into_client_request().unwrap();
        let (ws, _) = timeout(PATIENCE, tokio_tungstenite::connect_async(request)).await.unwrap().unwrap();
        Socket { ws }
    }
}

/// Starts the program and waits until it says where it is.
async fn spawn(
    database: &std::path::Path,
    listen: &str,
    arguments: &[String],
) -> (Child, Arc<Mutex<Vec<String>>>, u16) {
    let mut child = Command::new(program())
        .args(["--listen", listen, "--database-url", &format!("sqlite:{}", database.display())])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let console = Arc::new(Mutex::new(Vec::new()));
    collect(child.stdout.take().unwrap(), console.clone());
    collect(child.stderr.take().unwrap(), console.clone());
    let started = async {
        loop {
            let address = console.lock().unwrap().iter().find_map(|it: &String| {
                it.strip_prefix("todoapp is at http://")?.rsplit_once(':')?.1.parse().ok()
            });
            if let Some(port) = address {
                return port;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let port = timeout(PATIENCE, started).await.unwrap_or_else(|_| panic!("not started: {:#?}", console.lock().unwrap()));
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

/// A client's socket.
pub(crate) struct Socket {
    /// The connection, for what the verbs below do not cover.
    pub(crate) ws: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Socket {
    /// Sends a text message.
    pub(crate) async fn say(&mut self, text: &str) {
        self.ws.send(Message::text(text)).await.unwrap();
    }

    /// The next message that is not a ping, or `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        loop {
            let message = timeout(PATIENCE, self.ws.next()).await.expect("something comes");
            match message {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(message)) => return Some(message),
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// The next text.
    pub(crate) async fn text(&mut self) -> String {
        match self.next().await {
            Some(Message::Text(text)) => text.to_string(),
            other => panic!("not a text: {other:?}"),
        }
    }

    /// The next push.
    pub(crate) async fn push(&mut self) -> Push {
        let text = self.text().await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The next head; anything else fails.
    pub(crate) async fn head(&mut self) -> EventId {
        match self.push().await {
            Push::Head(head) => head.0,
            other => panic!("not a head: {other:?}"),
        }
    }

    /// The next event; anything else fails.
    pub(crate) async fn event(&mut self) -> todoapp::domain::Event {
        match self.push().await {
            Push::Event(event) => event,
            other => panic!("not an event: {other:?}"),
        }
    }

    /// How the socket ends: the close code, skipping what comes before.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            match self.next().await {
                Some(Message::Close(Some(frame))) => return frame.code.into(),
                Some(Message::Close(None)) => panic!("closed without a code"),
                Some(_) => {}
                None => panic!("ended without a close frame"),
            }
        }
    }
}
