//! What only a browser can do.

/// What a drag needs of the page.
pub(crate) mod drag;

/// The document, the window and the clock.
pub(crate) mod dom;

/// What is kept of a page for when there is no network.
pub(crate) mod kept;

/// What this browser stores: commands not yet confirmed, and drafts.
pub(crate) mod storage;
