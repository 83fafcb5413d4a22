//! A page that the browser kept for when there is no network (`public/sw.js`): it says of when it is, and has the
//! board that was on screen when the page was left.

use leptos::prelude::*;

use crate::domain::EventId;
use crate::ui::browser::kept;
use crate::ui::live::connection_state::ConnectionState;
use crate::ui::live::store::ListStore;
use crate::ui::one_kind::{RwSignal, StoredValue, changing, effect, flag};

/// Shows the board that was on screen last, where the page is a kept one; and has this page's board kept when the
/// network goes or the page is left.
pub(crate) fn start(store: ListStore) {
    if let Some(board) = kept::board().filter(|it| it.head.0.seq > store.head().seq) {
        if store.is_whole() {
            store.replace(board, None);
        } else {
            store.complete(board);
        }
    }
    let last = StoredValue::new(None::<EventId>);
    let keep = move || {
        let head = store.head();
        if store.is_whole() && last.get_value() != Some(head) {
            last.set_value(Some(head));
            store.with_board(kept::keep);
        }
    };
    kept::on_leaving(keep);
    // While it lasts, nothing new comes, and a browser may end a page in the background without a word.
    effect(move |_| {
        if store.connection.get() == ConnectionState::Offline {
            keep();
        }
    });
}

/// Says that the page is a kept one, and of when, until it has caught up.
#[component]
pub fn KeptSince() -> impl IntoView {
    let store = expect_context::<ListStore>();
    let since = RwSignal::new(None::<String>);
    effect(move |_| since.set(kept::since()));
    effect(move |_| {
        if matches!(store.connection.get(), ConnectionState::Live | ConnectionState::Asking) {
            since.set(None);
        }
    });
    let text = move || {
        since.read().as_ref().map(|it| {
            format!(
                "The server can’t be reached. This is the list as of {it}. What you change is kept in this browser and \
                 goes out by itself."
            )
        })
    };
    view! { <p class="kept" role="status" hidden=flag(move || since.read().is_none())>{changing(text)}</p> }
}
