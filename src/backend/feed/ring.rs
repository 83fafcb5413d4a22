//! The recent frames of one list, in order and without a gap, for all readers that are not far behind.

use std::collections::VecDeque;

use crate::backend::storage::event_log::STEP_BYTES_MAX;
use crate::backend::storage::frame::{Frame, Run};
use crate::domain::EventId;

/// A reader that is further behind catches up from the log, which costs one read and does not slow others.
const EVENTS_MAX: usize = 256;

/// A few events that touch a full list must not fill the memory.
const BYTES_MAX: usize = 1 << 20;

/// The recent frames.
#[derive(Debug)]
pub(super) struct Ring {
    /// The cursor right before the first frame.
    before: EventId,
    frames: VecDeque<Frame>,
    bytes: usize,
}

impl Ring {
    /// An empty ring that continues after this cursor.
    pub(super) fn new(before: EventId) -> Self {
        Self { before, frames: VecDeque::new(), bytes: 0 }
    }

    /// Adds what is new in a run. If the run does not go on where the ring ends, it replaces what is in the ring.
    /// `true` if it has changed.
    pub(super) fn extend(&mut self, run: Run) -> bool {
        self.take(run).unwrap_or_else(|run| {
            *self = Self::new(run.after());
            self.add(run.into_frames());
            true
        })
    }

    /// Adds what is new in a run, and says whether that is so much as one event. The run may begin, or end, with what
    /// is in the ring already. `Err` where the run does not go on where the ring ends.
    pub(super) fn take(&mut self, run: Run) -> Result<bool, Run> {
        let Some(known) = run.known(self.end()) else {
            return if self.place(run.end()).is_some() { Ok(false) } else { Err(run) };
        };
        Ok(self.add(run.into_frames().into_iter().skip(known)))
    }

    fn add(&mut self, frames: impl IntoIterator<Item = Frame>) -> bool {
        let before = self.end();
        for frame in frames {
            self.bytes += frame.text.len();
            self.frames.push_back(frame);
            while self.frames.len() > EVENTS_MAX || (self.bytes > BYTES_MAX && self.frames.len() > 1) {
                let Some(oldest) = self.frames.pop_front() else { break };
                self.bytes -= oldest.text.len();
                self.before = oldest.id;
            }
        }
        self.end() != before
    }

    /// The frames right after a cursor, as many as one step takes; `None` if the cursor is not in the ring.
    pub(super) fn after(&self, cursor: EventId) -> Option<Vec<Frame>> {
        Some(step(self.frames.iter().skip(self.place(cursor)?).cloned()))
    }

    /// How many frames a reader at this cursor has; `None` if the cursor is not in the ring.
    fn place(&self, cursor: EventId) -> Option<usize> {
        let has = usize::try_from(cursor.seq - self.before.seq).ok()?;
        let id = if has == 0 { self.before } else { self.frames.get(has - 1)?.id };
        (id == cursor).then_some(has)
    }

    /// The cursor of a reader that has everything in the ring.
    pub(super) fn end(&self) -> EventId {
        self.frames.back().map_or(self.before, |it| it.id)
    }
}

fn step(frames: impl Iterator<Item = Frame>) -> Vec<Frame> {
    let mut bytes = 0;
    frames
        .take_while(|frame| {
            let fits = bytes < STEP_BYTES_MAX;
            bytes += frame.text.len();
            fits
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Seq;

    fn id(seq: Seq) -> EventId {
        if seq == 0 { EventId::START } else { EventId { seq, tag: 1 } }
    }

    fn run(seqs: std::ops::RangeInclusive<Seq>, bytes: usize) -> Run {
        let head = id(*seqs.end());
        let frame = |seq| Frame { id: id(seq), text: "x".repeat(bytes).into(), since: None };
        Run::new(id(seqs.start() - 1), seqs.map(frame).collect(), head).unwrap()
    }

    fn seqs(frames: &[Frame]) -> Vec<Seq> {
        frames.iter().map(|it| it.id.seq).collect()
    }

    #[test]
    fn a_reader_behind_the_ring_is_sent_to_the_log() {
        let mut ring = Ring::new(id(0));
        let last = Seq::try_from(EVENTS_MAX).unwrap() + 10;
        ring.extend(run(1..=last, 1));
        assert!(ring.after(id(0)).is_none() && ring.after(id(9)).is_none() && ring.after(id(last + 1)).is_none());
        assert_eq!(ring.after(id(10)).unwrap().first().unwrap().id.seq, 11);
        assert_eq!(seqs(&ring.after(id(last - 1)).unwrap()), [last]);
        assert!(ring.after(id(last)).unwrap().is_empty());
    }

    #[test]
    fn a_cursor_of_another_log_is_not_in_the_ring() {
        let mut ring = Ring::new(id(4));
        ring.extend(run(5..=7, 1));
        for seq in 4..=7 {
            assert!(ring.after(EventId { seq, tag: 2 }).is_none(), "{seq}");
            assert!(ring.after(id(seq)).is_some(), "{seq}");
        }
    }

    #[test]
    fn a_run_from_elsewhere_leaves_no_gap() {
        let mut ring = Ring::new(id(0));
        ring.extend(run(1..=3, 1));
        ring.extend(run(6..=8, 1));
        assert!(ring.after(id(2)).is_none() && ring.after(id(3)).is_none());
        assert_eq!(seqs(&ring.after(id(5)).unwrap()), [6, 7, 8]);
    }

    #[test]
    fn a_run_that_is_known_in_part_adds_only_what_is_new() {
        let mut ring = Ring::new(id(0));
        ring.extend(run(1..=3, 1));
        assert!(!ring.take(run(1..=3, 1)).unwrap() && !ring.take(run(2..=2, 1)).unwrap());
        assert!(ring.take(run(2..=5, 1)).unwrap() && ring.take(run(6..=6, 1)).unwrap());
        assert_eq!(seqs(&ring.after(id(0)).unwrap()), [1, 2, 3, 4, 5, 6]);
        ring.extend(run(1..=4, 1));
        assert_eq!(ring.end(), id(6), "a read that began earlier does not move the ring back");
        assert!(ring.take(run(8..=9, 1)).is_err(), "a gap");
        let other = Frame { id: EventId { seq: 7, tag: 2 }, text: "x".into(), since: None };
        let other = Run::new(EventId { seq: 6, tag: 2 }, vec![other.clone()], other.id).unwrap();
        assert!(ring.take(other).is_err(), "another log");
        assert_eq!(ring.end(), id(6));
    }

    #[test]
    fn long_frames_do_not_fill_the_memory() {
        let mut ring = Ring::new(id(0));
        ring.extend(run(1..=9, BYTES_MAX / 2));
        assert!(ring.bytes <= BYTES_MAX);
        ring.extend(run(10..=10, BYTES_MAX * 2));
        assert_eq!(seqs(&ring.after(id(9)).unwrap()), [10], "the newest is always kept, however long");
    }

    #[test]
    fn one_step_takes_a_limited_number_of_bytes() {
        let mut ring = Ring::new(id(0));
        ring.extend(run(1..=99, STEP_BYTES_MAX / 4));
        assert_eq!(ring.after(ring.before).unwrap().len(), 4);
    }
}
