//! Ends the process at a chosen stage of a write, as a power cut would, or breaks a chosen part of the
//! server. Only for the tests: a release build does neither.

use clap::ValueEnum;

/// The stages of a write, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    /// The transaction has begun and holds the list's lock.
    Locked,
    /// The row is changed, but the event is not in the log yet.
    RowChanged,
    /// The event is in the log, but the list's head does not include it yet.
    Appended,
    /// Everything is written, but not committed.
    Written,
    /// It is committed, but not answered.
    Committed,
    /// The command is answered, but no feed has been woken.
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
    /// Whether a write ends at this stage.
    pub(crate) fn is_at(self, stage: Stage) -> bool {
        cfg!(debug_assertions) && self.end_at == Some(stage)
    }

    /// Called when a write reaches this stage. Ends the process at once, without flushing or answering.
    pub(crate) fn reach(self, stage: Stage) {
        if self.is_at(stage) {
            std::process::abort();
        }
    }

    /// Called while this part works. Panics if the part was told to break.
    pub(crate) fn pass(self, part: Part) {
        assert!(!cfg!(debug_assertions) || self.break_part != Some(part), "{part:?} was told to break");
    }
}
