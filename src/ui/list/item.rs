//! One row: tick, rename, delete. It knows its todo, and nothing about the other todos.

mod html;

use html::row_html;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

use crate::domain::{Command, TodoId};
use crate::sync::Saving;
use crate::ui::browser::dom;
use crate::ui::list::edit::TodoEdit;
use crate::ui::list::focus::{Control, focus_after};
use crate::ui::list::links::linked;
use crate::ui::list::rows_form::ROWS_FORM;
use crate::ui::live::connection_state::ConnectionState;
use crate::ui::live::rows::Row;
use crate::ui::live::store::ListStore;
use crate::ui::one_kind::{ArcRwSignal, Memo, Part, attribute, changing, on};
use crate::ui::order::Grip;
use crate::ui::page::escaped;
use crate::ui::route::Filter;
use crate::ui::row_id::RowId;

/// One row, as a part of the page.
pub(crate) fn row(store: ListStore, id: TodoId, draft: Option<String>, edit_path: String) -> Part {
    // The browser need not load the code for it.
    if cfg!(feature = "ssr")
        && store.edited.get_untracked() != Some(id)
        && let Some(row) = store.row(id)
    {
        let html = row_html(&row.read_untracked().todo, &edit_path);
        return Part::new(leptos::tachys::html::InertElement::new(html));
    }
    Part::new(view! { <TodoItem id draft edit_path/> })
}

/// One row.
#[component]
pub fn TodoItem(
    /// Which todo.
    id: TodoId,
    /// The text that its field starts with, if it was refused before.
    draft: Option<String>,
    /// The address for renaming a todo, without the todo's id at its end.
    edit_path: String,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let row = store.row(id)?;
    let title = part(&row, |it| it.todo.title.to_string());
    let completed = part(&row, |it| it.todo.completed);
    let sending = part(&row, |it| it.saving == Saving::Sending);
    let editing = part(&row, |it| it.is_edited);
    let selected = part(&row, |it| it.is_selected);
    let label_id = dom::label_id(id);
    let start = move |event: MouseEvent| {
        event.prevent_default();
        store.edit(Some(id));
    };
    // A row that has nothing to send does not depend on the connection: else ten thousand rows would be
    // updated each time it changes.
    let state = move || {
        let words = match sending.get().then(|| store.connection.get()) {
            None => "",
            Some(ConnectionState::Offline) => "Waiting for the connection",
            Some(_) => "Sending…",
        };
        words.to_owned()
    };
    // Only rows rendered before the script runs need the form. A browser goes through all buttons of a form
    // whenever one is added: in a list of ten thousand that takes half a minute.
    let form = (!store.is_awake()).then_some(ROWS_FORM);
    Some(view! {
        <li
            class:completed=changing(move || completed.get())
            class:editing=changing(move || editing.get())
            class:gone=changing(move || row.read().is_gone)
            class:selected=changing(move || selected.get())
        >
            <div class="view">
                <Tick id title completed form label_id=label_id.clone()/>
                <label
                    id=label_id
                    dir="auto"
                    on:dblclick=on(start)
                    inner_html=changing(move || title.with(|it| linked(it)))
                ></label>
                {changing(move || selected.get().then(|| Part::new(view! { <span class="spoken">"Selected"</span> })))}
                <span class="state">{changing(state)}</span>
                <Grip id=RowId::Todo(id) name=title/>
                <a
                    class="rename"
                    href=format!("{edit_path}{id}")
                    aria-label=attribute(move || format!("Rename {}", title.get()))
                    on:click=on(start)
                ></a>
                <button
                    class="destroy"
                    form=form
                    formaction="/api/todos/delete"
                    name="id"
                    value=id.to_string()
                    aria-label=attribute(move || format!("Delete {}", title.get()))
                    on:click=on(move |event: MouseEvent| {
                        event.prevent_default();
                        focus_after(store, id, Control::Delete);
                        store.command(Command::Delete { ids: vec![id] });
                    })
                ></button>
            </div>
            {changing(move || editing.get().then(|| Part::new(view! { <TodoEdit id title draft=draft.clone()/> })))}
        </li>
    })
}

/// What changes only when this part of a row does.
fn part<T: PartialEq + Send + Sync + 'static>(row: &ArcRwSignal<Row>, read: fn(&Row) -> T) -> Memo<T> {
    let row = row.clone();
    Memo::new(move || read(&row.read()))
}

/// The checkbox, and the button that does its work until the page is interactive. Till then the box, which would
/// do nothing, can't be reached.
#[component]
fn Tick(
    id: TodoId,
    title: Memo<String>,
    completed: Memo<bool>,
    form: Option<&'static str>,
    label_id: String,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let on_toggle = move |_| {
        // Where the filter hides the row now, the focus would be lost.
        if store.filter.get_untracked() != Filter::All {
            focus_after(store, id, Control::Tick);
        }
        store.command(if completed.get_untracked() {
            Command::Reopen { ids: vec![id] }
        } else {
            Command::Complete { ids: vec![id] }
        });
    };
    let button = form.map(|form| submit_button(form, id, completed.get_untracked(), &title.get_untracked()));
    view! {
        <input
            class="toggle"
            type="checkbox"
            inert=form.is_some()
            checked=completed.get_untracked()
            prop:checked=changing(move || completed.get())
            aria-labelledby=label_id
            on:change=on(on_toggle)
        />
        {button.map(|it| view! { <span class="submit-box" inner_html=it></span> })}
    }
}

/// The button, as text: it never changes. Only the server makes it.
fn submit_button(form: &str, id: TodoId, is_done: bool, title: &str) -> String {
    if !cfg!(feature = "ssr") {
        return String::new();
    }
    let (verb, path) = if is_done { ("Reopen", "reopen") } else { ("Complete", "complete") };
    let title = escaped(title);
    format!(r#"<button class="submit" form="{form}" formaction="/api/todos/{path}" name="id" value="{id}""#)
        + &format!(r#" aria-label="{verb} {title}"></button>"#)
}
