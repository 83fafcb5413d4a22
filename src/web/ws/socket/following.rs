//! What a socket follows: a list, the index, and how many todos the lists have. It is a cursor for each, and says
//! what is to be sent next.

use std::future::pending;

use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::backend::counts::CountsReader;
use crate::backend::error::ServerError;
use crate::backend::feed::{Reader, Step};
use crate::backend::metrics;
use crate::domain::{EventId, ListId};
use crate::protocol::{Push, ResetReason, StreamHead};
use crate::web::state::AppState;
use crate::web::ws::limits::Wanted;
use crate::web::ws::socket::end::End;

/// How a cursor is written that means "from now on".
const NOW: &str = "now";

/// What is followed, if anything.
#[derive(Default)]
pub(super) struct Following {
    list: Option<Reader>,
    index: Option<Reader>,
    counts: Option<CountsReader>,
}

/// It can't be followed any further: what is still to be said, and how the socket ends.
pub(super) struct Over {
    pub(super) frame: Option<Utf8Bytes>,
    pub(super) end: End,
}

impl From<End> for Over {
    fn from(end: End) -> Self {
        Self { frame: None, end }
    }
}

impl Following {
    /// Begins to follow what is wanted.
    pub(super) async fn begin(state: &AppState, wanted: Wanted) -> Result<Self, Over> {
        let mut following = Self::default();
        if let Some(list) = wanted.list {
            let list: ListId = list.parse().map_err(|_| End::no_such_list())?;
            following.list = Some(reader(state, list, wanted.after.as_deref()).await?);
        }
        if let Some(after) = wanted.index {
            let after = Some(after.as_str()).filter(|it| *it != NOW);
            following.index = Some(reader(state, ListId::index(), after).await?);
            following.counts = Some(state.counts.reader());
        }
        Ok(following)
    }

    /// Whether anything is followed.
    pub(super) fn is_any(&self) -> bool {
        self.list.is_some() || self.index.is_some()
    }

    /// Asks for the heads, which prove that nothing is missing.
    pub(super) fn ask(&mut self) {
        [&mut self.list, &mut self.index].into_iter().flatten().for_each(Reader::ask);
    }

    /// The next frames, waiting for them if need be. Safe to give up on; never ready, where nothing is followed.
    pub(super) async fn next(&mut self) -> Result<Vec<Utf8Bytes>, Over> {
        let (step, reader) = tokio::select! {
            step = step(&mut self.list) => (step, &mut self.list),
            step = step(&mut self.index) => (step, &mut self.index),
            frames = counted(&mut self.counts) => return Ok(frames),
        };
        let Some(reader) = reader else { return Ok(Vec::new()) };
        match step {
            Ok(Step::Frames(frames)) => {
                if let Some(last) = frames.last() {
                    reader.advance(last.id);
                }
                // What it missed while it was away says nothing of how fast the server is.
                if reader.is_live() {
                    frames.iter().filter_map(|it| it.since).for_each(|it| metrics::SOCKET_TIME.since(it));
                }
                Ok(frames.into_iter().map(|it| it.text).collect())
            }
            Ok(Step::Head(head)) => Ok(vec![text(&Push::Head(StreamHead::new(reader.list().clone(), head)))]),
            Ok(Step::Reset(reason)) => Err(reset(reader.list().clone(), reason)),
            Ok(Step::NoSuchList) => Err(End::no_such_list().into()),
            Err(error) => Err(End::cannot_read(&error).into()),
        }
    }
}

async fn reader(state: &AppState, list: ListId, after: Option<&str>) -> Result<Reader, Over> {
    let Ok(after) = after.map(str::parse::<EventId>).transpose() else {
        return Err(reset(list, ResetReason::Unknown));
    };
    match state.feeds.subscribe(&list, after).await {
        Ok(Some(reader)) => {
            if after.is_some() {
                metrics::RESUMES.one();
            }
            Ok(reader)
        }
        Ok(None) => Err(End::no_such_list().into()),
        Err(error) => Err(End::cannot_read(&error).into()),
    }
}

fn reset(list: ListId, reason: ResetReason) -> Over {
    metrics::RESETS.one(reason.word());
    Over { frame: Some(text(&Push::Reset { list, reason })), end: End::reset() }
}

fn text(push: &Push) -> Utf8Bytes {
    serde_json::to_string(push).unwrap_or_default().into()
}

async fn step(reader: &mut Option<Reader>) -> Result<Step, ServerError> {
    match reader {
        Some(reader) => reader.next().await,
        None => pending().await,
    }
}

async fn counted(counts: &mut Option<CountsReader>) -> Vec<Utf8Bytes> {
    match counts {
        Some(counts) => counts.next().await,
        None => pending().await,
    }
}
