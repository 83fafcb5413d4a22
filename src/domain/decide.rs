//! The rules of a list, all of them, and nowhere else: what a command comes to. The server asks inside
//! its transaction, the browser to show a command at once, the tests as their model.

use std::collections::HashSet;

use crate::domain::command::{Command, Rejection};
use crate::domain::event::Change;
use crate::domain::id::TodoId;
use crate::domain::list::LIST_TODOS_MAX;
use crate::domain::todo::Todo;

/// What the rules may know of a list. Whoever decides about a command needs no more than the size of the
/// list, and the todos in the command's [`Scope`](crate::domain::command::Scope).
pub trait Facts {
    /// How many todos the list holds.
    fn size(&self) -> usize;

    /// The todo with this id.
    fn todo(&self, id: TodoId) -> Option<&Todo>;

    /// All that are done, or all that are open, in the list's order.
    fn every(&self, completed: bool) -> Vec<TodoId>;
}

/// What a command comes to: a change, or nothing to do.
///
/// # Errors
/// The rule that says no.
pub fn decide(facts: &impl Facts, command: &Command) -> Result<Option<Change>, Rejection> {
    Ok(match command {
        Command::Create { id, .. } if facts.todo(*id).is_some() => return Err(Rejection::TodoExists),
        Command::Create { .. } if facts.size() >= LIST_TODOS_MAX => return Err(Rejection::ListFull),
        Command::Create { id, title } => Some(Change::Created { todo: *id, title: title.clone() }),
        Command::Rename { id, title } => {
            let todo = facts.todo(*id).ok_or(Rejection::TodoNotFound)?;
            (todo.title != *title).then(|| Change::Renamed { todo: *id, title: title.clone() })
        }
        Command::Complete { ids } => {
            let todos = present(facts, ids)?;
            let open = todos.iter().filter(|it| !it.completed).map(|it| it.id).collect();
            some(open).map(|todos| Change::Completed { todos })
        }
        Command::Reopen { ids } => {
            let todos = present(facts, ids)?;
            let done = todos.iter().filter(|it| it.completed).map(|it| it.id).collect();
            some(done).map(|todos| Change::Reopened { todos })
        }
        Command::Delete { ids } => {
            let there = present(facts, ids).map_or_else(|_| Vec::new(), |todos| todos.iter().map(|it| it.id).collect());
            some(there).map(|todos| Change::Deleted { todos })
        }
        Command::CompleteAll => some(facts.every(false)).map(|todos| Change::Completed { todos }),
        Command::ReopenAll => some(facts.every(true)).map(|todos| Change::Reopened { todos }),
        Command::ClearCompleted => some(facts.every(true)).map(|todos| Change::Deleted { todos }),
    })
}

/// Those of the todos that the list still has, each once. That someone else deleted some of them meanwhile
/// does not keep the others from what was asked.
fn present<'a>(facts: &'a impl Facts, ids: &[TodoId]) -> Result<Vec<&'a Todo>, Rejection> {
    let mut seen = HashSet::new();
    let todos: Vec<_> = ids.iter().filter(|id| seen.insert(**id)).filter_map(|id| facts.todo(*id)).collect();
    if todos.is_empty() { Err(Rejection::TodoNotFound) } else { Ok(todos) }
}

fn some(todos: Vec<TodoId>) -> Option<Vec<TodoId>> {
    (!todos.is_empty()).then_some(todos)
}
