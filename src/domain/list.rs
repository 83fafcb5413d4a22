//! A list, without its todos.

use serde::{Deserialize, Serialize};

use crate::domain::id::ListId;
use crate::domain::todo::ShortText;

/// The most todos one list may hold: a page of that size still loads and scrolls.
pub const LIST_TODOS_MAX: usize = 10_000;

/// A list's id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// Its id in addresses.
    pub id: ListId,
    /// Its name for people.
    pub name: ShortText,
}
