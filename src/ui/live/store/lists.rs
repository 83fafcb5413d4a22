//! The lists as this page shows them: what the server says, with the commands on top that wait.

use leptos::prelude::*;

use crate::domain::{Command, ListId};
use crate::sync::lists::{ListEntry, entries};
use crate::ui::live::store::ListStore;

impl ListStore {
    /// All lists, in order.
    pub(crate) fn list_entries(self) -> Memo<Vec<ListEntry>> {
        Memo::new(move |_| {
            self.list_commands.track();
            self.state.with_value(|it| self.lists.read(|index| entries(index, it.replica.outbox())))
        })
    }

    /// The command that moves a list up by one, where it can.
    pub(crate) fn move_up(self, list: &ListId) -> Option<Command> {
        let (ids, at) = self.place_of(list)?;
        let to = at.checked_sub(1)?;
        Some(Command::MoveList { after: to.checked_sub(1).map(|it| ids[it].clone()) })
    }

    /// The command that moves a list down by one, where it can.
    pub(crate) fn move_down(self, list: &ListId) -> Option<Command> {
        let (ids, at) = self.place_of(list)?;
        ids.get(at + 1).map(|it| Command::MoveList { after: Some(it.clone()) })
    }

    fn place_of(self, list: &ListId) -> Option<(Vec<ListId>, usize)> {
        let entries =
            self.state.with_value(|it| untrack(|| self.lists.read(|index| entries(index, it.replica.outbox()))));
        let ids: Vec<_> = entries.into_iter().filter_map(|it| it.id).collect();
        let at = ids.iter().position(|it| it == list)?;
        Some((ids, at))
    }
}
