//! Sends the commands of the outbox in their order, as many in one request as it takes, until each is
//! answered. A command that got no answer is sent again by the same name, so that it takes effect once.

use std::time::Duration;

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::set_timeout;
use leptos::task::spawn_local;

use crate::api;
use crate::domain::Receipt;
use crate::protocol::{ApiError, COMMANDS_MAX, Envelope, ErrorCode, Posted};
use crate::sync::PendingCommand;
use crate::ui::browser::dom;
use crate::ui::live::store::ListStore;
use crate::ui::live::{backoff, connection};

/// How long an answer may take; a connection that swallows everything would hold the outbox, or the board, for
/// ever.
const ANSWER_WAIT_MS: u32 = 15_000;

/// How long another tab has to send its own commands.
const OTHER_TAB_WAIT: Duration = Duration::from_secs(5);

type Answer = Result<Receipt, ApiError>;

/// Sends what waits, unless that is under way already.
pub(crate) fn send(store: ListStore) {
    if !store.begin_sending() {
        return;
    }
    spawn_local(async move {
        let (mut most, mut is_answered) = (COMMANDS_MAX, false);
        loop {
            let batch = store.next_to_send(most);
            if batch.is_empty() {
                break;
            }
            let answers = match in_time(ask(&batch)).await {
                Ok(answers) => answers,
                Err(error) if error.may_pass() || batch.len() == 1 => vec![Err(error)],
                // Something on the way did not take the request as a whole: each command on its own.
                Err(_) => {
                    most = 1;
                    continue;
                }
            };
            // What comes behind a command that was not answered is asked again with it, to keep the order.
            let answered = answers.iter().take_while(|it| !matches!(it, Err(error) if error.may_pass())).count();
            let failed = answers.get(answered).and_then(|it| it.as_ref().err()).map(|it| it.code);
            is_answered |= answered > 0;
            store.answered(batch.iter().zip(answers).take(answered));
            if let Some(code) = failed {
                if code == ErrorCode::Unreachable {
                    // The socket may not have noticed yet.
                    connection::doubt();
                }
                retry(store, store.end_sending(true));
                return;
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

async fn ask(batch: &[PendingCommand]) -> Result<Vec<Answer>, ApiError> {
    let envelope = |it: &PendingCommand| {
        Posted(Ok(Envelope { list: it.list.clone(), op: Some(it.op), command: it.command.clone() }))
    };
    let results = api::run(batch.iter().map(envelope).collect()).await?.results;
    // What answers otherwise is not our server.
    if results.len() != batch.len() {
        return Err(ApiError::plain(ErrorCode::Unreachable));
    }
    Ok(results.into_iter().map(Answer::from).collect())
}
