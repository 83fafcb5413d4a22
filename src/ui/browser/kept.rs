//! What the browser keeps of a page for when there is no network: `public/sw.js` keeps the page itself, and puts into
//! it when it was so, and the board that was on screen when it was left.

use leptos::prelude::{document, window, window_event_listener_untyped};
use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit};

use crate::domain::Board;
use crate::protocol::json;
use crate::ui::browser::dom;

/// The event by which `public/offline.js` is given a board.
const KEEP_BOARD: &str = "keep-board";

/// The time of a kept page, in the reader's words. `None` where the page came from the server.
#[expect(clippy::cast_precision_loss, reason = "a number of milliseconds, far below 2^53")]
pub(crate) fn since() -> Option<String> {
    // Not as a float: the table for reading one is 10 kB of what every browser loads.
    let at_ms: i64 = document().document_element()?.get_attribute("data-kept-ms")?.parse().ok()?;
    let language = window().navigator().language().unwrap_or_else(|| "en".to_owned());
    let at = js_sys::Date::new(&JsValue::from_f64(at_ms as f64));
    Some(at.to_locale_string(&language, &JsValue::UNDEFINED).into())
}

/// The board that was on screen when the kept page was left.
pub(crate) fn board() -> Option<Board> {
    json::read(&document().get_element_by_id("kept-board")?.text_content()?).ok()
}

/// Has a board kept.
pub(crate) fn keep(board: &Board) {
    let init = CustomEventInit::new();
    init.set_detail(&serde_json::to_string(board).unwrap_or_default().into());
    if let Ok(event) = CustomEvent::new_with_event_init_dict(KEEP_BOARD, &init) {
        let _ = document().dispatch_event(&event);
    }
}

/// Calls `act` when the page may be left: it is not visible any more, or another one is about to be loaded. The worker
/// answers for that one before this page is told that it is over (`pagehide`).
pub(crate) fn on_leaving(act: impl Fn() + Copy + 'static) {
    window_event_listener_untyped("beforeunload", move |_| act());
    window_event_listener_untyped("visibilitychange", move |_| {
        if !dom::is_visible() {
            act();
        }
    });
}
