//! Following without a socket, because some proxies let none through. The page asks for the next events
//! every few seconds, and handles them like those from a socket.

use std::cell::RefCell;

use futures::StreamExt;
use futures::channel::mpsc;
use futures::future::select;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::Notify;

use crate::api;
use crate::protocol::NextEvents;
use crate::protocol::error::{ApiError, ErrorCode};
use crate::ui::browser::dom;
use crate::ui::live::backoff::Backoff;
use crate::ui::live::connection::reload;
use crate::ui::live::connection_state::ConnectionState;
use crate::ui::live::in_time::in_time;
use crate::ui::live::store::ListStore;

/// The time between two requests. Two people who talk about the list still see each other's changes soon
/// enough, and a thousand such pages make about 300 small requests a second.
const ASK_EVERY_MS: u32 = 3_000;

thread_local! {
    /// Where the asking task can be told to ask now, if there is such a task.
    static LOOKS: RefCell<Option<mpsc::UnboundedSender<()>>> = const { RefCell::new(None) };
}

/// There may be something new: if the page follows by asking, it asks now.
pub(crate) fn look() {
    LOOKS.with_borrow(|looks| {
        // If nobody listens any more, this does nothing.
        let _ = looks.as_ref().map(|it| it.unbounded_send(()));
    });
}

/// Asks again and again until it is dropped, and sets the state of the connection. Ends if there is no such
/// list.
pub(super) async fn follow(store: ListStore) {
    let (sender, mut looks) = mpsc::unbounded();
    LOOKS.set(Some(sender));
    let mut backoff = Backoff::default();
    let mut is_answered = false;
    loop {
        let wait_ms = match ask(store).await {
            Ok(()) => {
                // The server answers again, so perhaps a socket works again too.
                if !std::mem::replace(&mut is_answered, true) {
                    crate::ui::live::connection::reconnect();
                }
                backoff = Backoff::default();
                ASK_EVERY_MS
            }
            Err(error) if error.code == ErrorCode::ListNotFound => return,
            Err(_) => {
                is_answered = false;
                store.connection.set(ConnectionState::Offline);
                backoff.next_ms(dom::jitter())
            }
        };
        select(TimeoutFuture::new(wait_ms), looks.next()).await;
        // One request is enough for all calls of `look` so far.
        while looks.try_recv().is_ok() {}
    }
}

/// Loads and applies all events up to the log's end.
async fn ask(store: ListStore) -> Result<(), ApiError> {
    loop {
        let after = store.head();
        let reason =
            match in_time(api::load_events(store.list().id.to_string(), Some(after.to_string()), None, None)).await {
                Ok(NextEvents::Events { events, head }) => {
                    // As with a new socket: the log that answers may not be the one that gave the receipts.
                    store.reached_a_log();
                    let is_dense = events.iter().all(|it| store.receive(it));
                    if is_dense && store.caught_up(head.0, ConnectionState::Asking) {
                        break;
                    }
                    if store.head() == after {
                        return Err(ApiError::plain(ErrorCode::Unavailable));
                    }
                    continue;
                }
                Ok(NextEvents::Reset { reason }) => Some(reason),
                // That was not asked for.
                Ok(NextEvents::Earlier { .. }) => return Err(ApiError::plain(ErrorCode::Unavailable)),
                // No answer, or one that this page can't read, as a newer server may give: the board that
                // it sends has the effect.
                Err(error) if error.code == ErrorCode::Unreachable => None,
                Err(error) => return Err(error),
            };
        reload(store, reason).await?;
        store.caught_up(store.head(), ConnectionState::Asking);
        break;
    }
    store.replace_lists(in_time(api::load_lists()).await?);
    store.to_send.notify();
    Ok(())
}
