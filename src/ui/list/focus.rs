//! Where the focus goes when the row that has it goes away: one goes on from the next row.

use leptos::prelude::GetUntracked;

use crate::domain::TodoId;
use crate::ui::browser::dom;
use crate::ui::live::rows::Part;
use crate::ui::live::store::ListStore;

/// A control that each row has.
#[derive(Clone, Copy)]
pub(crate) enum Control {
    /// The box.
    Tick,
    /// The button that deletes.
    Delete,
}

/// Moves the focus to the same control of the neighbouring row, before this row goes away.
pub(crate) fn focus_after(store: ListStore, id: TodoId, control: Control) {
    let rows: Vec<_> = Part::EACH.into_iter().flat_map(|part| store.visible(part).get_untracked()).collect();
    let at = rows.iter().position(|it| *it == id).unwrap_or(0);
    let neighbour = rows.get(at + 1).or_else(|| rows.get(at.checked_sub(1)?));
    dom::focus(neighbour.map_or_else(
        || ".new-todo".to_owned(),
        |id| match control {
            Control::Tick => format!(".toggle[aria-labelledby='todo-{id}']"),
            Control::Delete => format!(".destroy[value='{id}']"),
        },
    ));
}
