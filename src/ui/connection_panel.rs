//! The state of the connection: a word in the top bar, and the panel that it opens. The browser itself opens and
//! closes the panel (`popover`); where there is room beside the list, the style sheet shows it at all times.

use leptos::prelude::*;

use crate::ui::browser::dom;
use crate::ui::live::connection_state::ConnectionState;
use crate::ui::live::store::ListStore;
use crate::ui::message_form::MessageForm;
use crate::ui::notices::log::VisitLog;
use crate::ui::one_kind::{RwSignal, changing, effect};

/// The panel's id, for the button that opens it.
const PANEL: &str = "connection";

/// The state in a few words, and how many changes wait to be sent; the button that opens the panel.
#[component]
pub fn ConnectionBadge() -> impl IntoView {
    let store = expect_context::<ListStore>();
    let word = move || match store.connection.get() {
        ConnectionState::Connecting => "Connecting…",
        ConnectionState::Live | ConnectionState::Asking => "Live",
        ConnectionState::Offline => "Offline",
    };
    // On a phone there is room for one word.
    let detail = move || match (store.connection.get(), store.unsent.get()) {
        (ConnectionState::Asking, _) => ", asking every few seconds".to_owned(),
        (ConnectionState::Offline, 0) => ", trying again".to_owned(),
        (ConnectionState::Offline, 1) => ", trying again · 1 change waits".to_owned(),
        (ConnectionState::Offline, n) => format!(", trying again · {n} changes wait"),
        (ConnectionState::Connecting, 1) => " · 1 change waits".to_owned(),
        (ConnectionState::Connecting, n) if n > 0 => format!(" · {n} changes wait"),
        _ => String::new(),
    };
    view! {
        <p
            class="connection"
            role="status"
            class:connection-live=changing(move || store.connection.get() == ConnectionState::Live)
            class:connection-offline=changing(move || store.connection.get() == ConnectionState::Offline)
        >
            <button type="button" popovertarget=PANEL title="About the connection">
                {changing(move || word().to_owned())}
                <span class="detail">{changing(detail)}</span>
            </button>
        </p>
    }
}

/// What can be known of the connection, and what can be sent over it.
#[component]
pub fn ConnectionPanel() -> impl IntoView {
    let store = expect_context::<ListStore>();
    let log = store.notices.log;
    let state = move || match store.connection.get() {
        ConnectionState::Connecting => "The socket is being opened.",
        ConnectionState::Live => "What anyone changes is here at once.",
        ConnectionState::Asking => {
            "Something on the way lets no socket through, so this page asks for changes every few seconds."
        }
        ConnectionState::Offline => "The server can’t be reached. What you change is kept here and goes out by itself.",
    };
    let round_trip = move || log.round_trip.get().map_or_else(|| "–".to_owned(), |it| format!("{it} ms"));
    let command = RwSignal::new(String::new());
    effect(move |_| command.set(format!("websocat {}", dom::socket_url())));
    view! {
        <aside class="panel" id=PANEL popover="auto" aria-labelledby="connection-title">
            <header class="panel-head">
                <h2 id="connection-title">"Connection"</h2>
                <button
                    type="button"
                    class="close"
                    popovertarget=PANEL
                    popovertargetaction="hide"
                    aria-label="Close this panel"
                ></button>
            </header>
            <p class="panel-state">{changing(move || state().to_owned())}</p>
            <dl class="facts">
                <dt>"Last echo"</dt>
                <dd>{changing(round_trip)}</dd>
                <dt>"Changes that wait"</dt>
                <dd>{changing(move || store.unsent.get().to_string())}</dd>
            </dl>
            <MessageForm/>
            <VisitLog log/>
            <p class="by-hand">"The same from a terminal:" <code dir="ltr">{changing(move || command.get())}</code></p>
        </aside>
    }
}
