//! Selecting several todos: with Ctrl or Shift and a click, by a long touch, or with the key `x`; and what can be
//! done with all of them at once.

use std::collections::HashSet;
use std::time::Duration;

use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use crate::domain::{Command, TodoId};
use crate::ui::browser::dom;
use crate::ui::list::focus::{Control, focus_on};
use crate::ui::list::other_lists::{MoveTo, OTHER_LIST};
use crate::ui::live::store::ListStore;
use crate::ui::one_kind::{RwSignal, StoredValue, changing, effect, flag, on};

/// How long a touch is that selects; the same as for the menus of phones.
const LONG_TOUCH: Duration = Duration::from_millis(500);

/// How long after the finger has left a click may follow.
const CLICK_DELAY: Duration = Duration::from_millis(100);

/// A click on a row with Ctrl or Shift selects it, whatever it is on.
pub(crate) fn on_click(store: ListStore, event: &MouseEvent) {
    let Some(id) = dom::todo_at(event) else { return };
    if event.shift_key() {
        store.select_to(id);
    } else if event.ctrl_key() || event.meta_key() {
        store.toggle_selected(id);
    } else {
        return;
    }
    event.prevent_default();
    event.stop_propagation();
}

/// The keys of the list: `x` selects the row that has the focus, Ctrl+A all, Escape none. `m` goes to the choice
/// of another list, for the selected rows or for this one.
pub(crate) fn on_key(store: ListStore, event: &KeyboardEvent) {
    // A title that is being edited may be empty for a moment.
    if dom::is_typing(event) || store.edited.get_untracked().is_some() {
        return;
    }
    match (event.key().as_str(), event.ctrl_key() || event.meta_key()) {
        ("x" | "X", false) => {
            let Some(id) = dom::todo_at(event) else { return };
            if event.shift_key() { store.select_to(id) } else { store.toggle_selected(id) }
        }
        ("m" | "M", false) => {
            let Some(id) = dom::todo_at(event) else { return };
            if store.selected.read_untracked().is_empty() {
                store.toggle_selected(id);
            }
            dom::focus(OTHER_LIST.to_owned());
        }
        ("a", true) => store.select(store.shown_ids().into_iter().collect()),
        ("Escape", false) if !store.selected.read_untracked().is_empty() => store.select(HashSet::new()),
        _ => return,
    }
    event.prevent_default();
}

/// A finger that stays where it is selects the row.
#[derive(Clone, Copy)]
pub struct LongTouch {
    timer: StoredValue<Option<TimeoutHandle>>,
    /// Whether the finger is still there. The click that follows it must not meet a button that has just come.
    is_down: RwSignal<bool>,
}

impl LongTouch {
    pub(crate) fn new() -> Self {
        Self { timer: StoredValue::new(None), is_down: RwSignal::new(false) }
    }

    pub(crate) fn begin(self, store: ListStore, event: &PointerEvent) {
        self.end();
        let Some(id) = dom::todo_at(event).filter(|_| event.pointer_type() == "touch") else { return };
        let select = move || {
            self.timer.set_value(None);
            self.is_down.set(true);
            store.toggle_selected(id);
        };
        self.timer.set_value(set_timeout_with_handle(select, LONG_TOUCH).ok());
    }

    /// The finger has left.
    pub(crate) fn leave(self) {
        self.end();
        if self.is_down.get_untracked() {
            set_timeout(move || self.is_down.set(false), CLICK_DELAY);
        }
    }

    /// The finger has moved: it is no long touch.
    pub(crate) fn end(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}

/// What can be done with the selected todos: each is one event, and can be taken back at once.
#[component]
pub(crate) fn SelectionBar(
    /// The touch that selects.
    long_touch: LongTouch,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let count = move || store.selected.read().len();
    let is_hidden = move || count() == 0 || long_touch.is_down.get();
    let act = move |command: &dyn Fn(Vec<TodoId>) -> Command| {
        let ids = store.selected_ids();
        store.select(HashSet::new());
        if !ids.is_empty() {
            store.command(command(ids));
        }
    };
    let nearest = StoredValue::new(Vec::new());
    effect(move |_| {
        let before = nearest.try_update_value(std::mem::take).unwrap_or_default();
        nearest.set_value(keep_focus(store, &before));
    });
    view! {
        <div
            class="selection"
            role="toolbar"
            aria-label="Selected todos"
            hidden=flag(is_hidden)
            on:keydown=on(move |event| on_key(store, &event))
        >
            <span>{changing(move || count().to_string())}" selected"</span>
            <button type="button" on:click=on(move |_| act(&|ids| Command::Complete { ids }))>"Complete"</button>
            <button type="button" on:click=on(move |_| act(&|ids| Command::Reopen { ids }))>"Reopen"</button>
            <button type="button" on:click=on(move |_| act(&|ids| Command::Delete { ids }))>"Delete"</button>
            <button type="button" on:click=on(move |_| store.select(HashSet::new()))>"Select none"</button>
            <MoveTo on_choose=move |to| act(&|ids| Command::MoveTo { ids, to: to.clone() })/>
        </div>
    }
}

/// When the bar goes away with the focus in it, one goes on from the last selected row, or from the one that is
/// nearest to where it was. Returns the rows, the nearest to the last selected one first.
fn keep_focus(store: ListStore, nearest: &[TodoId]) -> Vec<TodoId> {
    let (selected, shown) = (store.selected.get(), store.shown_ids());
    if let Some(last) = shown.iter().rposition(|id| selected.contains(id)) {
        let (above, below) = shown.split_at(last);
        return below.iter().chain(above.iter().rev()).copied().collect();
    }
    if dom::has_focus_in(".selection") {
        let shown: HashSet<_> = shown.into_iter().collect();
        let next = nearest.iter().find(|id| shown.contains(id));
        match next {
            Some(id) => focus_on(*id, Control::Tick),
            None => dom::focus(".new-todo".to_owned()),
        }
    }
    Vec::new()
}
