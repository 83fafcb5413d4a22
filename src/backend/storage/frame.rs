//! Events as they are sent; the text is made once, for all readers. What is read from the log can only
//! become a run of frames, which has no gap and begins right after the reader's cursor.

use std::time::Instant;

use serde::Serialize;
use serde_json::value::RawValue;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::backend::error::ServerError;
use crate::domain::{Event, EventId, ListId, Seq};
use crate::protocol::Push;

/// An event as the text that is sent to readers.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// The cursor of a reader who has this frame.
    pub(crate) id: EventId,
    /// The text to send.
    pub(crate) text: Utf8Bytes,
    /// When the command came in, if that was here and just now.
    pub(crate) since: Option<Instant>,
}

/// [`crate::protocol::Push::Event`] with its change as text. A change is stored in the form in which it is
/// sent, so it need not be parsed. In a list of ten thousand todos a change can have 390 kB.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Stored<'a> {
    Event {
        list: &'a ListId,
        id: EventId,
        seq: Seq,
        at_ms: i64,
        op: &'a str,
        change: &'a RawValue,
        #[serde(skip_serializing_if = "Option::is_none")]
        undoes: Option<Seq>,
    },
}

impl Frame {
    /// The event in the frame, for clients that do not get the text itself.
    pub(crate) fn event(&self) -> Result<Event, ServerError> {
        match serde_json::from_str(&self.text) {
            Ok(Push::Event(event)) => Ok(event),
            Ok(_) => Err(ServerError::Corrupt(format!("event {} is none", self.id))),
            Err(error) => Err(ServerError::Corrupt(format!("event {}: {error}", self.id))),
        }
    }

    /// The frame of an event, the same as if it was read back from the log.
    fn of(event: Event, since: Option<Instant>) -> Result<Self, ServerError> {
        let id = event.id;
        let text = serde_json::to_string(&Push::Event(event));
        Ok(Self { id, text: text.map_err(|error| ServerError::Corrupt(format!("event {id}: {error}")))?.into(), since })
    }

    /// The frame of a stored event.
    pub(crate) fn new(
        list: &ListId,
        id: EventId,
        at_ms: i64,
        op: &str,
        change: &str,
        undoes: Option<Seq>,
    ) -> Result<Self, ServerError> {
        let broken = |error| ServerError::Corrupt(format!("event {id}: {error}"));
        let change: &RawValue = serde_json::from_str(change).map_err(broken)?;
        let event = Stored::Event { list, id, seq: id.seq, at_ms, op, change, undoes };
        Ok(Self { id, text: serde_json::to_string(&event).map_err(broken)?.into(), since: None })
    }
}

/// The frames right after a cursor, in order and without a gap. A run without frames means the end of the
/// log.
#[derive(Debug)]
pub(crate) struct Run {
    after: EventId,
    frames: Vec<Frame>,
    head: EventId,
}

impl Run {
    /// A run after the cursor `after`. It ends before the first gap. It is whole if it reaches `head`, the end
    /// of the log at the moment of reading. `None` if the log goes on but does not have the next event.
    pub(crate) fn new(after: EventId, mut frames: Vec<Frame>, head: EventId) -> Option<Self> {
        let dense = frames.iter().zip(after.seq + 1..).take_while(|(frame, seq)| frame.id.seq == *seq).count();
        frames.truncate(dense);
        let run = Self { after, frames, head };
        (run.is_whole() || !run.frames.is_empty()).then_some(run)
    }

    /// The cursor that the run begins after.
    pub(crate) fn after(&self) -> EventId {
        self.after
    }

    /// How many of the frames a reader at this cursor has; `None` if the run does not go on from it.
    pub(crate) fn known(&self, cursor: EventId) -> Option<usize> {
        if cursor == self.after {
            return Some(0);
        }
        self.frames.iter().position(|it| it.id == cursor).map(|at| at + 1)
    }

    /// The cursor of a reader that has taken the whole run.
    pub(crate) fn end(&self) -> EventId {
        self.frames.last().map_or(self.after, |it| it.id)
    }

    /// The end of the log at the moment of reading.
    pub(crate) fn head(&self) -> EventId {
        self.head
    }

    /// Whether there was nothing more to read.
    pub(crate) fn is_whole(&self) -> bool {
        self.end() == self.head
    }

    /// The frames, in order.
    pub(crate) fn into_frames(self) -> Vec<Frame> {
        self.frames
    }
}

/// The events that one transaction has appended to a stream.
#[derive(Debug)]
pub(crate) struct Growth {
    /// The last event before them.
    after: EventId,
    /// The events, in order.
    events: Vec<Event>,
    /// When the first of the commands came in, where that is known.
    since: Option<Instant>,
}

impl Growth {
    /// These events, right after the last one that the stream had before.
    pub(crate) fn new(after: EventId, events: Vec<Event>) -> Self {
        Self { after, events, since: None }
    }

    /// The same, with when the first of the commands came in.
    pub(crate) fn since(self, since: Option<Instant>) -> Self {
        Self { since, ..self }
    }

    /// The run that a reader of the log would get who has everything before it. `None` where only the log itself can
    /// say: there are no events, or one is too long to be sent.
    pub(crate) fn into_run(self, bytes_max: usize) -> Option<Run> {
        let head = self.events.last()?.id;
        let frames = self.events.into_iter().map(|it| Frame::of(it, self.since)).collect::<Result<Vec<_>, _>>().ok()?;
        let fits = frames.iter().all(|it| it.text.len() <= bytes_max);
        fits.then(|| Run::new(self.after, frames, head)).flatten().filter(Run::is_whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Change, OpId, ShortText};

    fn id(seq: Seq) -> EventId {
        EventId { seq, tag: 7 }
    }

    fn frame(seq: Seq) -> Frame {
        Frame { id: id(seq), text: "x".into(), since: None }
    }

    #[test]
    fn a_run_ends_before_a_gap() {
        let run = Run::new(id(3), [4, 5, 7, 8].map(frame).to_vec(), id(8)).unwrap();
        assert_eq!((run.end(), run.is_whole()), (id(5), false));
        let run = Run::new(id(3), [4, 5].map(frame).to_vec(), id(5)).unwrap();
        assert_eq!((run.end(), run.is_whole()), (id(5), true));
    }

    #[test]
    fn without_the_next_event_there_is_no_run_except_at_the_end() {
        assert!(Run::new(id(3), [5, 6].map(frame).to_vec(), id(6)).is_none());
        assert!(Run::new(id(3), vec![], id(6)).is_none());
        assert!(Run::new(id(3), vec![], id(3)).unwrap().is_whole());
    }

    #[test]
    fn a_frame_is_the_event_as_the_contract_writes_it() {
        let change = Change::Renamed {
            todo: "018b0000-0000-7000-8000-000000000001".parse().unwrap(),
            title: text(),
            was: Some(text()),
        };
        let op = OpId::new(5, &[3; 10]);
        let event = Event { list: ListId::home(), id: id(4), seq: 4, at_ms: 9, op, change, undoes: Some(3) };
        let stored = serde_json::to_string(&event.change).unwrap();
        let frame = Frame::new(&event.list, event.id, 9, &op.to_string(), &stored, Some(3)).unwrap();
        assert_eq!(frame.text.as_str(), serde_json::to_string(&Push::Event(event.clone())).unwrap());
        assert_eq!(frame.event().unwrap(), event);
        assert_eq!(frame.text, Frame::of(event, None).unwrap().text, "written or read, it is the same text");
        assert!(Frame::new(&ListId::home(), id(4), 9, &op.to_string(), "{\"created\":", None).is_err());
    }

    fn growth(after: EventId, seqs: impl IntoIterator<Item = Seq>) -> Growth {
        let op = OpId::new(5, &[3; 10]);
        let change = Change::Named { name: text(), was: None };
        let event =
            |seq| Event { list: ListId::home(), id: id(seq), seq, at_ms: 9, op, change: change.clone(), undoes: None };
        Growth::new(after, seqs.into_iter().map(event).collect())
    }

    #[test]
    fn what_was_appended_is_a_run_only_where_it_is_known_what_it_follows() {
        let run = growth(id(3), 4..=6).into_run(1000).unwrap();
        assert_eq!((run.after(), run.end(), run.is_whole()), (id(3), id(6), true));
        assert!(growth(EventId::START, 1..=2).into_run(1000).is_some());
        assert!(growth(EventId::START, 4..=6).into_run(1000).is_none(), "the event before it was pruned");
        assert!(growth(id(3), []).into_run(1000).is_none());
        assert!(growth(id(3), 4..=6).into_run(100).is_none(), "too long to be sent");
    }

    fn text() -> ShortText {
        ShortText::parse("a \"quoted\" title \\ with a tab? no").unwrap()
    }
}
