//! What the two pages about a list's past show: what is in the trash, and what has happened to the list.

use std::collections::BTreeMap;

use crate::domain::event::Change;
use crate::domain::event_id::{EventId, Seq};
use crate::domain::id::{ListId, OpId, TodoId};
use crate::domain::list::List;
use crate::domain::todo::ShortText;

/// How many days a deleted todo or list can be restored: a mistake is often found out about at the end of a month.
pub const TRASH_DAYS: u64 = 30;

/// The most todos on one page of the trash: a few screens.
pub const TRASH_PAGE_TODOS_MAX: usize = 100;

/// The most deleted lists on one page of the trash: they stand below the todos, on the same page.
pub const TRASH_PAGE_LISTS_MAX: usize = 50;

/// The most changes on one page of the history: a few screens, and whether each can be undone is found out in
/// a few milliseconds.
pub const HISTORY_PAGE_ENTRIES_MAX: usize = 50;

/// How many todos of one change are named: more would be a list of its own.
pub const ENTRY_TITLES_MAX: usize = 3;

/// One page of the trash, the last deleted first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrashPage {
    /// The list.
    pub list: List,
    /// Its deleted todos.
    pub todos: Paged<DeletedTodo>,
    /// All deleted lists.
    pub lists: Paged<DeletedList>,
}

/// One page of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// Those on this page.
    pub items: Vec<T>,
    /// The number of the page, from 1.
    pub page: usize,
    /// How many pages there are.
    pub pages: usize,
}

/// A todo in the trash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedTodo {
    /// Its id.
    pub id: TodoId,
    /// Its title.
    pub title: ShortText,
    /// Whether it was done.
    pub completed: bool,
    /// When it was deleted, in milliseconds since 1970.
    pub deleted_ms: i64,
}

/// A list in the trash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedList {
    /// The list.
    pub list: List,
    /// How many todos it holds.
    pub todos: usize,
    /// When it was deleted, in milliseconds since 1970.
    pub deleted_ms: i64,
}

/// One page of a list's history, the newest change first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// The list.
    pub list: List,
    /// What happened.
    pub entries: Vec<HistoryEntry>,
    /// The titles of the todos that are named, as far as they are still known.
    pub titles: BTreeMap<TodoId, ShortText>,
    /// The names of the other lists, those that are still there.
    pub lists: BTreeMap<ListId, ShortText>,
    /// The event before which the next page begins; `None` where there is nothing older.
    pub older: Option<Seq>,
    /// Whether something happened before this page that is not kept any more.
    pub is_cut: bool,
}

/// A change as the history shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Its event.
    pub event: EventId,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Who did it, where that is known.
    pub actor: Option<String>,
    /// What happened.
    pub change: Change,
    /// What it undid, where it is an undo.
    pub undid: Option<Undid>,
    /// The name of the command of the form that undoes it; `None` where it can't be undone.
    pub undo: Option<OpId>,
}

/// What an undo undid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undid {
    /// This change.
    Change(Change),
    /// One that is not kept any more.
    Forgotten,
}
