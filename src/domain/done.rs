//! An event as it must be known to undo it, and whether that can be done: only while no other event has changed
//! the same todos since. An event that was undone, and the one that undid it, count as if they had not been.

use crate::domain::event::Change;
use crate::domain::event_id::Seq;
use crate::domain::id::TodoId;

/// An event, and what it met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Its number.
    pub seq: Seq,
    /// The number of the event that it undid.
    pub undoes: Option<Seq>,
    /// What happened.
    pub change: Change,
    /// For each todo of the change, in order, the number of the event that had touched it before.
    pub touched: Vec<Seq>,
}

impl Done {
    /// The event that had touched a todo before this one did.
    #[must_use]
    pub fn touched_before(&self, id: TodoId) -> Option<Seq> {
        // Without making a list of the ids first: a full list asks this ten thousand times.
        let at = match &self.change {
            Change::Restored { todos, .. } => todos.iter().position(|it| it.id == id),
            Change::Spaced { todos } => todos.iter().position(|it| it.todo == id),
            other => other.todos().iter().position(|it| *it == id),
        };
        at.and_then(|at| self.touched.get(at).copied())
    }

    /// The event that had touched a todo before this one only made room.
    #[must_use]
    pub fn made_room_before(&self, id: TodoId) -> Option<Seq> {
        if matches!(self.change, Change::Spaced { .. }) { self.touched_before(id) } else { None }
    }

    /// Where a todo stood is known no more once others around it have made room.
    pub(crate) fn is_move(&self) -> bool {
        matches!(self.change, Change::Moved { .. })
    }
}
