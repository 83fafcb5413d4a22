//! One socket: every message is echoed, and the events of a list are pushed. The same loop serves
//! both, so that a client which does not read its answers is simply not read from.

use std::ops::ControlFlow;
use std::time::Duration;

use futures_util::{FutureExt, SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message, Utf8Bytes};

use super::console::Console;
use super::error::ServerError;
use super::feed::{Frame, Reader, Subscribed};
use super::handshake::Wanted;
use super::meter::Meter;
use super::random;
use super::state::AppState;
use crate::domain::{EventId, Head, ListId, Push, ResetReason};

/// The longest message that is read. OWASP's advice for WebSockets, and far more than a title.
pub(crate) const MESSAGE_BYTES_MAX: usize = 64 << 10;

/// How often a quiet socket hears from us: often enough for proxies that cut after 60 s of silence.
const HEARTBEAT: Duration = Duration::from_secs(25);

/// How long a peer may take to answer a ping before it is held for dead.
const PONG_WAIT: Duration = Duration::from_secs(10);

/// How long one write may take before its reader is held for too slow.
const WRITE_WAIT: Duration = Duration::from_secs(10);

/// How long the other side may take to answer a close.
const CLOSE_WAIT: Duration = Duration::from_secs(2);

/// Messages that are answered in one write, where they have already come in.
const BURST_MESSAGES_MAX: usize = 64;

/// Over how long the goodbyes of a shutdown are spread, so that a thousand clients do not all come
/// back at one moment: a millisecond each, up to this.
const DRAIN_SPREAD_MAX: Duration = Duration::from_secs(2);

type Ws = WebSocketStream<Meter<TokioIo<Upgraded>>>;

/// Serves a socket until either side ends it.
pub(crate) async fn run(ws: Ws, state: &AppState, wanted: Wanted) {
    let now = Instant::now();
    let mut socket = Socket {
        ws,
        console: &state.console,
        echo_prefix: &state.echo_prefix,
        beat_at: now + HEARTBEAT,
        awaits: None,
        has_told_head: false,
    };
    let reader = match subscribe(&mut socket, state, wanted).await {
        Ok(reader) => reader,
        Err(end) => return socket.close(end).await,
    };
    let end = tokio::select! {
        biased;
        () = shutdown(state) => End::new(1001, "the server is shutting down"),
        end = socket.serve(reader) => end,
    };
    socket.close(end).await;
}

/// Ends when it is this socket's turn to go.
async fn shutdown(state: &AppState) {
    state.shutdown.cancelled().await;
    let spread = Duration::from_millis(state.sockets.count() as u64).min(DRAIN_SPREAD_MAX);
    sleep_until(Instant::now() + spread.mul_f64(random::fraction())).await;
}

/// Why a socket ends, and what its other side is told.
struct End {
    /// The close code, or `None` where nobody is left to be told.
    code: Option<u16>,
    reason: &'static str,
}

impl End {
    const GONE: Self = Self { code: None, reason: "" };

    fn new(code: u16, reason: &'static str) -> Self {
        Self { code: Some(code), reason }
    }

    fn too_slow() -> Self {
        Self::new(4008, "too slow: connect again and go on from your last event")
    }
}

/// Finds the reader's place, where a list is wanted.
async fn subscribe(socket: &mut Socket<'_>, state: &AppState, wanted: Wanted) -> Result<Option<Reader>, End> {
    let Some(list) = wanted.list else { return Ok(None) };
    let no_such_list = || End::new(4404, "there is no such list");
    let list: ListId = list.parse().map_err(|_| no_such_list())?;
    let after = wanted.after.map(|it| it.parse::<EventId>()).transpose();
    let subscribed = match after {
        Ok(after) => state.feeds.subscribe(&list, after).await,
        Err(_) => Ok(Subscribed::Reset(ResetReason::Unknown)),
    };
    match subscribed {
        Ok(Subscribed::Reader(reader)) => {
            let head = socket.head_to_tell(&reader);
            socket.write(head).await?;
            Ok(Some(reader))
        }
        Ok(Subscribed::NoSuchList) => Err(no_such_list()),
        Ok(Subscribed::Reset(reason)) => {
            socket.write([push(&Push::Reset { reason })]).await?;
            Err(End::new(4009, "load the list again and subscribe from its head"))
        }
        Err(error) => Err(cannot_read(&error)),
    }
}

fn cannot_read(error: &ServerError) -> End {
    tracing::error!(%error, "Could not read for a socket: {error}");
    End::new(1011, "the server could not read the list: connect again")
}

fn push(push: &Push) -> Message {
    Message::text(serde_json::to_string(push).unwrap_or_default())
}

struct Socket<'a> {
    ws: Ws,
    console: &'a Console,
    echo_prefix: &'a str,
    /// When the next heartbeat is due.
    beat_at: Instant,
    /// When the answer to the last ping is overdue.
    awaits: Option<Instant>,
    /// Whether the reader was told that it has everything, as it is when it first has.
    has_told_head: bool,
}

impl Socket<'_> {
    async fn serve(&mut self, mut reader: Option<Reader>) -> End {
        loop {
            let deadline = self.awaits.map_or(self.beat_at, |overdue| overdue.min(self.beat_at));
            let done = tokio::select! {
                message = self.ws.next() => self.answer(message).await,
                frames = next(&mut reader) => match frames {
                    Ok(frames) => self.push(frames, reader.as_mut()).await,
                    Err(error) => ControlFlow::Break(cannot_read(&error)),
                },
                () = sleep_until(deadline) => self.beat(reader.as_ref()).await,
            };
            if let ControlFlow::Break(end) = done {
                return end;
            }
        }
    }

    /// Answers a message, and the ones that have come in behind it, with one write.
    async fn answer(&mut self, first: Option<Result<Message, Error>>) -> ControlFlow<End> {
        let mut replies = Vec::new();
        let mut bytes = 0;
        let mut message = first;
        let end = loop {
            let reply = match message {
                None => break Some(End::GONE),
                Some(Err(error)) => break Some(self.read_failed(&error)),
                Some(Ok(message)) => {
                    self.awaits = None;
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

    /// What one message is answered with. Pings are answered below us.
    fn reply(&self, message: Message) -> Result<Option<Message>, End> {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(bytes) => {
                Utf8Bytes::try_from(bytes).map_err(|_| End::new(1007, "only UTF-8 text is understood"))?
            }
            Message::Close(_) => return Err(End::GONE),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => return Ok(None),
        };
        self.console.received(&text);
        let mut reply = String::with_capacity(self.echo_prefix.len() + text.len());
        reply.push_str(self.echo_prefix);
        reply.push_str(&text);
        Ok(Some(Message::text(reply)))
    }

    async fn push(&mut self, frames: Vec<Frame>, reader: Option<&mut Reader>) -> ControlFlow<End> {
        let (Some(reader), Some(last)) = (reader, frames.last()) else { return ControlFlow::Continue(()) };
        reader.advance(last.id);
        let head = self.head_to_tell(reader);
        let frames = frames.into_iter().map(|frame| Message::Text(frame.text));
        self.write(frames.chain(head)).await.map_or_else(ControlFlow::Break, ControlFlow::Continue)
    }

    fn head_to_tell(&mut self, reader: &Reader) -> Option<Message> {
        let head = reader.caught_up().filter(|_| !self.has_told_head)?;
        self.has_told_head = true;
        Some(push(&Push::Head(Head(head))))
    }

    /// Says where the list is, and asks whether the other side is still there.
    async fn beat(&mut self, reader: Option<&Reader>) -> ControlFlow<End> {
        let now = Instant::now();
        if self.awaits.is_some_and(|overdue| overdue <= now) {
            return ControlFlow::Break(End::new(
                4008,
                "no answer to a ping: connect again and go on from your last event",
            ));
        }
        self.ws.get_mut().reset();
        self.beat_at = now + HEARTBEAT;
        self.awaits = Some(now + PONG_WAIT);
        let head = reader.and_then(Reader::caught_up).map(|head| push(&Push::Head(Head(head))));
        let messages = head.into_iter().chain([Message::Ping(Bytes::new())]);
        self.write(messages).await.map_or_else(ControlFlow::Break, ControlFlow::Continue)
    }

    /// Writes messages and sees them out. A peer that stopped reading would hold this for ever, so
    /// it has a deadline.
    async fn write(&mut self, messages: impl IntoIterator<Item = Message>) -> Result<(), End> {
        let writing = async {
            for message in messages {
                self.ws.feed(message).await?;
            }
            self.ws.flush().await
        };
        match timeout(WRITE_WAIT, writing).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                self.console.write_failed(&error);
                Err(End::GONE)
            }
            Err(_) => {
                self.console.write_failed(&"the other side does not read");
                Err(End::too_slow())
            }
        }
    }

    fn read_failed(&self, error: &Error) -> End {
        self.console.read_failed(error);
        match error {
            Error::Capacity(CapacityError::MessageTooLong { .. }) => End::new(1009, "a message may have 64 KiB"),
            Error::Utf8(_) => End::new(1007, "only UTF-8 text is understood"),
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::GONE,
            Error::Protocol(_) => End::new(1002, "that is not the WebSocket protocol"),
            Error::Io(_) if self.ws.get_ref().is_over() => End::new(1009, "a message in too many pieces"),
            _ => End::GONE,
        }
    }

    /// Says goodbye, and waits a little for the other side to do so too: a connection that is
    /// dropped with something unread in it takes the last words with it.
    async fn close(mut self, end: End) {
        let farewell = async {
            match end.code {
                Some(code) => {
                    let frame = CloseFrame { code: CloseCode::from(code), reason: end.reason.into() };
                    self.ws.send(Message::Close(Some(frame))).await?;
                }
                None => self.ws.flush().await?,
            }
            while self.ws.next().await.is_some_and(|it| it.is_ok()) {}
            if end.code.is_some() {
                let stream = self.ws.get_mut();
                stream.shutdown().await?;
                tokio::io::copy(stream, &mut tokio::io::sink()).await?;
            }
            Ok::<_, Error>(())
        };
        // Whatever fails now, the socket is over.
        let _ = timeout(CLOSE_WAIT, farewell).await;
    }
}

/// The reader's next frames; never, where nothing is followed.
async fn next(reader: &mut Option<Reader>) -> Result<Vec<Frame>, ServerError> {
    match reader {
        Some(reader) => reader.next().await,
        None => std::future::pending().await,
    }
}
