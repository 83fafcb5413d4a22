//! todoapp: a to-do list that every screen shows the same.
//!
//! One change, from a click to every other screen, in reading order:
//!
//! 1. [`ui::todo_item`] turns a click into a wish, which [`ui::live`] shows at once and sends,
//! 2. [`api`] is the border: the server functions, and the errors that cross it;
//! 3. `server::todos` hands the wish to
//! 4. `server::writer`, which puts all waiting wishes into one transaction;
//! 5. `server::event_log` holds what happened, in order, without a hole;
//! 6. `server::feed` reads it when woken, once for all readers of a list,
//! 7. `server::socket` sends it, together with the echo;
//! 8. [`ui::live`] receives it, and
//! 9. [`domain::board`] applies it: the only way a list on screen ever changes.

#![recursion_limit = "256"]

pub mod domain;

pub mod api;

pub mod ui;

#[cfg(feature = "ssr")]
pub mod server;

/// Wakes the server-rendered page up: called by the page once, when this module has loaded.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(ui::app::App);
}
