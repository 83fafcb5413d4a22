//! What a person sees. Everything here compiles for both halves: the server renders it once, the
//! browser wakes it up. Views are a function of data; what only a browser knows happens in effects
//! and in answers to its events.

/// Addresses of pages, and what may stand behind their question mark.
pub mod route;

/// What the server knows when it renders a page, and hands to the browser with it.
pub mod page;

/// The document around the page, and the page's root.
pub mod app;

/// The page of one list.
pub mod todo_page;

/// The field for a new todo.
pub mod todo_form;

/// One row.
pub mod todo_item;

/// The field that renames a todo.
pub mod todo_edit;

/// The count, the filters, and the way to other lists.
pub mod todo_footer;

/// The way to the other pages of a long list.
pub mod pages;

/// The field for a message over the socket, and the state of the link.
pub mod message_form;

/// Short messages about what others changed and what the server echoed.
pub mod notices;

/// The list on screen: the confirmed board, the wishes on top of it, and the signals they move.
pub mod live;

/// One signal for each row.
pub mod rows;

/// What the server refused.
pub mod refused;

/// What this browser keeps: wishes not yet confirmed, half-typed text.
pub(crate) mod storage;

/// The link to the server: a socket that connects, follows, and connects again; or asking.
pub mod link;

/// How long to wait before trying again.
pub(crate) mod backoff;

/// Sends the wishes of the outbox, one after the other, until each is answered.
pub mod sender;

/// What only a browser can do.
pub(crate) mod browser;
