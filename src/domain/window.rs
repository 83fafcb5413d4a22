//! The part of a long list that a page starts with, and what is known about the other todos.

use serde::{Deserialize, Serialize};

use crate::domain::command::Command;

/// The most todos a page is rendered with. With usual titles a row is about 1 kB of HTML, so a page is about
/// 200 kB however long its list is, and costs the server some milliseconds. It is several screens long, so
/// the script has loaded the rest before a person has scrolled down to it.
pub const PAGE_TODOS_MAX: usize = 200;

/// Which part of a long list a board has, and how many other todos the list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The number of the page, from 1.
    pub page: usize,
    /// How many pages there are of the todos that the page's filter shows.
    pub pages: usize,
    /// How many of the other todos are still to be done.
    pub rest_open: usize,
    /// How many of the other todos are done.
    pub rest_done: usize,
}

/// The commands that move a todo by one among those that a page shows. None at that end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steps {
    /// Moves it up.
    pub up: Option<Command>,
    /// Moves it down.
    pub down: Option<Command>,
}

impl Window {
    /// The window after a command has taken effect. Only commands about all todos change the counts of the
    /// others.
    #[must_use]
    pub fn after(self, command: &Command) -> Self {
        let Self { rest_open, rest_done, .. } = self;
        match command {
            Command::CompleteAll => Self { rest_open: 0, rest_done: rest_open + rest_done, ..self },
            Command::ReopenAll => Self { rest_open: rest_open + rest_done, rest_done: 0, ..self },
            Command::ClearCompleted => Self { rest_done: 0, ..self },
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TodoId;

    #[test]
    fn a_command_about_all_todos_also_counts_those_outside_the_window() {
        let window = |rest_open, rest_done| Window { page: 1, pages: 2, rest_open, rest_done };
        let before = window(3, 4);
        assert_eq!(before.after(&Command::CompleteAll), window(0, 7));
        assert_eq!(before.after(&Command::ReopenAll), window(7, 0));
        assert_eq!(before.after(&Command::ClearCompleted), window(3, 0));
        assert_eq!(before.after(&Command::Complete { ids: vec![TodoId::new(1, &[0; 10])] }), before);
    }
}
