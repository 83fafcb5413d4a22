//! What every handler can reach: one value, cheap to clone, that does no work.

use std::sync::Arc;

use leptos::config::LeptosOptions;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::access::Access;
use super::console::Console;
use super::feed::Feeds;
use super::heavy::Heavy;
use super::seats::Seats;
use super::todos::Todos;

/// The state of the server.
#[derive(Clone, Debug)]
pub(crate) struct AppState {
    pub(crate) todos: Todos,
    pub(crate) feeds: Feeds,
    pub(crate) access: Arc<Access>,
    pub(crate) console: Console,
    /// Where pages and boards are made.
    pub(crate) heavy: Heavy,
    pub(crate) sockets: Seats,
    /// Where the page finds its script and its style.
    pub(crate) options: LeptosOptions,
    /// What stands in front of an echo. The conformance tests want an exact echo, and set it empty.
    pub(crate) echo_prefix: Arc<str>,
    /// Everything that must have ended before the database is closed.
    pub(crate) tasks: TaskTracker,
    pub(crate) shutdown: CancellationToken,
}
