//! What the server knows when it renders a page, and hands to the browser with it: both start from
//! the same data, so both build the same tree.

use serde::{Deserialize, Serialize};

use crate::domain::{Board, ListId, OpId, Window};
use crate::ui::route::{PageQuery, Route};

/// One page's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Where we are.
    pub route: Route,
    /// The list and its todos; `None` where there is no such list.
    pub board: Option<Board>,
    /// Which part of a long list `board` has; `None` where it has all todos.
    pub window: Option<Window>,
    /// What stood behind the question mark.
    pub query: PageQuery,
    /// The name of the command that the form for a new todo stands for: sent twice, it counts once.
    pub op: OpId,
}

impl Page {
    /// What the window is called.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.board {
            None => "Not found · todoapp".to_owned(),
            Some(board) if board.list.id == ListId::home() => "todos · todoapp".to_owned(),
            Some(board) => format!("{} · todoapp", board.list.name),
        }
    }
}
