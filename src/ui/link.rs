//! The socket: connects, follows, and connects again from where the board is. Browsers show neither
//! pings nor a dead peer, so silence beyond the server's heartbeat counts as the end.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::channel::mpsc;
use futures::future::{Either, select};
use futures::{FutureExt, SinkExt, StreamExt};
use gloo_net::websocket::futures::WebSocket;
use gloo_net::websocket::{Message, WebSocketError};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::live::Live;
use super::notices::Notice;
use super::{browser, sender};
use crate::api;
use crate::domain::{Push, ResetReason};

/// The server beats every 25 s; half as much again is silence.
const SILENCE_MS_MAX: u32 = 37_500;

/// The first wait before connecting again.
const RETRY_DELAY_MS: u32 = 250;

/// The longest such wait.
const RETRY_DELAY_MS_MAX: u32 = 15_000;

/// After a longer time out of view a link is not trusted: a machine that slept has lost it without a
/// word. Connecting again costs one round trip.
const HIDDEN_MS_MAX: i64 = 5_000;

/// There is no such list: connecting again would not help.
const CLOSE_NO_SUCH_LIST: u16 = 4404;

/// How things stand with the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// Connecting for the first time, or catching up.
    Connecting,
    /// Everything that happens is shown as it happens.
    Live,
    /// Not connected; the page tries again by itself.
    Offline,
}

/// What the page asks of its socket.
enum Ask {
    /// Send this message.
    Say(String),
    /// Look now whether the link is any good, as the page has just come back into view.
    Wake,
}

thread_local! {
    /// The way to the socket's task. A browser's page is one thread, and has one socket.
    static ASKS: RefCell<Option<mpsc::UnboundedSender<Ask>>> = const { RefCell::new(None) };
}

/// Why a connection ended.
enum Ended {
    /// It broke, or never came about.
    Broken,
    /// The board can't go on from where it is.
    Reset(Option<ResetReason>),
    /// There is nothing to connect to.
    Gone,
    /// The page has come back, and wants a link that is surely good.
    Awoken,
}

/// Sends a message over the socket. `false` where there is none.
pub(crate) fn say(message: String) -> bool {
    ask(Ask::Say(message))
}

/// Something else could not reach the server: the link is not to be trusted either.
pub(crate) fn doubt() {
    ask(Ask::Wake);
}

fn ask(what: Ask) -> bool {
    ASKS.with_borrow(|asks| asks.as_ref().is_some_and(|it| it.unbounded_send(what).is_ok()))
}

/// Opens the page's socket and keeps it open for as long as the page lives.
pub(crate) fn open(live: Live) {
    let (sender, asks) = mpsc::unbounded();
    ASKS.set(Some(sender));
    listen_for_waking();
    spawn_local(keep(live, asks));
}

/// A page that comes back into view, out of the browser's cache, or into a network looks at once.
fn listen_for_waking() {
    let hidden_at = Rc::new(Cell::new(None));
    let _ = document().add_event_listener_with_callback(
        "visibilitychange",
        Closure::<dyn Fn()>::new(move || {
            if !browser::is_visible() {
                hidden_at.set(Some(browser::now_ms()));
            } else if hidden_at.take().is_some_and(|at| browser::now_ms() - at > HIDDEN_MS_MAX) {
                ask(Ask::Wake);
            }
        })
        .into_js_value()
        .unchecked_ref(),
    );
    window_event_listener_untyped("online", |_| {
        ask(Ask::Wake);
    });
    window_event_listener_untyped("pageshow", |event| {
        if event.dyn_into::<web_sys::PageTransitionEvent>().is_ok_and(|it| it.persisted()) {
            ask(Ask::Wake);
        }
    });
}

async fn keep(live: Live, mut asks: mpsc::UnboundedReceiver<Ask>) {
    let mut tries = 0;
    loop {
        let ended = follow(live, &mut asks).await;
        if live.link.get_untracked() == LinkState::Live {
            tries = 0;
        }
        live.link.set(LinkState::Offline);
        match ended {
            Ended::Awoken => continue,
            Ended::Gone => {
                live.notices.add(Notice::error("This list is not there any more.".to_owned()));
                return;
            }
            Ended::Reset(reason) => {
                // Where this fails too, the next connection is told to reset again.
                if let Ok(board) = api::load_board(live.list().id.to_string()).await {
                    live.replace(board, reason);
                }
            }
            Ended::Broken => {}
        }
        wait(sender::delay_ms(tries, RETRY_DELAY_MS, RETRY_DELAY_MS_MAX), &mut asks).await;
        tries += 1;
    }
}

/// Waits, unless the page comes back into view meanwhile.
async fn wait(delay_ms: u32, asks: &mut mpsc::UnboundedReceiver<Ask>) {
    let mut time = TimeoutFuture::new(delay_ms).fuse();
    loop {
        match select(&mut time, asks.next()).await {
            Either::Left(_) | Either::Right((Some(Ask::Wake) | None, _)) => return,
            Either::Right((Some(Ask::Say(_)), _)) => {}
        }
    }
}

/// One connection, from its opening to its end.
async fn follow(live: Live, asks: &mut mpsc::UnboundedReceiver<Ask>) -> Ended {
    let url = browser::socket_url(&format!("list={}&after={}", live.list().id, live.head()));
    live.connecting();
    let Ok(mut socket) = WebSocket::open(&url) else { return Ended::Broken };
    // Renewed by what the server says, and by nothing that is done here.
    let mut silence = TimeoutFuture::new(SILENCE_MS_MAX);
    loop {
        let input = select(socket.next(), asks.next());
        match select(input, &mut silence).await {
            Either::Right(_) => return Ended::Broken,
            Either::Left((Either::Left((message, _)), _)) => match message {
                Some(Ok(Message::Text(text))) => {
                    silence = TimeoutFuture::new(SILENCE_MS_MAX);
                    if let Some(ended) = hear(live, text) {
                        return ended;
                    }
                }
                Some(Ok(Message::Bytes(_))) => {}
                Some(Err(WebSocketError::ConnectionClose(close))) if close.code == CLOSE_NO_SUCH_LIST => {
                    return Ended::Gone;
                }
                Some(Err(_)) | None => return Ended::Broken,
            },
            Either::Left((Either::Right((asked, _)), _)) => match asked {
                Some(Ask::Say(message)) => {
                    if socket.send(Message::Text(message)).await.is_err() {
                        return Ended::Broken;
                    }
                }
                Some(Ask::Wake) => return Ended::Awoken,
                None => return Ended::Gone,
            },
        }
    }
}

/// Takes a frame in: what starts with `{` is a push, everything else is an echo.
fn hear(live: Live, text: String) -> Option<Ended> {
    if !text.starts_with('{') {
        live.notices.add(Notice::echo(text));
        return None;
    }
    match serde_json::from_str(&text) {
        Ok(Push::Event(event)) => (!live.receive(&event)).then_some(Ended::Broken),
        Ok(Push::Head(head)) => (!live.caught_up(head.0)).then_some(Ended::Broken),
        Ok(Push::Reset { reason }) => Some(Ended::Reset(Some(reason))),
        // A newer server may push what this page does not know: its board has the effect.
        Err(_) => Some(Ended::Reset(None)),
    }
}
