//! The field for a message over the socket, and the state of the connection.

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

use crate::ui::browser::storage;
use crate::ui::live::connection;
use crate::ui::live::connection_state::ConnectionState;
use crate::ui::live::store::ListStore;
use crate::ui::notices::Notice;
use crate::ui::one_kind::{changing, effect, on};

/// What the half-typed message is stored under.
const MESSAGE: &str = "message";

/// The state of the connection in a few words, and how many changes wait to be sent.
#[component]
pub fn ConnectionBadge() -> impl IntoView {
    let store = expect_context::<ListStore>();
    let word = move || {
        let words = match store.connection.get() {
            ConnectionState::Connecting => "Connecting…",
            ConnectionState::Live => "Live",
            ConnectionState::Asking => "Live, asking every few seconds",
            ConnectionState::Offline => "Offline, trying again",
        };
        words.to_owned()
    };
    let waiting = move || match (store.connection.get(), store.unsent.get()) {
        (ConnectionState::Live | ConnectionState::Asking, _) | (_, 0) => String::new(),
        (_, 1) => " · 1 change waits".to_owned(),
        (_, n) => format!(" · {n} changes wait"),
    };
    view! {
        <p
            class="connection"
            role="status"
            class:connection-live=changing(move || store.connection.get() == ConnectionState::Live)
            class:connection-offline=changing(move || store.connection.get() == ConnectionState::Offline)
        >
            {changing(word)}{changing(waiting)}
        </p>
    }
}

/// Sends a message over the socket; its echo comes back as a notice.
#[component]
pub fn MessageForm() -> impl IntoView {
    let store = expect_context::<ListStore>();
    let field = NodeRef::<Input>::new();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked().filter(|it| !it.value().is_empty()) else { return };
        let state = store.connection.get_untracked();
        if state == ConnectionState::Live && connection::send_message(field.value()) {
            field.set_value("");
            storage::keep_text(MESSAGE, "");
            return;
        }
        store.notices.add(Notice::error(if state == ConnectionState::Asking {
            "The message was not sent: it needs a socket, and something between here and the server lets none through."
                .to_owned()
        } else {
            "The message was not sent: there is no connection to the server.".to_owned()
        }));
    };
    // What was half typed when the page was left.
    effect(move |_| {
        if let Some(field) = field.get_untracked().filter(|it| it.value().is_empty()) {
            field.set_value(&storage::text(MESSAGE).unwrap_or_default());
        }
    });
    view! {
        <form class="message-form" on:submit=on(on_submit)>
            <input
                class="message"
                placeholder="Send a message over the socket"
                aria-label="Send a message over the socket"
                autocomplete="off"
                dir="auto"
                node_ref=field
                on:input=on(move |event| storage::keep_text(MESSAGE, &event_target_value(&event)))
            />
            <button>"Send"</button>
        </form>
    }
}
