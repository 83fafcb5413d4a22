//! Sends the commands of the outbox in order, as many in one request as are allowed, until each is answered.
//! A command without an answer is sent again with the same op, so that it takes effect only once.

use std::time::Duration;

use leptos::prelude::{Track, set_timeout};
use leptos::task::spawn_local;

use crate::api;
use crate::domain::Receipt;
use crate::protocol::{ApiError, COMMANDS_MAX, Envelope, ErrorCode, Posted};
use crate::sync::PendingCommand;
use crate::ui::browser::dom;
use crate::ui::live::backoff;
use crate::ui::live::connection_state::ConnectionState;
use crate::ui::live::in_time::in_time;
use crate::ui::live::store::ListStore;
use crate::ui::one_kind::effect;

/// How long another tab has to send its own commands.
const OTHER_TAB_WAIT: Duration = Duration::from_secs(5);

type Answer = Result<Receipt, ApiError>;

/// What the sender calls to inform the connection.
#[derive(Clone, Copy)]
pub(crate) struct Hints {
    /// The server could not be reached; the socket may not have noticed yet.
    pub(crate) unreachable: fn(),
    /// A command was accepted, so its event is in the log. A socket pushes it anyway, but a page that asks
    /// can ask now.
    pub(crate) accepted: fn(),
}

/// Sends what waits, now and whenever the store notifies.
pub(crate) fn start(store: ListStore, hints: Hints) {
    effect(move |_| {
        store.to_send.track();
        send(store, hints);
    });
    effect(move |before| {
        store.to_send_later.track();
        if before.is_some() {
            // The tab that made the command sends it. If that tab is closed by then, this one does.
            set_timeout(move || send(store, hints), OTHER_TAB_WAIT);
        }
    });
}

/// Sends what waits, unless something is being sent already.
fn send(store: ListStore, hints: Hints) {
    // What was never sent can be taken back, so nothing is tried that can't get out. A browser without a network
    // may still reach a server on its own machine.
    let is_cut_off = dom::is_offline() && store.connection.get_untracked() == ConnectionState::Offline;
    if is_cut_off || !store.begin_sending() {
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
                // The request as a whole was not accepted, so each command is sent in its own request.
                Err(_) => {
                    most = 1;
                    continue;
                }
            };
            // Commands after one without an answer are sent again with it, to keep the order.
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

/// Plans one more try after a while, unless one is planned already.
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
    // Only something other than our server answers like this.
    if results.len() != batch.len() {
        return Err(ApiError::plain(ErrorCode::Unreachable));
    }
    Ok(results.into_iter().map(Answer::from).collect())
}
