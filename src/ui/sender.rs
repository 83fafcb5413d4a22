//! Sends the wishes of the outbox, one after the other, until each is answered. A wish that got no
//! answer is sent again by the same name, so that it comes true once.

use std::time::Duration;

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::set_timeout;
use leptos::task::spawn_local;

use super::live::Live;
use super::{browser, link};
use crate::api::{self, ApiError, ErrorCode};
use crate::domain::{Receipt, Wish, Wished};

/// The first wait before a wish is sent again.
const RETRY_DELAY_MS: u32 = 250;

/// The longest such wait.
const RETRY_DELAY_MS_MAX: u32 = 15_000;

/// How long an answer may take; a link that swallows everything would hold the outbox for ever.
const ANSWER_WAIT_MS: u32 = 15_000;

/// How long another tab has to send its own wishes.
const OTHER_TAB_WAIT: Duration = Duration::from_secs(5);

/// Sends what waits, unless that is under way already.
pub(crate) fn send(live: Live) {
    if !live.begin_sending() {
        return;
    }
    spawn_local(async move {
        while let Some(wished) = live.next_to_send() {
            match call(&wished).await {
                Err(error) if error.may_pass() => {
                    if error.code == ErrorCode::Unreachable {
                        // The socket may not have noticed yet.
                        link::doubt();
                    }
                    retry(live, live.end_sending(true));
                    return;
                }
                answer => live.answered(&wished, answer),
            }
        }
        live.end_sending(false);
    });
}

/// Tries again after a while: once, however many wishes have failed meanwhile.
fn retry(live: Live, tries: u32) {
    if live.plan_retry() {
        let delay_ms = delay_ms(tries, RETRY_DELAY_MS, RETRY_DELAY_MS_MAX);
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

/// Exponential, with full jitter, so that many browsers do not come back in step.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a small maximum")]
pub(crate) fn delay_ms(tries: u32, first_ms: u32, max_ms: u32) -> u32 {
    let ceiling = first_ms.saturating_mul(2_u32.saturating_pow(tries)).min(max_ms);
    (f64::from(ceiling) * browser::jitter()) as u32
}

async fn call(wished: &Wished) -> Result<Receipt, ApiError> {
    let answer = std::pin::pin!(ask(wished));
    match select(answer, TimeoutFuture::new(ANSWER_WAIT_MS)).await {
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
