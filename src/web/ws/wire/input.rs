//! What comes in: bytes, of which messages are made. An idle socket holds no memory for it.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::protocol::frames::MESSAGE_BYTES_MAX;
use crate::web::ws::wire::ReadError;
use crate::web::ws::wire::head::{Head, Kind};

/// How many bytes may come in without a whole message: the longest message sent in pieces of one byte.
pub(crate) const UNFINISHED_BYTES_MAX: usize = 8 * MESSAGE_BYTES_MAX;

/// The code that stands for a close without one (RFC 6455 §7.1.5).
pub(crate) const NO_CODE: u16 = 1005;

/// The answer to a close whose code nobody may send.
const PROTOCOL_ERROR: u16 = 1002;

/// What the other side says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Incoming<'a> {
    /// A message. It may have been sent as binary.
    Message(Cow<'a, str>),
    /// A ping, with what the answer has to repeat.
    Ping(&'a [u8]),
    /// The answer to a ping.
    Pong,
    /// The other side closes; with the code of the answer.
    Close(u16),
}

/// What has come in and is not a whole message yet.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// The beginning of a frame.
    frame: Vec<u8>,
    /// The pieces of a message, where its last one is still to come.
    pieces: Option<Pieces>,
    unfinished: usize,
}

/// The pieces of a message.
#[derive(Debug, Default)]
struct Pieces {
    bytes: Vec<u8>,
    /// How many of them are known to be text. A character may be cut at the end.
    text: usize,
}

impl Pieces {
    /// Adds a piece. What can't become text is an error at once.
    fn add(&mut self, piece: &[u8]) -> Result<(), ReadError> {
        self.bytes.extend_from_slice(piece);
        match std::str::from_utf8(&self.bytes[self.text..]) {
            Ok(_) => self.text = self.bytes.len(),
            Err(error) if error.error_len().is_none() => self.text += error.valid_up_to(),
            Err(_) => return Err(ReadError::NotText),
        }
        Ok(())
    }
}

impl Input {
    /// Gives each message that is whole by now to `take`, until that breaks off.
    pub(super) fn take_in<B>(
        &mut self,
        fresh: &mut [u8],
        take: impl FnMut(Incoming<'_>) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B>, ReadError> {
        self.unfinished += fresh.len();
        if self.frame.is_empty() {
            let (used, flow) = self.each(fresh, take)?;
            self.frame.extend_from_slice(&fresh[used..]);
            return Ok(flow);
        }
        let mut input = std::mem::take(&mut self.frame);
        input.extend_from_slice(fresh);
        let (used, flow) = self.each(&mut input, take)?;
        if used < input.len() {
            input.drain(..used);
            self.frame = input;
        }
        Ok(flow)
    }

    /// Counts anew how much came in without a whole message: called at every heartbeat.
    pub(super) fn forgive(&mut self) {
        self.unfinished = 0;
    }

    fn each<B>(
        &mut self,
        input: &mut [u8],
        mut take: impl FnMut(Incoming<'_>) -> ControlFlow<B>,
    ) -> Result<(usize, ControlFlow<B>), ReadError> {
        let mut used = 0;
        while let Some((bytes, incoming)) = self.next(&mut input[used..])? {
            used += bytes;
            if let Some(incoming) = incoming
                && let ControlFlow::Break(end) = take(incoming)
            {
                return Ok((used, ControlFlow::Break(end)));
            }
        }
        if self.unfinished > UNFINISHED_BYTES_MAX {
            return Err(ReadError::TooManyPieces);
        }
        Ok((used, ControlFlow::Continue(())))
    }

    /// The first frame and how long it is, if all of it is there; and what it says, unless that is not whole yet.
    fn next<'a>(&mut self, input: &'a mut [u8]) -> Result<Option<(usize, Option<Incoming<'a>>)>, ReadError> {
        let Some(head) = Head::read(input)? else { return Ok(None) };
        let before = match (head.kind, &self.pieces) {
            (Kind::Message, Some(_)) => return Err(ReadError::Protocol("a message inside another one")),
            (Kind::Piece, None) => return Err(ReadError::Protocol("a piece of no message")),
            (Kind::Piece, Some(pieces)) => pieces.bytes.len(),
            _ => 0,
        };
        if before + head.length > MESSAGE_BYTES_MAX {
            return Err(ReadError::TooLong);
        }
        let end = head.bytes + head.length;
        let Some(payload) = input.get_mut(head.bytes..end) else { return Ok(None) };
        head.unmask(payload);
        Ok(Some((end, self.incoming(&head, payload)?)))
    }

    fn incoming<'a>(&mut self, head: &Head, payload: &'a [u8]) -> Result<Option<Incoming<'a>>, ReadError> {
        let whole = match head.kind {
            Kind::Ping => return Ok(Some(Incoming::Ping(payload))),
            Kind::Pong => return Ok(Some(Incoming::Pong)),
            Kind::Close => return answer_to_close(payload).map(Incoming::Close).map(Some),
            Kind::Message if head.is_final => Cow::Borrowed(text(payload)?),
            Kind::Message | Kind::Piece => {
                let mut pieces = self.pieces.take().unwrap_or_default();
                pieces.add(payload)?;
                if !head.is_final {
                    self.pieces = Some(pieces);
                    return Ok(None);
                }
                Cow::Owned(String::from_utf8(pieces.bytes).map_err(|_| ReadError::NotText)?)
            }
        };
        self.unfinished = 0;
        Ok(Some(Incoming::Message(whole)))
    }
}

fn text(bytes: &[u8]) -> Result<&str, ReadError> {
    std::str::from_utf8(bytes).map_err(|_| ReadError::NotText)
}

/// The code that answers a close: the same, if it is one that may be sent (RFC 6455 §7.4).
fn answer_to_close(payload: &[u8]) -> Result<u16, ReadError> {
    match payload {
        [] => Ok(NO_CODE),
        [_] => Err(ReadError::Protocol("a close with half a code")),
        [high, low, reason @ ..] => {
            text(reason)?;
            let code = u16::from_be_bytes([*high, *low]);
            let is_allowed = matches!(code, 1000..=1003 | 1007..=1013 | 3000..=4999);
            Ok(if is_allowed { code } else { PROTOCOL_ERROR })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;
    use tokio_tungstenite::tungstenite::Message;
    use tokio_tungstenite::tungstenite::protocol::frame::Frame;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
    use tokio_tungstenite::tungstenite::protocol::{Role, WebSocket};

    use super::*;

    /// A frame as a client sends it, made by another implementation.
    fn frame(frame: Frame) -> Vec<u8> {
        let mut client = WebSocket::from_raw_socket(Cursor::new(Vec::new()), Role::Client, None);
        client.send(Message::Frame(frame)).unwrap();
        client.get_ref().get_ref().clone()
    }

    fn message(text: &str, kind: Data, is_final: bool) -> Vec<u8> {
        frame(Frame::message(text.to_owned().into_bytes(), OpCode::Data(kind), is_final))
    }

    fn said(input: &mut Input, bytes: &[u8]) -> Result<Vec<String>, ReadError> {
        let mut said = Vec::new();
        let flow = input.take_in(&mut bytes.to_vec(), |incoming| {
            said.push(format!("{incoming:?}"));
            ControlFlow::<()>::Continue(())
        })?;
        assert!(flow.is_continue());
        Ok(said)
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_bytes_were_cut(
            texts in prop::collection::vec(prop::collection::vec(".{0,300}", 1..4), 1..6),
            cuts in prop::collection::vec(1..400_usize, 1..20),
        ) {
            let mut bytes = Vec::new();
            for pieces in &texts {
                for (n, piece) in pieces.iter().enumerate() {
                    let kind = if n == 0 { Data::Text } else { Data::Continue };
                    bytes.extend(message(piece, kind, n + 1 == pieces.len()));
                    bytes.extend(frame(Frame::ping(vec![7; n])));
                }
            }
            let whole = said(&mut Input::default(), &bytes).unwrap();
            let mut input = Input::default();
            let (mut pieces, mut rest, mut cuts) = (Vec::new(), bytes.as_slice(), cuts.into_iter().cycle());
            while !rest.is_empty() {
                let (piece, later) = rest.split_at(cuts.next().unwrap().min(rest.len()));
                pieces.extend(said(&mut input, piece).unwrap());
                rest = later;
            }
            prop_assert_eq!(&pieces, &whole);
            let messages = texts.iter().map(|it| format!("{:?}", Incoming::Message(it.concat().into())));
            prop_assert!(whole.iter().filter(|it| it.starts_with("Message")).eq(messages.collect::<Vec<_>>().iter()));
            prop_assert_eq!((input.frame.capacity(), input.pieces.is_none()), (0, true), "nothing is kept");
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = said(&mut Input::default(), &bytes);
        }
    }

    #[test]
    fn what_comes_after_a_break_is_not_looked_at() {
        let bytes = [message("one", Data::Text, true), vec![0xff; 20]].concat();
        let flow = Input::default().take_in(&mut bytes.clone(), |_| ControlFlow::Break(1));
        assert!(matches!(flow, Ok(ControlFlow::Break(1))));
    }

    #[test]
    fn a_close_is_answered_with_its_code_if_it_is_one() {
        for (payload, answer) in [
            (&b""[..], Some(NO_CODE)),
            (b"\x03\xe8bye", Some(1000)),
            (b"\x03\xed", Some(PROTOCOL_ERROR)),
            (b"\x0f\xa9", Some(4009)),
            (b"\x03", None),
            (b"\x03\xe8\xff", None),
        ] {
            assert_eq!(answer_to_close(payload).ok(), answer, "{payload:?}");
        }
    }

    #[test]
    fn pieces_that_cannot_become_text_are_stopped_at_once_but_a_character_may_be_cut() {
        let piece = |bytes: &[u8]| frame(Frame::message(bytes.to_vec(), OpCode::Data(Data::Text), false));
        let last = |bytes: &[u8]| frame(Frame::message(bytes.to_vec(), OpCode::Data(Data::Continue), true));
        let mut input = Input::default();
        assert!(said(&mut input, &piece(b"abc\xf0\x9f")).unwrap().is_empty());
        assert_eq!(said(&mut input, &last(b"\x91\x8b")).unwrap(), [r#"Message("abc👋")"#]);
        assert!(matches!(said(&mut input, &piece(b"abc\xf0\x28")), Err(ReadError::NotText)));
        let mut input = Input::default();
        let whole = [piece(b"abc\xf0\x9f"), last(b"")].concat();
        assert!(matches!(said(&mut input, &whole), Err(ReadError::NotText)), "a character without its end");
    }

    #[test]
    fn pieces_without_an_end_are_stopped() {
        let mut input = Input::default();
        said(&mut input, &message("x", Data::Text, false)).unwrap();
        let empty = message("", Data::Continue, false).repeat(1000);
        let error = (0..1000).find_map(|_| said(&mut input, &empty).err()).unwrap();
        assert!(matches!(error, ReadError::TooManyPieces), "{error}");
    }
}
