//! Sends the wishes of the outbox, one after the other, until each is answered. A wish that got no
//! answer is sent again by the same name, so that it comes true once.

use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use super::browser;
use super::live::Live;
use crate::api::{self, ApiError};
use crate::domain::{Op, Receipt, Wish};

/// The first wait before a wish is sent again.
const RETRY_DELAY_MS: u32 = 250;

/// The longest such wait.
const RETRY_DELAY_MS_MAX: u32 = 15_000;

/// Sends what waits, unless that is under way already.
pub(crate) fn send(live: Live) {
    if !live.begin_sending() {
        return;
    }
    spawn_local(async move {
        let mut tries = 0;
        while let Some((op, wish)) = live.next_to_send() {
            match call(live, op, &wish).await {
                Err(error) if error.may_pass() => {
                    TimeoutFuture::new(delay_ms(tries, RETRY_DELAY_MS, RETRY_DELAY_MS_MAX)).await;
                    tries += 1;
                }
                answer => {
                    tries = 0;
                    live.answered(op, &wish, answer);
                }
            }
        }
        live.end_sending();
    });
}

/// Exponential, with full jitter, so that many browsers do not come back in step.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a small maximum")]
pub(crate) fn delay_ms(tries: u32, first_ms: u32, max_ms: u32) -> u32 {
    let ceiling = first_ms.saturating_mul(2_u32.saturating_pow(tries)).min(max_ms);
    (f64::from(ceiling) * browser::jitter()) as u32
}

async fn call(live: Live, op: Op, wish: &Wish) -> Result<Receipt, ApiError> {
    let list = live.list().id.to_string();
    let op = Some(op.to_string());
    match wish {
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
