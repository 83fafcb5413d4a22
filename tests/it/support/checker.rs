//! What must hold of a log, of what was answered from it, and of whoever followed it. Pure, so that
//! it can be shown to fail: see `tests/it/checker.rs`.

use std::collections::{HashMap, HashSet};

use todoapp::domain::{Event, OpId, Receipt, Seq};

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The log's numbers are not 1, 2, 3 …: this one stands where another should.
    NotDense(Seq),
    /// A command took effect twice.
    Doubled(OpId),
    /// A command was accepted, and its event is not in the log.
    Lost(OpId),
    /// A command was refused, and yet it took effect.
    RefusedAndDone(OpId),
    /// A command took effect that nobody asked for.
    Unasked(OpId),
    /// A follower did not see this event where it should have.
    Gap(Seq),
    /// A follower saw this event again.
    Repeat(Seq),
    /// A follower saw an event that the log does not have, or has otherwise.
    Foreign(Seq),
}

/// A command, and what its asker was told of it in the end.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Its name.
    pub(crate) op: OpId,
    /// Whether it always changes something, as a new todo does.
    pub(crate) must_change: bool,
    /// The receipt; `None` where it was refused.
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

/// What was accepted is in the log, with the very event that the receipt names; what was refused is
/// not; and nothing else is.
pub(crate) fn check_asked(log: &[Event], asked: &[Asked]) -> Result<(), Flaw> {
    let mut by_op: HashMap<OpId, &Event> = log.iter().map(|it| (it.op, it)).collect();
    for it in asked {
        let event = by_op.remove(&it.op);
        match (&it.receipt, event) {
            (None, None) => {}
            (None, Some(_)) => return Err(Flaw::RefusedAndDone(it.op)),
            (Some(receipt), Some(event)) if receipt.event == event.id => {}
            // It changed nothing, and was told where the list stood then.
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

/// Whoever followed a log from a place has applied exactly the rest of it, in order.
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
