//! An event as it must be known to undo it, and whether that can be done: only while no other event has changed
//! the same todos since. An event that was undone, and the one that undid it, count as if they had not been.

use crate::domain::command::Rejection;
use crate::domain::decide::Facts;
use crate::domain::event::{Change, Seq};
use crate::domain::id::TodoId;
use crate::domain::list::LIST_TODOS_MAX;
use crate::domain::todo::Todo;

/// How many events that undid others are followed back. More than a person undoes in a row.
const STEPS_MAX: usize = 1000;

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
    /// The change with what it is about to meet; `touched` is looked up in the facts.
    #[must_use]
    pub fn new(seq: Seq, undoes: Option<Seq>, change: Change, facts: &impl Facts) -> Self {
        let touched = match &change {
            // One that was deleted and is created again begins anew: what it was before is lost.
            Change::Created { .. } => vec![0],
            _ => facts.any(&change.todos()).iter().map(|it| it.map_or(0, |it| it.touched_seq)).collect(),
        };
        Self { seq, undoes, change, touched }
    }

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
    fn is_move(&self) -> bool {
        matches!(self.change, Change::Moved { .. })
    }

    /// The opposite of this event.
    ///
    /// # Errors
    /// Where its todos were changed since, or it has no opposite.
    pub fn undo(&self, facts: &impl Facts) -> Result<Change, Rejection> {
        let todos = self.change.todos();
        if !facts.any(&todos).into_iter().all(|it| it.is_some_and(|it| self.was_last(facts, it))) {
            return Err(Rejection::ChangedSince);
        }
        let back = || todos.iter().map(|id| facts.in_trash(*id).cloned()).collect::<Option<Vec<_>>>();
        Ok(match &self.change {
            Change::Created { todo, .. } => Change::Deleted { todos: vec![*todo], to: None },
            Change::Renamed { todo, title, was: Some(was) } => {
                Change::Renamed { todo: *todo, title: was.clone(), was: Some(title.clone()) }
            }
            Change::Completed { todos } => Change::Reopened { todos: todos.clone() },
            Change::Reopened { todos } => Change::Completed { todos: todos.clone() },
            Change::Deleted { todos, to } => {
                if facts.size() + todos.len() > LIST_TODOS_MAX {
                    return Err(Rejection::ListFull);
                }
                Change::Restored { todos: back().ok_or(Rejection::NotUndoable)?, from: to.clone() }
            }
            Change::Restored { from, .. } => Change::Deleted { todos: todos.to_vec(), to: from.clone() },
            Change::Moved { todo, position, was } => {
                Change::Moved { todo: *todo, position: was.clone(), was: position.clone() }
            }
            Change::Renamed { was: None, .. }
            | Change::Spaced { .. }
            | Change::Named { .. }
            | Change::ListCreated { .. }
            | Change::ListRenamed { .. }
            | Change::ListDeleted { .. }
            | Change::ListRestored { .. }
            | Change::ListMoved { .. }
            | Change::ListsSpaced { .. } => return Err(Rejection::NotUndoable),
        })
    }

    /// Whether no event has changed this todo since, but for those that were undone.
    fn was_last(&self, facts: &impl Facts, todo: &Todo) -> bool {
        let mut touched = todo.touched_seq;
        for _ in 0..STEPS_MAX {
            if touched == self.seq {
                return true;
            }
            let before = facts.done(touched).and_then(|it| match it.undoes {
                Some(undone) => facts.done(undone)?.touched_before(todo.id),
                None if !self.is_move() => it.made_room_before(todo.id),
                None => None,
            });
            match before {
                Some(before) => touched = before,
                None => return false,
            }
        }
        false
    }
}
