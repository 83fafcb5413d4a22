//! What may be asked of `/ws`, and how long a message may be.

use serde::Deserialize;

/// The longest message that is read. OWASP's advice for WebSockets, and far more than a title.
pub(crate) const MESSAGE_BYTES_MAX: usize = 64 << 10;

/// What may stand behind `/ws?`.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    /// The list whose events shall be pushed.
    pub(crate) list: Option<String>,
    /// The event to go on after.
    pub(crate) after: Option<String>,
    /// The event of the index to go on after, where the index shall be pushed, too.
    pub(crate) index: Option<String>,
}
