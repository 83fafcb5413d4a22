//! The lists as this page shows them: what the server says, with the commands on top that wait.

use crate::domain::{Command, Event, Index, ListId, OpId};
use crate::sync::Touched;
use crate::sync::lists::{ListEntry, entries};
use crate::ui::browser::storage;
use crate::ui::live::store::ListStore;
use crate::ui::live::store::state::State;
use crate::ui::one_kind::Memo;

impl ListStore {
    /// All lists, in order.
    pub(crate) fn list_entries(self) -> Memo<Vec<ListEntry>> {
        Memo::new(move || self.entries())
    }

    /// The command that moves a list up by one, where it can.
    pub(crate) fn move_up(self, list: &ListId) -> Option<Command> {
        let ids = self.list_ids();
        let to = ids.iter().position(|it| it == list)?.checked_sub(1)?;
        Some(Command::MoveList { after: to.checked_sub(1).map(|it| ids[it].clone()) })
    }

    /// The command that moves a list down by one, where it can.
    pub(crate) fn move_down(self, list: &ListId) -> Option<Command> {
        let ids = self.list_ids();
        let at = ids.iter().position(|it| it == list)?;
        ids.get(at + 1).map(|it| Command::MoveList { after: Some(it.clone()) })
    }

    /// All lists that have an id, in order. Followed like [`ListStore::list_entries`].
    pub(crate) fn list_ids(self) -> Vec<ListId> {
        self.entries().into_iter().filter_map(|it| it.id).collect()
    }

    /// Moves a list right behind another one, or to the top.
    pub(crate) fn move_list(self, list: ListId, after: Option<ListId>) {
        self.act(vec![(list, Command::MoveList { after })]);
    }

    /// Takes an event of the index. `false` if events before it are missing.
    pub(crate) fn receive_in_index(self, event: &Event) -> bool {
        let is_next = self.lists.receive(event);
        if is_next {
            self.finish(|it| it.replica.receive_in_index(event));
        }
        is_next
    }

    /// Takes the lists as they are now.
    pub(crate) fn replace_lists(self, index: Index) {
        let head = index.head.0.seq;
        self.lists.replace(index);
        self.finish(|it| it.replica.index_reached(head));
    }

    fn finish(self, step: impl FnOnce(&mut State) -> (Vec<OpId>, Touched)) {
        self.step(|it| {
            let (over, touched) = step(it);
            over.into_iter().for_each(storage::forget_command);
            touched
        });
    }

    fn entries(self) -> Vec<ListEntry> {
        self.list_commands.track();
        self.state.with_value(|it| self.lists.read(|index| entries(index, it.replica.outbox())))
    }
}
