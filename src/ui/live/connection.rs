//! The connection to the server: a socket follows the list, and is opened again from the board's head when it
//! breaks. Browsers show neither pings nor a dead connection, so a silence longer than the server's heartbeat
//! counts as the end. If no socket can be opened, the page asks for events instead, and goes on trying.

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
pub(crate) use messages::send_message;
use one_task::OneTask;
use socket::{Ended, Socket};

use crate::api;
use crate::domain::{Board, Command};
use crate::protocol::ResetReason;
use crate::protocol::error::{ApiError, ErrorCode};
use crate::ui::browser::dom;
use crate::ui::live::backoff::Backoff;
use crate::ui::live::connection_state::ConnectionState;
use crate::ui::live::in_time::in_time;
use crate::ui::live::store::{ListStore, WhoDeleted};
use crate::ui::notices::Notice;
use crate::ui::route::Route;

/// How many sockets must fail in a row before the page follows by asking: a restart of the server, or a
/// moment without a network, is over by then.
const FAILED_SOCKETS_MIN: u32 = 3;

/// How long a whole list may take to load: the longest is a few megabytes. Without a limit, a connection that
/// never answers would stop the page for ever.
const LOAD_WAIT_MS: u32 = 60_000;

/// If the page was hidden for longer than this, it connects again: a computer that slept may have lost the
/// connection without notice. Connecting again costs one round trip.
const HIDDEN_MS_MAX: i64 = 5_000;

/// Requests for another socket.
type Wakes = mpsc::UnboundedReceiver<()>;

thread_local! {
    /// The task that keeps the connection. A page is one thread, and has one connection.
    static TASK: OneTask = OneTask::default();
    /// Whether the list was not there the last time.
    static IS_GONE: Cell<bool> = const { Cell::new(false) };
    /// Where another socket can be requested from the task.
    static WAKES: RefCell<Option<mpsc::UnboundedSender<()>>> = const { RefCell::new(None) };
}

/// Another request could not reach the server, so the socket may be broken too.
pub(crate) fn doubt() {
    reconnect();
}

/// A command was accepted: its event is in the log. A socket brings it by itself.
pub(crate) fn accepted() {
    look();
    // The list may be back.
    if IS_GONE.replace(false) {
        reconnect();
    }
}

/// Requests another socket now.
fn reconnect() {
    WAKES.with_borrow(|wakes| {
        let _ = wakes.as_ref().map(|it| it.unbounded_send(()));
    });
}

/// The page is in use again, so it looks for changes now, with a socket or by asking.
fn wake() {
    reconnect();
    look();
}

/// Opens the page's connection and keeps it until the page is closed or the connection is opened again.
pub(crate) fn open(store: ListStore) {
    let (sender, wakes) = mpsc::unbounded();
    if WAKES.replace(Some(sender)).is_none() {
        listen_for_waking();
    }
    spawn_local(TASK.with(|it| it.replace(keep(store, wakes))));
}

/// Makes the page look for changes at once when it becomes visible, comes out of the browser's cache, or when the
/// network comes or goes.
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
    // An open socket would not notice until the next heartbeat is missing. The server may be on this machine, so
    // only another socket shows whether it can still be reached.
    window_event_listener_untyped("offline", |_| wake());
    window_event_listener_untyped("pageshow", |event| {
        if event.dyn_into::<web_sys::PageTransitionEvent>().is_ok_and(|it| it.persisted()) {
            wake();
        }
    });
}

async fn keep(store: ListStore, mut wakes: Wakes) {
    let mut backoff = Backoff::default();
    let mut is_told = false;
    loop {
        let ended = match load_rest(store).await {
            Err(ended) => ended,
            Ok(()) => connection(store, &mut wakes, &mut backoff).await,
        };
        match ended {
            Ended::Renewed => continue,
            Ended::Gone => {
                store.connection.set(ConnectionState::Offline);
                match store.who_deleted() {
                    WhoDeleted::Here => dom::replace_page(&Route::after_delete(&store.list().id)),
                    // It may come back: someone who deleted it can take that back.
                    WhoDeleted::Elsewhere if !std::mem::replace(&mut is_told, true) => {
                        let notice = Notice::error("This list is not there any more.".to_owned());
                        store.notices.add(notice.with_command("Restore", Command::RestoreList));
                    }
                    WhoDeleted::Elsewhere | WhoDeleted::NotKnownYet => {}
                }
                IS_GONE.set(true);
                // No socket for this list is let in, and so none for the index.
                load_lists(store).await;
            }
            Ended::Reset(reason) => {
                // If this fails too, the next connection is told to reset again.
                let _ = reload(store, reason).await;
            }
            Ended::ListsReset => load_lists(store).await,
            Ended::Broken => {}
        }
        wait(&mut backoff, &mut wakes).await;
    }
}

/// Loads all lists. If this fails, the next connection finds out again.
async fn load_lists(store: ListStore) {
    if let Ok(index) = in_time(api::load_lists()).await {
        store.replace_lists(index);
    }
}

/// One connection, from the first try to its end.
async fn connection(store: ListStore, wakes: &mut Wakes, backoff: &mut Backoff) -> Ended {
    let socket = match connect(store, wakes, backoff).await {
        Ok(socket) => socket,
        Err(ended) => return ended,
    };
    let since = dom::now_ms();
    let ended = socket.follow(store, wakes).await;
    backoff.lived(dom::now_ms() - since);
    store.connection.set(ConnectionState::Offline);
    if let Some(sentence) = messages::end() {
        store.notices.add(Notice::error(sentence));
    }
    ended
}

/// Loads the rest of a long list if the page has only one window of it. The socket follows from the head of
/// the loaded board, so nothing is missed.
async fn load_rest(store: ListStore) -> Result<(), Ended> {
    if store.is_whole() {
        return Ok(());
    }
    match load(store).await {
        Ok(board) => store.complete(board),
        Err(error) if error.code == ErrorCode::ListNotFound => return Err(Ended::Gone),
        Err(_) => {
            store.connection.set(ConnectionState::Offline);
            return Err(Ended::Broken);
        }
    }
    Ok(())
}

/// Loads the whole list.
async fn load(store: ListStore) -> Result<Board, ApiError> {
    let answer = pin!(api::load_board(store.list().id.to_string()));
    match select(answer, TimeoutFuture::new(LOAD_WAIT_MS)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(ApiError::plain(ErrorCode::Unreachable)),
    }
}

/// Returns with a socket, however long that takes, or with the reason why there can be none.
async fn connect(store: ListStore, wakes: &mut Wakes, backoff: &mut Backoff) -> Result<Socket, Ended> {
    if let Some(done) = try_to_connect(store, wakes, backoff, FAILED_SOCKETS_MIN).await {
        return done;
    }
    let trying = pin!(try_to_connect(store, wakes, backoff, u32::MAX));
    match select(trying, pin!(asking::follow(store))).await {
        Either::Left((done, _)) => done.unwrap_or(Err(Ended::Broken)),
        Either::Right(_) => Err(Ended::Gone),
    }
}

/// `None` if `tries_max` tries have failed.
async fn try_to_connect(
    store: ListStore,
    wakes: &mut Wakes,
    backoff: &mut Backoff,
    tries_max: u32,
) -> Option<Result<Socket, Ended>> {
    let mut failed = 0;
    while failed < tries_max {
        match Socket::open(store, wakes).await {
            Err(Ended::Renewed) => {}
            Err(Ended::Broken) => {
                failed += 1;
                if store.connection.get_untracked() == ConnectionState::Connecting {
                    store.connection.set(ConnectionState::Offline);
                }
                wait(backoff, wakes).await;
            }
            done => return Some(done),
        }
    }
    None
}

/// Waits before the next try, unless another socket is requested meanwhile.
async fn wait(backoff: &mut Backoff, wakes: &mut Wakes) {
    select(TimeoutFuture::new(backoff.next_ms(dom::jitter())), wakes.next()).await;
}

/// Loads the board as it is now, when it can't be reached by applying events.
async fn reload(store: ListStore, reason: Option<ResetReason>) -> Result<(), ApiError> {
    let board = load(store).await?;
    store.replace(board, reason);
    Ok(())
}
