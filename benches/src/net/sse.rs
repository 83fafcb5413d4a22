//! Server-sent events of PocketBase: a request that is answered for as long as the client stays, and a second one
//! that says what it wants to be told.

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::http::{Http, get, post};
use super::{connect, find};

/// Opens a stream of the events of a collection.
pub(crate) async fn open(number: usize, port: u16, collection: &str) -> Result<TcpStream> {
    let mut stream = connect(number, port).await?;
    stream.write_all(&get(port, "/api/realtime")).await?;
    let mut answer = Vec::with_capacity(1024);
    let client = loop {
        ensure!(stream.read_buf(&mut answer).await? > 0, "the server ended the connection");
        let text = String::from_utf8_lossy(&answer);
        if let Some((id, _)) = text.split_once(r#""clientId":""#).and_then(|(_, rest)| rest.split_once('"')) {
            break id.to_owned();
        }
    };
    // The rest of the same event must not be taken for the next one.
    while find(&answer, b"}\n\n").is_none() {
        ensure!(stream.read_buf(&mut answer).await? > 0, "the server ended the connection");
    }
    let wanted = serde_json::json!({ "clientId": client, "subscriptions": [collection] }).to_string();
    let mut http = Http::connect(number, port).await?;
    http.ask(&post(port, "/api/realtime", None, &wanted), "").await.context("can't subscribe")?;
    Ok(stream)
}
