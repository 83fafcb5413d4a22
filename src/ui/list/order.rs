//! Moving a row to another place: dragged with a mouse or a finger, or picked up, moved and dropped with keys.
//! Where it would land is marked; it moves when it is dropped, as one command.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;

use crate::domain::{Command, TodoId};
use crate::ui::browser::dom;
use crate::ui::browser::drag;
use crate::ui::live::store::ListStore;

/// A row that is being moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    id: TodoId,
    /// Where it would land: so many of the other shown rows are before it.
    at: usize,
    /// How many others there are.
    of: usize,
}

/// The row that is being moved, if any. Shared by context.
#[derive(Clone, Copy)]
pub(crate) struct Order {
    held: StoredValue<Option<Held>>,
    /// What screen readers are told.
    said: RwSignal<String>,
}

impl Order {
    pub(crate) fn new() -> Self {
        Self { held: StoredValue::new(None), said: RwSignal::new(String::new()) }
    }

    fn others(store: ListStore, id: TodoId) -> Vec<TodoId> {
        store.shown_ids().into_iter().filter(|it| *it != id).collect()
    }

    fn pick_up(self, store: ListStore, id: TodoId) {
        let shown = store.shown_ids();
        let Some(at) = shown.iter().position(|it| *it == id) else { return };
        self.held.set_value(Some(Held { id, at, of: shown.len() - 1 }));
        drag::mark_held(id);
    }

    /// Holds the row somewhere else.
    fn hold_at(self, store: ListStore, at: usize) {
        let Some(held) = self.held.get_value() else { return };
        let others = Self::others(store, held.id);
        let at = at.min(others.len());
        self.held.set_value(Some(Held { at, of: others.len(), ..held }));
        drag::mark_gap(at.checked_sub(1).map(|it| others[it]), others.get(at).copied());
    }

    fn drop_row(self, store: ListStore) {
        let Some(held) = self.held.get_value() else { return };
        self.let_go();
        let others = Self::others(store, held.id);
        let after = held.at.checked_sub(1).and_then(|it| others.get(it)).copied();
        store.command(Command::Move { id: held.id, after });
    }

    fn let_go(self) {
        self.held.set_value(None);
        drag::unmark();
    }

    fn holds(self, id: TodoId) -> bool {
        self.held.get_value().is_some_and(|it| it.id == id)
    }

    /// The pointer has moved while it holds the row.
    fn follow(self, store: ListStore, id: TodoId, event: &PointerEvent) {
        if !self.holds(id) {
            return;
        }
        drag::scroll_near_edge(event.client_y());
        let Some((over, is_below)) = drag::row_at(event.client_x(), event.client_y()) else { return };
        if let Some(at) = Self::others(store, id).iter().position(|it| *it == over) {
            self.hold_at(store, at + usize::from(is_below));
        }
    }

    /// A key was pressed on the handle. `false` where it means nothing there.
    fn on_key(self, store: ListStore, id: TodoId, key: &str) -> bool {
        let held = self.held.get_value().filter(|it| it.id == id);
        match (key, held) {
            (" " | "Enter", None) => {
                self.pick_up(store, id);
                self.say_place("Picked up. Arrow keys move it, Space drops it, Escape leaves it. Position");
            }
            (" " | "Enter", Some(_)) => {
                self.say_place("Dropped at");
                self.drop_row(store);
                dom::focus(format!(".grip[data-id='{id}']"));
            }
            ("Escape", Some(_)) => {
                self.let_go();
                self.said.set("Left where it was".to_owned());
            }
            ("ArrowUp" | "ArrowDown" | "Home" | "End", Some(held)) => {
                let at = match key {
                    "ArrowUp" => held.at.saturating_sub(1),
                    "ArrowDown" => held.at + 1,
                    "Home" => 0,
                    _ => usize::MAX,
                };
                self.hold_at(store, at);
                self.say_place("Position");
                self.show(store);
            }
            _ => return false,
        }
        true
    }

    /// Brings the place where the row would land into view.
    fn show(self, store: ListStore) {
        let Some(held) = self.held.get_value() else { return };
        let others = Self::others(store, held.id);
        if let Some(beside) = others.get(held.at).or(others.last()) {
            drag::show(*beside);
        }
    }

    fn say_place(self, what: &str) {
        if let Some(held) = self.held.get_value() {
            self.said.set(format!("{what} {} of {}", held.at + 1, held.of + 1));
        }
    }
}

/// The handle by which a row is moved.
#[component]
pub(crate) fn Grip(
    /// Which todo.
    id: TodoId,
    /// Its title.
    title: Memo<String>,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let order = expect_context::<Order>();
    let on_down = move |event: PointerEvent| {
        if event.button() == 0 {
            event.prevent_default();
            drag::capture(&event);
            order.pick_up(store, id);
        }
    };
    let on_up = move |_| {
        if order.holds(id) {
            order.drop_row(store);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if order.on_key(store, id, &event.key()) {
            event.prevent_default();
            event.stop_propagation();
        }
    };
    view! {
        <button
            type="button"
            class="grip"
            data-id=id.to_string()
            aria-label=move || format!("Move {}", title.get())
            on:pointerdown=on_down
            on:pointermove=move |event| order.follow(store, id, &event)
            on:pointerup=on_up
            on:pointercancel=move |_| order.let_go()
            on:blur=move |_| order.let_go()
            on:keydown=on_key
        ></button>
    }
}

/// Where screen readers are told how a move goes.
#[component]
pub(crate) fn MoveSpoken() -> impl IntoView {
    let order = expect_context::<Order>();
    view! { <p class="spoken" aria-live="polite">{move || order.said.get()}</p> }
}
