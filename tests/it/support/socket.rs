//! Sockets: what a client sends and receives.

use futures_util::{SinkExt, StreamExt};
use todoapp::domain::{Event, EventId};
use todoapp::protocol::Push;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{PATIENCE, Raw, TestApp};

impl TestApp {
    /// Opens a socket with these parameters.
    pub(crate) async fn socket(&self, query: &str) -> Socket {
        self.socket_over(self.connect().await, query).await
    }

    /// Opens a socket with a small buffer, so that the server soon notices if nobody reads from it.
    pub(crate) async fn narrow_socket(&self, query: &str) -> Socket {
        self.socket_over(self.connect_narrow().await, query).await
    }

    /// Opens a socket through the port of a proxy.
    pub(crate) async fn socket_through(&self, port: u16, query: &str) -> Socket {
        self.socket_over(TcpStream::connect(("127.0.0.1", port)).await.unwrap(), query).await
    }

    /// Opens a socket from another address of this machine.
    pub(crate) async fn socket_from(&self, address: &str, query: &str) -> Socket {
        self.socket_over(self.connect_from(address).await, query).await
    }

    /// Asks for a socket, closes it again, and returns the server's answer.
    pub(crate) async fn upgrade(&self) -> Raw {
        let host = format!("localhost:{}", self.port);
        let key = "dGhlIHNhbXBsZSBub25jZQ==";
        let handshake = [("Host", &*host), ("Sec-WebSocket-Key", key), ("Sec-WebSocket-Version", "13")];
        let upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket")];
        self.request("GET /ws", &[&upgrade[..], &handshake].concat(), "").await
    }

    async fn socket_over(&self, stream: TcpStream, query: &str) -> Socket {
        stream.set_nodelay(true).unwrap();
        let url = format!("ws://localhost:{}/ws{query}", self.port);
        let (ws, _) = timeout(PATIENCE, client_async(url, stream)).await.unwrap().unwrap();
        Socket { ws }
    }

    /// A list's whole log.
    pub(crate) async fn log(&self, list: &str) -> Vec<Event> {
        self.socket(&format!("?list={list}&after=0")).await.events_to_head().await.0
    }
}

/// A single frame, of a kind that no proper client sends.
pub(crate) fn frame(payload: &[u8], kind: Data, is_final: bool) -> Message {
    Message::Frame(Frame::message(payload.to_vec(), OpCode::Data(kind), is_final))
}

/// A client's socket.
pub(crate) struct Socket {
    /// The connection, for everything that the functions below do not offer.
    pub(crate) ws: WebSocketStream<TcpStream>,
}

impl Socket {
    /// Sends a text message.
    pub(crate) async fn say(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    /// Sends a message. Errors are ignored, because the test checks what the server does.
    pub(crate) async fn send(&mut self, message: Message) {
        let _ = self.ws.send(message).await;
    }

    /// The next message that is not a ping, or `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        let next = async {
            loop {
                match self.ws.next().await {
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(message)) => return Some(message),
                    Some(Err(_)) | None => return None,
                }
            }
        };
        timeout(PATIENCE, next).await.expect("something comes")
    }

    /// The next text.
    pub(crate) async fn text(&mut self) -> String {
        match self.next().await {
            Some(Message::Text(text)) => text.to_string(),
            other => panic!("not a text: {other:?}"),
        }
    }

    /// The next push.
    pub(crate) async fn push(&mut self) -> Push {
        let text = self.text().await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The next head; anything else fails.
    pub(crate) async fn head(&mut self) -> EventId {
        match self.push().await {
            Push::Head(head) => head.id,
            other => panic!("not a head: {other:?}"),
        }
    }

    /// The next event; anything else fails.
    pub(crate) async fn event(&mut self) -> Event {
        match self.push().await {
            Push::Event(event) => event,
            other => panic!("not an event: {other:?}"),
        }
    }

    /// This many events.
    pub(crate) async fn events(&mut self, count: usize) -> Vec<Event> {
        let mut events = Vec::with_capacity(count);
        while events.len() < count {
            events.push(self.event().await);
        }
        events
    }

    /// The events up to the head, and the head.
    pub(crate) async fn events_to_head(&mut self) -> (Vec<Event>, EventId) {
        let mut events = Vec::new();
        loop {
            match self.push().await {
                Push::Event(event) => events.push(event),
                Push::Head(head) => return (events, head.id),
                other => panic!("not an event: {other:?}"),
            }
        }
    }

    /// Reads to the end, however long that takes.
    pub(crate) async fn drained(mut self) {
        while self.ws.next().await.is_some_and(|it| it.is_ok()) {}
    }

    /// The close code with which the socket ends; skips what comes before.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            match self.next().await {
                Some(Message::Close(Some(frame))) => return frame.code.into(),
                Some(Message::Close(None)) => panic!("closed without a code"),
                Some(_) => {}
                None => panic!("ended without a close frame"),
            }
        }
    }
}
