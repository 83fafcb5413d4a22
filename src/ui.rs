//! What a person sees. Everything here runs on both sides: the server renders it once, and the browser makes
//! it interactive. A view depends only on data; what needs a browser is done in effects and event handlers.

/// The document around the page, and the page's root.
pub mod app;

/// What only a browser can do.
pub(crate) mod browser;

/// The page of one list and its parts.
pub mod list;

/// All lists, beside the page of one.
pub mod lists;

/// The state of the connection.
pub mod connection_panel;

/// How the screen follows the list.
pub mod live;

/// Gives all closures, signals and rows of a kind one type.
pub mod one_kind;

/// The field for a message over the socket.
pub mod message_form;

/// Which rows of a long list are on the page.
pub(crate) mod near;

/// Short messages about what others changed and what the server echoed.
pub mod notices;

/// The page where nothing is found.
pub mod not_found;

/// Moving a row to another place.
pub mod order;

/// The data that the server renders a page with, and sends to the browser with it.
pub mod page;

/// The field that finds lists, todos and what can be done.
pub mod palette;

/// What was deleted from a list, and what has happened to it.
pub mod past;

/// Addresses of pages, and the parameters in them.
pub mod route;

/// What a row that can be moved stands for.
pub mod row_id;
