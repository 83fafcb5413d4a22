//! Small boards and commands about the same few todos, for the tests of this crate.

#![cfg(test)]

use proptest::prelude::*;

use crate::domain::{Board, Change, Command, EventId, Head, List, ListId, Position, ShortText, TodoId};

/// The list home before its first event.
pub(crate) fn empty() -> Board {
    let list = List { id: ListId::home(), name: ShortText::parse("Home").unwrap() };
    Board { list, head: Head(EventId::START), todos: Vec::new() }
}

pub(crate) fn todo_id(n: u8) -> TodoId {
    TodoId::new(i64::from(n), &[0; 10])
}

pub(crate) fn title(text: &str) -> ShortText {
    ShortText::parse(text).unwrap()
}

/// A change that adds a todo at the end of the board.
pub(crate) fn created(board: &Board, todo: TodoId) -> Change {
    Change::Created { todo, title: title("x"), position: Position::after(board.todos.last().map(|it| &it.position)) }
}

/// Few todos and few titles, so that many commands are about the same todo.
pub(crate) fn any_command() -> impl Strategy<Value = Command> {
    let id = || (0..6_u8).prop_map(todo_id);
    let ids = || prop::collection::vec(id(), 1..4);
    let text = || "[a-c]{1,2}".prop_map(|it| title(&it));
    prop_oneof![
        4 => (id(), text(), any::<bool>()).prop_map(|(id, title, at_top)| Command::Create { id, title, at_top }),
        2 => (id(), text()).prop_map(|(id, title)| Command::Rename { id, title }),
        3 => ids().prop_map(|ids| Command::Complete { ids }),
        2 => ids().prop_map(|ids| Command::Reopen { ids }),
        2 => ids().prop_map(|ids| Command::Delete { ids }),
        2 => ids().prop_map(|ids| Command::Restore { ids }),
        3 => (id(), prop::option::of(id())).prop_map(|(id, after)| Command::Move { id, after }),
        1 => Just(Command::CompleteAll),
        1 => Just(Command::ReopenAll),
        1 => Just(Command::ClearCompleted),
    ]
}
