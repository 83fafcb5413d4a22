//! All rules of a list: what a command changes, or why it is rejected. There are no rules anywhere else.
//! The server asks them inside its transaction, the browser to show a command at once, the tests as a model.

use std::collections::HashSet;

use crate::domain::command::{Command, Rejection, Scope};
use crate::domain::event::{Change, Placed};
use crate::domain::facts::Facts;
use crate::domain::id::TodoId;
use crate::domain::list::LIST_TODOS_MAX;
use crate::domain::position::Position;
use crate::domain::todo::Todo;
use crate::domain::undo::undo;

/// How many todos make room for one that has none between its neighbours. Few, because an event names them
/// all; enough to be needed again only after many moves.
const ROOM_TODOS: usize = 64;

/// What a command changes, or `None` if there is nothing to do.
///
/// # Errors
/// The rule that rejects it.
pub fn decide(facts: &impl Facts, command: &Command) -> Result<Option<Change>, Rejection> {
    Ok(match command {
        Command::Create { id, .. } if facts.todo(*id).is_some() => return Err(Rejection::TodoExists),
        Command::Create { .. } if facts.size() >= LIST_TODOS_MAX => return Err(Rejection::ListFull),
        Command::Create { id, title, at_top } => {
            let position = if *at_top { Position::before(facts.first()) } else { Position::after(facts.last()) };
            Some(Change::Created { todo: *id, title: title.clone(), position })
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
            some(there).map(|todos| Change::Deleted { todos, to: None })
        }
        Command::Restore { ids } => restore(facts, ids)?,
        Command::Move { id, after } => place(facts, *id, *after)?,
        Command::MoveTo { ids, to } => {
            let todos = present(facts, ids)?.iter().map(|it| it.id).collect();
            Some(Change::Deleted { todos, to: Some(to.clone()) })
        }
        Command::CompleteAll => some(facts.every(false)).map(|todos| Change::Completed { todos }),
        Command::ReopenAll => some(facts.every(true)).map(|todos| Change::Reopened { todos }),
        Command::ClearCompleted => some(facts.every(true)).map(|todos| Change::Deleted { todos, to: None }),
        Command::Undo { .. } | Command::UndoOp { .. } => {
            let Scope::Event(which) = command.scope() else { return Err(Rejection::NotUndoable) };
            Some(undo(facts.event(which).ok_or(Rejection::NotUndoable)?, facts)?)
        }
        // These change no todo: they are decided among the lists, by `decide_list`.
        Command::CreateList { .. }
        | Command::RenameList { .. }
        | Command::MoveList { .. }
        | Command::DeleteList
        | Command::RestoreList => None,
    })
}

/// What must happen before a todo can move: its new neighbours have no room between them. The list's order
/// stays as it is.
#[must_use]
pub fn make_room(facts: &impl Facts, command: &Command) -> Option<Change> {
    let Command::Move { id, after } = command else { return None };
    if !is_tight(after.and_then(|it| facts.todo(it)), facts.behind(*after, *id)) {
        return None;
    }
    let order = facts.order();
    let gap = after.and_then(|after| order.iter().position(|it| it.todo == after)).map_or(0, |at| at + 1);
    let (from, to) = (gap.saturating_sub(ROOM_TODOS / 2), (gap + ROOM_TODOS / 2).min(order.len()));
    let before = from.checked_sub(1).map(|at| &order[at].position);
    let mut positions = Vec::with_capacity(to - from);
    spread(before, order.get(to).map(|it| &it.position), to - from, &mut positions);
    let todos = order[from..to].iter().zip(positions);
    Some(Change::Spaced { todos: todos.map(|(it, position)| Placed { todo: it.todo, position }).collect() })
}

/// Whether there is no room between two neighbours.
#[must_use]
pub fn is_tight(low: Option<&Todo>, high: Option<&Todo>) -> bool {
    let between = Position::between(low.map(|it| &it.position), high.map(|it| &it.position));
    between.is_none_or(|it| it.is_long())
}

/// So many positions between two, in order.
pub(crate) fn spread(low: Option<&Position>, high: Option<&Position>, count: usize, into: &mut Vec<Position>) {
    if count == 0 {
        return;
    }
    let Some(middle) = Position::between(low, high) else { return };
    spread(low, Some(&middle), count / 2, into);
    into.push(middle.clone());
    spread(Some(&middle), high, count - count / 2 - 1, into);
}

/// Todos that come from another list, at the end of this one.
///
/// # Errors
/// Where there is no room for them.
pub fn take_in(facts: &impl Facts, mut todos: Vec<Todo>) -> Result<Vec<Todo>, Rejection> {
    if facts.size() + todos.len() > LIST_TODOS_MAX {
        return Err(Rejection::ListFull);
    }
    let mut last = facts.last().cloned();
    for todo in &mut todos {
        todo.position = Position::after(last.as_ref());
        last = Some(todo.position.clone());
    }
    Ok(todos)
}

fn restore(facts: &impl Facts, ids: &[TodoId]) -> Result<Option<Change>, Rejection> {
    let mut seen = HashSet::new();
    let ids: Vec<_> = ids.iter().copied().filter(|id| seen.insert(*id)).collect();
    let todos: Vec<_> = ids.iter().filter_map(|id| facts.in_trash(*id)).cloned().collect();
    if todos.is_empty() && !ids.iter().any(|id| facts.todo(*id).is_some()) {
        return Err(Rejection::TodoNotFound);
    }
    if facts.size() + todos.len() > LIST_TODOS_MAX {
        return Err(Rejection::ListFull);
    }
    Ok((!todos.is_empty()).then_some(Change::Restored { todos, from: None }))
}

fn place(facts: &impl Facts, id: TodoId, after: Option<TodoId>) -> Result<Option<Change>, Rejection> {
    let todo = facts.todo(id).ok_or(Rejection::TodoNotFound)?;
    if after == Some(id) {
        return Ok(None);
    }
    let low = after.map(|it| facts.todo(it).ok_or(Rejection::TodoNotFound)).transpose()?;
    let high = facts.behind(after, id);
    let was = todo.position.clone();
    let stands = |it: &Todo| (it.position.clone(), it.id);
    let is_there = low.is_none_or(|low| stands(low) < stands(todo)) && high.is_none_or(|it| stands(todo) < stands(it));
    if is_there {
        return Ok(None);
    }
    // Without room, which whoever writes has made before, it stands as near as it can.
    let low = low.map(|it| &it.position);
    let position = Position::between(low, high.map(|it| &it.position)).unwrap_or_else(|| Position::after(low));
    Ok(Some(Change::Moved { todo: id, position, was }))
}

/// Those of the todos that the list still has, each once. That someone else deleted some of them meanwhile
/// does not keep the others from what was asked.
fn present<'a>(facts: &'a impl Facts, ids: &[TodoId]) -> Result<Vec<&'a Todo>, Rejection> {
    let mut seen = HashSet::new();
    let todos: Vec<_> = facts.todos(ids).into_iter().flatten().filter(|it| seen.insert(it.id)).collect();
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
        assert_eq!(
            decide(&board, &Command::Create { id: todo_id(1), title: title("y"), at_top: false }),
            Err(Rejection::ListFull)
        );
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
