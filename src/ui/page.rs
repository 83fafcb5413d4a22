//! The data that the server renders a page with, and sends to the browser with it. Both start from the same
//! data, so both build the same tree.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::{Board, Index, ListId, Window};
use crate::protocol::json::{self, Unreadable};
use crate::ui::route::{PageQuery, Route};

/// One page's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The list and the filter.
    pub route: Route,
    /// The list and its todos.
    pub board: Board,
    /// Which part of a long list `board` has; `None` if it has all todos.
    pub window: Option<Window>,
    /// The parameters in the address.
    pub query: PageQuery,
    /// All lists.
    pub index: Index,
}

/// The data as it is sent, if the page has any: as JSON, which the browser reads with our own short reader.
pub(crate) struct SentPage(pub(crate) Option<Page>);

impl fmt::Display for SentPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for SentPage {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        json::read(text).map(Self)
    }
}

impl Page {
    /// The list that was just deleted, if it is gone.
    #[must_use]
    pub(crate) fn deleted(&self) -> Option<ListId> {
        self.query.deleted.clone().filter(|it| self.index.list(it).is_none())
    }

    /// The title of the browser's window.
    #[must_use]
    pub fn title(&self) -> String {
        page_title(self.board.list.id == ListId::home(), self.board.list.name.as_str())
    }
}

/// What stands above a list's todos. Home is called so only among other lists, unless it was renamed.
#[must_use]
pub(crate) fn heading(is_home: bool, name: &str) -> String {
    if is_home && name == "Home" { "todos".to_owned() } else { name.to_owned() }
}

/// What the window of a list's page is called.
#[must_use]
pub(crate) fn page_title(is_home: bool, name: &str) -> String {
    format!("{} · todoapp", heading(is_home, name))
}

/// A text as the text of an element or of an attribute in double quotes. Where we write HTML ourselves, Leptos
/// does not escape it.
#[must_use]
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
