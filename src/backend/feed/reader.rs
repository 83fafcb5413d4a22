//! Someone who follows a list: a cursor, and at most one open question. What a reader is given is
//! always the very next frames, the end of the log, or a reset.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use crate::backend::error::ServerError;
use crate::backend::feed::{Feed, locked};
use crate::backend::storage::event_log;
use crate::backend::storage::event_log::Next;
use crate::backend::storage::frame::Frame;
use crate::domain::{EventId, ListId};
use crate::protocol::ResetReason;

/// What a reader comes to.
#[derive(Debug)]
pub(crate) enum Step {
    /// The frames right behind its cursor.
    Frames(Vec<Frame>),
    /// The reader has everything: this is its cursor, and the log was read to its end since the
    /// reader asked.
    Head(EventId),
    /// The reader can't go on from its cursor.
    Reset(ResetReason),
    /// The list is gone.
    NoSuchList,
}

/// A reader of one list.
pub(crate) struct Reader {
    feed: Arc<Feed>,
    head: watch::Receiver<EventId>,
    answered: watch::Receiver<u64>,
    missed: watch::Receiver<u64>,
    /// How often the list had been missed when this reader looked for itself.
    looked: u64,
    cursor: EventId,
    /// The question whether it has everything, while that is open.
    question: Option<u64>,
    /// A read of the log under way. It is kept here so that giving up on [`Reader::next`], as for each
    /// message that comes in, does not begin it anew.
    reading: Option<Reading>,
}

/// A read of the log. A task of its own, which always comes to its end: one that waited for a socket that
/// is not read would keep a connection to the database from everyone else.
struct Reading {
    task: AbortOnDropHandle<Result<Next, ServerError>>,
    /// The question that was open when it began: it answers no later one.
    question: Option<u64>,
}

impl Reader {
    /// A reader that goes on from a cursor, which is looked up before anything is read behind it.
    pub(super) fn new(feed: Arc<Feed>, cursor: EventId) -> Self {
        let (head, answered) = (feed.head.subscribe(), feed.answered.subscribe());
        let missed = feed.missed.subscribe();
        let looked = *missed.borrow();
        let mut reader = Self { feed, head, answered, missed, looked, cursor, question: None, reading: None };
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

    /// Notes that frames up to here have been sent.
    pub(crate) fn advance(&mut self, cursor: EventId) {
        self.cursor = cursor;
    }

    /// The next step, waiting for it if need be. Safe to give up on: the reader moves only by
    /// [`Reader::advance`].
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
            // The list may be gone, or may be back by now.
            let missed = *self.missed.borrow_and_update();
            if std::mem::replace(&mut self.looked, missed) != missed {
                self.reading = Some(self.read());
                continue;
            }
            // In this order: the feed moves its head first and answers then.
            let is_answered = self.question.is_some_and(|it| *self.answered.borrow_and_update() >= it);
            let head = *self.head.borrow_and_update();
            if head == self.cursor && is_answered {
                self.question = None;
                return Ok(Step::Head(head));
            }
            if head != self.cursor && (is_answered || head.seq > self.cursor.seq) {
                let frames = locked(&self.feed.ring).after(self.cursor).filter(|it| !it.is_empty());
                if let Some(frames) = frames {
                    return Ok(Step::Frames(frames));
                }
                self.reading = Some(self.read());
                continue;
            }
            // The senders live in the feed that this reader holds: waiting can't fail.
            tokio::select! {
                _ = self.head.changed() => {}
                _ = self.answered.changed(), if self.question.is_some() => {}
                _ = self.missed.changed() => {}
            }
        }
    }

    fn read(&self) -> Reading {
        let (feed, cursor) = (self.feed.clone(), self.cursor);
        let read = async move { event_log::after(&feed.database, &feed.list, cursor).await };
        Reading { task: AbortOnDropHandle::new(tokio::spawn(read)), question: self.question }
    }

    /// What a read of the log comes to that began while this question was open.
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
                // The feed believes that there is more: it has to look again.
                self.ask();
                None
            }
        }
    }
}
