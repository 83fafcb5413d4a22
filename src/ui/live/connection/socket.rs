//! One socket: from opening it to its first frame, and from there to its end.

use futures::StreamExt;
use futures::future::{Either, select};
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, WebSocketError};
use gloo_timers::future::TimeoutFuture;

use crate::domain::ListId;
use crate::protocol::{Push, ResetReason, json};
use crate::ui::browser::dom;
use crate::ui::live::connection::{Wakes, messages};
use crate::ui::live::connection_state::ConnectionState;
use crate::ui::live::store::ListStore;
use crate::ui::notices::Notice;

/// How long the first frame may take. The server sends it at once. Without a limit, a proxy that never
/// answers the upgrade would keep the page from asking instead.
const FIRST_FRAME_MS_MAX: u32 = 10_000;

/// The server sends a heartbeat every 25 s. After one and a half times as long the connection counts as dead.
const SILENCE_MS_MAX: u32 = 37_500;

/// There is no such list: connecting again would not help.
const CLOSE_NO_SUCH_LIST: u16 = 4404;

/// Why a connection ended.
pub(super) enum Ended {
    /// It broke, or could not be opened.
    Broken,
    /// The server can't go on from the board's head.
    Reset(Option<ResetReason>),
    /// The server can't go on from the head of the index.
    ListsReset,
    /// There is no such list.
    Gone,
    /// Another one is needed at once: because it was requested, or because the board has moved.
    Renewed,
}

/// A socket that has received its first frame. Only then is it known that frames get through.
pub(super) struct Socket {
    stream: WebSocket,
    first: String,
}

impl Socket {
    pub(super) async fn open(store: ListStore, wakes: &mut Wakes) -> Result<Self, Ended> {
        // Requests for another socket up to now are answered by this one.
        while wakes.try_recv().is_ok() {}
        let after = store.head();
        let url = format!("{}?list={}&after={after}&index={}", dom::socket_url(), store.list().id, store.lists.head());
        let socket = web_sys::WebSocket::new(&url).map_err(|_| Ended::Broken)?;
        let mut stream = WebSocket::try_from(socket.clone()).map_err(|_| Ended::Broken)?;
        let first = read(&mut stream, wakes, FIRST_FRAME_MS_MAX).await?;
        // Asking has moved the board meanwhile. The two must never move it at the same time: a backup may
        // have been restored between their answers.
        if store.head() != after {
            return Err(Ended::Renewed);
        }
        store.reached_a_log();
        messages::begin(socket);
        Ok(Self { stream, first })
    }

    /// Follows the list until the connection ends.
    pub(super) async fn follow(mut self, store: ListStore, wakes: &mut Wakes) -> Ended {
        let mut text = self.first;
        loop {
            if let Some(ended) = handle_frame(store, text) {
                return ended;
            }
            // Only a frame from the server ends the silence, not anything that is done here.
            text = match read(&mut self.stream, wakes, SILENCE_MS_MAX).await {
                Ok(text) => text,
                Err(ended) => return ended,
            };
        }
    }
}

/// The next frame, which must come in time.
async fn read(stream: &mut WebSocket, wakes: &mut Wakes, wait_ms_max: u32) -> Result<String, Ended> {
    match select(select(stream.next(), wakes.next()), TimeoutFuture::new(wait_ms_max)).await {
        Either::Right(_) => Err(Ended::Broken),
        Either::Left((Either::Right(_), _)) => Err(Ended::Renewed),
        Either::Left((Either::Left((frame, _)), _)) => match frame {
            Some(Ok(Message::Text(text))) => Ok(text),
            Some(Err(WebSocketError::ConnectionClose(close))) if close.code == CLOSE_NO_SUCH_LIST => Err(Ended::Gone),
            // Our server sends no binary frames.
            _ => Err(Ended::Broken),
        },
    }
}

/// Handles a frame: what starts with `{` is a push, everything else is an echo.
fn handle_frame(store: ListStore, text: String) -> Option<Ended> {
    if !text.starts_with('{') {
        messages::echoed(&text);
        store.notices.add(Notice::echo(text));
        return None;
    }
    let is_own = |list: &ListId| *list == store.list().id;
    match json::read(&text) {
        Ok(Push::Event(event)) if is_own(&event.list) => (!store.receive(&event)).then_some(Ended::Broken),
        Ok(Push::Head(head)) if is_own(&head.list) => {
            (!store.caught_up(head.id, ConnectionState::Live)).then_some(Ended::Broken)
        }
        Ok(Push::Reset { list, reason }) if is_own(&list) => Some(Ended::Reset(Some(reason))),
        // The others are about the index.
        Ok(Push::Event(event)) => (!store.receive_in_index(&event)).then_some(Ended::Broken),
        Ok(Push::Head(head)) => (store.lists.head() != head.id).then_some(Ended::ListsReset),
        Ok(Push::Counts(counts)) => {
            store.lists.count(counts);
            None
        }
        Ok(Push::Reset { .. }) => Some(Ended::ListsReset),
        // A newer server may push what this page does not know: its board has the effect.
        Err(_) => Some(Ended::Reset(None)),
    }
}
