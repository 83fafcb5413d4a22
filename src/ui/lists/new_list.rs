//! Makes a new list and goes there: a plain form. Without a network it waits like any other command.

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

use crate::domain::todo::TEXT_CHARS_MAX;
use crate::domain::{Command, ShortText};
use crate::protocol::error::ErrorCode;
use crate::ui::browser::storage;
use crate::ui::live::connection_state::ConnectionState;
use crate::ui::live::store::ListStore;
use crate::ui::one_kind::{effect, on};
use crate::ui::route::PageQuery;

/// What the half-typed name of a new list is stored under.
const NEW_LIST: &str = "new-list";

/// Makes a new list and goes there: a plain form, with or without a script.
#[component]
pub fn NewList(
    /// The name that was refused, and why.
    query: PageQuery,
) -> impl IntoView {
    let refused = query.refused.filter(|_| query.name.is_some()).map(ErrorCode::sentence);
    let store = expect_context::<ListStore>();
    let field = NodeRef::<Input>::new();
    let on_submit = move |event: SubmitEvent| {
        storage::keep_text(NEW_LIST, "");
        // The browser would show its own error page. The list is made as soon as there is a connection.
        if store.connection.get_untracked() == ConnectionState::Offline
            && let Some(field) = field.get_untracked()
            && let Ok(name) = ShortText::parse(&field.value())
        {
            event.prevent_default();
            field.set_value("");
            store.list_command(Command::CreateList { name });
        }
    };
    // What was half typed when the page was left.
    effect(move |_| {
        if let Some(field) = field.get_untracked().filter(|it| it.value().is_empty()) {
            field.set_value(&storage::text(NEW_LIST).unwrap_or_default());
        }
    });
    view! {
        <form
            class="new-list"
            method="post"
            action="/api/lists/create"
            on:submit=on(on_submit)
        >
            <input
                name="name"
                placeholder="Name of a new list"
                aria-label="Name of a new list"
                autocomplete="off"
                maxlength=TEXT_CHARS_MAX.to_string()
                required
                dir="auto"
                value=query.name
                node_ref=field
                on:input=on(move |event| storage::keep_text(NEW_LIST, &event_target_value(&event)))
            />
            <button>"New list"</button>
        </form>
        <p class="refused" role="alert">{refused}</p>
    }
}
