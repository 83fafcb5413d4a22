//! Addresses of pages, and the parameters in them. Pure text handling, for the server and the browser.

use serde::{Deserialize, Serialize};

use crate::domain::{ListId, Seq, Todo, TodoId};
use crate::protocol::error::ErrorCode;

/// Which of a list's todos a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Filter {
    /// All of them.
    #[default]
    All,
    /// Those still to be done.
    Active,
    /// Those that are done.
    Completed,
}

impl Filter {
    /// All filters, in the order the page offers them.
    pub const EACH: [Self; 3] = [Self::All, Self::Active, Self::Completed];

    /// Whether a todo must be done to be shown; `None` if that does not matter.
    #[must_use]
    pub fn completed(self) -> Option<bool> {
        match self {
            Self::All => None,
            Self::Active => Some(false),
            Self::Completed => Some(true),
        }
    }

    /// Whether a todo is shown.
    #[must_use]
    pub fn shows(self, todo: &Todo) -> bool {
        self.completed().is_none_or(|it| it == todo.completed)
    }

    /// The filter's label on the page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Active => "Active",
            Self::Completed => "Completed",
        }
    }

    fn word(self) -> Option<&'static str> {
        match self {
            Self::All => None,
            Self::Active => Some("active"),
            Self::Completed => Some("completed"),
        }
    }
}

/// What a page shows of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Showing {
    /// Its todos, those of a filter.
    Todos(Filter),
    /// What was deleted.
    Trash,
    /// What has happened.
    History,
}

impl Showing {
    const EACH: [Self; 5] = [
        Self::Todos(Filter::All),
        Self::Todos(Filter::Active),
        Self::Todos(Filter::Completed),
        Self::Trash,
        Self::History,
    ];

    fn word(self) -> Option<&'static str> {
        match self {
            Self::Todos(filter) => filter.word(),
            Self::Trash => Some("trash"),
            Self::History => Some("history"),
        }
    }
}

/// What a page shows: a list, and what of it. It travels as its path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Route {
    /// The list.
    pub list: ListId,
    /// What of it is shown.
    pub showing: Showing,
}

impl From<Route> for String {
    fn from(route: Route) -> Self {
        route.path()
    }
}

impl TryFrom<String> for Route {
    type Error = &'static str;

    fn try_from(path: String) -> Result<Self, Self::Error> {
        Self::parse(&path).ok_or("not the path of a page")
    }
}

impl Route {
    /// The start page.
    #[must_use]
    pub fn home() -> Self {
        Self::of_list(ListId::home())
    }

    /// The page of a list with all its todos.
    #[must_use]
    pub fn of_list(list: ListId) -> Self {
        Self { list, showing: Showing::Todos(Filter::All) }
    }

    /// Another page of the same list.
    #[must_use]
    pub fn with(&self, showing: Showing) -> Self {
        Self { list: self.list.clone(), showing }
    }

    /// Which of the list's todos are shown; all, where the page shows something else.
    #[must_use]
    pub fn filter(&self) -> Filter {
        if let Showing::Todos(filter) = self.showing { filter } else { Filter::All }
    }

    /// Reads a path; `None` if it is not the path of a page.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let mut words = path.strip_prefix('/')?.split('/').peekable();
        let list = if words.next_if_eq(&"lists").is_some() { words.next()?.parse().ok()? } else { ListId::home() };
        let showing = match words.next() {
            None => Showing::Todos(Filter::All),
            Some("") if path == "/" => Showing::Todos(Filter::All),
            Some(word) => Showing::EACH.into_iter().find(|it| it.word() == Some(word))?,
        };
        words.next().is_none().then_some(Self { list, showing })
    }

    /// The path of the page. Each page has exactly one.
    #[must_use]
    pub fn path(&self) -> String {
        let list = if self.list == ListId::home() { String::new() } else { format!("/lists/{}", self.list) };
        match self.showing.word() {
            Some(word) => format!("{list}/{word}"),
            None if list.is_empty() => "/".to_owned(),
            None => list,
        }
    }

    /// The address of one page of a long list.
    #[must_use]
    pub fn page_path(&self, page: usize) -> String {
        if page > 1 { format!("{}?page={page}", self.path()) } else { self.path() }
    }

    /// The address of the changes before an event.
    #[must_use]
    pub fn before_path(&self, before: Seq) -> String {
        format!("{}?before={before}", self.path())
    }

    /// The address of the home list, where a person is offered to take back that they deleted a list.
    #[must_use]
    pub fn after_delete(list: &ListId) -> String {
        format!("{}?deleted={list}", Self::home().path())
    }

    /// The address for editing a todo's title, without the todo's id at its end.
    #[must_use]
    pub fn edit_path(&self, page: usize) -> String {
        format!("{}{}edit=", self.page_path(page), if page > 1 { '&' } else { '?' })
    }
}

/// The parameters in a page's address, for the page without JavaScript. Anyone can write such an address, so
/// they are shown only as text and never trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageQuery {
    /// Why the last form was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<ErrorCode>,
    /// The todo whose title is being edited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<TodoId>,
    /// The title that was typed into the form that was refused; on the history the person's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The name that was typed into the form for a new list, if that was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name that was typed for the list that the page shows, if that was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_name: Option<String>,
    /// The list that was just deleted, to be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<ListId>,
    /// The number of the page of a long list, as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// The number of the page of the deleted lists, as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lists: Option<String>,
    /// The event before which a page of the history begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Seq>,
}

impl PageQuery {
    /// The number of the page that is asked for, from 1. It is 1 if it can't be read, and may be beyond the
    /// last page.
    #[must_use]
    pub fn page(&self) -> usize {
        number(self.page.as_deref())
    }

    /// The number of the page of the deleted lists, likewise.
    #[must_use]
    pub fn lists_page(&self) -> usize {
        number(self.lists.as_deref())
    }
}

/// The number of a page, as it was written.
fn number(written: Option<&str>) -> usize {
    let digits = written.filter(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()));
    // A number that is too large to be read is beyond the last page anyway.
    digits.map_or(1, |it| it.parse::<u32>().unwrap_or(u32::MAX) as usize).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_one_path_and_is_found_by_it() {
        for list in ["", "/lists/abc123"] {
            for page in ["", "/active", "/completed", "/trash", "/history"] {
                let path = if list.is_empty() && page.is_empty() { "/".to_owned() } else { format!("{list}{page}") };
                assert_eq!(Route::parse(&path).map(|it| it.path()), Some(path));
            }
        }
        assert_eq!(Route::parse("/lists/home"), Some(Route::home()));
    }

    #[test]
    fn a_page_number_that_cannot_be_read_is_the_first() {
        let page = |text: &str| PageQuery { page: Some(text.to_owned()), ..PageQuery::default() }.page();
        assert_eq!(PageQuery::default().page(), 1);
        assert_eq!(["2", "007", "50"].map(page), [2, 7, 50]);
        assert_eq!(["", "0", "-1", "+2", "1.5", "x", "\u{662}"].map(page), [1; 7]);
        assert_eq!(page("99999999999999999999"), 4_294_967_295);
    }

    #[test]
    fn other_paths_are_not_pages() {
        for path in [
            "",
            "/x",
            "/active/",
            "//",
            "/lists",
            "/lists/",
            "/lists/A",
            "/lists/a/",
            "/lists/a/b",
            "/active/active",
            "/lists/a/active/x",
            "/trash/",
            "/lists/trash/x",
            "/trash/history",
        ] {
            assert_eq!(Route::parse(path), None, "{path}");
        }
    }
}
