//! The use cases: what can be done with lists and todos, whoever asks for it.

use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::backend::accept::Sent;
use crate::backend::error::ServerError;
use crate::backend::metrics;
use crate::backend::retention::{TRASH_KEPT, before_ms};
use crate::backend::storage::database::Database;
use crate::backend::storage::event_log;
use crate::backend::storage::event_log::Next;
use crate::backend::storage::frame::Frame;
use crate::backend::storage::ops::CommandHash;
use crate::backend::storage::window::{Asked, Place, Shown};
use crate::backend::storage::{board, history, lists, streams, trash, window};
use crate::backend::writer::{Ask, Writer};
use crate::domain::past::{DeletedList, HistoryPage, TrashPage};
use crate::domain::{
    Actor, Board, Change, Command, Event, EventId, Head, Index, ListId, OpId, Receipt, Seq, Steps, TodoId, Window,
};
use crate::protocol::NextEvents;

/// How long the writer may take to answer a check: as long as a statement waits for a lock, and a little
/// longer.
const CHECK_WAIT: Duration = Duration::from_secs(6);

/// How long the database may take to say how large it is. Whoever asks for numbers shall get the others soon.
const SIZES_WAIT: Duration = Duration::from_secs(1);

/// How large everything is; `None` for what is not known.
#[derive(Debug)]
pub(crate) struct Sizes {
    /// The file with the data, and its write-ahead log.
    pub(crate) database_bytes: Option<u64>,
    /// The numbers of the last events of all logs, added up.
    pub(crate) log_heads: Option<Seq>,
}

/// The lists and their todos. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Todos {
    database: Database,
    writer: Writer,
}

impl Todos {
    pub(crate) fn new(database: Database, writer: Writer) -> Self {
        Self { database, writer }
    }

    /// A list's whole board with its head, read at one moment.
    pub(crate) async fn board(&self, list: &ListId) -> Result<Board, ServerError> {
        let mut tx = self.database.begin_board_read().await?;
        board::board(&mut tx, list).await?.ok_or(ServerError::ListNotFound)
    }

    /// The events right after a cursor, as many as are read in one step.
    pub(crate) async fn events_after(&self, list: &ListId, cursor: EventId) -> Result<NextEvents, ServerError> {
        match event_log::after(&self.database, list, cursor).await? {
            Next::NoSuchList => Err(ServerError::ListNotFound),
            Next::Reset(reason) => {
                metrics::RESETS.one(reason.word());
                Ok(NextEvents::Reset { reason })
            }
            Next::Events(run) => {
                let head = Head(run.head());
                let events = run.into_frames().iter().map(Frame::event).collect::<Result<_, _>>()?;
                Ok(NextEvents::Events { events, head })
            }
        }
    }

    /// The events before a number, or the last ones, newest first: so many at most, and as many as one step of
    /// the log gives.
    pub(crate) async fn events_before(
        &self,
        list: &ListId,
        before: Option<Seq>,
        limit: i64,
    ) -> Result<Vec<Event>, ServerError> {
        let frames = event_log::before(&self.database, list, before, limit).await?.ok_or(ServerError::ListNotFound)?;
        frames.iter().rev().map(Frame::event).collect()
    }

    /// All lists with their numbers, and the head of the index, as of one moment.
    pub(crate) async fn lists(&self) -> Result<Index, ServerError> {
        let mut tx = self.database.begin_board_read().await?;
        lists::index(&mut tx).await
    }

    /// What one page has, as of one moment: a list with its head, whole or one window of it, and the first lists.
    pub(crate) async fn page(
        &self,
        list: &ListId,
        asked: Asked,
    ) -> Result<(Board, Option<Window>, Index), ServerError> {
        let mut tx = self.database.begin_board_read().await?;
        let (board, window) = window::read(&mut tx, list, asked).await?.ok_or(ServerError::ListNotFound)?;
        Ok((board, window, lists::first(&mut tx, list).await?))
    }

    /// Where the todo stands that this event created. `None` if the log has no such event.
    pub(crate) async fn place_of_new(
        &self,
        list: &ListId,
        shown: Shown,
        seq: Seq,
    ) -> Result<Option<Place>, ServerError> {
        let mut tx = self.database.begin_board_read().await?;
        let Some(Change::Created { todo, .. }) = event_log::change_at(&mut tx, list, seq).await? else {
            return Ok(None);
        };
        window::place_of(&mut tx, list, shown, todo).await.map(Some)
    }

    /// Where a todo stands among the shown ones.
    pub(crate) async fn place_of(&self, list: &ListId, shown: Shown, id: TodoId) -> Result<Place, ServerError> {
        let mut tx = self.database.begin_board_read().await?;
        window::place_of(&mut tx, list, shown, id).await
    }

    /// The commands that move a todo by one among the shown ones.
    pub(crate) async fn steps(&self, list: &ListId, shown: Shown, id: TodoId) -> Result<Steps, ServerError> {
        let mut tx = self.database.begin_board_read().await?;
        window::steps(&mut tx, list, shown, id).await
    }

    /// What can be restored: one page of what was deleted from a list, and one of all lists that were deleted,
    /// both from 1. With the first lists.
    pub(crate) async fn trash(
        &self,
        list: &ListId,
        (page, lists_page): (usize, usize),
    ) -> Result<(TrashPage, Index), ServerError> {
        let mut tx = self.database.begin_board_read().await?;
        let page = trash::read(&mut tx, list, before_ms(TRASH_KEPT), page, lists_page).await?;
        Ok((page.ok_or(ServerError::ListNotFound)?, lists::first(&mut tx, list).await?))
    }

    /// A list that can be restored; `None` where it is not deleted, or never was.
    pub(crate) async fn deleted_list(&self, list: &ListId) -> Result<Option<DeletedList>, ServerError> {
        let mut tx = self.database.begin_board_read().await?;
        trash::deleted_list(&mut tx, list, before_ms(TRASH_KEPT)).await
    }

    /// One page of what has happened to a list: before an event, or last. The commands that the page offers get
    /// their names from its own. With the first lists.
    pub(crate) async fn history(
        &self,
        list: &ListId,
        before: Option<Seq>,
        op: OpId,
    ) -> Result<(HistoryPage, Index), ServerError> {
        let mut tx = self.database.begin_board_read().await?;
        let page = history::read(&mut tx, list, before, op).await?.ok_or(ServerError::ListNotFound)?;
        Ok((page, lists::first(&mut tx, list).await?))
    }

    /// Accepts commands of one person in order, and returns one answer for each when they are durable. If an `op` is
    /// sent again, it gets the same receipt and changes nothing.
    pub(crate) async fn commands(
        &self,
        commands: Vec<(ListId, OpId, CommandHash, Command)>,
        actor: Option<&Actor>,
    ) -> Result<Vec<Result<Receipt, ServerError>>, ServerError> {
        let (since, count) = (Instant::now(), commands.len());
        let ask =
            |(list, op, hash, command)| Ask::Command(Sent { list, op, hash, command, actor: actor.cloned(), since });
        let answers = self.writer.ask_all(commands.into_iter().map(ask).collect()).await;
        match &answers {
            Ok(answers) => {
                metrics::RECEIPT_TIME.since(since);
                for answer in answers {
                    metrics::COMMANDS.one(outcome(answer.as_ref().err()));
                }
            }
            Err(error) => (0..count).for_each(|_| metrics::COMMANDS.one(outcome(Some(error)))),
        }
        answers
    }

    /// Whether changes can be made now: asks the writer, and gives it a while.
    pub(crate) async fn check(&self) -> Result<(), ServerError> {
        self.check_with(Ask::Check).await
    }

    /// The same, and whether there is room for what is written.
    pub(crate) async fn check_writing(&self) -> Result<(), ServerError> {
        self.check_with(Ask::CheckWriting).await
    }

    async fn check_with(&self, ask: Ask) -> Result<(), ServerError> {
        let checked = timeout(CHECK_WAIT, self.writer.ask(ask)).await;
        checked.unwrap_or(Err(ServerError::NotWritten)).map(drop)
    }

    /// How large everything is, as far as that can be found out now.
    pub(crate) async fn sizes(&self) -> Sizes {
        let heads = async { streams::heads(&mut self.database.begin_log_read().await?).await };
        let heads = timeout(SIZES_WAIT, heads).await;
        Sizes { database_bytes: self.database.bytes(), log_heads: heads.ok().and_then(Result::ok) }
    }
}

/// What became of a command, in a word.
fn outcome(error: Option<&ServerError>) -> &'static str {
    match error {
        None => "receipt",
        Some(ServerError::Rejected(_) | ServerError::ListNotFound | ServerError::OpReused) => "rejected",
        Some(ServerError::Busy) => "busy",
        Some(ServerError::Stopping) => "stopping",
        Some(_) => "not_written",
    }
}
