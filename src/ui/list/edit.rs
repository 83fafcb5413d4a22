//! The field that renames a todo. Its text and its caret stay as they are, whatever others do to the todo
//! meanwhile, even if they delete it.

use leptos::ev::{FocusEvent, KeyboardEvent, SubmitEvent};
use leptos::html::Input;
use leptos::prelude::*;

use crate::domain::{Command, ShortText, TextError, TodoId};
use crate::ui::browser::{dom, storage};
use crate::ui::list::edit_actions::EditActions;
use crate::ui::list::focus::{Control, focus_after};
use crate::ui::live::store::ListStore;
use crate::ui::notices::Notice;
use crate::ui::one_kind::{effect, on};

/// The field that renames a todo.
#[component]
pub fn TodoEdit(
    /// Which todo.
    id: TodoId,
    /// Its present title.
    title: Memo<String>,
    /// What was typed before, if it was refused.
    draft: Option<String>,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let list = store.list().id;
    let field = NodeRef::<Input>::new();
    effect({
        let list = list.clone();
        move |_| {
            let Some(field) = field.get() else { return };
            if let Some(half_typed) = storage::draft(&list, Some(id)) {
                field.set_value(&half_typed);
            }
            let _ = field.focus();
            // The caret goes to the end, where typing goes on.
            let end = u32::try_from(field.value().encode_utf16().count()).unwrap_or(u32::MAX);
            let _ = field.set_selection_range(end, end);
        }
    });
    // A field that is removed from the page also loses the focus. Then it is already closed, and its signals
    // are gone.
    let save = move || {
        let is_open = store.edited.get_untracked() == Some(id);
        is_open
            && field
                .try_get_untracked()
                .flatten()
                .is_some_and(|it| save(store, id, &it.value(), &title.get_untracked()))
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        // An emptied title deletes the row: the focus is on its neighbour then.
        if save() && store.row(id).is_some() {
            focus_row(id);
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close(store, id);
            focus_row(id);
        }
    };
    view! {
        <form class="edit-form" method="post" action="/api/todos/rename" on:submit=on(on_submit)>
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
                on:keydown=on(on_keydown)
                on:input=on(move |event| storage::keep_draft(&list, Some(id), &event_target_value(&event)))
                on:blur=on(move |_: FocusEvent| {
                    save();
                })
            />
            // For the page without JavaScript; with it, Enter saves and Escape cancels.
            <span class="edit-actions" inner_html=EditActions::of_page()></span>
        </form>
    }
}

/// Saves what was typed. `false` if it can't be a title, so that the field stays open.
fn save(store: ListStore, id: TodoId, typed: &str, title: &str) -> bool {
    match ShortText::parse(typed) {
        Ok(text) if text.as_str() == title => close(store, id),
        Ok(title) => {
            // If someone deleted the todo meanwhile, a new todo is made, so that the text is not lost.
            let is_gone = store.row(id).is_none_or(|row| row.read_untracked().is_gone);
            close(store, id);
            let id = if is_gone { dom::new_todo_id() } else { id };
            store.command(if is_gone {
                Command::Create { id, title, at_top: false }
            } else {
                Command::Rename { id, title }
            });
        }
        Err(TextError::Empty) => {
            close(store, id);
            focus_after(store, id, Control::Delete);
            store.command(Command::Delete { ids: vec![id] });
        }
        Err(error) => {
            store.notices.add(Notice::error(error.to_string()));
            return false;
        }
    }
    true
}

fn close(store: ListStore, id: TodoId) {
    storage::keep_draft(&store.list().id, Some(id), "");
    store.edit(None);
}

fn focus_row(id: TodoId) {
    dom::focus(format!(".rename[href$='{id}']"));
}
