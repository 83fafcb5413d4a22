//! What must hold for a log, for the answers to commands, and for those who followed the log. Pure, so that
//! `tests/it/checker.rs` can show that it finds errors.

use std::collections::{HashMap, HashSet};

use todoapp::domain::{Event, OpId, Receipt, Seq};

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The log's numbers are not 1, 2, 3 …: this one is where another should be.
    NotDense(Seq),
    /// A command took effect twice.
    Doubled(OpId),
    /// A command was accepted, but its event is not in the log.
    Lost(OpId),
    /// A command was rejected, but took effect.
    RefusedAndDone(OpId),
    /// A command took effect that nobody sent.
    Unasked(OpId),
    /// A follower did not see this event where it should have.
    Gap(Seq),
    /// A follower saw this event again.
    Repeat(Seq),
    /// A follower saw an event that the log does not have, or that is different in the log.
    Foreign(Seq),
}

/// A command, and its answer.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Its op.
    pub(crate) op: OpId,
    /// Whether it always changes something, as creating a todo does.
    pub(crate) must_change: bool,
    /// The receipt; `None` if it was rejected.
    pub(crate) receipt: Option<Receipt>,
}

/// A log has the numbers 1, 2, 3 …, and each command once.
pub(crate) fn check_log(log: &[Event]) -> Result<(), Flaw> {
    let mut ops = HashSet::new();
    for (event, seq) in log.iter().zip(1..) {
        if event.seq != seq || event.id.seq != seq {
            return Err(Flaw::NotDense(event.seq));
        }
        if !ops.insert(event.op) {
            return Err(Flaw::Doubled(event.op));
        }
    }
    Ok(())
}

/// The log has exactly the commands that were accepted, each with the event that its receipt names, and none
/// that was rejected.
pub(crate) fn check_asked(log: &[Event], asked: &[Asked]) -> Result<(), Flaw> {
    let mut by_op: HashMap<OpId, &Event> = log.iter().map(|it| (it.op, it)).collect();
    for it in asked {
        let event = by_op.remove(&it.op);
        match (&it.receipt, event) {
            (None, None) => {}
            (None, Some(_)) => return Err(Flaw::RefusedAndDone(it.op)),
            (Some(receipt), Some(event)) if receipt.event == event.id => {}
            // It changed nothing, and its receipt names the head of that time.
            (Some(receipt), None) if !it.must_change && is_place(log, receipt) => {}
            (Some(_), _) => return Err(Flaw::Lost(it.op)),
        }
    }
    by_op.into_keys().next().map_or(Ok(()), |op| Err(Flaw::Unasked(op)))
}

fn is_place(log: &[Event], receipt: &Receipt) -> bool {
    let at = usize::try_from(receipt.seq).ok().and_then(|it| it.checked_sub(1));
    at.map_or(receipt.seq == 0, |at| log.get(at).is_some_and(|it| it.id == receipt.event))
}

/// A follower that began after the event number `from` has applied exactly the rest of the log, in order.
pub(crate) fn check_followed(log: &[Event], from: Seq, applied: &[Event]) -> Result<(), Flaw> {
    let mut rest = log.iter().skip_while(|it| it.seq <= from);
    let mut last = from;
    for event in applied {
        if event.seq <= last && log.contains(event) {
            return Err(Flaw::Repeat(event.seq));
        }
        match rest.next() {
            Some(expected) if expected == event => last = event.seq,
            Some(expected) if log.contains(event) => return Err(Flaw::Gap(expected.seq)),
            _ => return Err(Flaw::Foreign(event.seq)),
        }
    }
    rest.next().map_or(Ok(()), |missed| Err(Flaw::Gap(missed.seq)))
}
