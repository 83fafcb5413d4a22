//! What this browser keeps: wishes not yet confirmed, one record each, shared by all tabs and there
//! after a crash; and half-typed text, which belongs to one tab.

use leptos::prelude::{window, window_event_listener_untyped};
use wasm_bindgen::JsCast;
use web_sys::{Storage, StorageEvent};

use crate::domain::{ListId, Op, TodoId};
use crate::sync::Wished;

/// Records of this app among others of the same origin.
const WISH_KEY: &str = "todoapp/wish/";

/// What became of a record, in another tab.
pub(crate) enum Kept {
    /// The wish was made, or refused.
    Put(Wished),
    /// The wish is over, or set aside.
    Removed(Op),
}

/// All wishes that are kept. A record that can't be read is another program's, and is left alone.
pub(crate) fn wishes() -> Vec<Wished> {
    let Some(storage) = local() else { return Vec::new() };
    let count = storage.length().unwrap_or(0);
    let keys = (0..count).filter_map(|at| storage.key(at).ok().flatten()).filter(|it| it.starts_with(WISH_KEY));
    keys.filter_map(|key| serde_json::from_str(&storage.get_item(&key).ok()??).ok()).collect()
}

/// Keeps a wish. `false` where the browser does not: then it lives as long as the page.
pub(crate) fn keep_wish(wished: &Wished) -> bool {
    let kept = local().zip(serde_json::to_string(wished).ok());
    kept.is_some_and(|(storage, text)| storage.set_item(&wish_key(wished.op), &text).is_ok())
}

/// Forgets a wish.
pub(crate) fn forget_wish(op: Op) {
    if let Some(storage) = local() {
        let _ = storage.remove_item(&wish_key(op));
    }
}

/// Hears of the wishes of other tabs. The browser says nothing of a tab's own.
pub(crate) fn on_other_tab(hear: impl Fn(Kept) + 'static) {
    window_event_listener_untyped("storage", move |event| {
        let Ok(event) = event.dyn_into::<StorageEvent>() else { return };
        let Some(op) = event.key().and_then(|it| it.strip_prefix(WISH_KEY)?.parse().ok()) else { return };
        match event.new_value() {
            None => hear(Kept::Removed(op)),
            Some(text) => {
                if let Ok(wished) = serde_json::from_str(&text) {
                    hear(Kept::Put(wished));
                }
            }
        }
    });
}

/// What is half typed: the new todo's title, or an old one's.
pub(crate) fn draft(list: &ListId, todo: Option<TodoId>) -> Option<String> {
    session()?.get_item(&draft_key(list, todo)).ok().flatten()
}

/// The todo whose title is half typed.
pub(crate) fn edited(list: &ListId) -> Option<TodoId> {
    let (storage, prefix) = (session()?, format!("{}/", draft_key(list, None)));
    (0..storage.length().unwrap_or(0)).find_map(|at| storage.key(at).ok()??.strip_prefix(&prefix)?.parse().ok())
}

/// Keeps what is half typed; nothing where it is empty.
pub(crate) fn keep_draft(list: &ListId, todo: Option<TodoId>, text: &str) {
    let Some(storage) = session() else { return };
    let key = draft_key(list, todo);
    let _ = if text.is_empty() { storage.remove_item(&key) } else { storage.set_item(&key, text) };
}

fn wish_key(op: Op) -> String {
    format!("{WISH_KEY}{op}")
}

fn draft_key(list: &ListId, todo: Option<TodoId>) -> String {
    todo.map_or_else(|| format!("todoapp/draft/{list}"), |todo| format!("todoapp/draft/{list}/{todo}"))
}

fn local() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn session() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
