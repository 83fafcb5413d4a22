//! All rules of a list: what a command changes, or why it is rejected. There are no rules anywhere else.
//! The server asks them inside its transaction, the browser to show a command at once, the tests as a model.

use std::collections::HashSet;

use crate::domain::command::{Command, Rejection};
use crate::domain::event::Change;
use crate::domain::id::TodoId;
use crate::domain::list::LIST_TODOS_MAX;
use crate::domain::position::Position;
use crate::domain::todo::Todo;

/// What the rules may know about a list: its size, its last position, and the todos in the command's
/// [`Scope`](crate::domain::command::Scope). Nothing else is needed to decide about a command.
pub trait Facts {
    /// How many todos the list holds.
    fn size(&self) -> usize;

    /// The todo with this id.
    fn todo(&self, id: TodoId) -> Option<&Todo>;

    /// The position of the last todo in the list's order.
    fn last(&self) -> Option<&Position>;

    /// All that are done, or all that are open, in the list's order.
    fn every(&self, completed: bool) -> Vec<TodoId>;
}

/// What a command changes, or `None` if there is nothing to do.
///
/// # Errors
/// The rule that rejects it.
pub fn decide(facts: &impl Facts, command: &Command) -> Result<Option<Change>, Rejection> {
    Ok(match command {
        Command::Create { id, .. } if facts.todo(*id).is_some() => return Err(Rejection::TodoExists),
        Command::Create { .. } if facts.size() >= LIST_TODOS_MAX => return Err(Rejection::ListFull),
        Command::Create { id, title } => {
            Some(Change::Created { todo: *id, title: title.clone(), position: Position::after(facts.last()) })
        }
        Command::Rename { id, title } => {
            let todo = facts.todo(*id).ok_or(Rejection::TodoNotFound)?;
            let was = Some(todo.title.clone());
            (todo.title != *title).then(|| Change::Renamed { todo: *id, title: title.clone(), was })
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

/// Those of the todos that the list still has, each once. If someone else deleted some of them meanwhile, the
/// command still applies to the others.
fn present<'a>(facts: &'a impl Facts, ids: &[TodoId]) -> Result<Vec<&'a Todo>, Rejection> {
    let mut seen = HashSet::new();
    let todos: Vec<_> = ids.iter().filter(|id| seen.insert(**id)).filter_map(|id| facts.todo(*id)).collect();
    if todos.is_empty() { Err(Rejection::TodoNotFound) } else { Ok(todos) }
}

fn some(todos: Vec<TodoId>) -> Option<Vec<TodoId>> {
    (!todos.is_empty()).then_some(todos)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::examples::{any_command, created, empty, title, todo_id};

    #[test]
    fn a_command_that_changes_nothing_has_no_change() {
        let mut board = empty();
        board.change(&created(&board, todo_id(1)), 1, 0);
        assert_eq!(decide(&board, &Command::Reopen { ids: vec![todo_id(1)] }), Ok(None));
        assert_eq!(decide(&board, &Command::Rename { id: todo_id(1), title: title("x") }), Ok(None));
        assert_eq!(decide(&board, &Command::Delete { ids: vec![todo_id(2)] }), Ok(None));
        assert_eq!(decide(&board, &Command::ClearCompleted), Ok(None));
        assert_eq!(decide(&board, &Command::Complete { ids: vec![todo_id(2)] }), Err(Rejection::TodoNotFound));
    }

    #[test]
    fn a_full_list_takes_no_more() {
        let mut board = empty();
        for n in 0..LIST_TODOS_MAX {
            board.change(&created(&board, TodoId::new(i64::try_from(n).unwrap(), &[1; 10])), 1, 0);
        }
        assert_eq!(decide(&board, &Command::Create { id: todo_id(1), title: title("y") }), Err(Rejection::ListFull));
    }

    #[test]
    fn a_change_says_what_was_there_before() {
        let mut board = empty();
        board.change(&created(&board, todo_id(1)), 1, 0);
        let renamed = decide(&board, &Command::Rename { id: todo_id(1), title: title("y") });
        let expected = Change::Renamed { todo: todo_id(1), title: title("y"), was: Some(title("x")) };
        assert_eq!(renamed, Ok(Some(expected)));
    }

    proptest! {
        #[test]
        fn a_command_accepted_again_changes_nothing(commands in prop::collection::vec(any_command(), 1..40)) {
            let mut board = empty();
            for command in &commands {
                if let Ok(Some(change)) = decide(&board, command) {
                    board.change(&change, 3, 7);
                    prop_assert!(matches!(decide(&board, command), Ok(None) | Err(Rejection::TodoExists)));
                }
            }
        }

        #[test]
        fn no_two_todos_have_the_same_position(commands in prop::collection::vec(any_command(), 1..60)) {
            let mut board = empty();
            for command in &commands {
                if let Ok(Some(change)) = decide(&board, command) {
                    board.change(&change, 3, 7);
                }
            }
            prop_assert!(board.todos.windows(2).all(|it| it[0].position < it[1].position));
        }
    }
}
