//! Whether an event can be undone, and what that changes: only while no other event has changed the same todos since.
//! An event that was undone, and the one that undid it, count as if they had not been.

use crate::domain::command::Rejection;
use crate::domain::done::Done;
use crate::domain::event::Change;
use crate::domain::facts::Facts;
use crate::domain::list::LIST_TODOS_MAX;
use crate::domain::todo::Todo;

/// How many events that undid others are followed back. More than a person undoes in a row.
const STEPS_MAX: usize = 1000;

/// The opposite of an event.
///
/// # Errors
/// Where its todos were changed since, or it has no opposite.
pub fn undo(done: &Done, facts: &impl Facts) -> Result<Change, Rejection> {
    let todos = done.change.todos();
    if !facts.any(&todos).into_iter().all(|it| it.is_some_and(|it| was_last(done, facts, it))) {
        return Err(Rejection::ChangedSince);
    }
    let back = || todos.iter().map(|id| facts.in_trash(*id).cloned()).collect::<Option<Vec<_>>>();
    Ok(match &done.change {
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

/// Whether no event has changed this todo since that one, but for those that were undone.
fn was_last(done: &Done, facts: &impl Facts, todo: &Todo) -> bool {
    let mut touched = todo.touched_seq;
    for _ in 0..STEPS_MAX {
        if touched == done.seq {
            return true;
        }
        let before = facts.done(touched).and_then(|it| match it.undoes {
            Some(undone) => facts.done(undone)?.touched_before(todo.id),
            None if !done.is_move() => it.made_room_before(todo.id),
            None => None,
        });
        match before {
            Some(before) => touched = before,
            None => return false,
        }
    }
    false
}
