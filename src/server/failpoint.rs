//! Ends the process at a chosen stage of a write, as a power cut would: nothing is flushed, nothing is
//! answered, nothing runs on. For the tests; a release build has no such stages.

use clap::ValueEnum;

/// The stages of a write, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// The transaction has begun and holds the list.
    Locked,
    /// The row has changed, and the log does not have it yet.
    RowChanged,
    /// The event is in the log, and the list's head is not there yet.
    Appended,
    /// Everything is written, and not committed.
    Written,
    /// It is committed, and nobody has been told.
    Committed,
    /// The wish is answered, and no feed has been woken.
    Answered,
}

/// Where to end, if anywhere.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Failpoint(pub(crate) Option<Stage>);

impl Failpoint {
    /// The write has come to this stage.
    pub(crate) fn reach(self, stage: Stage) {
        if cfg!(debug_assertions) && self.0 == Some(stage) {
            std::process::abort();
        }
    }
}
