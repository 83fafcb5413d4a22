//! The field for a message over the socket.

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

use crate::protocol::frames::MESSAGE_BYTES_MAX;
use crate::ui::browser::storage;
use crate::ui::live::connection;
use crate::ui::live::connection_state::ConnectionState;
use crate::ui::live::store::ListStore;
use crate::ui::notices::Notice;
use crate::ui::one_kind::{RwSignal, changing, effect, on};

/// What the half-typed message is stored under.
const MESSAGE: &str = "message";

/// The id of the sentence about a message that was refused.
const REFUSED: &str = "message-refused";

/// Sends a message over the socket; its echo comes back as a notice.
#[component]
pub fn MessageForm() -> impl IntoView {
    let store = expect_context::<ListStore>();
    let field = NodeRef::<Input>::new();
    let is_too_long = RwSignal::new(false);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        let message = field.value();
        // The server would close the socket.
        is_too_long.set(message.len() > MESSAGE_BYTES_MAX);
        // A message of blanks is a mistake, not a message.
        if message.len() > MESSAGE_BYTES_MAX || message.trim().is_empty() {
            return;
        }
        let state = store.connection.get_untracked();
        if state == ConnectionState::Live && connection::send_message(message.clone()) {
            store.notices.log.sent(&message);
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
    let on_input = move |event| {
        let text = event_target_value(&event);
        if text.len() <= MESSAGE_BYTES_MAX {
            is_too_long.set(false);
        }
        storage::keep_text(MESSAGE, &text);
    };
    let refused = move || is_too_long.get().then(|| "That is longer than 64 KiB: please shorten it.".to_owned());
    view! {
        <form class="message-form" on:submit=on(on_submit)>
            <input
                class="message"
                placeholder="Send a message over the socket"
                aria-label="Send a message over the socket"
                autocomplete="off"
                dir="auto"
                aria-invalid=changing(move || is_too_long.get().then(|| "true".to_owned()))
                aria-describedby=REFUSED
                node_ref=field
                on:input=on(on_input)
            />
            <button>"Send"</button>
        </form>
        <p class="refused" id=REFUSED role="alert">{changing(refused)}</p>
    }
}
