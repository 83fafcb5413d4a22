//! Sends the commands of the outbox, one after the other, until each is answered. A command that got no
//! answer is sent again by the same name, so that it takes effect once.

use std::time::Duration;

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::set_timeout;
use leptos::task::spawn_local;

use crate::api;
use crate::domain::{Command, Receipt};
use crate::protocol::error::{ApiError, ErrorCode};
use crate::sync::PendingCommand;
use crate::ui::browser::dom;
use crate::ui::live::store::ListStore;
use crate::ui::live::{backoff, connection};

/// How long an answer may take; a connection that swallows everything would hold the outbox, or the board, for
/// ever.
const ANSWER_WAIT_MS: u32 = 15_000;

/// How long another tab has to send its own commands.
const OTHER_TAB_WAIT: Duration = Duration::from_secs(5);

/// Sends what waits, unless that is under way already.
pub(crate) fn send(store: ListStore) {
    if !store.begin_sending() {
        return;
    }
    spawn_local(async move {
        let mut is_answered = false;
        while let Some(pending) = store.next_to_send() {
            match in_time(ask(&pending)).await {
                Err(error) if error.may_pass() => {
                    if error.code == ErrorCode::Unreachable {
                        // The socket may not have noticed yet.
                        connection::doubt();
                    }
                    retry(store, store.end_sending(true));
                    return;
                }
                answer => {
                    store.answered(&pending, answer);
                    is_answered = true;
                }
            }
        }
        store.end_sending(false);
        if is_answered {
            // Its event is in the log by now. A socket brings it by itself.
            connection::look();
        }
    });
}

/// Tries again after a while: once, however many commands have failed meanwhile.
fn retry(store: ListStore, tries: u32) {
    if store.plan_retry() {
        let delay_ms = backoff::delay_ms(tries, dom::jitter());
        let again = move || {
            store.begin_retry();
            send(store);
        };
        set_timeout(again, Duration::from_millis(delay_ms.into()));
    }
}

/// Sends what still waits by then.
pub(crate) fn send_later(store: ListStore) {
    set_timeout(move || send(store), OTHER_TAB_WAIT);
}

/// Gives up on an answer that takes too long.
pub(crate) async fn in_time<T>(answer: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
    match select(std::pin::pin!(answer), TimeoutFuture::new(ANSWER_WAIT_MS)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(ApiError::plain(ErrorCode::Unreachable)),
    }
}

async fn ask(pending: &PendingCommand) -> Result<Receipt, ApiError> {
    let list = pending.list.to_string();
    let op = Some(pending.op.to_string());
    match &pending.command {
        Command::Create { id, title } => api::create(list, title.to_string(), Some(id.to_string()), op).await,
        Command::Rename { id, title } => api::rename(list, id.to_string(), title.to_string(), op).await,
        Command::Complete { id } => api::complete(list, id.to_string(), op).await,
        Command::Reopen { id } => api::reopen(list, id.to_string(), op).await,
        Command::Delete { id } => api::delete(list, id.to_string(), op).await,
        Command::CompleteAll => api::complete_all(list, op).await,
        Command::ReopenAll => api::reopen_all(list, op).await,
        Command::ClearCompleted => api::clear_completed(list, op).await,
    }
}
