//! Whether it was this page that deleted its list. Who did that goes to the home list, and only others are told that
//! the list is gone.

use crate::domain::{Command, OpId};
use crate::ui::live::store::ListStore;

/// What this page has done about its own list, as far as that decides whether there is such a list.
#[derive(Debug, Default)]
pub(super) struct Deletion {
    /// The last command of this page about lists.
    last: Option<OpId>,
    /// The command that deletes the list, unless it was taken back.
    by: Option<OpId>,
}

impl Deletion {
    /// This page asks for something about lists.
    pub(super) fn did(&mut self, op: OpId, command: &Command) {
        self.last = Some(op);
        match command {
            Command::DeleteList => self.by = Some(op),
            Command::RestoreList => self.by = None,
            Command::UndoOp { op } => self.took_back(*op),
            _ => {}
        }
    }

    /// This page takes a command back.
    pub(super) fn took_back(&mut self, op: OpId) {
        self.by = self.by.filter(|it| *it != op);
    }
}

/// Who has deleted the list of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhoDeleted {
    /// The person at this page.
    Here,
    /// Someone else, or the same person in another tab.
    Elsewhere,
    /// What was asked here has no answer yet. Perhaps it takes back that the list was deleted.
    NotKnownYet,
}

impl ListStore {
    /// Who has deleted the list of the page, which the server does not have any more.
    pub(crate) fn who_deleted(self) -> WhoDeleted {
        self.state.with_value(|it| {
            let Deletion { last, by } = it.deletion;
            let waits = |op: OpId| it.replica.outbox().unanswered().any(|it| it.op == op);
            match by {
                _ if last.is_some_and(waits) => WhoDeleted::NotKnownYet,
                Some(_) => WhoDeleted::Here,
                None => WhoDeleted::Elsewhere,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ListId;

    fn op(n: i64) -> OpId {
        OpId::new(n, &[0; 10])
    }

    /// What deletes the list after these commands, made one after the other.
    fn by(commands: &[Command]) -> Option<OpId> {
        let mut deletion = Deletion::default();
        for (n, command) in (1..).zip(commands) {
            deletion.did(op(n), command);
        }
        assert_eq!(deletion.last, i64::try_from(commands.len()).ok().filter(|it| *it > 0).map(op));
        deletion.by
    }

    #[test]
    fn a_list_is_deleted_here_until_that_is_taken_back() {
        let moved = Command::MoveList { after: Some(ListId::home()) };
        assert_eq!(by(&[]), None);
        assert_eq!(by(&[moved.clone(), Command::DeleteList, moved.clone()]), Some(op(2)));
        assert_eq!(by(&[Command::DeleteList, Command::UndoOp { op: op(1) }]), None);
        assert_eq!(by(&[moved, Command::DeleteList, Command::UndoOp { op: op(1) }]), Some(op(2)), "another one");
        assert_eq!(by(&[Command::DeleteList, Command::RestoreList]), None);
        assert_eq!(by(&[Command::DeleteList, Command::RestoreList, Command::DeleteList]), Some(op(3)));
    }

    #[test]
    fn a_deletion_that_was_never_sent_is_taken_back_too() {
        let mut deletion = Deletion::default();
        deletion.did(op(1), &Command::DeleteList);
        deletion.took_back(op(2));
        assert_eq!(deletion.by, Some(op(1)));
        deletion.took_back(op(1));
        assert_eq!(deletion.by, None);
    }
}
