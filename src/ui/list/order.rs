//! Moving a row to another place: dragged with a mouse or a finger, or picked up, moved and dropped with keys.
//! Where it would land is marked; it moves when it is dropped, as one command.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;

use crate::domain::{Command, TodoId};
use crate::ui::browser::dom;
use crate::ui::browser::drag;
use crate::ui::live::store::ListStore;

/// A row that is being moved. The gap is kept by the rows around it, because others may change the list meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    id: TodoId,
    /// The row above the gap where it would land. `None` means the top.
    above: Option<TodoId>,
    /// The row below the gap.
    below: Option<TodoId>,
}

impl Held {
    /// Holds the row where `at` of the others are above it.
    fn at(id: TodoId, others: &[TodoId], at: usize) -> Self {
        let above = at.min(others.len()).checked_sub(1).and_then(|it| others.get(it));
        Self { id, above: above.copied(), below: others.get(at).copied() }
    }

    /// How many of the others are above the gap now.
    fn place(self, others: &[TodoId]) -> usize {
        let place_of = |id: TodoId| others.iter().position(|it| *it == id);
        let Some(above) = self.above else { return 0 };
        place_of(above).map(|it| it + 1).or_else(|| self.below.and_then(place_of)).unwrap_or(others.len())
    }
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
        let Some(at) = store.shown_ids().iter().position(|it| *it == id) else { return };
        self.held.set_value(Some(Held::at(id, &Self::others(store, id), at)));
        drag::mark_held(id);
    }

    /// Holds the row somewhere else.
    fn hold_at(self, others: &[TodoId], at: usize) {
        let Some(held) = self.held.get_value() else { return };
        let held = Held::at(held.id, others, at);
        self.held.set_value(Some(held));
        drag::mark_gap(held.above, held.below);
    }

    fn drop_row(self, store: ListStore) {
        let Some(held) = self.held.get_value() else { return };
        self.let_go();
        let others = Self::others(store, held.id);
        let after = held.place(&others).checked_sub(1).and_then(|it| others.get(it)).copied();
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
        let others = Self::others(store, id);
        if let Some(at) = others.iter().position(|it| *it == over) {
            self.hold_at(&others, at + usize::from(is_below));
        }
    }

    /// A key was pressed on the handle. `false` where it means nothing there.
    fn on_key(self, store: ListStore, id: TodoId, key: &str) -> bool {
        let held = self.held.get_value().filter(|it| it.id == id);
        match (key, held) {
            (" " | "Enter", None) => {
                self.pick_up(store, id);
                self.say_place(store, "Picked up. Arrow keys move it, Space drops it, Escape leaves it. Position");
            }
            (" " | "Enter", Some(_)) => {
                self.say_place(store, "Dropped at");
                self.drop_row(store);
                dom::focus(format!(".grip[data-id='{id}']"));
            }
            ("Escape", Some(_)) => {
                self.let_go();
                self.said.set("Left where it was".to_owned());
            }
            ("ArrowUp" | "ArrowDown" | "Home" | "End", Some(held)) => {
                let others = Self::others(store, id);
                let at = match key {
                    "ArrowUp" => held.place(&others).saturating_sub(1),
                    "ArrowDown" => held.place(&others) + 1,
                    "Home" => 0,
                    _ => others.len(),
                };
                self.hold_at(&others, at);
                self.say_place(store, "Position");
                self.show();
            }
            _ => return false,
        }
        true
    }

    /// Brings the place where the row would land into view.
    fn show(self) {
        if let Some(beside) = self.held.get_value().and_then(|it| it.below.or(it.above)) {
            drag::show(beside);
        }
    }

    fn say_place(self, store: ListStore, what: &str) {
        let Some(held) = self.held.get_value() else { return };
        let others = Self::others(store, held.id);
        self.said.set(format!("{what} {} of {}", held.place(&others) + 1, others.len() + 1));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::examples::todo_id;

    fn todos(numbers: &[u8]) -> Vec<TodoId> {
        numbers.iter().copied().map(todo_id).collect()
    }

    /// Held between 2 and 3, then others have changed the list.
    #[track_caller]
    fn lands(others: &[u8], expected: usize) {
        let held = Held::at(todo_id(9), &todos(&[1, 2, 3]), 2);
        assert_eq!(held.place(&todos(others)), expected);
    }

    #[test]
    fn a_held_row_lands_below_the_same_row_whatever_others_do() {
        lands(&[1, 2, 3], 2);
        lands(&[3, 1, 2], 3);
        lands(&[2, 4, 3], 1);
    }

    #[test]
    fn where_the_row_above_is_gone_it_lands_above_the_same_row_or_at_the_end() {
        lands(&[1, 4, 3], 2);
        lands(&[4, 1], 2);
    }

    #[test]
    fn a_row_held_at_the_top_lands_at_the_top() {
        let held = Held::at(todo_id(9), &todos(&[1, 2]), 0);
        assert_eq!(held.place(&todos(&[4, 1, 2])), 0);
    }

    #[test]
    fn a_place_beyond_the_end_is_the_end() {
        let held = Held::at(todo_id(9), &todos(&[1, 2]), 7);
        assert_eq!((held.place(&todos(&[1, 2])), held.below), (2, None));
    }
}
