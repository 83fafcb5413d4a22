//! Makes and compresses pages and boards. This takes much processor time, so it has its own threads, and
//! sockets and writes never wait for it. There is a limit on how many are made at one time, and on how
//! much memory the answers that are not read yet may take.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tracing::Instrument;

use crate::backend::metrics;
use crate::web::listener::SEND_BUFFER_BYTES;

/// How long a request waits for its turn. Nobody waits longer than this for a page.
const TURN_WAIT: Duration = Duration::from_secs(10);

/// How much memory all long answers together may take until they are read. The longest possible board has
/// about twenty megabytes; an ordinary one with ten thousand todos has one.
const UNREAD_KIB_MAX: u32 = 64 << 10;

/// Answers up to this length do not count, because the system takes them at once. A compressed page has
/// about 10 kB.
const FREE_BYTES_MAX: usize = SEND_BUFFER_BYTES as usize;

/// How soon a client that was turned away may ask again, in seconds.
const RETRY_SECONDS: &str = "5";

/// What a client is told that was turned away.
const BUSY: &str = "Too many pages are being asked for just now: try again soon.\n";

/// The threads and their limits. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Heavy {
    threads: Arc<Threads>,
    turns: Arc<Semaphore>,
    room: Arc<Semaphore>,
}

#[derive(Debug)]
struct Threads(Option<Runtime>);

impl Drop for Threads {
    fn drop(&mut self) {
        // Dropping it would wait for its threads, which a thread of another runtime must not do.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Heavy {
    /// Starts the threads: half as many as there are processors, so that the other half is always free.
    pub(crate) fn start() -> std::io::Result<Self> {
        let threads = (available_parallelism().map_or(1, NonZeroUsize::get) / 2).max(1);
        let runtime = Builder::new_multi_thread().worker_threads(threads).thread_name("heavy").enable_all().build()?;
        Ok(Self {
            threads: Arc::new(Threads(Some(runtime))),
            turns: Arc::new(Semaphore::new(threads)),
            room: Arc::new(Semaphore::new(UNREAD_KIB_MAX as usize)),
        })
    }

    /// Makes an answer on these threads, when it is its turn.
    pub(crate) async fn make(&self, making: impl Future<Output = Response<Bytes>> + Send + 'static) -> Response {
        let Some(runtime) = &self.threads.0 else { return self.send(busy()) };
        let turn = timeout(TURN_WAIT, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return self.send(busy()) };
        let making = async move {
            let answer = making.await;
            drop(turn);
            answer
        };
        let made = runtime.spawn(making.in_current_span());
        match made.await {
            Ok(answer) => self.send(answer),
            Err(error) => match error.try_into_panic() {
                // Handled like a panic in any other request.
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => self.send(busy()),
            },
        }
    }

    /// Sends an answer, if there is room for it until it is read.
    pub(crate) fn send(&self, answer: Response<Bytes>) -> Response {
        let (parts, body) = answer.into_parts();
        if body.len() <= FREE_BYTES_MAX {
            return Response::from_parts(parts, Body::from(body));
        }
        let kib = u32::try_from(body.len() >> 10).unwrap_or(UNREAD_KIB_MAX).min(UNREAD_KIB_MAX);
        // Waiting for room is no help, because a waiting answer takes the memory too.
        match self.room.clone().try_acquire_many_owned(kib) {
            Ok(room) => Response::from_parts(parts, Body::from(Bytes::from_owner(Unread { body, _room: room }))),
            Err(_) => busy().map(Body::from),
        }
    }
}

/// An answer that holds its permit for memory until its last byte was sent.
struct Unread {
    body: Bytes,
    _room: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Unread {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

/// What is answered where too much is asked for.
pub(crate) fn busy() -> Response<Bytes> {
    metrics::PAGES.one("refused");
    tracing::warn!("A page was refused: too many are asked for, or too few are read");
    let mut answer = Response::new(Bytes::from_static(BUSY.as_bytes()));
    *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().extend([(CONTENT_TYPE, text), (RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS))]);
    answer
}
