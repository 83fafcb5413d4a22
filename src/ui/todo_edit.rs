//! The field that renames a todo. What others do to the todo meanwhile does not touch it: not the
//! text, not the caret, not even by deleting the todo.

use leptos::ev::{FocusEvent, KeyboardEvent, SubmitEvent};
use leptos::html::Input;
use leptos::prelude::*;

use super::live::Live;
use super::notices::Notice;
use super::{browser, storage};
use crate::domain::{Text, TextError, TodoId, Wish};

/// The field that renames a todo.
#[component]
pub fn TodoEdit(
    /// Which todo.
    id: TodoId,
    /// Its title as it is.
    title: Memo<String>,
    /// What was typed before, where that was refused.
    draft: Option<String>,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let list = live.list().id;
    let field = NodeRef::<Input>::new();
    Effect::new({
        let list = list.clone();
        move |_| {
            let Some(field) = field.get() else { return };
            if let Some(half_typed) = storage::draft(&list, Some(id)) {
                field.set_value(&half_typed);
            }
            let _ = field.focus();
            // At the end, where one goes on typing.
            let end = u32::try_from(field.value().encode_utf16().count()).unwrap_or(u32::MAX);
            let _ = field.set_selection_range(end, end);
        }
    });
    let close = {
        let list = list.clone();
        move || {
            storage::keep_draft(&list, Some(id), "");
            live.edit(None);
        }
    };
    let save = {
        let close = close.clone();
        move || {
            // A field that leaves the page loses the focus too, and finds itself closed. By then its
            // signals are gone.
            if live.edited.get_untracked() != Some(id) {
                return;
            }
            let Some(field) = field.try_get_untracked().flatten() else { return };
            let is_gone = live.row(id).is_none_or(|row| row.read_untracked().is_gone);
            match Text::parse(&field.value()) {
                Ok(text) if text.as_str() == title.get_untracked() => close(),
                Ok(title) => {
                    close();
                    // Someone deleted the todo meanwhile; what was typed is worth a todo of its own.
                    let wish = if is_gone {
                        Wish::Create { id: browser::new_todo_id(), title }
                    } else {
                        Wish::Rename { id, title }
                    };
                    live.wish(wish);
                }
                Err(TextError::Empty) => {
                    close();
                    live.wish(Wish::Delete { id });
                }
                // The field stays open, with what was typed in it.
                Err(error) => live.notices.add(Notice::error(error.to_string())),
            }
        }
    };
    let on_submit = {
        let save = save.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            save();
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    view! {
        <form class="edit-form" method="post" action="/api/todos/rename" on:submit=on_submit>
            <input type="hidden" name="list" value=list.to_string()/>
            <input type="hidden" name="id" value=id.to_string()/>
            <input
                class="edit"
                name="title"
                dir="auto"
                autocomplete="off"
                aria-label="New title"
                autofocus
                value=draft.unwrap_or_else(|| title.get_untracked())
                node_ref=field
                on:keydown=on_keydown
                on:input=move |event| storage::keep_draft(&list, Some(id), &event_target_value(&event))
                on:blur=move |_: FocusEvent| save()
            />
        </form>
    }
}
