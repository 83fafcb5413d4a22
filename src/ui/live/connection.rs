//! The link to the server: a socket that follows the list, and connects again from where the board is.
//! Browsers show neither pings nor a dead peer, so silence beyond the server's heartbeat counts as the
//! end. Where no socket comes about, the page follows by asking, and goes on trying.

mod asking;
mod messages;
mod one_task;
mod socket;

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;

use futures::StreamExt;
use futures::channel::mpsc;
use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

pub(crate) use asking::look;
pub(crate) use messages::say;
use one_task::OneTask;
use socket::{Ended, Socket};

use crate::api;
use crate::domain::Board;
use crate::protocol::ResetReason;
use crate::protocol::error::{ApiError, ErrorCode};
use crate::ui::browser::dom;
use crate::ui::live::backoff::Backoff;
use crate::ui::live::store::Live;
use crate::ui::notices::Notice;

/// So many sockets must fail in a row before the page follows by asking: a restart of the server, or a
/// moment without a network, is over by then.
const FAILED_SOCKETS_MIN: u32 = 3;

/// How long a whole list may take to come: the longest is a few megabytes. A connection that swallows
/// everything would hold the page up for ever.
const LOAD_WAIT_MS: u32 = 60_000;

/// After a longer time out of view a link is not trusted: a machine that slept has lost it without a
/// word. Connecting again costs one round trip.
const HIDDEN_MS_MAX: i64 = 5_000;

/// How things stand with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// Connecting for the first time, or catching up.
    Connecting,
    /// Everything that happens is shown as it happens.
    Live,
    /// There is no socket, but the server answers: the page asks every few seconds.
    Asking,
    /// Not connected; the page tries again by itself.
    Offline,
}

/// Wishes for another socket, now.
type Wakes = mpsc::UnboundedReceiver<()>;

thread_local! {
    /// What keeps the link. A browser's page is one thread, and has one link.
    static TASK: OneTask = OneTask::default();
    /// The way to the task.
    static WAKES: RefCell<Option<mpsc::UnboundedSender<()>>> = const { RefCell::new(None) };
}

/// Something else could not reach the server: the socket is not to be trusted either.
pub(crate) fn doubt() {
    renew();
}

/// Wants another socket, now.
fn renew() {
    WAKES.with_borrow(|wakes| {
        let _ = wakes.as_ref().map(|it| it.unbounded_send(()));
    });
}

/// The page is in use again: whatever it follows by, it looks now.
fn wake() {
    renew();
    look();
}

/// Opens the page's link and keeps it for as long as the page lives, or until it is opened again.
pub(crate) fn open(live: Live) {
    let (sender, wakes) = mpsc::unbounded();
    if WAKES.replace(Some(sender)).is_none() {
        listen_for_waking();
    }
    spawn_local(TASK.with(|it| it.replace(keep(live, wakes))));
}

/// A page that comes back into view, out of the browser's cache, or into a network looks at once.
fn listen_for_waking() {
    let hidden_at = Rc::new(Cell::new(None));
    let _ = document().add_event_listener_with_callback(
        "visibilitychange",
        Closure::<dyn Fn()>::new(move || {
            if !dom::is_visible() {
                hidden_at.set(Some(dom::now_ms()));
            } else if hidden_at.take().is_some_and(|at| dom::now_ms() - at > HIDDEN_MS_MAX) {
                wake();
            } else {
                look();
            }
        })
        .into_js_value()
        .unchecked_ref(),
    );
    window_event_listener_untyped("online", |_| wake());
    window_event_listener_untyped("pageshow", |event| {
        if event.dyn_into::<web_sys::PageTransitionEvent>().is_ok_and(|it| it.persisted()) {
            wake();
        }
    });
}

async fn keep(live: Live, mut wakes: Wakes) {
    let mut backoff = Backoff::default();
    loop {
        let ended = match load_rest(live).await {
            Err(ended) => ended,
            Ok(()) => connection(live, &mut wakes, &mut backoff).await,
        };
        match ended {
            Ended::Renewed => continue,
            Ended::Gone => {
                live.link.set(LinkState::Offline);
                live.notices.add(Notice::error("This list is not there any more.".to_owned()));
                return;
            }
            Ended::Reset(reason) => {
                // Where this fails too, the next connection is told to reset again.
                let _ = reload(live, reason).await;
            }
            Ended::Broken => {}
        }
        wait(&mut backoff, &mut wakes).await;
    }
}

/// One connection, from the first try for it to its end.
async fn connection(live: Live, wakes: &mut Wakes, backoff: &mut Backoff) -> Ended {
    let socket = match connect(live, wakes, backoff).await {
        Ok(socket) => socket,
        Err(ended) => return ended,
    };
    let since = dom::now_ms();
    let ended = socket.follow(live, wakes).await;
    backoff.lived(dom::now_ms() - since);
    live.link.set(LinkState::Offline);
    if let Some(sentence) = messages::end() {
        live.notices.add(Notice::error(sentence));
    }
    ended
}

/// Loads the rest of a long list, of which the page has one window. The socket follows from the head of
/// what was loaded, so nothing is missed.
async fn load_rest(live: Live) -> Result<(), Ended> {
    if live.is_whole() {
        return Ok(());
    }
    match load(live).await {
        Ok(board) => live.complete(board),
        Err(error) if error.code == ErrorCode::ListNotFound => return Err(Ended::Gone),
        Err(_) => {
            live.link.set(LinkState::Offline);
            return Err(Ended::Broken);
        }
    }
    Ok(())
}

/// Loads the whole list.
async fn load(live: Live) -> Result<Board, ApiError> {
    let answer = pin!(api::load_board(live.list().id.to_string()));
    match select(answer, TimeoutFuture::new(LOAD_WAIT_MS)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(ApiError::plain(ErrorCode::Unreachable)),
    }
}

/// Comes back with a socket, however long that takes, or where there is none to be had.
async fn connect(live: Live, wakes: &mut Wakes, backoff: &mut Backoff) -> Result<Socket, Ended> {
    if let Some(done) = try_to_connect(live, wakes, backoff, FAILED_SOCKETS_MIN).await {
        return done;
    }
    let trying = pin!(try_to_connect(live, wakes, backoff, u32::MAX));
    match select(trying, pin!(asking::follow(live))).await {
        Either::Left((done, _)) => done.unwrap_or(Err(Ended::Broken)),
        Either::Right(_) => Err(Ended::Gone),
    }
}

/// `None` where so many tries have failed.
async fn try_to_connect(
    live: Live,
    wakes: &mut Wakes,
    backoff: &mut Backoff,
    tries_max: u32,
) -> Option<Result<Socket, Ended>> {
    let mut failed = 0;
    while failed < tries_max {
        match Socket::open(live, wakes).await {
            Err(Ended::Renewed) => {}
            Err(Ended::Broken) => {
                failed += 1;
                if live.link.get_untracked() == LinkState::Connecting {
                    live.link.set(LinkState::Offline);
                }
                wait(backoff, wakes).await;
            }
            done => return Some(done),
        }
    }
    None
}

/// Waits before the next try, unless another socket is wanted meanwhile.
async fn wait(backoff: &mut Backoff, wakes: &mut Wakes) {
    select(TimeoutFuture::new(backoff.next_ms(dom::jitter())), wakes.next()).await;
}

/// Loads the board as it is now, because the log does not lead there from what is shown.
async fn reload(live: Live, reason: Option<ResetReason>) -> Result<(), ApiError> {
    let board = load(live).await?;
    live.replace(board, reason);
    Ok(())
}
