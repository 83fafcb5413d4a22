//! Connections: HTTP, WebSocket and server-sent events, as cheap as possible.

/// One HTTP/1.1 connection that is kept open.
pub(crate) mod http;
/// Server-sent events of PocketBase.
pub(crate) mod sse;
/// WebSocket handshakes and frames.
pub(crate) mod ws;

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use tokio::net::{TcpSocket, TcpStream};

/// From how many addresses of this machine connections are made, because todoapp limits how many there are from
/// one address. The limits stay as they are for everyone.
const ADDRESSES: usize = 16;

/// Connects to a port of this machine, from one of its addresses.
pub(crate) async fn connect(number: usize, port: u16) -> Result<TcpStream> {
    let last = u8::try_from(2 + number % ADDRESSES)?;
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, last], 0)))?;
    let stream = socket.connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await;
    let stream = stream.with_context(|| format!("can't connect to port {port}"))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A port that is free now.
pub(crate) async fn free_port() -> Result<u16> {
    Ok(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?.port())
}

/// Where a text begins within these bytes. No text is everywhere.
pub(crate) fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, text)
}
