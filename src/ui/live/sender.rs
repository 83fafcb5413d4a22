//! Sends the commands of the outbox in their order, as many in one request as it takes, until each is
//! answered. A command that got no answer is sent again by the same name, so that it takes effect once.

use std::time::Duration;

use leptos::prelude::{Effect, Track, set_timeout};
use leptos::task::spawn_local;

use crate::api;
use crate::domain::Receipt;
use crate::protocol::{ApiError, COMMANDS_MAX, Envelope, ErrorCode, Posted};
use crate::sync::PendingCommand;
use crate::ui::browser::dom;
use crate::ui::live::backoff;
use crate::ui::live::in_time::in_time;
use crate::ui::live::store::ListStore;

/// How long another tab has to send its own commands.
const OTHER_TAB_WAIT: Duration = Duration::from_secs(5);

type Answer = Result<Receipt, ApiError>;

/// What the sender tells whoever keeps the connection.
#[derive(Clone, Copy)]
pub(crate) struct Hints {
    /// The server could not be reached. The socket may not have noticed yet.
    pub(crate) unreachable: fn(),
    /// A command was accepted: its event is in the log by now. A socket brings it by itself.
    pub(crate) accepted: fn(),
}

/// Sends what waits now, and what is waiting whenever the store says so.
pub(crate) fn start(store: ListStore, hints: Hints) {
    Effect::new(move |_| {
        store.to_send.track();
        send(store, hints);
    });
    Effect::new(move |before: Option<()>| {
        store.to_send_later.track();
        if before.is_some() {
            // The tab that made it sends it; where that tab is gone by then, this one does.
            set_timeout(move || send(store, hints), OTHER_TAB_WAIT);
        }
    });
}

/// Sends what waits, unless that is under way already.
fn send(store: ListStore, hints: Hints) {
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
                    (hints.unreachable)();
                }
                retry(store, hints, store.end_sending(true));
                return;
            }
        }
        store.end_sending(false);
        if is_answered {
            (hints.accepted)();
        }
    });
}

/// Tries again after a while: once, however many commands have failed meanwhile.
fn retry(store: ListStore, hints: Hints, tries: u32) {
    if store.plan_retry() {
        let delay_ms = backoff::delay_ms(tries, dom::jitter());
        let again = move || {
            store.begin_retry();
            send(store, hints);
        };
        set_timeout(again, Duration::from_millis(delay_ms.into()));
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
