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
use crate::ui::one_kind::{Memo, RwSignal, changing, effect, on};

/// What says why a new title was refused, for `aria-describedby`. One title is edited at a time.
const REFUSED: &str = "edit-refused";

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
    let refused = RwSignal::new(None::<String>);
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
            && field.try_get_untracked().flatten().is_some_and(|it| {
                match save(store, id, &it.value(), &title.get_untracked()) {
                    Ok(()) => true,
                    Err(error) => {
                        refused.set(Some(error.to_string()));
                        false
                    }
                }
            })
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
                aria-invalid=changing(move || refused.read().is_some().then(|| "true".to_owned()))
                aria-describedby=changing(move || refused.read().is_some().then(|| REFUSED.to_owned()))
                autofocus
                value=draft.unwrap_or_else(|| title.get_untracked())
                node_ref=field
                on:keydown=on(on_keydown)
                on:input=on(move |event| {
                    refused.set(None);
                    storage::keep_draft(&list, Some(id), &event_target_value(&event));
                })
                on:blur=on(move |_: FocusEvent| {
                    save();
                })
            />
            <p class="refused" id=REFUSED role="alert">{changing(move || refused.get())}</p>
            // For the page without JavaScript; with it, Enter saves and Escape cancels.
            <span class="edit-actions" inner_html=EditActions::of_page()></span>
        </form>
    }
}

/// Saves what was typed. If it can't be a title, the field stays open.
fn save(store: ListStore, id: TodoId, typed: &str, title: &str) -> Result<(), TextError> {
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
        Err(error) => return Err(error),
    }
    Ok(())
}

fn close(store: ListStore, id: TodoId) {
    storage::keep_draft(&store.list().id, Some(id), "");
    store.edit(None);
}

fn focus_row(id: TodoId) {
    dom::focus(format!(".rename[href$='{id}']"));
}
