//! The heads of frames (RFC 6455 §5.2), both ways, and the mask of what comes in.

use crate::protocol::frames::MESSAGE_BYTES_MAX;
use crate::web::ws::wire::ReadError;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A further piece of a message.
    Piece,
    /// A message, or its first piece. Text and binary messages are treated alike.
    Message,
    Close,
    Ping,
    Pong,
}

/// What stands before the bytes of a frame that comes in.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) kind: Kind,
    /// Whether it is a message's last frame.
    pub(super) is_final: bool,
    /// How long the head is.
    pub(super) bytes: usize,
    /// How many bytes follow it.
    pub(super) length: usize,
    mask: [u8; 4],
}

/// The greatest length that a frame's second byte can say itself; also the longest control frame.
const SHORT_MAX: u8 = 125;

/// A frame's second byte if its length follows in two bytes, or in eight.
const TWO_BYTES: u8 = 126;
const EIGHT_BYTES: u8 = 127;

impl Head {
    /// Reads the head that the input begins with; `None` if it is not all there yet.
    pub(super) fn read(input: &[u8]) -> Result<Option<Self>, ReadError> {
        let [first, second, rest @ ..] = input else { return Ok(None) };
        let (is_final, short) = (first & 0x80 != 0, second & 0x7f);
        if first & 0x70 != 0 {
            return Err(ReadError::Protocol("a reserved bit is set"));
        }
        let kind = match first & 0x0f {
            0x0 => Kind::Piece,
            0x1 | 0x2 => Kind::Message,
            0x8 => Kind::Close,
            0x9 => Kind::Ping,
            0xa => Kind::Pong,
            _ => return Err(ReadError::Protocol("a frame of an unknown kind")),
        };
        if !matches!(kind, Kind::Piece | Kind::Message) && (!is_final || short > SHORT_MAX) {
            return Err(ReadError::Protocol("a control frame that is too long, or in pieces"));
        }
        if second & 0x80 == 0 {
            return Err(ReadError::Protocol("a frame without a mask"));
        }
        let (length, rest) = match short {
            TWO_BYTES => match rest.split_first_chunk() {
                Some((length, rest)) => (u64::from(u16::from_be_bytes(*length)), rest),
                None => return Ok(None),
            },
            EIGHT_BYTES => match rest.split_first_chunk() {
                Some((length, rest)) => (u64::from_be_bytes(*length), rest),
                None => return Ok(None),
            },
            short => (u64::from(short), rest),
        };
        let length = usize::try_from(length).ok().filter(|it| *it <= MESSAGE_BYTES_MAX).ok_or(ReadError::TooLong)?;
        let Some((mask, rest)) = rest.split_first_chunk() else { return Ok(None) };
        Ok(Some(Self { kind, is_final, bytes: input.len() - rest.len(), length, mask: *mask }))
    }

    /// Takes the mask off the frame's bytes.
    pub(super) fn unmask(&self, bytes: &mut [u8]) {
        let (words, rest) = bytes.as_chunks_mut::<4>();
        for word in words {
            *word = (u32::from_ne_bytes(*word) ^ u32::from_ne_bytes(self.mask)).to_ne_bytes();
        }
        rest.iter_mut().zip(self.mask).for_each(|(byte, mask)| *byte ^= mask);
    }
}

/// The longest head of a frame that is sent.
pub(super) const HEAD_BYTES_MAX: usize = 10;

/// Begins a frame with so many bytes. It is whole, and as all that a server sends, has no mask.
pub(super) fn begin(kind: Kind, length: usize, out: &mut Vec<u8>) {
    out.push(match kind {
        Kind::Piece => 0x80,
        Kind::Message => 0x81,
        Kind::Close => 0x88,
        Kind::Ping => 0x89,
        Kind::Pong => 0x8a,
    });
    if let Some(short) = u8::try_from(length).ok().filter(|it| *it <= SHORT_MAX) {
        out.push(short);
    } else if let Ok(length) = u16::try_from(length) {
        out.push(TWO_BYTES);
        out.extend(length.to_be_bytes());
    } else {
        out.push(EIGHT_BYTES);
        out.extend((length as u64).to_be_bytes());
    }
}
