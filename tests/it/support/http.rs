//! HTTP: commands, forms, boards, and requests that no proper client would send.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::Value;
use todoapp::domain::{Board, Receipt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::{PATIENCE, TestApp};

/// Form fields.
pub(crate) type Fields<'a> = &'a [(&'a str, &'a str)];

/// The receive buffer of a client that does not read: the smallest possible.
const SMALL_RECEIVE_BYTES: u32 = 4096;

/// How many commands are under way at one time.
const POSTS_AT_ONCE: usize = 32;

impl TestApp {
    /// The address of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// Gets a path.
    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    /// Gets a page, which must exist.
    pub(crate) async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// Calls a server function, as a script would.
    pub(crate) async fn post(&self, path: &str, fields: Fields<'_>) -> (u16, Value) {
        let answer = self.http.post(self.url(path)).form(fields).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    /// Sends many commands, as the page does.
    pub(crate) async fn run(&self, commands: &Value) -> (u16, Value) {
        self.post_json(&serde_json::json!({ "commands": commands }).to_string()).await
    }

    /// Sends a body to the address for many commands.
    pub(crate) async fn post_json(&self, body: &str) -> (u16, Value) {
        let request = self.http.post(self.url("/api/commands")).header("content-type", "application/json");
        let answer = request.body(body.to_owned()).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    /// Sends a form, as a browser without JavaScript would, and returns the address it is redirected to.
    pub(crate) async fn submit(&self, path: &str, fields: Fields<'_>, from: &str) -> String {
        self.submit_from(path, fields, Some(&self.url(from))).await
    }

    /// Sends a form with this `Referer`, or none.
    pub(crate) async fn submit_from(&self, path: &str, fields: Fields<'_>, referer: Option<&str>) -> String {
        let mut request = self.http.post(self.url(path)).form(fields).header("accept", "text/html,*/*;q=0.8");
        if let Some(referer) = referer {
            request = request.header("referer", referer);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 303, "{answer:?}");
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    /// Calls a server function that must succeed.
    pub(crate) async fn command(&self, path: &str, fields: Fields<'_>) -> Receipt {
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
        self.command("/api/todos/create", &[("list", "home"), ("title", title)]).await;
        self.board("home").await.todos.last().unwrap().id.to_string()
    }

    /// Creates this many todos, many at a time, and returns the receipts in the order of the log.
    pub(crate) async fn create_many(&self, list: &str, count: usize) -> Vec<Receipt> {
        let mut posts = FuturesUnordered::new();
        let mut receipts = Vec::new();
        for n in 0..count {
            posts.push(async move {
                let title = format!("todo {n}");
                self.command("/api/todos/create", &[("list", list), ("title", &title)]).await
            });
            if posts.len() == POSTS_AT_ONCE {
                receipts.extend(posts.next().await);
            }
        }
        receipts.extend(posts.collect::<Vec<_>>().await);
        receipts.sort_by_key(|it| it.seq);
        receipts
    }

    /// Makes a list, and returns its id.
    pub(crate) async fn create_list(&self, name: &str) -> String {
        self.command("/api/lists/create", &[("name", name)]).await.list.to_string()
    }

    /// A list's board.
    pub(crate) async fn board(&self, list: &str) -> Board {
        let answer = self.get(&format!("/api/board?list={list}")).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// Checks that nothing has changed since, and that the server works: it reads, echoes and has not panicked.
    pub(crate) async fn stands_as(&self, before: &Board) {
        assert_eq!(&self.board(before.list.id.as_str()).await, before);
        let mut socket = self.socket("").await;
        socket.say("still there?").await;
        assert_eq!(socket.text().await, "This is the message received by the server: still there?");
        let console = self.console();
        assert!(!console.iter().any(|it| it.contains("panicked")), "{console:#?}");
    }

    /// A TCP connection.
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).await.unwrap()
    }

    /// A TCP connection from another address of this machine.
    pub(crate) async fn connect_from(&self, address: &str) -> TcpStream {
        let tcp = TcpSocket::new_v4().unwrap();
        tcp.bind(format!("{address}:0").parse().unwrap()).unwrap();
        tcp.connect(format!("127.0.0.1:{}", self.port).parse().unwrap()).await.unwrap()
    }

    /// A TCP connection with a small buffer, so that the server soon notices if nobody reads from it.
    pub(crate) async fn connect_narrow(&self) -> TcpStream {
        let tcp = TcpSocket::new_v4().unwrap();
        tcp.set_recv_buffer_size(SMALL_RECEIVE_BYTES).unwrap();
        tcp.connect(format!("127.0.0.1:{}", self.port).parse().unwrap()).await.unwrap()
    }

    /// Sends these bytes and reads what comes back, to the end of the connection or of a handshake.
    pub(crate) async fn raw(&self, request: impl AsRef<[u8]>) -> Raw {
        self.raw_over(self.connect().await, request).await
    }

    /// The same with this connection.
    pub(crate) async fn raw_over(&self, mut stream: TcpStream, request: impl AsRef<[u8]>) -> Raw {
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(request.as_ref()).await;
        let mut answer = Vec::new();
        let reading = async {
            // The answer to a successful handshake has no body; the first frame may come right after it.
            while !(answer.starts_with(b"HTTP/1.1 101") && answer.windows(4).any(|it| it == b"\r\n\r\n")) {
                if stream.read_buf(&mut answer).await.unwrap_or(0) == 0 {
                    break;
                }
            }
        };
        timeout(PATIENCE, reading).await.expect("the connection ends");
        Raw(String::from_utf8_lossy(&answer).into_owned())
    }

    /// Sends a request with exactly these headers, and closes after it.
    pub(crate) async fn request(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Raw {
        let headers: String = headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
        self.raw(format!("{line} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n{body}")).await
    }
}

/// An HTTP answer as it came over the wire.
#[derive(Debug)]
pub(crate) struct Raw(pub(crate) String);

impl Raw {
    /// Its status, or 0 if there was no answer.
    pub(crate) fn status(&self) -> u16 {
        self.0.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0)
    }

    /// Its body.
    pub(crate) fn body(&self) -> &str {
        self.0.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let head = self.0.split("\r\n\r\n").next()?;
        let pairs = head.lines().filter_map(|it| it.split_once(": "));
        pairs.into_iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}
