//! The keys of the page: one letter each, wherever the focus is, unless something is being typed. A person who needs
//! the letters for something else, as with speech input, can turn them off.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};

use crate::domain::{Command, TodoId};
use crate::ui::browser::{dom, storage};
use crate::ui::list::focus::{Control, focus_after, focus_on};
use crate::ui::live::store::ListStore;
use crate::ui::near;
use crate::ui::one_kind::{RwSignal, StoredValue, changing, effect, on};
use crate::ui::route::{Filter, Route, Showing};

/// How long the second letter may take after `g`.
const SECOND_MS_MAX: i64 = 1_500;

/// The sheet of all keys. As text: it never changes.
const KEYS: &str = "<h2>Keys</h2><dl>\
    <dt><kbd>n</kbd> <kbd>/</kbd></dt><dd>Write a new todo</dd>\
    <dt><kbd>Esc</kbd></dt><dd>Leave a field, or select nothing</dd>\
    <dt><kbd>j</kbd> <kbd>k</kbd> <kbd>↓</kbd> <kbd>↑</kbd></dt><dd>Next todo, the one before</dd>\
    <dt><kbd>Space</kbd></dt><dd>Complete, or open again</dd>\
    <dt><kbd>e</kbd> <kbd>Enter</kbd></dt><dd>Change the title</dd>\
    <dt><kbd>Delete</kbd></dt><dd>Delete</dd>\
    <dt><kbd>x</kbd> <kbd>Shift</kbd>+<kbd>x</kbd></dt><dd>Select, select up to here</dd>\
    <dt><kbd>Ctrl</kbd>+<kbd>a</kbd></dt><dd>Select all</dd>\
    <dt><kbd>m</kbd></dt><dd>Move to another list</dd>\
    <dt><kbd>u</kbd> <kbd>Ctrl</kbd>+<kbd>z</kbd></dt><dd>Take back</dd>\
    <dt><kbd>Ctrl</kbd>+<kbd>y</kbd></dt><dd>Do again</dd>\
    <dt><kbd>g</kbd> <kbd>a</kbd>, <kbd>g</kbd> <kbd>o</kbd>, <kbd>g</kbd> <kbd>c</kbd></dt>\
    <dd>Go to all, to the open, to the completed todos</dd>\
    <dt><kbd>g</kbd> <kbd>l</kbd></dt><dd>Go to the lists</dd>\
    <dt><kbd>g</kbd> <kbd>h</kbd>, <kbd>g</kbd> <kbd>t</kbd></dt><dd>Go to the history, to the trash</dd>\
    <dt><kbd>Ctrl</kbd>+<kbd>k</kbd></dt><dd>Find a list, a todo or what to do</dd>\
    <dt><kbd>?</kbd></dt><dd>Show these keys</dd></dl>";

/// The element with the sheet.
const SHEET: &str = "keys";

/// The sheet of all keys, hidden until it is asked for.
#[component]
pub(crate) fn Keys() -> impl IntoView {
    let store = expect_context::<ListStore>();
    let are_on = RwSignal::new(true);
    let before = StoredValue::new(None::<i64>);
    effect(move |_| {
        are_on.set(storage::has_keys());
        let handle = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
            if on_key(store, &event, are_on.get_untracked(), before) {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
    let on_change = move |event| {
        are_on.set(event_target_checked(&event));
        storage::keep_keys(event_target_checked(&event));
    };
    view! {
        <button type="button" class="show-keys" popovertarget=SHEET>"Keys"</button>
        <div class="sheet" id=SHEET popover role="dialog" aria-label="Keys">
            <div inner_html=KEYS></div>
            <label class="setting">
                <input type="checkbox" prop:checked=changing(move || are_on.get()) on:change=on(on_change)/>
                "Single letters do something"
            </label>
            <button type="button" popovertarget=SHEET popovertargetaction="hide">"Close"</button>
        </div>
    }
}

/// A key was pressed somewhere on the page. `false` if it means nothing here.
fn on_key(store: ListStore, event: &KeyboardEvent, are_on: bool, before: StoredValue<Option<i64>>) -> bool {
    let Some(target) = event.target().and_then(|it| it.dyn_into::<Element>().ok()) else { return false };
    if event.default_prevented() || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return false;
    }
    let key = event.key();
    if takes_text(&target) {
        // From the empty field for a new todo one goes to the list.
        return key == "Escape" && target.class_name() == "new-todo" && leave(&target);
    }
    let row = dom::todo_at(event);
    let is_on_tick = target.class_name() == "toggle";
    match key.as_str() {
        "ArrowDown" if is_on_tick => return step(store, row, true),
        "ArrowUp" if is_on_tick => return step(store, row, false),
        "Enter" if is_on_tick => store.edit(row),
        "Delete" => {
            let Some(id) = row else { return false };
            focus_after(store, id, Control::Tick);
            store.command(Command::Delete { ids: vec![id] });
        }
        _ if !are_on => return false,
        second if is_second(before) => return go(store, second),
        "g" => before.set_value(Some(dom::now_ms())),
        "n" | "/" => dom::focus(".new-todo".to_owned()),
        "j" => return step(store, row, true),
        "k" => return step(store, row, false),
        "e" if row.is_some() => store.edit(row),
        "u" => store.undo(),
        "?" => dom::show_popover(SHEET),
        _ => return false,
    }
    true
}

/// Whether a letter is the second one after `g`.
fn is_second(before: StoredValue<Option<i64>>) -> bool {
    let first = before.try_update_value(Option::take).flatten();
    first.is_some_and(|it| dom::now_ms() - it < SECOND_MS_MAX)
}

/// Goes where the second letter says.
fn go(store: ListStore, letter: &str) -> bool {
    let here = Route::of_list(store.list().id);
    let to = |filter: Filter| {
        dom::push_path(&here.with(Showing::Todos(filter)).path());
        store.show(filter);
    };
    match letter {
        "a" => to(Filter::All),
        "o" => to(Filter::Active),
        "c" => to(Filter::Completed),
        "l" => dom::focus(".side-bar a".to_owned()),
        "h" => dom::load_page(&here.with(Showing::History).path()),
        "t" => dom::load_page(&here.with(Showing::Trash).path()),
        _ => return false,
    }
    true
}

/// Moves the focus to the next row or to the one before; from elsewhere to the first or the last.
fn step(store: ListStore, from: Option<TodoId>, is_down: bool) -> bool {
    let rows = store.shown_ids();
    let at = from.and_then(|from| rows.iter().position(|it| *it == from));
    let to = match (at, is_down) {
        (Some(at), true) => rows.get(at + 1),
        (Some(at), false) => at.checked_sub(1).and_then(|it| rows.get(it)),
        (None, true) => rows.first(),
        (None, false) => rows.last(),
    };
    let Some(to) = to else { return false };
    near::bring(store, *to);
    focus_on(*to, Control::Tick);
    true
}

/// Whether the letters go into a text, or choose something.
fn takes_text(target: &Element) -> bool {
    match target.dyn_ref::<HtmlInputElement>() {
        Some(field) => field.type_() != "checkbox",
        None => matches!(target.tag_name().as_str(), "TEXTAREA" | "SELECT"),
    }
}

/// Takes the focus out of a field, unless something is typed in it.
fn leave(field: &Element) -> bool {
    let is_empty = field.dyn_ref::<HtmlInputElement>().is_some_and(|it| it.value().is_empty());
    is_empty && field.dyn_ref::<HtmlElement>().is_some_and(|it| it.blur().is_ok())
}
