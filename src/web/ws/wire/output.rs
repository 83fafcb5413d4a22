//! What goes out: bytes that wait to be written. What is long is shared by all sockets and never copied. A socket
//! that has written everything holds no memory for it.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;
use tokio_tungstenite::tungstenite::{Bytes, Utf8Bytes};

use crate::web::ws::wire::head::{HEAD_BYTES_MAX, Kind, begin};

/// Up to this size a text is copied, so that several are one write of one piece of memory. Copying it costs less
/// than a further piece.
const COPIED_BYTES_MAX: usize = 4 << 10;

/// How many pieces of memory are written at once.
const PIECES_MAX: usize = 16;

/// What is still to be written, in order.
#[derive(Debug, Default)]
pub(super) struct Output {
    pieces: VecDeque<Bytes>,
}

impl Output {
    /// Adds whole frames.
    pub(super) fn add(&mut self, frames: Vec<u8>) {
        if !frames.is_empty() {
            self.pieces.push_back(frames.into());
        }
    }

    /// Adds texts, each as a frame.
    pub(super) fn add_texts(&mut self, texts: Vec<Utf8Bytes>) {
        let copied = texts.iter().map(|it| it.len()).filter(|it| *it <= COPIED_BYTES_MAX).sum::<usize>();
        let mut frames = Vec::with_capacity(copied + HEAD_BYTES_MAX * texts.len());
        for text in texts {
            begin(Kind::Message, text.len(), &mut frames);
            if text.len() <= COPIED_BYTES_MAX {
                frames.extend_from_slice(text.as_bytes());
            } else {
                self.add(std::mem::take(&mut frames));
                self.pieces.push_back(text.into());
            }
        }
        self.add(frames);
    }

    /// Writes everything.
    pub(super) fn poll_write_to(
        &mut self,
        mut stream: Pin<&mut impl AsyncWrite>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while let Some(first) = self.pieces.front() {
            let written = if self.pieces.len() == 1 {
                ready!(stream.as_mut().poll_write(cx, first))?
            } else {
                let mut slices = [IoSlice::new(&[]); PIECES_MAX];
                slices.iter_mut().zip(&self.pieces).for_each(|(slice, piece)| *slice = IoSlice::new(piece));
                let count = self.pieces.len().min(PIECES_MAX);
                ready!(stream.as_mut().poll_write_vectored(cx, &slices[..count]))?
            };
            if written == 0 {
                return Poll::Ready(Err(ErrorKind::WriteZero.into()));
            }
            self.remove(written);
        }
        self.pieces = VecDeque::new();
        Poll::Ready(Ok(()))
    }

    fn remove(&mut self, mut written: usize) {
        while let Some(first) = self.pieces.front_mut() {
            if written < first.len() {
                *first = first.slice(written..);
                return;
            }
            written -= first.len();
            self.pieces.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;

    use tokio::io::{AsyncReadExt, duplex};

    use super::*;

    #[tokio::test]
    async fn long_and_short_texts_come_in_order_whatever_each_write_takes() {
        for room in [1, 3, 1000, 100_000] {
            let (mut here, mut there) = duplex(room);
            let texts: Vec<_> = [1, 5, 125, 126, COPIED_BYTES_MAX, COPIED_BYTES_MAX + 1, 0, 70_000, 3]
                .map(|length| Utf8Bytes::from("x".repeat(length)))
                .into();
            let mut expected = Vec::new();
            for text in &texts {
                begin(Kind::Message, text.len(), &mut expected);
                expected.extend_from_slice(text.as_bytes());
            }
            let mut output = Output::default();
            output.add_texts(texts.clone());
            let writing = async {
                poll_fn(|cx| output.poll_write_to(pin!(&mut here), cx)).await.unwrap();
                drop(here);
            };
            let mut seen = Vec::new();
            let ((), read) = tokio::join!(writing, there.read_to_end(&mut seen));
            read.unwrap();
            assert!(seen == expected, "room for {room} bytes");
            assert_eq!(output.pieces.capacity(), 0, "nothing is kept");
        }
    }
}
