//! The first difference between what a log says and what a table says, as a sentence.

use std::collections::BTreeMap;

use crate::domain::{Board, Index, IndexedList, ListId, Todo, TodoId};

/// The first difference between two boards of one list.
pub(super) fn of_boards(log: &Board, table: &Board) -> Option<String> {
    if log.list.name != table.list.name {
        return Some(differs("the name", &log.list.name, &table.list.name));
    }
    let stored: BTreeMap<TodoId, &Todo> = table.todos.iter().map(|it| (it.id, it)).collect();
    let said: BTreeMap<TodoId, &Todo> = log.todos.iter().map(|it| (it.id, it)).collect();
    if let Some(todo) = log.todos.iter().find(|it| !stored.contains_key(&it.id)) {
        return Some(format!("the todo {} (“{}”) is in the log, but not in the table", todo.id, todo.title));
    }
    table.todos.iter().find_map(|todo| match said.get(&todo.id) {
        None => Some(format!("the todo {} (“{}”) is in the table, but not in the log", todo.id, todo.title)),
        Some(said) => of_todos(said, todo),
    })
}

fn of_todos(log: &Todo, table: &Todo) -> Option<String> {
    let of = |what: &str| format!("the {what} of the todo {}", table.id);
    if log.title != table.title {
        return Some(differs(&of("title"), &log.title, &table.title));
    }
    if log.completed != table.completed {
        let word = |it: bool| if it { "done" } else { "open" };
        return Some(differs(&of("state"), word(log.completed), word(table.completed)));
    }
    if log.position != table.position {
        return Some(differs(&of("position"), &log.position, &table.position));
    }
    // An older version did not store which event touched a todo last.
    if table.touched_seq != 0 && log.touched_seq != table.touched_seq {
        return Some(differs(&of("last event"), log.touched_seq, table.touched_seq));
    }
    if (log.created_ms, log.updated_ms) != (table.created_ms, table.updated_ms) {
        let times = |it: &Todo| format!("{}, {}", it.created_ms, it.updated_ms);
        return Some(differs(&of("times"), times(log), times(table)));
    }
    None
}

/// The first difference between two indexes. The numbers of their lists are in other logs.
pub(super) fn of_indexes(log: &Index, table: &Index) -> Option<String> {
    let missing = |one: &Index, other: &Index| one.lists.iter().find(|it| other.list(&it.id).is_none()).cloned();
    if let Some(list) = missing(log, table) {
        return Some(format!("the list {} (“{}”) is in the log, but not in the table", list.id, list.name));
    }
    if let Some(list) = missing(table, log) {
        return Some(format!("the list {} (“{}”) is in the table, but not in the log", list.id, list.name));
    }
    let said: BTreeMap<&ListId, &IndexedList> = log.lists.iter().map(|it| (&it.id, it)).collect();
    table.lists.iter().find_map(|list| {
        let said = said.get(&list.id)?;
        let of = |what: &str| format!("the {what} of the list {}", list.id);
        if said.name != list.name {
            return Some(differs(&of("name"), &said.name, &list.name));
        }
        (said.position != list.position).then(|| differs(&of("position"), &said.position, &list.position))
    })
}

fn differs(what: &str, log: impl std::fmt::Display, table: impl std::fmt::Display) -> String {
    format!("{what} is “{log}” in the log, but “{table}” in the table")
}
