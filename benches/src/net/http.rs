//! One HTTP/1.1 connection that is kept open: a request is bytes that were made before, and an answer is read only
//! as far as needed to find its end. A library would cost the load program more than the servers need.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{connect, find};

/// Room for a page of 100 todos, so that it is read with few calls.
const BUFFER_BYTES: usize = 256 << 10;

/// A connection.
pub(crate) struct Http {
    stream: TcpStream,
    answer: Vec<u8>,
}

/// Makes a GET.
pub(crate) fn get(port: u16, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n").into_bytes()
}

/// Makes a POST of JSON.
pub(crate) fn post(port: u16, path: &str, token: Option<&str>, body: &str) -> Vec<u8> {
    let token = token.map(|it| format!("Authorization: {it}\r\n")).unwrap_or_default();
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\n{token}Content-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

impl Http {
    /// Connects from one of this machine's addresses.
    pub(crate) async fn connect(number: usize, port: u16) -> Result<Self> {
        Ok(Self { stream: connect(number, port).await?, answer: Vec::with_capacity(BUFFER_BYTES) })
    }

    /// Sends a request and reads the whole answer, which must be a success and have this text in it.
    pub(crate) async fn ask(&mut self, request: &[u8], expected: &str) -> Result<&[u8]> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        let head = loop {
            self.read().await?;
            if let Some(at) = find(&self.answer, b"\r\n\r\n") {
                break at + 4;
            }
        };
        match length(&self.answer[..head])? {
            Some(length) => {
                while self.answer.len() < head + length {
                    self.read().await?;
                }
            }
            // What comes in pieces ends with an empty one.
            None => {
                while !self.answer.ends_with(b"\r\n0\r\n\r\n") {
                    self.read().await?;
                }
            }
        }
        let is_success = self.answer.starts_with(b"HTTP/1.1 2");
        if !is_success || find(&self.answer[head..], expected.as_bytes()).is_none() {
            bail!("an answer without \"{expected}\": {}", self.answer[..self.answer.len().min(600)].escape_ascii());
        }
        Ok(&self.answer[head..])
    }

    /// The same for an answer in JSON.
    pub(crate) async fn ask_json(&mut self, request: &[u8]) -> Result<Value> {
        let body = self.ask(request, "").await?;
        serde_json::from_slice(body).with_context(|| format!("not JSON: {}", body.escape_ascii()))
    }

    async fn read(&mut self) -> Result<()> {
        ensure!(self.stream.read_buf(&mut self.answer).await? > 0, "the server ended the connection");
        Ok(())
    }
}

/// The length of the body, or `None` if it comes in pieces.
fn length(head: &[u8]) -> Result<Option<usize>> {
    let head = std::str::from_utf8(head)?;
    for line in head.lines().skip(1) {
        let Some((name, value)) = line.split_once(": ") else { continue };
        if name.eq_ignore_ascii_case("content-length") {
            return Ok(Some(value.parse()?));
        }
        if name.eq_ignore_ascii_case("transfer-encoding") {
            return Ok(None);
        }
    }
    // Such as 204 No Content.
    Ok(Some(0))
}
