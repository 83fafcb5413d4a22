//! One socket: every message is echoed, and what is followed is pushed. The same loop serves both, so that
//! a client which does not read its answers is simply not read from.

mod end;
mod following;
mod liveness;

use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_util::sync::CancellationToken;

use crate::backend::{ids, metrics};
use crate::web::connection_limits::ConnectionLimits;
use crate::web::console::Console;
use crate::web::state::AppState;
use crate::web::write_deadline::WriteDeadline;
use crate::web::ws::limits::Wanted;
use crate::web::ws::socket::end::End;
use crate::web::ws::socket::following::{Following, Over};
use crate::web::ws::socket::liveness::{Due, Liveness};
use crate::web::ws::wire::{Incoming, ReadError, Replies, Wire};

/// How long the other side may take to answer a close.
const CLOSE_WAIT: Duration = Duration::from_secs(2);

/// Over how long the closing of sockets at a shutdown is spread, so that a thousand clients do not all
/// reconnect at one moment: one millisecond for each socket, up to this.
const DRAIN_SPREAD_MAX: Duration = Duration::from_secs(2);

/// A socket whose connection is still to be had.
pub(crate) struct Opening {
    /// It is needed only once, so it does not belong to what each socket keeps.
    beginning: Pin<Box<dyn Future<Output = Result<Box<Following>, Over>> + Send>>,
    console: Console,
    echo_prefix: Arc<str>,
    sockets: ConnectionLimits,
    /// A token of its own: all that wait for one token share its lock, and each turn of each socket would take it.
    stop: CancellationToken,
}

impl Opening {
    pub(crate) fn new(state: AppState, wanted: Wanted) -> Self {
        let (console, echo_prefix, sockets) = (state.console, state.echo_prefix.clone(), state.sockets.clone());
        let stop = state.shutdown.child_token();
        let beginning = Box::pin(async move { Following::begin(&state, wanted).await.map(Box::new) });
        Self { beginning, console, echo_prefix, sockets, stop }
    }

    /// Serves the socket until either side ends it. What is moved into an async function is in its future twice, so
    /// the socket is made before.
    pub(crate) fn run(self, wire: Wire<WriteDeadline<TcpStream>>) -> impl Future<Output = ()> + Send {
        let Self { beginning, console, echo_prefix, sockets, stop } = self;
        let talk = Talk { console, echo_prefix, liveness: Liveness::new(Instant::now()) };
        let mut socket = Socket { wire, talk };
        async move {
            let end = match beginning.await {
                Ok(following) => tokio::select! {
                    biased;
                    () = shutdown(&stop, &sockets) => End::shutting_down(),
                    end = socket.serve(following) => end,
                },
                Err(over) => socket.over(over).await,
            };
            Box::pin(socket.close(end)).await;
        }
    }
}

/// Ends when the server shuts down and this socket has to close.
async fn shutdown(stop: &CancellationToken, sockets: &ConnectionLimits) {
    stop.cancelled().await;
    let spread = Duration::from_millis(sockets.count() as u64).min(DRAIN_SPREAD_MAX);
    Box::pin(sleep_until(Instant::now() + spread.mul_f64(ids::fraction()))).await;
}

struct Socket {
    wire: Wire<WriteDeadline<TcpStream>>,
    talk: Talk,
}

/// What is said to the other side, and what is known of it.
struct Talk {
    console: Console,
    echo_prefix: Arc<str>,
    liveness: Liveness,
}

impl Talk {
    /// Adds the answer to what has come in.
    fn answer(&mut self, incoming: Incoming<'_>, replies: &mut Replies) -> ControlFlow<End> {
        match &incoming {
            Incoming::Pong => self.liveness.heard_pong(),
            _ => self.liveness.heard(),
        }
        match incoming {
            Incoming::Message(text) => {
                self.console.received(&text);
                replies.message(&self.echo_prefix, &text);
            }
            Incoming::Ping(payload) => replies.pong(payload),
            Incoming::Pong => {}
            Incoming::Close(code) => return ControlFlow::Break(End::answer(code)),
        }
        ControlFlow::Continue(())
    }
}

impl Socket {
    async fn serve(&mut self, mut following: Box<Following>) -> End {
        // One timer for the whole life of the socket. It is set anew only where the deadline comes earlier, or when
        // it fires and the deadline has moved on meanwhile.
        let mut timer = pin!(sleep_until(self.talk.liveness.deadline()));
        loop {
            let may_push = !self.talk.liveness.is_full();
            let mut replies = Replies::default();
            let done = tokio::select! {
                read = self.wire.receive(|it| self.talk.answer(it, &mut replies)) => self.reply(read, replies).await,
                frames = following.next(), if may_push => self.push(frames).await,
                () = &mut timer => self.tick(&mut following).await,
            };
            if let ControlFlow::Break(end) = done {
                return end;
            }
            // Whoever shall get more must first answer for what was sent.
            if following.is_any()
                && self.talk.liveness.is_full()
                && let ControlFlow::Break(end) = self.ping().await
            {
                return end;
            }
            let deadline = self.talk.liveness.deadline();
            if deadline < timer.deadline() || timer.is_elapsed() {
                timer.as_mut().reset(deadline);
            }
        }
    }

    /// Sends the answers to all that has come in, with one write.
    async fn reply(&mut self, read: Result<ControlFlow<End>, ReadError>, replies: Replies) -> ControlFlow<End> {
        self.talk.liveness.sent(replies.len());
        metrics::MESSAGES.add(replies.messages());
        let written = self.wire.reply(replies).await;
        self.written(written)?;
        read.unwrap_or_else(|error| {
            self.talk.console.read_failed(&error);
            ControlFlow::Break(End::unreadable(&error))
        })
    }

    /// Sends what there is for who follows.
    async fn push(&mut self, frames: Result<Vec<Utf8Bytes>, Over>) -> ControlFlow<End> {
        match frames {
            Ok(frames) => {
                self.talk.liveness.sent(frames.iter().map(|it| it.len()).sum());
                let written = self.wire.push(frames).await;
                self.written(written)
            }
            Err(over) => ControlFlow::Break(self.over(over).await),
        }
    }

    /// Says the last there is to say to who follows.
    async fn over(&mut self, over: Over) -> End {
        let written = self.wire.push(over.frame.into_iter().collect()).await;
        self.written(written).break_value().unwrap_or(over.end)
    }

    /// Does what is due, if anything is by now.
    async fn tick(&mut self, following: &mut Following) -> ControlFlow<End> {
        let now = Instant::now();
        if now < self.talk.liveness.deadline() {
            return ControlFlow::Continue(());
        }
        match self.talk.liveness.due(now) {
            Due::Dead => ControlFlow::Break(End::no_pong()),
            Due::Beat => self.beat(following).await,
        }
    }

    /// Asks whether the other side is still there, and says where what it follows is.
    async fn beat(&mut self, following: &mut Following) -> ControlFlow<End> {
        self.wire.forgive();
        following.ask();
        self.ping().await
    }

    async fn ping(&mut self) -> ControlFlow<End> {
        if !self.talk.liveness.expect_pong(Instant::now()) {
            return ControlFlow::Continue(());
        }
        let written = self.wire.ping().await;
        self.written(written)
    }

    /// What follows from a write. The connection fails if the other side reads nothing for too long.
    fn written(&self, written: io::Result<()>) -> ControlFlow<End> {
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) if error.kind() == ErrorKind::TimedOut => {
                self.talk.console.write_failed(&"the other side does not read");
                ControlFlow::Break(End::too_slow())
            }
            Err(error) => {
                self.talk.console.write_failed(&error);
                ControlFlow::Break(End::GONE)
            }
        }
    }

    /// Says goodbye, and waits a little for the other side to close too.
    async fn close(mut self, end: End) {
        let code = end.code().map_or_else(|| "gone".to_owned(), |it| it.to_string());
        metrics::SOCKETS_CLOSED.one(&code);
        if let Some(code) = end.code() {
            // An error does not matter here, because the socket ends anyway.
            let _ = timeout(CLOSE_WAIT, self.wire.close(code, end.reason())).await;
        }
    }
}
