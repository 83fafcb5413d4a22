//! What goes out: bytes that wait to be written. What is long is shared by all sockets and never copied. A socket
//! that has written everything holds no memory for it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;
use tokio_tungstenite::tungstenite::{Bytes, Utf8Bytes};
use tokio_util::bytes::Buf;

use crate::web::ws::wire::head::{HEAD_BYTES_MAX, Kind, begin};

/// Up to this size a text is copied, so that several are one write of one piece of memory. Copying it costs less
/// than a further piece.
const COPIED_BYTES_MAX: usize = 4 << 10;

/// How many pieces of memory are written at once.
const PIECES_MAX: usize = 16;

thread_local! {
    /// The short text that this thread has made into a frame last, and the frame. A change goes to all sockets of a
    /// list, one after the other.
    static LAST_FRAME: RefCell<(Utf8Bytes, Bytes)> = RefCell::default();
}

/// What is still to be written, in order.
#[derive(Debug, Default)]
pub(super) struct Output {
    /// Most often there is only this piece, and then there is no memory for others.
    first: Bytes,
    others: VecDeque<Bytes>,
}

impl Output {
    /// Adds whole frames.
    pub(super) fn add(&mut self, frames: impl Into<Bytes>) {
        let frames = frames.into();
        if self.first.is_empty() {
            self.first = frames;
        } else if !frames.is_empty() {
            self.others.push_back(frames);
        }
    }

    /// Adds texts, each as a frame.
    pub(super) fn add_texts(&mut self, texts: Vec<Utf8Bytes>) {
        if let [text] = &texts[..]
            && text.len() <= COPIED_BYTES_MAX
        {
            return self.add(frame_of(text));
        }
        let copied = texts.iter().map(|it| it.len()).filter(|it| *it <= COPIED_BYTES_MAX).sum::<usize>();
        let mut frames = Vec::with_capacity(copied + HEAD_BYTES_MAX * texts.len());
        for text in texts {
            begin(Kind::Message, text.len(), &mut frames);
            if text.len() <= COPIED_BYTES_MAX {
                frames.extend_from_slice(text.as_bytes());
            } else {
                self.add(std::mem::take(&mut frames));
                self.add(text);
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
        while !self.first.is_empty() {
            let written = if self.others.is_empty() {
                ready!(stream.as_mut().poll_write(cx, &self.first))?
            } else {
                let mut slices = [IoSlice::new(&[]); PIECES_MAX];
                let pieces = std::iter::once(&self.first).chain(&self.others);
                slices.iter_mut().zip(pieces).for_each(|(slice, piece)| *slice = IoSlice::new(piece));
                let count = (1 + self.others.len()).min(PIECES_MAX);
                ready!(stream.as_mut().poll_write_vectored(cx, &slices[..count]))?
            };
            if written == 0 {
                return Poll::Ready(Err(ErrorKind::WriteZero.into()));
            }
            self.remove(written);
        }
        self.others = VecDeque::new();
        Poll::Ready(Ok(()))
    }

    fn remove(&mut self, mut written: usize) {
        while written >= self.first.len() && !self.first.is_empty() {
            written -= self.first.len();
            self.first = self.others.pop_front().unwrap_or_default();
        }
        self.first.advance(written);
    }
}

/// A short text as a frame.
fn frame_of(text: &Utf8Bytes) -> Bytes {
    LAST_FRAME.with_borrow_mut(|(last, frame)| {
        // As long as the last text is kept here, no other one can have its place in memory.
        if (last.as_ptr(), last.len()) != (text.as_ptr(), text.len()) || frame.is_empty() {
            let mut made = Vec::with_capacity(HEAD_BYTES_MAX + text.len());
            begin(Kind::Message, text.len(), &mut made);
            made.extend_from_slice(text.as_bytes());
            (*last, *frame) = (text.clone(), made.into());
        }
        frame.clone()
    })
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
            assert_eq!((output.first.len(), output.others.capacity()), (0, 0), "nothing is kept");
        }
    }

    #[test]
    fn a_short_text_is_made_into_a_frame_once_for_all_sockets() {
        let texts = [Utf8Bytes::from("one".repeat(3)), Utf8Bytes::from("two".repeat(3))];
        for text in [&texts[0], &texts[0].clone(), &texts[1], &texts[0], &Utf8Bytes::default()] {
            let mut outputs = [Output::default(), Output::default()];
            for output in &mut outputs {
                output.add_texts(vec![text.clone()]);
            }
            let [one, two] = outputs.map(|it| it.first);
            assert_eq!(one[2..], *text.as_bytes());
            assert_eq!((one.as_ptr(), one.len()), (two.as_ptr(), two.len()));
        }
    }
}
