//! The WebSocket protocol on a connection, after the handshake: messages in, frames out (RFC 6455 §5). It is our
//! own, because the path of an echo and of a push should cost little: all that came in is answered with one write,
//! frames that everyone gets are not copied, and an idle socket holds no buffers.

mod head;
mod input;
mod output;

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::web::ws::wire::head::{Kind, begin};
pub(crate) use crate::web::ws::wire::input::Incoming;
use crate::web::ws::wire::input::{Input, NO_CODE};
use crate::web::ws::wire::output::Output;

/// How much is read at one time. The answers to as many empty messages have 64 KiB, so what waits for a client that
/// does not read stays small.
const READ_BYTES: usize = 8 << 10;

thread_local! {
    /// Each thread reads into one piece of memory, for all its sockets.
    static READ_BUFFER: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ_BYTES].into());
}

/// Why nothing more can be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// The connection broke.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The other side ended the connection.
    #[error("the connection ended without a close")]
    Gone,
    /// A message is longer than any may be.
    #[error("a message is too long")]
    TooLong,
    /// A message does not end.
    #[error("a message is in too many pieces")]
    TooManyPieces,
    /// A message is not UTF-8.
    #[error("a message is not UTF-8 text")]
    NotText,
    /// What came in is not the protocol.
    #[error("not the WebSocket protocol: {0}")]
    Protocol(&'static str),
}

/// A connection that speaks the protocol.
#[derive(Debug)]
pub(crate) struct Wire<S> {
    stream: S,
    input: Input,
    output: Output,
    /// What came in together with the request.
    early: Vec<u8>,
    /// Whether there is nothing more to read: it was closed, or could not be understood.
    has_ended: bool,
}

/// Frames that answer what came in.
#[derive(Debug, Default)]
pub(crate) struct Replies {
    frames: Vec<u8>,
    messages: usize,
}

impl Replies {
    /// How many bytes they are.
    pub(crate) fn len(&self) -> usize {
        self.frames.len()
    }

    /// How many of them are messages.
    pub(crate) fn messages(&self) -> usize {
        self.messages
    }

    /// Adds a message in two parts.
    pub(crate) fn message(&mut self, first: &str, second: &str) {
        let length = first.len() + second.len();
        self.messages += 1;
        self.frames.reserve(head::HEAD_BYTES_MAX + length);
        begin(Kind::Message, length, &mut self.frames);
        self.frames.extend_from_slice(first.as_bytes());
        self.frames.extend_from_slice(second.as_bytes());
    }

    /// Adds the answer to a ping.
    pub(crate) fn pong(&mut self, payload: &[u8]) {
        begin(Kind::Pong, payload.len(), &mut self.frames);
        self.frames.extend_from_slice(payload);
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// The protocol on a connection. `early` is what came in together with the request.
    pub(crate) fn new(stream: S, early: Vec<u8>) -> Self {
        Self { stream, input: Input::default(), output: Output::default(), early, has_ended: false }
    }

    /// Waits until something comes in, and gives each message that is whole by then to `take`, until that breaks off.
    /// The future may be dropped: then nothing was read.
    pub(crate) async fn receive<B>(
        &mut self,
        mut take: impl FnMut(Incoming<'_>) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B>, ReadError> {
        poll_fn(|cx| self.poll_receive(cx, &mut take)).await
    }

    fn poll_receive<B>(
        &mut self,
        cx: &mut Context<'_>,
        take: impl FnMut(Incoming<'_>) -> ControlFlow<B>,
    ) -> Poll<Result<ControlFlow<B>, ReadError>> {
        if self.has_ended {
            return Poll::Ready(Err(ReadError::Gone));
        }
        let taken = if self.early.is_empty() {
            let taken = READ_BUFFER.with_borrow_mut(|buffer| {
                let mut buffer = ReadBuf::new(buffer);
                let read = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer));
                Poll::Ready(match read {
                    Ok(()) if buffer.filled().is_empty() => Err(ReadError::Gone),
                    Ok(()) => self.input.take_in(buffer.filled_mut(), take),
                    Err(error) => Err(error.into()),
                })
            });
            ready!(taken)
        } else {
            let mut early = std::mem::take(&mut self.early);
            self.input.take_in(&mut early, take)
        };
        self.has_ended = !matches!(taken, Ok(ControlFlow::Continue(())));
        Poll::Ready(taken)
    }

    /// Counts anew how much came in without a whole message.
    pub(crate) fn forgive(&mut self) {
        self.input.forgive();
    }

    /// Writes replies. If the future is dropped, the rest of them is written with what comes next.
    pub(crate) async fn reply(&mut self, replies: Replies) -> io::Result<()> {
        self.output.add(replies.frames);
        self.flush().await
    }

    /// Writes texts, in the same way.
    pub(crate) async fn push(&mut self, texts: Vec<Utf8Bytes>) -> io::Result<()> {
        self.output.add_texts(texts);
        self.flush().await
    }

    /// Asks the other side to answer.
    pub(crate) async fn ping(&mut self) -> io::Result<()> {
        let mut ping = Vec::new();
        begin(Kind::Ping, 0, &mut ping);
        self.output.add(ping);
        self.flush().await
    }

    async fn flush(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.output.poll_write_to(Pin::new(&mut self.stream), cx)).await
    }

    /// Says goodbye, and reads until the other side does too. If TCP is closed with unread input, it is reset, and
    /// what was said last is lost.
    pub(crate) async fn close(&mut self, code: u16, reason: &str) -> io::Result<()> {
        let mut close = Vec::new();
        if code == NO_CODE {
            begin(Kind::Close, 0, &mut close);
        } else {
            begin(Kind::Close, 2 + reason.len(), &mut close);
            close.extend(code.to_be_bytes());
            close.extend_from_slice(reason.as_bytes());
        }
        self.output.add(close);
        self.flush().await?;
        let until_closed = |incoming: Incoming<'_>| match incoming {
            Incoming::Close(_) => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        };
        while let Ok(ControlFlow::Continue(())) = self.receive(until_closed).await {}
        self.stream.shutdown().await?;
        tokio::io::copy(&mut self.stream, &mut tokio::io::sink()).await?;
        Ok(())
    }
}
