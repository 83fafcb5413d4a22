//! Drafts: half-typed text. It survives a reload, and that the tab or the browser is closed.
//!
//! Each tab keeps what is typed in it, and what is typed in another tab never changes that: if a text were shared while
//! it is typed, whoever clears it in one window to write something else would lose it in the other. What was typed last
//! in any tab is kept for the browser too, and a tab begins with it if it has had no text of its own in that field.

use web_sys::Storage;

use crate::domain::{ListId, ShortText, TodoId};
use crate::ui::browser::dom;
use crate::ui::browser::storage::{local, session};

/// How the keys of drafts begin: of todos, and of the other fields.
const TODO_KEY: &str = "todoapp/draft/";
const FIELD_KEY: &str = "todoapp/typed/";

/// How long the browser keeps a draft: as long as a list that was deleted can be restored. So the drafts of lists
/// that are gone do not stay for ever.
const DRAFT_LIFE_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// A longer text is kept by its own tab only. It can't become a todo, and the room is needed for the commands that
/// wait.
const DRAFT_BYTES_MAX: usize = 16 << 10;

/// The half-typed title of the new todo or of an existing one.
pub(crate) fn draft(list: &ListId, todo: Option<TodoId>) -> Option<String> {
    match todo {
        None => begun(&new_key(list)),
        Some(todo) => get(session(), &title_key(list, todo)),
    }
}

/// Stores a half-typed title, or removes it if it is empty.
pub(crate) fn keep_draft(list: &ListId, todo: Option<TodoId>, text: &str) {
    match todo {
        None => keep(&new_key(list), text),
        // Only in its own tab: the field for it opens by itself and saves when the focus leaves it. In another tab
        // that would save half a title.
        Some(todo) => put(session(), &title_key(list, todo), Some(text).filter(|it| !it.is_empty())),
    }
}

/// Another tab has made a todo. `true` if it is the one that was half typed here: then that is no draft any more.
pub(crate) fn was_sent_elsewhere(list: &ListId, title: &ShortText) -> bool {
    let own = get(session(), &new_key(list));
    let is_same = own.is_some_and(|it| ShortText::parse(&it).is_ok_and(|it| it == *title));
    if is_same {
        keep(&new_key(list), "");
    }
    is_same
}

/// The todo whose title is half typed.
pub(crate) fn edited(list: &ListId) -> Option<TodoId> {
    let (storage, prefix) = (session()?, format!("{}/", new_key(list)));
    keys(&storage).find_map(|key| key.strip_prefix(&prefix)?.parse().ok())
}

/// What is half typed in a field of the page that is about no todo.
pub(crate) fn text(field: &str) -> Option<String> {
    begun(&field_key(field))
}

/// Stores what is half typed in such a field, or removes it if it is empty.
pub(crate) fn keep_text(field: &str, text: &str) {
    keep(&field_key(field), text);
}

/// Drops the drafts that are too old.
pub(crate) fn drop_old_drafts() {
    let (Some(storage), now_ms) = (local(), dom::now_ms()) else { return };
    // The keys change their places while some are removed.
    for key in keys(&storage).filter(|it| is_draft(it)).collect::<Vec<_>>() {
        if get(local(), &key).is_some_and(|it| is_old(&it, now_ms)) {
            let _ = storage.remove_item(&key);
        }
    }
}

/// Another tab has removed what it had typed: if a text of this tab was kept before that one, it is kept again.
pub(super) fn put_back(key: &str) {
    if is_draft(key)
        && let Some(own) = get(session(), key).filter(|it| !it.is_empty())
    {
        keep(key, &own);
    }
}

/// What a field begins with.
fn begun(key: &str) -> Option<String> {
    let own = get(session(), key).unwrap_or_else(|| {
        let last = get(local(), key).and_then(|it| text_of(&it).map(str::to_owned)).unwrap_or_default();
        // From now on this tab has a text of its own, which may be empty.
        put(session(), key, Some(&last));
        last
    });
    Some(own).filter(|it| !it.is_empty())
}

fn keep(key: &str, text: &str) {
    let before = get(session(), key);
    // An empty text is stored too: a tab that has sent its text does not begin with that of another tab.
    put(session(), key, Some(text));
    if !text.is_empty() && text.len() <= DRAFT_BYTES_MAX {
        put(local(), key, Some(&record(text, dom::now_ms())));
    } else if get(local(), key).is_some_and(|it| text_of(&it) == before.as_deref()) {
        put(local(), key, None);
    }
}

/// A draft as it is stored for the browser, with the time when it was typed.
fn record(text: &str, at_ms: i64) -> String {
    format!("{at_ms} {text}")
}

fn text_of(record: &str) -> Option<&str> {
    record.split_once(' ').map(|(_, text)| text)
}

/// Whether a draft is too old, or from a time that was surely wrong.
fn is_old(record: &str, now_ms: i64) -> bool {
    let at_ms = record.split_once(' ').and_then(|(at_ms, _)| at_ms.parse().ok()).unwrap_or(0);
    now_ms.abs_diff(at_ms) > DRAFT_LIFE_MS
}

fn is_draft(key: &str) -> bool {
    key.starts_with(TODO_KEY) || key.starts_with(FIELD_KEY)
}

fn keys(storage: &Storage) -> impl Iterator<Item = String> + use<'_> {
    (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok()?)
}

fn get(storage: Option<Storage>, key: &str) -> Option<String> {
    storage?.get_item(key).ok()?
}

/// Stores a text, or removes it. Where the storage is full or blocked, this does nothing.
fn put(storage: Option<Storage>, key: &str, text: Option<&str>) {
    let Some(storage) = storage else { return };
    let _ = match text {
        Some(text) => storage.set_item(key, text),
        None => storage.remove_item(key),
    };
}

fn new_key(list: &ListId) -> String {
    format!("{TODO_KEY}{list}")
}

fn title_key(list: &ListId, todo: TodoId) -> String {
    format!("{TODO_KEY}{list}/{todo}")
}

fn field_key(field: &str) -> String {
    format!("{FIELD_KEY}{field}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_stored_with_its_time_and_read_back() {
        for text in ["Buy milk", " two  spaces ", "7 eggs", "ä\u{202e}"] {
            assert_eq!(text_of(&record(text, 1_700_000_000_123)), Some(text));
        }
        assert_eq!(text_of("nonsense"), None);
    }

    #[test]
    fn a_draft_is_old_after_a_month_and_where_its_time_is_surely_wrong() {
        let (now_ms, life_ms) = (1_700_000_000_000, i64::try_from(DRAFT_LIFE_MS).unwrap());
        for at_ms in [now_ms, now_ms - life_ms, now_ms + life_ms] {
            assert!(!is_old(&record("x", at_ms), now_ms), "{at_ms}");
        }
        for old in [record("x", now_ms - life_ms - 1), record("x", now_ms + life_ms + 1), "x".to_owned()] {
            assert!(is_old(&old, now_ms), "{old}");
        }
    }

    #[test]
    fn only_drafts_are_dropped_as_drafts() {
        let home = ListId::home();
        assert!(is_draft(&new_key(&home)) && is_draft(&field_key("message")));
        assert!(!is_draft("todoapp/wish/x") && !is_draft("todoapp/new-on-top") && !is_draft("other/draft/x"));
    }
}
