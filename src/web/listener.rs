//! Accepts connections and serves HTTP/1.1 on them. It is our own loop, because axum's limits neither how
//! long a request's head may take nor how many connections there are.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::backend::metrics;
use crate::web::connection_limits::{ConnectionLimits, LimitReached};
use crate::web::write_deadline::WriteDeadline;

/// How long a client may take for a request's head, and how long a connection may be idle between requests.
const HEAD_WAIT: Duration = Duration::from_secs(30);

/// The longest head: browsers send one or two kilobytes.
const HEAD_BYTES_MAX: usize = 16 << 10;

/// The most headers in one head.
const HEADERS_MAX: usize = 64;

/// Connections at one time that are not sockets: an idle one takes about ten kilobytes.
pub(crate) const CONNECTIONS_MAX: usize = 10_000;

/// Connections that may wait to be accepted: after a restart a thousand screens may connect at once.
const BACKLOG: u32 = 4096;

/// How many bytes the system may hold for each connection that are written but not yet read. By default it
/// would take megabytes for a client that does not read, and only after minutes report that a slow one reads.
pub(crate) const SEND_BUFFER_BYTES: u32 = 64 << 10;

/// How long to wait before accepting again when the system has run out of something.
const ACCEPT_DELAY: Duration = Duration::from_millis(100);

/// How many clients at one time are told that there is no room. Beyond that they are cut without an answer.
const TURNED_AWAY_MAX: usize = 64;

/// How long such a client may take to read the answer.
const TURNED_AWAY_WAIT: Duration = Duration::from_secs(1);

/// The address of the client of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// What HTTP is spoken on, and what an upgrade gives back.
pub(crate) type Stream = TokioIo<WriteDeadline<TcpStream>>;

/// Begins to listen.
pub(crate) fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // So that a restart need not wait until the system has forgotten the old connections.
    socket.set_reuseaddr(true)?;
    // Each accepted connection inherits this size.
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Accepts connections until the shutdown. Each connection is its own task, and may end later.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    tasks: TaskTracker,
    shutdown: CancellationToken,
) {
    let turned_away = Arc::new(Semaphore::new(TURNED_AWAY_MAX));
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => return,
            accepted = accept(&listener) => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "Could not accept a connection: {error}");
                tokio::time::sleep(ACCEPT_DELAY).await;
                continue;
            }
        };
        match limits.take(peer.0) {
            Ok(permit) => {
                let connection = connection(stream, peer, router.clone(), shutdown.clone());
                tasks.spawn(async move {
                    connection.await;
                    drop(permit);
                });
            }
            Err(reached) => {
                metrics::CONNECTIONS_REFUSED.one(reached.word());
                tracing::warn!(peer = %peer.0, "Turned away: {}", sentence(reached));
                if let Ok(permit) = turned_away.clone().try_acquire_owned() {
                    tasks.spawn(async move {
                        let _ = timeout(TURNED_AWAY_WAIT, turn_away(stream, reached)).await;
                        drop(permit);
                    });
                }
            }
        }
    }
}

async fn accept(listener: &TcpListener) -> std::io::Result<(TcpStream, Peer)> {
    let (stream, address) = listener.accept().await?;
    // Small frames must not wait for each other.
    stream.set_nodelay(true)?;
    Ok((stream, Peer(address.ip())))
}

fn sentence(reached: LimitReached) -> &'static str {
    match reached {
        LimitReached::Full => "Too many connections are open: try again soon.",
        LimitReached::AddressFull => {
            "Too many connections are open from your address: close some, or start todoapp with a greater \
             --connections-per-address-max, or with --proxy and the address of your proxy."
        }
    }
}

/// Says why there is no room. Reads what the client has sent, because otherwise the system would reset the
/// connection and the answer would be lost.
async fn turn_away(mut stream: TcpStream, reached: LimitReached) -> std::io::Result<()> {
    let sentence = sentence(reached);
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Retry-After: 5\r\nConnection: close\r\n\r\n{sentence}\n",
        sentence.len() + 1
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    let mut unread = [0; 1024];
    while stream.read(&mut unread).await? > 0 {}
    Ok(())
}

async fn connection(stream: TcpStream, peer: Peer, router: Router, shutdown: CancellationToken) {
    let service = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WAIT)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(WriteDeadline::new(stream)), TowerToHyperService::new(service))
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "A connection ended early: {error}");
    }
}
