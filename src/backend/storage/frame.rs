//! Events as they are sent: written once, for all readers. A run of frames has no hole in it, and
//! begins right behind the cursor it was read for; nothing else can be made of what the log holds.

use serde::Serialize;
use serde_json::value::RawValue;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::backend::error::ServerError;
use crate::domain::{Event, EventId, ListId, Seq};
use crate::protocol::Push;

/// An event as the text that readers are sent.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// The cursor of a reader who has this frame.
    pub(crate) id: EventId,
    /// The text to send.
    pub(crate) text: Utf8Bytes,
}

/// [`crate::protocol::Push::Event`] with its change still as text: it is stored in the form in which it
/// is sent, so it is never parsed on the way. A list of ten thousand todos makes changes of 390 kB.
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
    /// The event that is in the frame, for who is not sent the text itself.
    pub(crate) fn event(&self) -> Result<Event, ServerError> {
        match serde_json::from_str(&self.text) {
            Ok(Push::Event(event)) => Ok(event),
            Ok(_) => Err(ServerError::Corrupt(format!("event {} is none", self.id))),
            Err(error) => Err(ServerError::Corrupt(format!("event {}: {error}", self.id))),
        }
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
        Ok(Self { id, text: serde_json::to_string(&event).map_err(broken)?.into() })
    }
}

/// The frames right behind a cursor, in order and without a hole. A run without frames is the end of
/// the log.
#[derive(Debug)]
pub(crate) struct Run {
    after: EventId,
    frames: Vec<Frame>,
    head: EventId,
}

impl Run {
    /// A run behind `after`, which ends before the first frame that is not the next one. It is whole
    /// if it comes to `head`, the end of the log at the moment of reading. `None` where the log goes on
    /// but does not have the next event.
    pub(crate) fn new(after: EventId, mut frames: Vec<Frame>, head: EventId) -> Option<Self> {
        let dense = frames.iter().zip(after.seq + 1..).take_while(|(frame, seq)| frame.id.seq == *seq).count();
        frames.truncate(dense);
        let run = Self { after, frames, head };
        (run.is_whole() || !run.frames.is_empty()).then_some(run)
    }

    /// The cursor that the run begins behind.
    pub(crate) fn after(&self) -> EventId {
        self.after
    }

    /// The cursor of who has taken the run in.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Change, OpId, ShortText};

    fn id(seq: Seq) -> EventId {
        EventId { seq, tag: 7 }
    }

    fn frame(seq: Seq) -> Frame {
        Frame { id: id(seq), text: "x".into() }
    }

    #[test]
    fn a_run_ends_before_a_hole() {
        let run = Run::new(id(3), [4, 5, 7, 8].map(frame).to_vec(), id(8)).unwrap();
        assert_eq!((run.end(), run.is_whole()), (id(5), false));
        let run = Run::new(id(3), [4, 5].map(frame).to_vec(), id(5)).unwrap();
        assert_eq!((run.end(), run.is_whole()), (id(5), true));
    }

    #[test]
    fn without_the_next_event_there_is_no_run_but_at_the_end() {
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
        assert!(Frame::new(&ListId::home(), id(4), 9, &op.to_string(), "{\"created\":", None).is_err());
    }

    fn text() -> ShortText {
        ShortText::parse("a \"quoted\" title \\ with a tab? no").unwrap()
    }
}
