//! What may be asked of `/ws`, and how long a message may be.

use serde::Deserialize;

/// The longest message that is read. OWASP recommends it for WebSockets, and it is far more than a title.
pub(crate) const MESSAGE_BYTES_MAX: usize = 64 << 10;

/// The parameters of `/ws?`.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    /// The list whose events are to be pushed.
    pub(crate) list: Option<String>,
    /// The cursor to go on from.
    pub(crate) after: Option<String>,
    /// The event of the index to go on after, where the index shall be pushed, too.
    pub(crate) index: Option<String>,
}
