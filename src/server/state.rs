//! What every handler can reach: one value, cheap to clone, that does no work.

use std::sync::Arc;

use leptos::config::LeptosOptions;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::access::Access;
use super::console::Console;
use super::feed::Feeds;
use super::todos::Todos;

/// Sockets at one time. A server's usual limit of open files is 1024 or more; where it is lower the
/// system refuses first, and we only wait.
const SOCKETS_MAX: usize = 20_000;

/// The state of the server.
#[derive(Clone, Debug)]
pub(crate) struct AppState {
    pub(crate) todos: Todos,
    pub(crate) feeds: Feeds,
    pub(crate) access: Arc<Access>,
    pub(crate) console: Console,
    pub(crate) sockets: Seats,
    /// Where the page finds its script and its style.
    pub(crate) options: LeptosOptions,
    /// What stands in front of an echo. The conformance tests want an exact echo, and set it empty.
    pub(crate) echo_prefix: Arc<str>,
    /// Everything that must have ended before the database is closed.
    pub(crate) tasks: TaskTracker,
    pub(crate) shutdown: CancellationToken,
}

/// Room for so many sockets.
#[derive(Clone, Debug)]
pub(crate) struct Seats(Arc<Semaphore>);

impl Default for Seats {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(SOCKETS_MAX)))
    }
}

impl Seats {
    /// A seat, given back when it is dropped; `None` where all are taken.
    pub(crate) fn take_seat(&self) -> Option<OwnedSemaphorePermit> {
        self.0.clone().try_acquire_owned().ok()
    }
}
