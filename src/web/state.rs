//! The state that every handler can use. It is cheap to clone and does no work itself.

use std::sync::Arc;

use leptos::config::LeptosOptions;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backend::counts::AllCounts;
use crate::backend::feed::Feeds;
use crate::backend::service::Todos;
use crate::backend::stamps::Stamps;
use crate::web::access::Access;
use crate::web::connection_limits::ConnectionLimits;
use crate::web::console::Console;
use crate::web::heavy::Heavy;
use crate::web::http::kept::Kept;

/// The state of the server.
#[derive(Clone, Debug)]
pub(crate) struct AppState {
    pub(crate) todos: Todos,
    pub(crate) feeds: Feeds,
    pub(crate) counts: AllCounts,
    pub(crate) access: Arc<Access>,
    pub(crate) console: Console,
    /// Where pages and boards are made.
    pub(crate) heavy: Heavy,
    /// Says whether an answer that is kept is still true.
    pub(crate) stamps: Stamps,
    pub(crate) kept: Kept,
    pub(crate) sockets: ConnectionLimits,
    /// How many more long requests may be handled at one time.
    pub(crate) long_bodies: Arc<Semaphore>,
    /// Where the page finds its script and its style.
    pub(crate) options: LeptosOptions,
    /// The text in front of an echo. The conformance tests need an exact echo, and set it empty.
    pub(crate) echo_prefix: Arc<str>,
    /// Everything that must have ended before the database is closed.
    pub(crate) tasks: TaskTracker,
    pub(crate) shutdown: CancellationToken,
}
