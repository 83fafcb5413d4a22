//! One row: tick, rename, delete. Knows its todo and nothing about the list.

use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent, SubmitEvent};
use leptos::html::Input;
use leptos::prelude::*;

use super::live::Live;
use super::notices::Notice;
use super::todo_page::ROWS_FORM;
use crate::domain::{Text, TextError, TodoId, Wish};

/// One row.
#[component]
pub fn TodoItem(
    /// Which todo.
    id: TodoId,
    /// Whether the row starts as a field, for the page without JavaScript.
    edit: bool,
    /// What the field starts with, where it was refused before.
    draft: Option<String>,
    /// The path of the page the row is on.
    filter_path: String,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let row = live.row(id)?;
    let editing = RwSignal::new(edit);
    let title = Memo::new({
        let row = row.clone();
        move |_| row.read().todo.title.to_string()
    });
    let completed = Memo::new({
        let row = row.clone();
        move |_| row.read().todo.completed
    });
    let label_id = format!("todo-{id}");
    let on_toggle = move |_| {
        live.wish(if completed.get_untracked() { Wish::Reopen { id } } else { Wish::Complete { id } });
    };
    let start = move |event: MouseEvent| {
        event.prevent_default();
        editing.set(true);
    };
    let submit_path = move || if completed.get() { "/api/todos/reopen" } else { "/api/todos/complete" };
    let submit_label = move || if completed.get() { "Reopen" } else { "Complete" };
    Some(view! {
        <li
            class:completed=move || completed.get()
            class:editing=move || editing.get()
            class:saving=move || row.read().is_saving
        >
            <div class="view">
                <input
                    class="toggle"
                    type="checkbox"
                    checked=completed.get_untracked()
                    prop:checked=move || completed.get()
                    aria-labelledby=label_id.clone()
                    on:change=on_toggle
                />
                <button
                    class="submit"
                    form=ROWS_FORM
                    formaction=submit_path
                    name="id"
                    value=id.to_string()
                    aria-label=submit_label
                ></button>
                <label id=label_id dir="auto" on:dblclick=start>{move || title.get()}</label>
                <a
                    class="rename"
                    href=format!("{filter_path}?edit={id}")
                    aria-label=move || format!("Rename {}", title.get())
                    on:click=start
                ></a>
                <button
                    class="destroy"
                    form=ROWS_FORM
                    formaction="/api/todos/delete"
                    name="id"
                    value=id.to_string()
                    aria-label=move || format!("Delete {}", title.get())
                    on:click=move |event| {
                        event.prevent_default();
                        live.wish(Wish::Delete { id });
                    }
                ></button>
            </div>
            {move || editing.get().then(|| view! { <TodoEdit id title draft=draft.clone() editing/> })}
        </li>
    })
}

/// The field that renames a todo. What others do to the title meanwhile does not touch it.
#[component]
fn TodoEdit(id: TodoId, title: Memo<String>, draft: Option<String>, editing: RwSignal<bool>) -> impl IntoView {
    let live = expect_context::<Live>();
    let field = NodeRef::<Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
            // At the end, where one goes on typing.
            let end = u32::try_from(field.value().encode_utf16().count()).unwrap_or(u32::MAX);
            let _ = field.set_selection_range(end, end);
        }
    });
    // Enter saves; the field then leaves the page and loses the focus, and finds itself closed. By
    // then its signals are gone, and so is the row's where someone else deleted the todo.
    let save = move || {
        if editing.try_get_untracked() != Some(true) {
            return;
        }
        let Some(field) = field.try_get_untracked().flatten() else { return };
        match Text::parse(&field.value()) {
            Ok(text) if text.as_str() == title.get_untracked() => editing.set(false),
            Ok(text) => {
                editing.set(false);
                live.wish(Wish::Rename { id, title: text });
            }
            Err(TextError::Empty) => {
                editing.set(false);
                live.wish(Wish::Delete { id });
            }
            // The field stays open, with what was typed in it.
            Err(error) => live.notices.add(Notice::error(error.to_string())),
        }
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        save();
    };
    let on_keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            editing.set(false);
        }
    };
    view! {
        <form class="edit-form" method="post" action="/api/todos/rename" on:submit=on_submit>
            <input type="hidden" name="list" value=live.list().id.to_string()/>
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
                on:blur=move |_: FocusEvent| save()
            />
        </form>
    }
}
