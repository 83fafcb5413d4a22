//! What a row that can be moved stands for, and how it is found on the page: by the id of its handle.

use std::fmt;

use crate::domain::{ListId, TodoId};

/// How the ids of handles begin.
const HANDLE: &str = "move-";

/// What a row that can be moved stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowId {
    /// A todo, among the others of its list.
    Todo(TodoId),
    /// A list, among the others of the side bar.
    List(ListId),
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Todo(id) => id.fmt(f),
            Self::List(id) => id.fmt(f),
        }
    }
}

impl RowId {
    /// The id of the row's handle on the page.
    pub(crate) fn handle(&self) -> String {
        format!("{HANDLE}{self}")
    }

    /// Reads the id of a handle. No list has an id that a todo can have.
    pub(crate) fn of_handle(id: &str) -> Option<Self> {
        let id = id.strip_prefix(HANDLE)?;
        id.parse().map(Self::Todo).or_else(|_| id.parse().map(Self::List)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::examples::todo_id;

    #[test]
    fn a_row_is_found_again_by_the_id_of_its_handle() {
        for id in [RowId::Todo(todo_id(1)), RowId::List(ListId::home()), RowId::List(ListId::new(&[7; 12]))] {
            assert_eq!(RowId::of_handle(&id.handle()), Some(id));
        }
        for other in ["", "move-", "todo-1", "move-UPPER", "home"] {
            assert_eq!(RowId::of_handle(other), None, "{other}");
        }
    }
}
