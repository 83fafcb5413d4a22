//! The palette: one field that finds lists, todos and what can be done, from anywhere on the page (Ctrl+K).

mod action;
mod finder;

use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html::Dialog;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::domain::TodoId;
use crate::ui::browser::dom;
use crate::ui::list::focus::{Control, focus_on};
use crate::ui::list::form;
use crate::ui::live::store::ListStore;
use crate::ui::near;
use crate::ui::one_kind::{RwSignal, StoredValue, attribute, changing, effect, on};
use crate::ui::palette::action::ACTIONS;
use crate::ui::palette::finder::{Found, Target, as_html, best, option_id};
use crate::ui::route::{Filter, Route};

/// The field of the palette.
const FIELD: &str = ".palette input";

/// The palette, closed until it is asked for.
#[component]
pub(crate) fn Palette() -> impl IntoView {
    let store = expect_context::<ListStore>();
    let dialog = NodeRef::<Dialog>::new();
    let found = StoredValue::new(Vec::<Found>::new());
    let at = RwSignal::new(0);
    let html = RwSignal::new(String::new());
    let look = move |typed: &str| {
        let all = find(store, typed);
        at.set(0);
        html.set(as_html(&all, 0));
        found.set_value(all);
    };
    let open = move || {
        let Some(dialog) = dialog.get_untracked().filter(|it| !it.open()) else { return };
        dom::clear_field(FIELD);
        look("");
        let _ = dialog.show_modal();
    };
    let run = move |chosen: usize| {
        let target = found.with_value(|it| it.get(chosen).map(|it| it.target.clone()));
        if let Some(target) = target {
            // Closed first: the focus goes back to where it was, and then to where the target takes it.
            dialog.get_untracked().inspect(web_sys::HtmlDialogElement::close);
            go(store, target);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let count = found.with_value(Vec::len);
        let to = match event.key().as_str() {
            // Where letters are composed from others, Enter ends that first.
            "Enter" if !event.is_composing() => return run(at.get_untracked()),
            "ArrowDown" if count > 0 => (at.get_untracked() + 1) % count,
            "ArrowUp" if count > 0 => (at.get_untracked() + count - 1) % count,
            _ => return,
        };
        event.prevent_default();
        at.set(to);
        html.set(found.with_value(|it| as_html(it, to)));
    };
    let on_click = move |event: MouseEvent| {
        if let Some(chosen) = option_at(&event) {
            run(chosen);
        }
    };
    effect(move |_| listen(open));
    let count = move || if html.read().is_empty() { "Nothing is called so." } else { "" };
    view! {
        <button type="button" class="show-palette" aria-keyshortcuts="Control+K" on:click=on(move |_| open())>
            "Find"
        </button>
        // `closedby`: a click beside it closes it too.
        <dialog class="sheet palette" aria-label="Find" closedby="any" node_ref=dialog on:click=on(on_click)>
            <input
                role="combobox"
                aria-label="A list, a todo or what to do"
                placeholder="A list, a todo or what to do"
                aria-expanded="true"
                aria-controls="found"
                aria-activedescendant=attribute(move || option_id(at.get()))
                autocomplete="off"
                dir="auto"
                autofocus
                on:input=on(move |event| look(&event_target_value(&event)))
                on:keydown=on(on_key)
            />
            <ul id="found" role="listbox" aria-label="Found" inner_html=changing(move || html.get())></ul>
            <p role="status">{changing(move || count().to_owned())}</p>
        </dialog>
    }
}

/// Ctrl+K, wherever the focus is.
fn listen(open: impl Fn() + 'static) {
    let handle = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
        let has_control = (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key();
        if has_control && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            open();
        }
    });
    on_cleanup(move || handle.remove());
}

/// The number of the option that was clicked.
fn option_at(event: &MouseEvent) -> Option<usize> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let option = target.closest("[role=option]").ok()??;
    let all = option.parent_element()?.children();
    (0..all.length()).position(|at| all.item(at).is_some_and(|it| it == option))
}

/// What is called like this: lists first, then what can be done, then the todos of this list.
fn find(store: ListStore, typed: &str) -> Vec<Found> {
    let lists = store.list_entries().get_untracked().into_iter();
    let here = Some(store.list().id);
    let lists = lists.filter(|it| it.id != here);
    let lists = lists.filter_map(|it| Some(Found { text: it.label, target: Target::List(it.id?) }));
    let actions = ACTIONS.iter().filter(|it| it.is_possible(store));
    let actions = actions.map(|it| Found { text: it.name.to_owned(), target: Target::Action(it) });
    let mut all: Vec<_> = lists.chain(actions).collect();
    store.with_shown(|todos| {
        all.extend(todos.iter().map(|it| Found { text: it.title.to_string(), target: Target::Todo(it.id) }));
    });
    let texts: Vec<_> = all.iter().map(|it| it.text.as_str()).chain([typed]).collect();
    let lowered = dom::lower_case(&texts.join("\n"));
    best(all, typed, &lowered)
}

fn go(store: ListStore, target: Target) {
    match target {
        Target::List(list) => dom::load_page(&Route::of_list(list).path()),
        Target::Todo(id) => go_to_todo(store, id),
        Target::Action(action) => action.run(store),
        Target::Add(title) => form::create(store, title),
    }
}

/// Goes to a todo, also where the filter hides it.
fn go_to_todo(store: ListStore, id: TodoId) {
    if !store.shown_ids().contains(&id) {
        dom::push_path(&Route::of_list(store.list().id).path());
        store.show(Filter::All);
    }
    near::bring(store, id);
    focus_on(id, Control::Tick);
}
