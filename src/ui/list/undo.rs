//! What the person did last, and the way to take it back: a button for a while, and Ctrl+Z at any time.

use std::time::Duration;

use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;

use crate::domain::ListId;
use crate::ui::browser::dom;
use crate::ui::live::store::ListStore;
use crate::ui::notices::once_unused;
use crate::ui::one_kind::{changing, effect, flag, on};

/// Long enough to see that it was a mistake and to get to the button.
const OFFER_LIFE: Duration = Duration::from_secs(8);

/// Says what the person did last, and offers to take it back.
#[component]
pub(crate) fn UndoOffer(
    /// The list that was just deleted, which the form restores without JavaScript.
    deleted: Option<ListId>,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    effect(move |_| listen(store));
    effect(move |_| {
        if let Some(number) = store.acted.read().as_ref().map(|it| it.number) {
            let is_last = move || store.acted.read_untracked().as_ref().is_some_and(|it| it.number == number);
            once_unused(OFFER_LIFE, move || {
                if is_last() {
                    store.acted.set(None);
                }
            });
        }
    });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        store.undo();
    };
    view! {
        <form
            class="undo"
            method="post"
            action="/api/lists/restore"
            hidden=flag(move || store.acted.read().is_none())
            on:submit=on(on_submit)
        >
            {deleted.map(|it| view! { <input type="hidden" name="list" value=it.to_string()/> })}
            <span dir="auto">{changing(move || store.acted.read().as_ref().map(|it| it.text.clone()))}</span>
            <button aria-keyshortcuts="Control+Z">"Undo"</button>
        </form>
    }
}

/// Ctrl+Z and Ctrl+Shift+Z or Ctrl+Y, as in any editor. In a field with text they are about the text.
fn listen(store: ListStore) {
    let handle = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        let has_control = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
        if !has_control || dom::is_typing(&event) {
            return;
        }
        match (event.key().to_ascii_lowercase().as_str(), event.shift_key()) {
            ("z", false) => store.undo(),
            ("z", true) | ("y", false) => store.redo(),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || handle.remove());
}
