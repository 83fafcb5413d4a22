//! Sends the wishes of the outbox, one after the other, until each is answered. A wish that got no
//! answer is sent again by the same name, so that it comes true once.

use std::time::Duration;

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::set_timeout;
use leptos::task::spawn_local;

use crate::api;
use crate::domain::{Receipt, Wish};
use crate::protocol::error::{ApiError, ErrorCode};
use crate::sync::Wished;
use crate::ui::browser::dom;
use crate::ui::live::store::Live;
use crate::ui::live::{backoff, connection};

/// How long an answer may take; a link that swallows everything would hold the outbox, or the board, for
/// ever.
const ANSWER_WAIT_MS: u32 = 15_000;

/// How long another tab has to send its own wishes.
const OTHER_TAB_WAIT: Duration = Duration::from_secs(5);

/// Sends what waits, unless that is under way already.
pub(crate) fn send(live: Live) {
    if !live.begin_sending() {
        return;
    }
    spawn_local(async move {
        let mut is_answered = false;
        while let Some(wished) = live.next_to_send() {
            match in_time(ask(&wished)).await {
                Err(error) if error.may_pass() => {
                    if error.code == ErrorCode::Unreachable {
                        // The socket may not have noticed yet.
                        connection::doubt();
                    }
                    retry(live, live.end_sending(true));
                    return;
                }
                answer => {
                    live.answered(&wished, answer);
                    is_answered = true;
                }
            }
        }
        live.end_sending(false);
        if is_answered {
            // Its event is in the log by now. A socket brings it by itself.
            connection::look();
        }
    });
}

/// Tries again after a while: once, however many wishes have failed meanwhile.
fn retry(live: Live, tries: u32) {
    if live.plan_retry() {
        let delay_ms = backoff::delay_ms(tries, dom::jitter());
        let again = move || {
            live.begin_retry();
            send(live);
        };
        set_timeout(again, Duration::from_millis(delay_ms.into()));
    }
}

/// Sends what still waits by then.
pub(crate) fn send_later(live: Live) {
    set_timeout(move || send(live), OTHER_TAB_WAIT);
}

/// Gives up on an answer that takes too long.
pub(crate) async fn in_time<T>(answer: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
    match select(std::pin::pin!(answer), TimeoutFuture::new(ANSWER_WAIT_MS)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(ApiError::plain(ErrorCode::Unreachable)),
    }
}

async fn ask(wished: &Wished) -> Result<Receipt, ApiError> {
    let list = wished.list.to_string();
    let op = Some(wished.op.to_string());
    match &wished.wish {
        Wish::Create { id, title } => api::create(list, title.to_string(), Some(id.to_string()), op).await,
        Wish::Rename { id, title } => api::rename(list, id.to_string(), title.to_string(), op).await,
        Wish::Complete { id } => api::complete(list, id.to_string(), op).await,
        Wish::Reopen { id } => api::reopen(list, id.to_string(), op).await,
        Wish::Delete { id } => api::delete(list, id.to_string(), op).await,
        Wish::CompleteAll => api::complete_all(list, op).await,
        Wish::ReopenAll => api::reopen_all(list, op).await,
        Wish::ClearCompleted => api::clear_completed(list, op).await,
    }
}
