//! What this browser keeps: commands not yet confirmed, one record each, shared by all tabs and there
//! after a crash; and half-typed text, which belongs to one tab.

use leptos::prelude::{window, window_event_listener_untyped};
use wasm_bindgen::JsCast;
use web_sys::{Storage, StorageEvent};

use crate::domain::{ListId, OpId, TodoId};
use crate::sync::PendingCommand;

/// Records of this app among others of the same origin.
const COMMAND_KEY: &str = "todoapp/wish/";

/// What became of a record, in another tab.
pub(crate) enum Kept {
    /// The command was made, or refused.
    Put(PendingCommand),
    /// The command is over, or set aside.
    Removed(OpId),
}

/// All commands that are kept. A record that can't be read is another program's, and is left alone.
pub(crate) fn commands() -> Vec<PendingCommand> {
    let Some(storage) = local() else { return Vec::new() };
    let count = storage.length().unwrap_or(0);
    let keys = (0..count).filter_map(|at| storage.key(at).ok().flatten()).filter(|it| it.starts_with(COMMAND_KEY));
    keys.filter_map(|key| serde_json::from_str(&storage.get_item(&key).ok()??).ok()).collect()
}

/// Keeps a command. `false` where the browser does not: then it lives as long as the page.
pub(crate) fn keep_command(pending: &PendingCommand) -> bool {
    let kept = local().zip(serde_json::to_string(pending).ok());
    kept.is_some_and(|(storage, text)| storage.set_item(&command_key(pending.op), &text).is_ok())
}

/// Forgets a command.
pub(crate) fn forget_command(op: OpId) {
    if let Some(storage) = local() {
        let _ = storage.remove_item(&command_key(op));
    }
}

/// Hears of the commands of other tabs. The browser says nothing of a tab's own.
pub(crate) fn on_other_tab(hear: impl Fn(Kept) + 'static) {
    window_event_listener_untyped("storage", move |event| {
        let Ok(event) = event.dyn_into::<StorageEvent>() else { return };
        let Some(op) = event.key().and_then(|it| it.strip_prefix(COMMAND_KEY)?.parse().ok()) else { return };
        match event.new_value() {
            None => hear(Kept::Removed(op)),
            Some(text) => {
                if let Ok(pending) = serde_json::from_str(&text) {
                    hear(Kept::Put(pending));
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

fn command_key(op: OpId) -> String {
    format!("{COMMAND_KEY}{op}")
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
