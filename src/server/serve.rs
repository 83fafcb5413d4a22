//! Takes connections and speaks HTTP/1.1 on them. Our own loop, because axum's sets no limit on how
//! long a request's head may take, and none on how many connections there are.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// How long a client may take over a request's head, and how long a kept connection may be quiet.
const HEAD_WAIT: Duration = Duration::from_secs(30);

/// The longest head: browsers send one or two kilobytes.
const HEAD_BYTES_MAX: usize = 16 << 10;

/// The most headers in one head.
const HEADERS_MAX: usize = 64;

/// Connections at one time that are not sockets.
const CONNECTIONS_MAX: usize = 4096;

/// What to wait before accepting again where the system has run out of something.
const ACCEPT_DELAY: Duration = Duration::from_millis(100);

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Serves until told to shut down; the connections end as tasks of their own.
pub(crate) async fn serve(listener: TcpListener, router: Router, tasks: TaskTracker, shutdown: CancellationToken) {
    let seats = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => return,
            accepted = accept(&listener, &seats) => accepted,
        };
        match accepted {
            Ok((stream, peer, seat)) => {
                let connection = connection(stream, peer, router.clone(), shutdown.clone());
                tasks.spawn(async move {
                    connection.await;
                    drop(seat);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "Could not accept a connection: {error}");
                tokio::time::sleep(ACCEPT_DELAY).await;
            }
        }
    }
}

async fn accept(
    listener: &TcpListener,
    seats: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, Peer, OwnedSemaphorePermit)> {
    let seat = seats.clone().acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, address) = listener.accept().await?;
    // Small frames must not wait for each other.
    stream.set_nodelay(true)?;
    Ok((stream, Peer(address.ip()), seat))
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
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
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
