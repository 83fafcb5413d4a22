//! One socket: every message is echoed, and what is followed is pushed. The same loop serves both, so that
//! a client which does not read its answers is simply not read from.

mod end;
mod following;
mod liveness;

use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::time::Duration;

use futures_util::{FutureExt, SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message, Utf8Bytes};

use crate::backend::ids;
use crate::protocol::frames::MESSAGE_BYTES_MAX;
use crate::web::console::Console;
use crate::web::state::AppState;
use crate::web::ws::limits::Wanted;
use crate::web::ws::read_limit::ReadLimit;
use crate::web::ws::socket::end::End;
use crate::web::ws::socket::following::{Following, Over};
use crate::web::ws::socket::liveness::{Due, Liveness};

/// How long the other side may take to answer a close.
const CLOSE_WAIT: Duration = Duration::from_secs(2);

/// How many messages that have already come in are answered in one write.
const BURST_MESSAGES_MAX: usize = 64;

/// Over how long the closing of sockets at a shutdown is spread, so that a thousand clients do not all
/// reconnect at one moment: one millisecond for each socket, up to this.
const DRAIN_SPREAD_MAX: Duration = Duration::from_secs(2);

type Ws = WebSocketStream<ReadLimit<TokioIo<Upgraded>>>;

/// Serves a socket until either side ends it.
pub(crate) async fn run(ws: Ws, state: &AppState, wanted: Wanted) {
    let liveness = Liveness::new(Instant::now());
    let mut socket = Socket { ws, console: state.console, echo_prefix: &state.echo_prefix, liveness };
    let following = match Following::begin(state, wanted).await {
        Ok(following) => following,
        Err(over) => {
            let end = socket.over(over).await;
            return socket.close(end).await;
        }
    };
    let end = tokio::select! {
        biased;
        () = shutdown(state) => End::shutting_down(),
        end = socket.serve(following) => end,
    };
    socket.close(end).await;
}

/// Ends when the server shuts down and this socket has to close.
async fn shutdown(state: &AppState) {
    state.shutdown.cancelled().await;
    let spread = Duration::from_millis(state.sockets.count() as u64).min(DRAIN_SPREAD_MAX);
    sleep_until(Instant::now() + spread.mul_f64(ids::fraction())).await;
}

struct Socket<'a> {
    ws: Ws,
    console: Console,
    echo_prefix: &'a str,
    liveness: Liveness,
}

impl Socket<'_> {
    async fn serve(&mut self, mut following: Following) -> End {
        loop {
            let may_push = !self.liveness.is_full();
            let done = tokio::select! {
                message = self.ws.next() => self.answer(message).await,
                frames = following.next(), if may_push => self.push(frames).await,
                () = sleep_until(self.liveness.deadline()) => self.beat(&mut following).await,
            };
            if let ControlFlow::Break(end) = done {
                return end;
            }
            // Whoever shall get more must first answer for what was sent.
            if following.is_any()
                && self.liveness.is_full()
                && let ControlFlow::Break(end) = self.ping().await
            {
                return end;
            }
        }
    }

    /// Answers a message, and those that have already come in after it, with one write.
    async fn answer(&mut self, first: Option<Result<Message, Error>>) -> ControlFlow<End> {
        let mut replies = Vec::new();
        let mut bytes = 0;
        let mut message = first;
        let end = loop {
            let reply = match message {
                None => break Some(End::GONE),
                Some(Err(error)) => break Some(self.read_failed(&error)),
                Some(Ok(message)) => {
                    match &message {
                        Message::Pong(_) => self.liveness.heard_pong(),
                        _ => self.liveness.heard(),
                    }
                    if matches!(message, Message::Text(_) | Message::Binary(_)) {
                        self.ws.get_mut().reset();
                    }
                    match self.reply(message) {
                        Ok(reply) => reply,
                        Err(end) => break Some(end),
                    }
                }
            };
            if let Some(reply) = reply {
                bytes += reply.len();
                replies.push(reply);
            }
            if replies.len() >= BURST_MESSAGES_MAX || bytes >= MESSAGE_BYTES_MAX {
                break None;
            }
            match self.ws.next().now_or_never() {
                None => break None,
                Some(next) => message = next,
            }
        };
        if let Err(end) = self.write(replies).await {
            return ControlFlow::Break(end);
        }
        end.map_or(ControlFlow::Continue(()), ControlFlow::Break)
    }

    /// The answer to one message. The library answers pings itself.
    fn reply(&self, message: Message) -> Result<Option<Message>, End> {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(bytes) => Utf8Bytes::try_from(bytes).map_err(|_| End::not_text())?,
            Message::Close(_) => return Err(End::GONE),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => return Ok(None),
        };
        self.console.received(&text);
        let mut reply = String::with_capacity(self.echo_prefix.len() + text.len());
        reply.push_str(self.echo_prefix);
        reply.push_str(&text);
        Ok(Some(Message::text(reply)))
    }

    /// Sends what there is for who follows.
    async fn push(&mut self, frames: Result<Vec<Utf8Bytes>, Over>) -> ControlFlow<End> {
        match frames {
            Ok(frames) => {
                let written = self.write(frames.into_iter().map(Message::Text)).await;
                written.map_or_else(ControlFlow::Break, ControlFlow::Continue)
            }
            Err(over) => ControlFlow::Break(self.over(over).await),
        }
    }

    /// Says the last there is to say to who follows.
    async fn over(&mut self, over: Over) -> End {
        self.write(over.frame.map(Message::Text)).await.err().unwrap_or(over.end)
    }

    /// Asks whether the other side is still there, and says where what it follows is.
    async fn beat(&mut self, following: &mut Following) -> ControlFlow<End> {
        if self.liveness.due(Instant::now()) == Due::Dead {
            return ControlFlow::Break(End::no_pong());
        }
        self.ws.get_mut().reset();
        following.ask();
        self.ping().await
    }

    async fn ping(&mut self) -> ControlFlow<End> {
        if !self.liveness.expect_pong(Instant::now()) {
            return ControlFlow::Continue(());
        }
        self.write([Message::Ping(Bytes::new())]).await.map_or_else(ControlFlow::Break, ControlFlow::Continue)
    }

    /// Writes messages and flushes them. The connection fails if the other side reads nothing for too long.
    async fn write(&mut self, messages: impl IntoIterator<Item = Message>) -> Result<(), End> {
        let written = async {
            for message in messages {
                self.liveness.sent(message.len());
                self.ws.feed(message).await?;
            }
            self.ws.flush().await
        };
        match written.await {
            Ok(()) => Ok(()),
            Err(Error::Io(error)) if error.kind() == ErrorKind::TimedOut => {
                self.console.write_failed(&"the other side does not read");
                Err(End::too_slow())
            }
            Err(error) => {
                self.console.write_failed(&error);
                Err(End::GONE)
            }
        }
    }

    fn read_failed(&self, error: &Error) -> End {
        self.console.read_failed(error);
        End::unreadable(error, self.ws.get_ref().is_over())
    }

    /// Sends the close frame, and waits a little for the other side to close too. If TCP is closed with unread
    /// input, it is reset and the close frame is lost.
    async fn close(mut self, end: End) {
        let farewell = async {
            let frame = end.frame();
            let is_told = frame.is_some();
            match frame {
                Some(frame) => self.ws.send(Message::Close(Some(frame))).await?,
                None => self.ws.flush().await?,
            }
            while self.ws.next().await.is_some_and(|it| it.is_ok()) {}
            if is_told {
                let stream = self.ws.get_mut();
                stream.shutdown().await?;
                tokio::io::copy(stream, &mut tokio::io::sink()).await?;
            }
            Ok::<_, Error>(())
        };
        // An error does not matter here, because the socket ends anyway.
        let _ = timeout(CLOSE_WAIT, farewell).await;
    }
}
