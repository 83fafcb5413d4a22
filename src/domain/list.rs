//! A list, without its todos.

use serde::{Deserialize, Serialize};

use crate::domain::id::ListId;
use crate::domain::todo::ShortText;

/// The most todos one list may hold: a page of that size still loads and scrolls.
pub const LIST_TODOS_MAX: usize = 10_000;

/// The most lists there may be: the page and each socket get all of them at once, in less than a megabyte.
pub const LISTS_MAX: usize = 10_000;

/// A list as its address and its heading know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// Its id in addresses.
    pub id: ListId,
    /// Its name for people.
    pub name: ShortText,
}
