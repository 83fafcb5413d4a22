//! Lists of rows, all of one type. Leptos' code for such a list, which finds what was added, removed and moved, is made
//! once for each type of row and key.

use std::sync::Arc;

use leptos::prelude::*;

use crate::domain::{ListId, ShortText, TodoId};
use crate::ui::one_kind::Part;

/// By what a row is known. As long as it stays the same, the row is not made anew.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Number(u64),
    Todo(TodoId),
    /// A list, or the name of one that is not there yet and has no id.
    List(Result<ListId, ShortText>),
}

/// What may become a row.
struct Item {
    key: Key,
    make: Box<dyn FnOnce() -> Part + Send>,
}

/// A row for each item, by its key.
pub(crate) fn each<T: Send + 'static>(
    items: impl Fn() -> Vec<T> + Send + 'static,
    key: impl Fn(&T) -> Key + Send + 'static,
    row: impl Fn(T) -> Part + Send + Sync + 'static,
) -> impl IntoView {
    let row = Arc::new(row);
    let items: Box<dyn Fn() -> Vec<Item> + Send> = Box::new(move || {
        let item = |it| {
            let (key, row) = (key(&it), row.clone());
            Item { key, make: Box::new(move || row(it)) }
        };
        items().into_iter().map(item).collect()
    });
    view! { <For each=items key=key_of children=made/> }
}

fn key_of(item: &Item) -> Key {
    item.key.clone()
}

fn made(item: Item) -> Part {
    (item.make)()
}
