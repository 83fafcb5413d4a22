//! What only a browser can do.

/// The document, the window and the clock.
pub(crate) mod dom;

/// What this browser keeps: commands not yet confirmed, half-typed text.
pub(crate) mod storage;
