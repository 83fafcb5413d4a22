//! WebSocket handshakes and frames. The frames of a load are made once, and an answer is compared with the only
//! right one, byte by byte: nothing is cheaper, and every answer is checked.

use anyhow::{Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{connect, find};

/// The key to mask with. It is not zero, because some servers do less work then.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A ping of todoapp, which has no text, so these bytes are in no other frame of a few hundred bytes; and the answer.
pub(crate) const PING: [u8; 2] = [0x89, 0];
pub(crate) const PONG: [u8; 6] = [0x8a, 0x80, MASK[0], MASK[1], MASK[2], MASK[3]];

/// Texts up to this length have the shortest header.
const SHORT_BYTES_MAX: usize = 125;

/// Opens a socket. Returns the connection, and what came right after the handshake.
pub(crate) async fn open(number: usize, port: u16, path: &str) -> Result<(TcpStream, Vec<u8>)> {
    let mut stream = connect(number, port).await?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::with_capacity(1024);
    let end = loop {
        ensure!(stream.read_buf(&mut answer).await? > 0, "the server ended the connection");
        if let Some(at) = find(&answer, b"\r\n\r\n") {
            break at + 4;
        }
    };
    ensure!(answer.starts_with(b"HTTP/1.1 101"), "no socket: {}", answer.escape_ascii());
    Ok((stream, answer.split_off(end)))
}

/// A client's frame with this short text.
pub(crate) fn sent(text: &str) -> Result<Vec<u8>> {
    let mut frame = header(text, 0x80)?;
    frame.extend(MASK);
    frame.extend(text.bytes().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    Ok(frame)
}

/// A server's frame with this short text.
pub(crate) fn received(text: &str) -> Result<Vec<u8>> {
    let mut frame = header(text, 0)?;
    frame.extend(text.bytes());
    Ok(frame)
}

fn header(text: &str, mask_bit: u8) -> Result<Vec<u8>> {
    ensure!(text.len() <= SHORT_BYTES_MAX, "too long for a short header: {text}");
    Ok(vec![0x81, mask_bit | u8::try_from(text.len())?])
}
