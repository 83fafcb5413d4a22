//! Counts what a socket reads, so that a message that never ends is stopped.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::protocol::frames::MESSAGE_BYTES_MAX;

/// How many bytes may come in without a whole message: the longest message sent in pieces of one byte.
pub(crate) const UNFINISHED_BYTES_MAX: usize = 8 * MESSAGE_BYTES_MAX;

/// A connection that fails when too much came in since the last reset.
#[derive(Debug)]
pub(crate) struct ReadLimit<S> {
    stream: S,
    unfinished: usize,
}

impl<S> ReadLimit<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, unfinished: 0 }
    }

    /// Starts counting again: called after a whole message and at every heartbeat.
    pub(crate) fn reset(&mut self) {
        self.unfinished = 0;
    }

    /// Whether too much has come in.
    pub(crate) fn is_over(&self) -> bool {
        self.unfinished > UNFINISHED_BYTES_MAX
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for ReadLimit<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.is_over() {
            return Poll::Ready(Err(io::Error::other("a message in too many pieces")));
        }
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.unfinished += buf.filled().len() - before;
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for ReadLimit<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
