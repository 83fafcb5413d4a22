//! todoapp: a to-do list that looks the same on every screen.
//!
//! Folders are floors: each may use those below it in this list, and none above it.
//!
//! * `tools`: the command line, and what an operator does with the data, server only;
//! * `web`: HTTP and sockets, server only;
//! * [`ui`]: what a person sees, on the server and in the browser;
//! * [`api`]: the server functions;
//! * `backend`: the use cases and the storage, server only, without HTTP;
//! * [`sync`]: what a client keeps of a list; pure;
//! * [`protocol`]: what goes over the wire; pure;
//! * [`domain`]: what a to-do list is; pure.
//!
//! One change, from a click to every other screen, in reading order:
//!
//! 1. [`ui::list::item`] turns a click into a command, which [`ui::live::store`] shows at once and sends,
//! 2. [`api`] has the server function for it, which passes it to
//! 3. `backend::service`, which passes it to
//! 4. `backend::writer`, which puts all waiting commands into one transaction;
//! 5. `backend::storage::event_log` holds what happened, in order, without a gap;
//! 6. `backend::feed` reads it when woken, once for all readers of a list,
//! 7. `web::ws::socket` sends it, on the same socket that echoes messages;
//! 8. [`ui::live::connection`] receives it, and
//! 9. [`domain::board`] applies it: the only way a list on screen ever changes.

#![recursion_limit = "256"]

pub mod domain;

pub mod protocol;

pub mod sync;

#[cfg(feature = "ssr")]
pub(crate) mod backend;

pub mod api;

pub mod ui;

#[cfg(feature = "ssr")]
pub mod web;

#[cfg(feature = "ssr")]
pub mod tools;

/// Makes the server-rendered page interactive. The page calls it once, when this module has loaded.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(ui::app::App);
}
