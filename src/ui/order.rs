//! Moving a row to another place, a todo or a list: dragged with a mouse or a finger, or picked up, moved and dropped
//! with keys. Where it would land is marked; it moves when it is dropped, as one command.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;

use crate::domain::Command;
use crate::ui::browser::dom;
use crate::ui::browser::drag;
use crate::ui::live::store::ListStore;
use crate::ui::near;
use crate::ui::one_kind::{Memo, RwSignal, StoredValue, attribute, changing, on};
use crate::ui::row_id::RowId;

/// A row that is being moved. The gap is kept by the rows around it, because others may change the order meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    id: RowId,
    /// The row above the gap where it would land. `None` means the top.
    above: Option<RowId>,
    /// The row below the gap.
    below: Option<RowId>,
}

impl Held {
    /// Holds the row where `at` of the others are above it.
    fn at(id: RowId, others: &[RowId], at: usize) -> Self {
        let above = at.min(others.len()).checked_sub(1).and_then(|it| others.get(it));
        Self { id, above: above.cloned(), below: others.get(at).cloned() }
    }

    /// How many of the others are above the gap now.
    fn place(&self, others: &[RowId]) -> usize {
        let place_of = |id: &RowId| others.iter().position(|it| it == id);
        let Some(above) = &self.above else { return 0 };
        place_of(above).map(|it| it + 1).or_else(|| self.below.as_ref().and_then(place_of)).unwrap_or(others.len())
    }
}

/// The other rows that a row stands among, in order, and how many of them are above it. `None` where it is gone.
fn others(store: ListStore, id: &RowId) -> Option<(Vec<RowId>, usize)> {
    let mut rows: Vec<_> = match id {
        RowId::Todo(_) => store.shown_ids().into_iter().map(RowId::Todo).collect(),
        RowId::List(_) => untrack(|| store.list_ids()).into_iter().map(RowId::List).collect(),
    };
    let at = rows.iter().position(|it| it == id)?;
    rows.remove(at);
    Some((rows, at))
}

/// Has a row be on the page, if the list is so long that it may not be.
fn bring(store: ListStore, id: &RowId) {
    if let RowId::Todo(id) = id {
        near::bring(store, *id);
    }
}

/// Moves a row right behind another one, or to the top.
fn move_behind(store: ListStore, id: RowId, after: Option<RowId>) {
    match id {
        RowId::Todo(id) => {
            let after = after.and_then(|it| if let RowId::Todo(id) = it { Some(id) } else { None });
            store.command(Command::Move { id, after });
        }
        RowId::List(id) => {
            let after = after.and_then(|it| if let RowId::List(id) = it { Some(id) } else { None });
            store.move_list(id, after);
        }
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

    fn pick_up(self, store: ListStore, id: &RowId) {
        let Some((others, at)) = others(store, id) else { return };
        self.held.set_value(Some(Held::at(id.clone(), &others, at)));
        drag::mark_held(id);
    }

    /// Holds the row somewhere else.
    fn hold_at(self, held: Held, others: &[RowId], at: usize) {
        let held = Held::at(held.id, others, at);
        drag::mark_gap(held.above.as_ref(), held.below.as_ref());
        self.held.set_value(Some(held));
    }

    fn drop_row(self, store: ListStore) {
        let Some(held) = self.held.get_value() else { return };
        self.let_go();
        let Some((others, at)) = others(store, &held.id) else { return };
        let to = held.place(&others);
        // Dropped where it was, it does not move, and there is nothing to take back.
        if to != at {
            move_behind(store, held.id, to.checked_sub(1).and_then(|it| others.get(it)).cloned());
        }
    }

    fn let_go(self) {
        self.held.set_value(None);
        drag::unmark();
    }

    /// The row, if it is the one that is held.
    fn held(self, id: &RowId) -> Option<Held> {
        self.held.get_value().filter(|it| it.id == *id)
    }

    /// The pointer has moved while it holds the row.
    fn follow(self, store: ListStore, id: &RowId, event: &PointerEvent) {
        let Some(held) = self.held(id) else { return };
        drag::scroll_near_edge(event);
        let Some((over, is_below)) = drag::row_at(event) else { return };
        let Some((others, _)) = others(store, id) else { return };
        if let Some(at) = others.iter().position(|it| *it == over) {
            self.hold_at(held, &others, at + usize::from(is_below));
        }
    }

    /// A key was pressed on the handle. `false` where it means nothing there.
    fn on_key(self, store: ListStore, id: &RowId, key: &str) -> bool {
        match (key, self.held(id)) {
            (" " | "Enter", None) => {
                self.pick_up(store, id);
                self.say_place(store, "Picked up. Arrow keys move it, Space drops it, Escape leaves it. Position");
            }
            (" " | "Enter", Some(_)) => {
                self.say_place(store, "Dropped at");
                self.drop_row(store);
                bring(store, id);
                dom::focus(format!("#{}", id.handle()));
            }
            ("Escape", Some(_)) => {
                self.let_go();
                self.said.set("Left where it was".to_owned());
            }
            ("ArrowUp" | "ArrowDown" | "Home" | "End", Some(held)) => {
                let Some((others, _)) = others(store, id) else { return false };
                let at = match key {
                    "ArrowUp" => held.place(&others).saturating_sub(1),
                    "ArrowDown" => held.place(&others) + 1,
                    "Home" => 0,
                    _ => others.len(),
                };
                self.hold_at(held, &others, at);
                self.say_place(store, "Position");
                self.show(store);
            }
            _ => return false,
        }
        true
    }

    /// Brings the place where the row would land into view.
    fn show(self, store: ListStore) {
        if let Some(beside) = self.held.get_value().and_then(|it| it.below.or(it.above)) {
            bring(store, &beside);
            drag::show(&beside);
        }
    }

    fn say_place(self, store: ListStore, what: &str) {
        let Some(held) = self.held.get_value() else { return };
        let Some((others, _)) = others(store, &held.id) else { return };
        self.said.set(format!("{what} {} of {}", held.place(&others) + 1, others.len() + 1));
    }
}

/// The handle by which a row is moved.
#[component]
pub(crate) fn Grip(
    /// Which row.
    id: RowId,
    /// What it moves, in words.
    name: Memo<String>,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let order = expect_context::<Order>();
    let handle = id.handle();
    let on_down = {
        let id = id.clone();
        move |event: PointerEvent| {
            if event.button() == 0 {
                event.prevent_default();
                drag::capture(&event);
                order.pick_up(store, &id);
            }
        }
    };
    let on_move = {
        let id = id.clone();
        move |event: PointerEvent| order.follow(store, &id, &event)
    };
    let on_up = {
        let id = id.clone();
        move |_| {
            if order.held(&id).is_some() {
                order.drop_row(store);
            }
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if order.on_key(store, &id, &event.key()) {
            event.prevent_default();
            event.stop_propagation();
        }
    };
    view! {
        <button
            type="button"
            class="grip"
            id=handle
            aria-label=attribute(move || format!("Move {}", name.get()))
            on:pointerdown=on(on_down)
            on:pointermove=on(on_move)
            on:pointerup=on(on_up)
            on:pointercancel=on(move |_| order.let_go())
            on:blur=on(move |_| order.let_go())
            on:keydown=on(on_key)
        ></button>
    }
}

/// Where screen readers are told how a move goes.
#[component]
pub(crate) fn MoveSpoken() -> impl IntoView {
    let order = expect_context::<Order>();
    view! { <p class="spoken" aria-live="polite">{changing(move || order.said.get())}</p> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::examples::todo_id;

    fn todo(number: u8) -> RowId {
        RowId::Todo(todo_id(number))
    }

    fn todos(numbers: &[u8]) -> Vec<RowId> {
        numbers.iter().copied().map(todo).collect()
    }

    /// Held between 2 and 3, then others have changed the list.
    #[track_caller]
    fn lands(others: &[u8], expected: usize) {
        let held = Held::at(todo(9), &todos(&[1, 2, 3]), 2);
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
        let held = Held::at(todo(9), &todos(&[1, 2]), 0);
        assert_eq!(held.place(&todos(&[4, 1, 2])), 0);
    }

    #[test]
    fn a_place_beyond_the_end_is_the_end() {
        let held = Held::at(todo(9), &todos(&[1, 2]), 7);
        assert_eq!((held.place(&todos(&[1, 2])), held.below), (2, None));
    }
}
