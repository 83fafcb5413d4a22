//! Where the focus goes when the row that has it goes away: one goes on from the next row.

use crate::domain::TodoId;
use crate::ui::browser::dom;
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
    let rows = store.shown_ids();
    let at = rows.iter().position(|it| *it == id).unwrap_or(0);
    let neighbour = rows.get(at + 1).or_else(|| rows.get(at.checked_sub(1)?));
    match neighbour {
        Some(id) => focus_on(*id, control),
        None => dom::focus(".new-todo".to_owned()),
    }
}

/// Moves the focus to a control of a row: at once if it is there, so that the next key is about it.
pub(crate) fn focus_on(id: TodoId, control: Control) {
    let control = match control {
        Control::Tick => format!(".toggle[aria-labelledby='{}']", dom::label_id(id)),
        Control::Delete => format!(".destroy[value='{id}']"),
    };
    if !dom::focus_now(&control) {
        dom::focus(control);
    }
}
