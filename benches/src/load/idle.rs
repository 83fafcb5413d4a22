//! Sockets that only wait: how much memory each costs, and how fast they are opened.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures_util::stream::{StreamExt, TryStreamExt, iter};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::net::ws;
use crate::servers::Server;

/// Sockets that are opened and closed before measuring, so that what is made only once is there.
const FIRST_SOCKETS: usize = 100;

/// How long a server may take to come to rest.
const REST: Duration = Duration::from_millis(500);

/// Handshakes under way at one time.
const HANDSHAKES: usize = 64;

/// What idle sockets cost.
pub(crate) struct Idle {
    /// How much memory each takes.
    pub(crate) bytes_each: f64,
    /// How long it took to open all.
    pub(crate) opening: Duration,
}

/// Opens this many sockets at a path of a server that was just started.
pub(crate) async fn run(server: &Server, count: usize, path: &str) -> Result<Idle> {
    drop(open(server, FIRST_SOCKETS, path).await?);
    sleep(REST).await;
    let (before, since) = (server.resident_bytes()?, Instant::now());
    let sockets = open(server, count, path).await?;
    let opening = since.elapsed();
    sleep(REST).await;
    let grown = server.resident_bytes()? - before;
    Ok(Idle { bytes_each: grown / f64::from(u32::try_from(sockets.len())?), opening })
}

async fn open(server: &Server, count: usize, path: &str) -> Result<Vec<(TcpStream, Vec<u8>)>> {
    let opening = iter(0..count).map(|number| ws::open(number, server.port, path));
    opening.buffer_unordered(HANDSHAKES).try_collect().await
}
