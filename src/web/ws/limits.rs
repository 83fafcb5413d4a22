//! What may be asked of `/ws`.

use serde::Deserialize;

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
