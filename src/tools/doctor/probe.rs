//! What the doctor tries: single requests and sockets, each within a limited time.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use axum::http::{Request, Uri};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::tools::doctor::https;

/// How long each step may take. A server that works answers within milliseconds.
const STEP_WAIT: Duration = Duration::from_secs(5);

/// How much of an answer is read: its head, and of its body enough to see whose it is.
const ANSWER_BYTES_MAX: u64 = 64 << 10;

/// The address that people use.
pub(super) struct Address {
    host: String,
    port: u16,
    /// As it is written in `Host`.
    pub(super) authority: String,
    /// As a browser writes it in `Origin`.
    pub(super) origin: String,
    /// What encrypts, with https.
    encryption: Option<TlsConnector>,
}

/// A connection, encrypted or not.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// An answer, as far as it was read.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    head: String,
    pub(super) body: String,
}

impl Answer {
    fn read(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
        Some(Self { status, head: head.to_lowercase(), body: body.to_owned() })
    }

    /// Whether it has this header.
    pub(super) fn has(&self, name: &str) -> bool {
        self.head.lines().any(|it| it.split_once(':').is_some_and(|(found, _)| found.trim() == name))
    }
}

/// What came of asking for a socket.
pub(super) enum Opened {
    Socket(Box<Socket>),
    /// An answer with this status instead.
    Refused(u16),
}

impl Address {
    /// Reads an address such as `http://localhost:3000`. With https, who signed the certificate must be trusted by the
    /// system, or be in the file `ca`.
    pub(super) fn parse(url: &str, ca: Option<&Path>) -> anyhow::Result<Self> {
        let wrong = || format!("{url:?} must look like http://localhost:3000 or https://todo.example.org");
        let uri: Uri = url.parse().ok().with_context(wrong)?;
        let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            bail!(wrong());
        };
        ensure!(ca.is_none() || scheme == "https", "--ca is about https, and {url:?} is not");
        let (port, encryption) = if scheme == "https" { (443, Some(https::connector(ca)?)) } else { (80, None) };
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let origin = format!("{scheme}://{authority}");
        let port = authority.port_u16().unwrap_or(port);
        Ok(Self { host, port, authority: authority.to_string(), origin, encryption })
    }

    async fn connect(&self) -> anyhow::Result<Box<dyn Stream>> {
        let connecting = timeout(STEP_WAIT, TcpStream::connect((self.host.as_str(), self.port))).await;
        let connecting = connecting.context("nothing answers there: is it the right address?")?;
        let connection = connecting.context("no connection is taken there: is the server or its proxy running?")?;
        match &self.encryption {
            None => Ok(Box::new(connection)),
            Some(connector) => {
                let encrypting = https::encrypt(connector, &self.host, connection);
                Ok(Box::new(timeout(STEP_WAIT, encrypting).await.with_context(no_answer)??))
            }
        }
    }

    /// Gets a path.
    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        let asking = async {
            let mut connection = self.connect().await?;
            let host = &self.authority;
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\nAccept-Encoding: br, gzip\r\n\
                 Connection: close\r\n\r\n"
            );
            connection.write_all(request.as_bytes()).await?;
            let mut bytes = Vec::new();
            match connection.take(ANSWER_BYTES_MAX).read_to_end(&mut bytes).await {
                // Encryption was not ended before the connection was. It says nothing about what came.
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(bytes),
                Err(error) => Err(anyhow!(error)),
                Ok(_) => Ok(bytes),
            }
        };
        let bytes = timeout(STEP_WAIT, asking).await.with_context(no_answer)??;
        Answer::read(&String::from_utf8_lossy(&bytes)).context("the answer is not HTTP")
    }

    /// Asks for a socket, with this origin if a browser asks.
    pub(super) async fn open(&self, path: &str, origin: Option<&str>) -> anyhow::Result<Opened> {
        let host = &self.authority;
        let mut request = Request::builder()
            .uri(format!("ws://{host}{path}"))
            .header("Host", host)
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", generate_key());
        if let Some(origin) = origin {
            request = request.header("Origin", origin);
        }
        let request = request.body(())?;
        let stream = self.connect().await?;
        match timeout(STEP_WAIT, client_async(request, stream)).await.with_context(no_answer)? {
            Ok((socket, _)) => Ok(Opened::Socket(Box::new(Socket(socket)))),
            Err(Error::Http(answer)) => Ok(Opened::Refused(answer.status().as_u16())),
            Err(error) => Err(error.into()),
        }
    }
}

fn no_answer() -> String {
    format!("there is no answer within {} s", STEP_WAIT.as_secs())
}

/// A socket that is open.
pub(super) struct Socket(WebSocketStream<Box<dyn Stream>>);

impl Socket {
    /// Sends a text and returns the next one that comes.
    pub(super) async fn say(&mut self, text: &str) -> anyhow::Result<String> {
        self.0.send(Message::text(text)).await?;
        self.text().await
    }

    /// The next text.
    pub(super) async fn text(&mut self) -> anyhow::Result<String> {
        let next = async {
            loop {
                match self.0.next().await.context("the connection was closed")?? {
                    Message::Text(text) => return anyhow::Ok(text.to_string()),
                    Message::Close(_) => bail!("the connection was closed"),
                    _ => {}
                }
            }
        };
        timeout(STEP_WAIT, next).await.with_context(no_answer)?
    }

    /// Sends a ping and waits for its pong.
    pub(super) async fn ping(&mut self) -> anyhow::Result<()> {
        self.0.send(Message::Ping("doctor".into())).await?;
        let pong = async {
            loop {
                if let Message::Pong(_) = self.0.next().await.context("the connection was closed")?? {
                    return anyhow::Ok(());
                }
            }
        };
        timeout(STEP_WAIT, pong).await.with_context(no_answer)?
    }

    /// Sends nothing for this long, and says when the connection ends before that.
    pub(super) async fn rest(&mut self, how_long: Duration) -> bool {
        let ended = async {
            while let Some(Ok(message)) = self.0.next().await {
                if message.is_close() {
                    return;
                }
            }
        };
        timeout(how_long, ended).await.is_err()
    }
}
