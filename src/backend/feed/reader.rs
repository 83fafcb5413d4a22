//! A reader of a list: a cursor, and at most one open question. A reader always gets the very next frames,
//! the end of the log, or a reset.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use crate::backend::error::ServerError;
use crate::backend::feed::{Feed, Live};
use crate::backend::storage::event_log;
use crate::backend::storage::event_log::Next;
use crate::backend::storage::frame::Frame;
use crate::domain::{EventId, ListId};
use crate::protocol::ResetReason;

/// What a reader gets next.
#[derive(Debug)]
pub(crate) enum Step {
    /// The frames right behind its cursor.
    Frames(Vec<Frame>),
    /// The reader has everything. This is its cursor, and the log was read to its end after the reader
    /// asked.
    Head(EventId),
    /// The reader can't go on from its cursor.
    Reset(ResetReason),
    /// The list is gone.
    NoSuchList,
}

/// A reader of one list.
pub(crate) struct Reader {
    feed: Arc<Feed>,
    live: watch::Receiver<Live>,
    answered: watch::Receiver<u64>,
    /// How often the list had been missed when this reader looked for itself.
    looked: u64,
    cursor: EventId,
    /// Whether it has once had everything: what comes after that is new.
    is_live: bool,
    /// The number of its open question, whether it has everything.
    question: Option<u64>,
    /// A read of the log under way. It is kept here so that dropping the future of [`Reader::next`], as each
    /// incoming message does, does not start it again.
    reading: Option<Reading>,
}

/// A read of the log. It is its own task and never waits for a socket. Otherwise a client that does not read
/// would hold a connection to the database that others need.
struct Reading {
    task: AbortOnDropHandle<Result<Next, ServerError>>,
    /// The question that was open when it began. It does not answer a later one.
    question: Option<u64>,
}

/// What a reader has to do.
enum Look {
    /// It has its next step.
    Step(Step),
    /// Only the log has what comes next.
    Read,
    /// It has everything.
    Wait,
}

impl Reader {
    /// A reader that goes on from a cursor. The cursor is checked before anything after it is read.
    pub(super) fn new(feed: Arc<Feed>, cursor: EventId) -> Self {
        let (live, answered) = (feed.live.subscribe(), feed.answered.subscribe());
        let looked = live.borrow().missed;
        let mut reader = Self { feed, live, answered, looked, cursor, is_live: false, question: None, reading: None };
        reader.ask();
        reader
    }

    /// The list that is read, or the index.
    pub(crate) fn list(&self) -> &ListId {
        &self.feed.list
    }

    /// Asks whether the reader has everything. As soon as that is so, [`Reader::next`] says it once.
    pub(crate) fn ask(&mut self) {
        self.question.get_or_insert_with(|| self.feed.ask());
    }

    /// Whether it has once had everything, so that what comes now is new and not what it missed.
    pub(crate) fn is_live(&self) -> bool {
        self.is_live
    }

    /// Notes that frames up to here have been sent.
    pub(crate) fn advance(&mut self, cursor: EventId) {
        self.cursor = cursor;
    }

    /// Waits for the next step. The future may be dropped: only [`Reader::advance`] moves the reader.
    pub(crate) async fn next(&mut self) -> Result<Step, ServerError> {
        loop {
            if let Some(reading) = &mut self.reading {
                let (read, question) = ((&mut reading.task).await, reading.question);
                self.reading = None;
                let read = read.unwrap_or_else(|error| match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => Err(ServerError::Stopping),
                });
                if let Some(step) = self.step(read?, question) {
                    return Ok(step);
                }
            }
            // In this order: the feed moves its head first and answers then.
            let is_answered = self.question.is_some_and(|it| *self.answered.borrow_and_update() >= it);
            match self.look(is_answered) {
                Look::Step(step) => return Ok(step),
                Look::Read => self.reading = Some(self.read()),
                // Waiting can't fail: this reader holds the feed, which holds the senders.
                Look::Wait => {
                    self.is_live = true;
                    tokio::select! {
                        _ = self.live.changed() => {}
                        _ = self.answered.changed(), if self.question.is_some() => {}
                    }
                }
            }
        }
    }

    /// Looks what the feed has for this reader. `is_answered`: the log was read to its end since the reader asked.
    fn look(&mut self, is_answered: bool) -> Look {
        let live = self.live.borrow_and_update();
        // The list may be gone, or may be back by now.
        if std::mem::replace(&mut self.looked, live.missed) != live.missed {
            return Look::Read;
        }
        let head = live.ring.end();
        if head == self.cursor && is_answered {
            self.question = None;
            return Look::Step(Step::Head(head));
        }
        if head != self.cursor && (is_answered || head.seq > self.cursor.seq) {
            let frames = live.ring.after(self.cursor).filter(|it| !it.is_empty());
            return frames.map_or(Look::Read, |it| Look::Step(Step::Frames(it)));
        }
        Look::Wait
    }

    fn read(&self) -> Reading {
        let (feed, cursor) = (self.feed.clone(), self.cursor);
        let read = async move { event_log::after(&feed.database, &feed.list, cursor).await };
        Reading { task: AbortOnDropHandle::new(tokio::spawn(read)), question: self.question }
    }

    /// The step that follows from a read of the log, which began while this question was open.
    fn step(&mut self, next: Next, question: Option<u64>) -> Option<Step> {
        match next {
            Next::Reset(reason) => Some(Step::Reset(reason)),
            Next::NoSuchList => Some(Step::NoSuchList),
            Next::Events(run) => {
                let end = run.end();
                let frames = run.into_frames();
                if !frames.is_empty() {
                    return Some(Step::Frames(frames));
                }
                if question.is_some() && self.question == question {
                    self.question = None;
                    return Some(Step::Head(end));
                }
                // The feed's head says that there is more, so the feed has to read again.
                self.ask();
                None
            }
        }
    }
}
