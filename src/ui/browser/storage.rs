//! What this browser stores: commands not yet confirmed, one record each, which all tabs share and which
//! survive a crash; settings; and drafts (half-typed text).

mod drafts;

pub(crate) use drafts::{draft, drop_old_drafts, edited, keep_draft, keep_text, text, was_sent_elsewhere};
use leptos::prelude::{window, window_event_listener_untyped};
use wasm_bindgen::JsCast;
use web_sys::{Storage, StorageEvent};

use crate::domain::OpId;
use crate::protocol::json;
use crate::sync::PendingCommand;

/// How the keys of our records begin, because other apps of the same origin store records too.
const COMMAND_KEY: &str = "todoapp/wish/";

/// The setting that puts new todos to the top.
const NEW_ON_TOP_KEY: &str = "todoapp/new-on-top";

/// The setting that turns the keys off that are a single letter.
const NO_KEYS_KEY: &str = "todoapp/no-keys";

/// What another tab did to a record.
pub(crate) enum Kept {
    /// The command was made or rejected.
    Put(PendingCommand),
    /// The command is over or was discarded.
    Removed(OpId),
}

/// All stored commands. A record that can't be read belongs to another program, and is left alone.
pub(crate) fn commands() -> Vec<PendingCommand> {
    let Some(storage) = local() else { return Vec::new() };
    let count = storage.length().unwrap_or(0);
    let keys = (0..count).filter_map(|at| storage.key(at).ok().flatten()).filter(|it| it.starts_with(COMMAND_KEY));
    keys.filter_map(|key| json::read(&storage.get_item(&key).ok()??).ok()).collect()
}

/// Stores a command. `false` if the browser does not store it; then it is lost when the page is closed.
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

/// Calls `hear` for each change by other tabs. The browser does not report a tab's own changes.
pub(crate) fn on_other_tab(hear: impl Fn(Kept) + 'static) {
    window_event_listener_untyped("storage", move |event| {
        let Ok(event) = event.dyn_into::<StorageEvent>() else { return };
        let Some(key) = event.key() else { return };
        if event.new_value().is_none() {
            drafts::put_back(&key);
        }
        let Some(op) = key.strip_prefix(COMMAND_KEY).and_then(|it| it.parse().ok()) else { return };
        match event.new_value() {
            None => hear(Kept::Removed(op)),
            Some(text) => {
                if let Ok(pending) = json::read(&text) {
                    hear(Kept::Put(pending));
                }
            }
        }
    });
}

/// Whether new todos go to the top, which this browser keeps for all lists.
pub(crate) fn is_new_on_top() -> bool {
    is_set(NEW_ON_TOP_KEY)
}

/// Keeps whether new todos go to the top.
pub(crate) fn keep_new_on_top(is_on_top: bool) {
    set(NEW_ON_TOP_KEY, is_on_top);
}

/// Whether single letters are keys.
pub(crate) fn has_keys() -> bool {
    !is_set(NO_KEYS_KEY)
}

/// Keeps whether single letters are keys.
pub(crate) fn keep_keys(are_on: bool) {
    set(NO_KEYS_KEY, !are_on);
}

fn is_set(key: &str) -> bool {
    local().and_then(|it| it.get_item(key).ok().flatten()).is_some()
}

fn set(key: &str, is_set: bool) {
    let Some(storage) = local() else { return };
    let _ = if is_set { storage.set_item(key, "yes") } else { storage.remove_item(key) };
}

fn command_key(op: OpId) -> String {
    format!("{COMMAND_KEY}{op}")
}

fn local() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn session() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
