//! Whether the data is as it must be: the log of each stream is replayed and compared with the tables. Only reads.
//!
//! A log that is kept from its first event on is replayed from nothing. If its beginning was pruned, what is left is
//! replayed on what the tables say, which must change nothing, because each change is absolute in effect.

mod differences;

use std::fmt;

use crate::backend::error::ServerError;
use crate::backend::storage::check::{ListRow, Stream};
use crate::backend::storage::database::Tx;
use crate::backend::storage::event_log::replay;
use crate::backend::storage::streams::Counts;
use crate::backend::storage::{check as tables, lists};
use crate::domain::{Applied, Board, Change, Event, EventId, Head, Index, ListId, Seq};

/// What was looked at when no difference was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    lists: usize,
    todos: usize,
    events: usize,
    ops: i64,
    /// The streams whose beginning was pruned.
    pruned: usize,
    /// The lists that were left out because they are being removed.
    purged: usize,
}

/// Why the data was not found to be well.
#[derive(Debug)]
pub(crate) enum Finding {
    /// Something is not as it must be: the first such thing, as a sentence.
    Differs(String),
    /// The database could not be read.
    Failed(ServerError),
}

impl From<ServerError> for Finding {
    fn from(error: ServerError) -> Self {
        match error {
            ServerError::Corrupt(what) => Self::Differs(format!("{what} is nothing that todoapp has written")),
            error => Self::Failed(error),
        }
    }
}

impl Finding {
    /// Says in which stream it was found.
    fn within(self, stream: &ListId) -> Self {
        match self {
            Self::Differs(what) if *stream == ListId::index() => Self::Differs(format!("in the index, {what}")),
            Self::Differs(what) => Self::Differs(format!("in the list {stream}, {what}")),
            failed @ Self::Failed(_) => failed,
        }
    }
}

/// Checks everything as this transaction sees it.
///
/// # Errors
/// The first difference, or why the database can't be read.
pub(crate) async fn check(tx: &mut Tx) -> Result<Figures, Finding> {
    if let Some(what) = tables::orphan(tx).await? {
        return Err(Finding::Differs(what));
    }
    let streams = tables::streams(tx).await?;
    for id in [ListId::home(), ListId::index()] {
        if !streams.iter().any(|it| it.id == id) {
            return Err(Finding::Differs(format!("the stream {id} is missing, which every database has")));
        }
    }
    let mut figures = Figures { ops: tables::ops_count(tx).await?, ..Figures::default() };
    for stream in &streams {
        check_stream(tx, stream, &mut figures).await.map_err(|it| it.within(&stream.id))?;
    }
    Ok(figures)
}

async fn check_stream(tx: &mut Tx, stream: &Stream, figures: &mut Figures) -> Result<(), Finding> {
    match &stream.list {
        Some(list) if list.is_purged => {
            figures.purged += 1;
            return Ok(());
        }
        Some(list) => check_list(tx, stream, list, figures).await?,
        None if stream.id == ListId::index() => check_index(tx, stream, figures).await?,
        None => return Err(Finding::Differs("there is a log, but no list".to_owned())),
    }
    tables::flaw(tx, &stream.id).await?.map_or(Ok(()), |what| Err(Finding::Differs(what)))
}

async fn check_list(tx: &mut Tx, stream: &Stream, list: &ListRow, figures: &mut Figures) -> Result<(), Finding> {
    let table = tables::board(tx, &stream.id, list).await?;
    let counts = Counts { size: count(table.todos.len()), open: count(table.open_count()) };
    if counts != list.counts {
        return Err(Finding::Differs(format!(
            "the count is {} todos, {} of them open, but there are {}, {} of them open",
            list.counts.size, list.counts.open, counts.size, counts.open
        )));
    }
    let mut log = Log::of(stream);
    let mut replayed = None;
    while let Some(events) = log.next(tx, figures).await? {
        let replayed = replayed.get_or_insert_with(|| first_board(&table, log.is_whole));
        for event in events {
            apply(replayed, &event)?;
        }
    }
    let replayed = replayed.unwrap_or_else(|| first_board(&table, log.is_whole));
    if let Some(what) = differences::of_boards(&replayed, &table) {
        return Err(Finding::Differs(what));
    }
    figures.lists += 1;
    figures.todos += table.todos.len();
    Ok(())
}

/// What a list's log begins with: nothing, or what there is, if its beginning is not known.
fn first_board(table: &Board, is_whole: bool) -> Board {
    if !is_whole {
        return table.clone();
    }
    let mut first = Board { todos: Vec::new(), ..table.clone() };
    // The log of any other list begins with its name.
    if let Some(home) = Index::start().list(&table.list.id) {
        first.list.name = home.name.clone();
    }
    first
}

fn apply(board: &mut Board, event: &Event) -> Result<(), Finding> {
    if event.change.indexed().is_some() || matches!(event.change, Change::ListsSpaced { .. }) {
        return Err(Finding::Differs(format!("event {} is about lists, which only the index may be", event.seq)));
    }
    // What comes in is inserted. It is there already if the table has it and the log was pruned.
    if matches!(event.change, Change::Created { .. } | Change::Restored { .. }) {
        let comes_in = event.change.todos();
        board.todos.retain(|it| !comes_in.contains(&it.id));
    }
    board.head = Head(EventId { seq: event.seq - 1, tag: 0 });
    if board.apply(event) == Applied::Next {
        return Ok(());
    }
    Err(Finding::Differs(format!("event {} can't be applied", event.seq)))
}

async fn check_index(tx: &mut Tx, stream: &Stream, figures: &mut Figures) -> Result<(), Finding> {
    let table = lists::index(tx).await?;
    let mut log = Log::of(stream);
    let mut replayed = None;
    while let Some(events) = log.next(tx, figures).await? {
        let replayed = replayed.get_or_insert_with(|| first_index(&table, log.is_whole));
        for event in events {
            if event.change.indexed().is_none() && !matches!(event.change, Change::ListsSpaced { .. }) {
                return Err(Finding::Differs(format!("event {} is about todos, which only a list may be", event.seq)));
            }
            replayed.change(&event.change);
        }
    }
    let replayed = replayed.unwrap_or_else(|| first_index(&table, log.is_whole));
    differences::of_indexes(&replayed, &table).map_or(Ok(()), |what| Err(Finding::Differs(what)))
}

fn first_index(table: &Index, is_whole: bool) -> Index {
    if is_whole { Index::start() } else { table.clone() }
}

/// A log that is read from its beginning to its end, which must have no hole and end at the head.
struct Log<'a> {
    stream: &'a Stream,
    /// The number of the event that was read last.
    last: Seq,
    /// Whether it begins with its first event. Known after the first step.
    is_whole: bool,
}

impl<'a> Log<'a> {
    fn of(stream: &'a Stream) -> Self {
        Self { stream, last: 0, is_whole: true }
    }

    /// The next events; `None` at the end.
    async fn next(&mut self, tx: &mut Tx, figures: &mut Figures) -> Result<Option<Vec<Event>>, Finding> {
        let events = replay::events_after(tx, &self.stream.id, self.last).await?;
        let Some(first) = events.first() else {
            let (last, head) = (self.last, self.stream.head);
            return if last == head {
                Ok(None)
            } else {
                Err(Finding::Differs(format!("the head is {head}, but the log ends with event {last}")))
            };
        };
        if self.last == 0 && first.seq != 1 {
            self.is_whole = false;
            self.last = first.seq - 1;
            figures.pruned += 1;
        }
        for event in &events {
            if event.seq != self.last + 1 {
                return Err(Finding::Differs(format!("event {} is missing in the log", self.last + 1)));
            }
            self.last = event.seq;
        }
        figures.events += events.len();
        Ok(Some(events))
    }
}

fn count(todos: usize) -> i64 {
    i64::try_from(todos).unwrap_or(i64::MAX)
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lists, todos, events, ops, pruned, purged } = self;
        write!(
            f,
            "All is well: the tables say what the logs say (lists: {lists}, todos: {todos}, events: {events}, \
             remembered commands: {ops})."
        )?;
        if *pruned > 0 {
            write!(f, " Logs whose beginning was pruned, of which what is left was replayed: {pruned}.")?;
        }
        if *purged > 0 {
            write!(f, " Deleted lists that are just being removed, and were left out: {purged}.")?;
        }
        Ok(())
    }
}
