//! Accepts several commands about todos together. What they are decided by is read by one statement for all of them,
//! and what they have come to is written by one statement for each table.

use crate::backend::accept::{Batch, Sent, event};
use crate::backend::error::ServerError;
use crate::backend::failpoint::{Failpoint, Stage};
use crate::backend::ids;
use crate::backend::storage::database::Tx;
use crate::backend::storage::event_log::Entry;
use crate::backend::storage::known::{Known, KnownFacts, Question};
use crate::backend::storage::ops::{Answered, Unchanging};
use crate::backend::storage::{event_log, ops, todos};
use crate::domain::{Command, EventId, Facts, ListId, Receipt, decide};

/// How many todos a command may name to be accepted together with others. Those of all commands of a transaction are
/// in memory at one time.
const TODOS_MAX: usize = 64;

impl Sent {
    /// Whether it can be accepted together with others: what it is decided by is some todos, and the end of its list.
    pub(crate) fn is_simple(&self) -> bool {
        let is_simple = match &self.command {
            Command::Create { at_top, .. } => !at_top,
            Command::Rename { .. } => true,
            Command::Complete { ids }
            | Command::Reopen { ids }
            | Command::Delete { ids }
            | Command::Restore { ids } => ids.len() <= TODOS_MAX,
            Command::Move { .. }
            | Command::MoveTo { .. }
            | Command::CompleteAll
            | Command::ReopenAll
            | Command::ClearCompleted
            | Command::Undo { .. }
            | Command::UndoOp { .. }
            | Command::CreateList { .. }
            | Command::RenameList { .. }
            | Command::MoveList { .. }
            | Command::DeleteList
            | Command::RestoreList => false,
        };
        is_simple && self.list != ListId::index()
    }
}

/// What must be known to accept these commands together.
pub(crate) fn questions<'a>(commands: &[&'a Sent]) -> Vec<Question<'a>> {
    let each = commands.iter().flat_map(|it| {
        let todos = it.command.todos();
        let each = todos.iter().copied().map(Some).chain(todos.is_empty().then_some(None));
        each.map(|todo| (&it.list, it.op, todo))
    });
    each.collect()
}

/// Accepts these commands, each once, and gives each its answer; all of them are simple, and this is known of them. An
/// `Err` ends the whole transaction.
pub(crate) async fn accept_together(
    tx: &mut Tx,
    fail: Failpoint,
    batch: &mut Batch,
    commands: &[&Sent],
    known: Known,
) -> Result<Vec<Result<Receipt, ServerError>>, ServerError> {
    let is_written = batch.written.len();
    let mut together = Together { fail, batch, known, is_written, unchanging: Vec::new() };
    let mut answers = Vec::with_capacity(commands.len());
    for sent in commands {
        answers.push(together.accept(tx, sent).await.map_or_else(ServerError::of_one_command, |it| Ok(Ok(it)))?);
    }
    together.add_written(tx).await?;
    Ok(answers)
}

struct Together<'a> {
    fail: Failpoint,
    batch: &'a mut Batch,
    known: Known,
    /// How many entries of the batch are in the tables, or in its script.
    is_written: usize,
    unchanging: Vec<Unchanging<'a>>,
}

impl<'a> Together<'a> {
    async fn accept(&mut self, tx: &mut Tx, sent: &'a Sent) -> Result<Receipt, ServerError> {
        let Sent { list, op, hash, command, actor, .. } = sent;
        let locked = self.batch.list(list)?;
        let known = self.known.of(list);
        if let Some(answered) = known.answered(*op) {
            return Ok(Receipt::new(list.clone(), answered.again(*hash)?));
        }
        let facts = KnownFacts { known, locked };
        let change = decide(&facts, command)?;
        let Some(change) = change else {
            let head = self.head(tx, list).await?;
            self.unchanging.push(Unchanging { list, op: *op, hash: *hash, event: head, at_ms: ids::now_ms() });
            return Ok(self.answer(sent, head));
        };
        let takes_last = facts.takes_last(&change);
        let done = facts.meets(locked.head + 1, None, change);
        let touched = done.touched.clone();
        let event = event(list, done, *op);
        let id = event.id;
        let locked = self.batch.streams.get_mut(list).ok_or(ServerError::ListNotFound)?;
        known.apply(&event, locked);
        self.batch.written.push(Entry::new(event, touched, Some(*hash), actor.clone())?);
        if takes_last {
            self.add_written(tx).await?;
            self.batch.write(tx).await?;
            let last = todos::last(tx, list).await?;
            self.batch.streams.get_mut(list).ok_or(ServerError::ListNotFound)?.last = last;
        }
        Ok(self.answer(sent, id))
    }

    fn answer(&mut self, sent: &Sent, event: EventId) -> Receipt {
        self.known.of(&sent.list).remember(sent.op, Answered { event, hash: Some(sent.hash) });
        Receipt::new(sent.list.clone(), event)
    }

    /// The last event of a list.
    async fn head(&mut self, tx: &mut Tx, list: &ListId) -> Result<EventId, ServerError> {
        if let Some(entry) = self.batch.written.iter().rfind(|it| it.event.list == *list) {
            return Ok(entry.event.id);
        }
        let head = self.batch.list(list)?.head;
        Ok(event_log::id_at(tx, list, head).await?.unwrap_or(EventId::START))
    }

    /// Adds to the batch's script what the commands so far have come to.
    async fn add_written(&mut self, tx: &mut Tx) -> Result<(), ServerError> {
        if self.is_written < self.batch.written.len() {
            todos::put_rows(&mut self.batch.script, &self.known.take_changed());
            self.batch.reach(tx, self.fail, Stage::RowChanged).await?;
            event_log::append(&mut self.batch.script, &self.batch.written[self.is_written..])?;
            self.batch.reach(tx, self.fail, Stage::Appended).await?;
            self.is_written = self.batch.written.len();
        }
        ops::remember(&mut self.batch.script, &std::mem::take(&mut self.unchanging));
        Ok(())
    }
}
