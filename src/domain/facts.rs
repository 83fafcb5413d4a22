//! What the rules of a list may know of it.

use crate::domain::command::Undone;
use crate::domain::done::Done;
use crate::domain::event::{Change, Placed};
use crate::domain::event_id::Seq;
use crate::domain::id::TodoId;
use crate::domain::position::Position;
use crate::domain::todo::Todo;

/// What the rules may know of a list. Whoever decides about a command needs no more than the size of the
/// list, its first and last positions, and what is in the command's [`Scope`](crate::domain::command::Scope).
pub trait Facts {
    /// How many todos the list holds.
    fn size(&self) -> usize;

    /// The todo with this id.
    fn todo(&self, id: TodoId) -> Option<&Todo>;

    /// The todo with this id in the list's trash, or that was moved to another list.
    fn in_trash(&self, id: TodoId) -> Option<&Todo>;

    /// The position of the first one in the list's order.
    fn first(&self) -> Option<&Position>;

    /// The position of the last one in the list's order.
    fn last(&self) -> Option<&Position>;

    /// All that are done, or all that are open, in the list's order.
    fn every(&self, completed: bool) -> Vec<TodoId>;

    /// All in the list's order. Asked for only where there is no room for the todo that moves.
    fn order(&self) -> Vec<Placed>;

    /// The one that stands right behind another, or first where that is absent; `but` is left out.
    fn behind(&self, place: Option<TodoId>, but: TodoId) -> Option<&Todo>;

    /// The event that shall be undone.
    fn event(&self, which: Undone) -> Option<&Done>;

    /// The event with this number, where it undid another one or was undone.
    fn done(&self, seq: Seq) -> Option<&Done>;

    /// The todos with these ids, in their order; many are looked up in one pass.
    fn todos(&self, ids: &[TodoId]) -> Vec<Option<&Todo>> {
        ids.iter().map(|id| self.todo(*id)).collect()
    }

    /// The same, in the list or its trash.
    fn any(&self, ids: &[TodoId]) -> Vec<Option<&Todo>> {
        let found = self.todos(ids).into_iter().zip(ids);
        found.map(|(todo, id)| todo.or_else(|| self.in_trash(*id))).collect()
    }

    /// A change as it is about to happen, with what it meets.
    fn meets(&self, seq: Seq, undoes: Option<Seq>, change: Change) -> Done {
        let touched = match &change {
            // One that was deleted and is created again begins anew: what it was before is lost.
            Change::Created { .. } => vec![0],
            _ => self.any(&change.todos()).iter().map(|it| it.map_or(0, |it| it.touched_seq)).collect(),
        };
        Done { seq, undoes, change, touched }
    }
}
