//! A client that follows a list as the page does: it has a board and a cursor, and connects again.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use todoapp::domain::{Applied, Board, Event, Seq};
use todoapp::protocol::Push;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use super::TestApp;

/// How long a follower waits before it connects again: short, so that the tests are fast.
const RETRY_DELAY: Duration = Duration::from_millis(20);

/// How long a follower waits for a frame, and for each step of connecting again. The page waits longer, but
/// that would only make the tests longer.
const SILENCE: Duration = Duration::from_secs(2);

/// A client that follows the home list.
pub(crate) struct Follower {
    /// Where it connects to.
    port: u16,
    /// The server's own port, which it names as its host.
    host_port: u16,
    http: reqwest::Client,
    /// How long it waits for a frame.
    pub(crate) silence: Duration,
    /// How long it stays away before it connects again.
    pub(crate) away: Duration,
    /// The confirmed list.
    pub(crate) board: Board,
    /// The number of the event that it began after, or was reset to.
    pub(crate) from: Seq,
    /// Everything it has applied since.
    pub(crate) applied: Vec<Event>,
    /// How often it connected.
    pub(crate) connects: usize,
    /// How often it had to load the board again.
    pub(crate) resets: usize,
    /// For each connection, the time from connecting to having everything.
    pub(crate) catch_ups: Vec<Duration>,
}

impl Follower {
    /// Loads the board, and prepares to follow it through this port.
    pub(crate) async fn new(app: &TestApp, port: u16) -> Self {
        let board = app.board("home").await;
        let http = reqwest::Client::builder().pool_max_idle_per_host(0).timeout(SILENCE).build().unwrap();
        let (from, host_port) = (board.seq(), app.port);
        let (applied, catch_ups) = (Vec::new(), Vec::new());
        let (silence, connects, resets) = (SILENCE, 0, 0);
        Self { port, host_port, http, silence, away: RETRY_DELAY, board, from, applied, connects, resets, catch_ups }
    }

    /// The same through a proxy, whose own address is named as the host.
    pub(crate) async fn through(app: &TestApp, port: u16) -> Self {
        Self { host_port: port, ..Self::new(app, port).await }
    }

    /// Follows until it has reached the goal that it is given, however often its connection ends. Fails at an
    /// event that is not the next one, and at a head that is not its own.
    pub(crate) async fn follow(&mut self, mut goal: watch::Receiver<Option<Seq>>) {
        while !self.has_reached(&goal) {
            self.follow_once(&mut goal).await;
            sleep(self.away).await;
        }
    }

    fn has_reached(&self, goal: &watch::Receiver<Option<Seq>>) -> bool {
        goal.borrow().is_some_and(|it| self.board.seq() >= it)
    }

    /// One connection, from its beginning to its end, or to the goal.
    async fn follow_once(&mut self, goal: &mut watch::Receiver<Option<Seq>>) {
        let mut began = Some(Instant::now());
        let url = format!("ws://localhost:{}/ws?list=home&after={}", self.host_port, self.board.head.0);
        let opening = async {
            let stream = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
            client_async(url, stream).await.ok()
        };
        let Ok(Some((mut ws, _))) = timeout(self.silence, opening).await else { return };
        self.connects += 1;

        while !self.has_reached(goal) {
            let text = tokio::select! {
                message = timeout(self.silence, ws.next()) => match message {
                    Ok(Some(Ok(Message::Text(text)))) => text,
                    Ok(Some(Ok(_))) => continue,
                    _ => return,
                },
                Ok(()) = goal.changed() => continue,
            };
            match serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")) {
                Push::Event(event) => {
                    let applied = self.board.apply(&event);
                    assert_eq!(applied, Applied::Next, "{event:?} at {:?}", self.board.head);
                    self.applied.push(event);
                }
                Push::Head(head) => {
                    assert_eq!(head.id, self.board.head.0, "who is told to have everything has everything");
                    self.catch_ups.extend(began.take().map(|it| it.elapsed()));
                }
                Push::Reset { .. } => return self.reload().await,
                Push::Counts(counts) => panic!("nobody asked for {counts:?}"),
            }
        }
    }

    /// Loads the board again. If that fails, the next connection is reset again.
    async fn reload(&mut self) {
        let request = self.http.get(format!("http://127.0.0.1:{}/api/board?list=home", self.port));
        let Ok(answer) = request.header("host", format!("localhost:{}", self.host_port)).send().await else { return };
        if let Ok(board) = answer.json::<Board>().await {
            (self.from, self.board) = (board.seq(), board);
            self.applied.clear();
            self.resets += 1;
        }
    }
}
