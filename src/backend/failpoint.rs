//! Ends the process at a chosen stage of a write, as a power cut would, or breaks a chosen part of the
//! server. For the tests; a release build has no such points.

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
    /// The command is answered, and no feed has been woken.
    Answered,
}

/// The parts that everything depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// What writes to the database.
    Writer,
    /// What removes old events.
    Pruner,
    /// What reads the log for the sockets.
    Feed,
    /// What writes the lines about the socket.
    Console,
}

/// Where to end, and what to break, if anything.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Failpoint {
    pub(crate) end_at: Option<Stage>,
    pub(crate) break_part: Option<Part>,
}

impl Failpoint {
    /// The write has come to this stage: nothing is flushed, nothing is answered, nothing runs on.
    pub(crate) fn reach(self, stage: Stage) {
        if cfg!(debug_assertions) && self.end_at == Some(stage) {
            std::process::abort();
        }
    }

    /// This part is at work.
    pub(crate) fn pass(self, part: Part) {
        assert!(!cfg!(debug_assertions) || self.break_part != Some(part), "{part:?} was told to break");
    }
}
