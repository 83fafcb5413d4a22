//! The todos that are selected, to do one thing with all of them.

use std::collections::HashSet;

use crate::domain::TodoId;
use crate::ui::live::store::ListStore;

impl ListStore {
    /// The selected todos that are shown, in the order of the list.
    pub(crate) fn selected_ids(self) -> Vec<TodoId> {
        let selected = self.selected.read_untracked();
        self.shown_ids().into_iter().filter(|id| selected.contains(id)).collect()
    }

    /// Selects a todo, or no longer.
    pub(crate) fn toggle_selected(self, id: TodoId) {
        self.anchor.set_value(Some(id));
        let mut selected = self.selected.get_untracked();
        if !selected.remove(&id) {
            selected.insert(id);
        }
        self.select(selected);
    }

    /// Selects everything between the todo that was selected last and this one.
    pub(crate) fn select_to(self, id: TodoId) {
        let shown = self.shown_ids();
        let at = |id: TodoId| shown.iter().position(|it| *it == id);
        let Some(to) = at(id) else { return };
        let from = self.anchor.get_value().and_then(at).unwrap_or(to);
        let mut selected = self.selected.get_untracked();
        selected.extend(&shown[from.min(to)..=from.max(to)]);
        self.select(selected);
    }

    /// Selects exactly these.
    pub(crate) fn select(self, selected: HashSet<TodoId>) {
        let before = self.selected.get_untracked();
        self.state.with_value(|it| {
            for id in before.symmetric_difference(&selected) {
                if let Some(row) = it.rows.get(*id) {
                    row.update(|row| row.is_selected = selected.contains(id));
                }
            }
        });
        if before != selected {
            self.selected.set(selected);
        }
    }

    /// Forgets selected todos that are gone.
    pub(super) fn prune_selection(self) {
        if !self.selected.read_untracked().is_empty() {
            let is_there = |id: &TodoId| self.row(*id).is_some();
            let left = self.selected.get_untracked().into_iter().filter(is_there).collect();
            self.select(left);
        }
    }
}
