//! What a person sees. Everything here compiles for both halves: the server renders it once, the
//! browser wakes it up. Views are a function of data; what only a browser knows happens in effects
//! and in answers to its events.

/// The document around the page, and the page's root.
pub mod app;

/// What only a browser can do.
pub(crate) mod browser;

/// The page of one list and its parts.
pub mod list;

/// How the screen follows the list.
pub mod live;

/// The field for a message over the socket, and the state of the connection.
pub mod message_form;

/// Short messages about what others changed and what the server echoed.
pub mod notices;

/// What the server knows when it renders a page, and hands to the browser with it.
pub mod page;

/// What was deleted from a list, and what has happened to it.
pub mod past;

/// Addresses of pages, and what may stand behind their question mark.
pub mod route;
