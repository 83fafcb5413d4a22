//! The field for a new todo. It is also a plain form, so that what is typed or sent before the page is
//! interactive is not lost.

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

use crate::domain::{Command, ShortText, TextError};
use crate::protocol::error::ErrorCode;
use crate::ui::browser::dom;
use crate::ui::browser::storage;
use crate::ui::list::pasted;
use crate::ui::list::pasted::Line;
use crate::ui::live::store::ListStore;
use crate::ui::one_kind::{RwSignal, changing, effect, on};
use crate::ui::route::PageQuery;

/// The most lines that one paste makes todos of. A longer paste is surely a mistake.
const PASTED_LINES_MAX: usize = 100;

/// The form's id in the document. The server gives the form its op, at the end of the document.
pub(crate) const FORM: &str = "new-todo";

/// The field for a new todo, and what was wrong with the last one.
#[component]
pub fn TodoForm(
    /// Why the last form was refused, and its text.
    query: PageQuery,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let field = NodeRef::<Input>::new();
    let refused = RwSignal::new(
        query.refused.filter(|_| query.name.is_none() && query.list_name.is_none()).map(ErrorCode::sentence),
    );
    // What was typed as the new title of a todo that is gone is offered as a todo of its own.
    let draft = query.text.filter(|_| query.edit.is_none_or(|id| store.row(id).is_none()));
    // Restores what was half typed when the page was left, unless something was typed already.
    effect(move |_| {
        if let Some(field) = field.get_untracked().filter(|it| it.value().is_empty()) {
            field.set_value(&storage::draft(&store.list().id, None).unwrap_or_default());
        }
    });
    let keep_draft = move |text: &str| storage::keep_draft(&store.list().id, None, text);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        match ShortText::parse(&field.value()) {
            Ok(title) => {
                create(store, title);
                field.set_value("");
                keep_draft("");
                refused.set(None);
            }
            // Enter on an empty field is a mistake, not a command.
            Err(TextError::Empty) => refused.set(None),
            Err(error) => refused.set(Some(error.to_string())),
        }
    };
    let on_paste = move |event: web_sys::ClipboardEvent| {
        let text = event.clipboard_data().and_then(|it| it.get_data("text").ok()).unwrap_or_default();
        let lines = pasted::lines(&text);
        if lines.len() < 2 {
            return;
        }
        event.prevent_default();
        if lines.len() > PASTED_LINES_MAX {
            refused.set(Some(format!("That is more than {PASTED_LINES_MAX} lines: please paste fewer at a time.")));
            return;
        }
        // Every line that can be a todo becomes one, even after a line that can't.
        refused.set(lines.iter().find_map(|it| it.as_ref().err()).map(ToString::to_string));
        create_all(store, lines.into_iter().flatten());
    };
    view! {
        <form class="new-todo-form" id=FORM method="post" action="/api/todos/create" on:submit=on(on_submit)>
            <input type="hidden" name="list" value=store.list().id.to_string()/>
            <input
                class="new-todo"
                name="title"
                placeholder="What needs to be done?"
                aria-label="What needs to be done?"
                autocomplete="off"
                autofocus=query.edit.is_none()
                dir="auto"
                value=draft
                node_ref=field
                on:paste=on(on_paste)
                on:input=on(move |event| keep_draft(&event_target_value(&event)))
            />
        </form>
        <p class="refused" role="alert">{changing(move || refused.get())}</p>
    }
}

/// Makes todos of pasted lines, as one action.
fn create_all(store: ListStore, lines: impl DoubleEndedIterator<Item = Line>) {
    let at_top = storage::is_new_on_top();
    // At the top the last one created stands first.
    let lines: Vec<_> = if at_top { lines.rev().collect() } else { lines.collect() };
    let (mut commands, mut done) = (Vec::new(), Vec::new());
    for Line { title, is_done } in lines {
        let id = dom::new_todo_id();
        commands.push(Command::Create { id, title, at_top });
        if is_done {
            done.push(id);
        }
    }
    if !done.is_empty() {
        commands.push(Command::Complete { ids: done });
    }
    if !commands.is_empty() {
        store.commands(commands);
    }
}

/// Makes a todo, where the person likes new ones to be.
pub(crate) fn create(store: ListStore, title: ShortText) {
    store.command(Command::Create { id: dom::new_todo_id(), title, at_top: storage::is_new_on_top() });
}
