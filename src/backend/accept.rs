//! Accepts one command inside the writer's transaction. It may get its earlier receipt, change nothing, be
//! rejected, or change the tables and append an event. Most commands are simpler, and are accepted together.

mod lists;
mod together;

use std::collections::BTreeMap;
use std::time::Instant;

use crate::backend::error::ServerError;
use crate::backend::failpoint::{Failpoint, Stage};
use crate::backend::ids;
use crate::backend::storage::database::Tx;
use crate::backend::storage::event_log::Entry;
use crate::backend::storage::facts::ListFacts;
use crate::backend::storage::ops::{CommandHash, Unchanging};
use crate::backend::storage::script::Script;
use crate::backend::storage::streams::Locked;
use crate::backend::storage::{self, event_log, facts, ops, todos};
use crate::domain::command::Scope;
use crate::domain::{
    Actor, Change, Command, Done, Event, EventId, Facts, ListId, OpId, Receipt, Rejection, Seq, decide, make_room,
    take_in,
};

pub(crate) use together::{accept_together, questions};

/// A command that someone sent.
#[derive(Debug)]
pub(crate) struct Sent {
    /// The list that it is about, or the index.
    pub(crate) list: ListId,
    /// Its name.
    pub(crate) op: OpId,
    /// The hash of what was sent under that name.
    pub(crate) hash: CommandHash,
    /// What is asked.
    pub(crate) command: Command,
    /// Who asks for it, where that is known.
    pub(crate) actor: Option<Actor>,
    /// When it came in.
    pub(crate) since: Instant,
}

/// What the commands of one transaction have come to.
#[derive(Default)]
pub(crate) struct Batch {
    /// Every list that they may change, locked.
    pub(crate) streams: BTreeMap<ListId, Locked>,
    /// The events that were written, in order.
    pub(crate) written: Vec<Entry>,
    /// What is still to be written. It need not be in the tables before something is read from them.
    pub(crate) script: Script,
}

impl Batch {
    /// The locked stream of a list that is not deleted.
    fn list(&self, list: &ListId) -> Result<&Locked, ServerError> {
        let found = self.streams.get(list).filter(|it| *list != ListId::index() && !it.is_deleted);
        found.ok_or(ServerError::ListNotFound)
    }

    /// Writes what is still to be written.
    pub(crate) async fn write(&mut self, tx: &mut Tx) -> Result<(), ServerError> {
        tx.run(std::mem::take(&mut self.script)).await?;
        Ok(())
    }

    /// Called when a write reaches this stage. If it ends there, what came before is in the tables.
    pub(crate) async fn reach(&mut self, tx: &mut Tx, fail: Failpoint, stage: Stage) -> Result<(), ServerError> {
        if fail.is_at(stage) {
            self.write(tx).await?;
            fail.reach(stage);
        }
        Ok(())
    }
}

/// The event that has this effect on a list, with its new id.
fn event(list: &ListId, done: Done, op: OpId) -> Event {
    let id = ids::event_id(done.seq);
    let (change, undoes) = (done.change, done.undoes);
    Event { list: list.clone(), id, seq: id.seq, at_ms: ids::now_ms(), op, change, undoes }
}

/// What a command is accepted with.
pub(crate) struct Accept<'a> {
    pub(crate) fail: Failpoint,
    pub(crate) sent: &'a Sent,
    pub(crate) batch: &'a mut Batch,
}

impl Accept<'_> {
    /// Accepts a command, once: the same `op` again gets the same receipt.
    pub(crate) async fn command(self, tx: &mut Tx) -> Result<Receipt, ServerError> {
        if self.sent.command.is_about_lists() || self.sent.list == ListId::index() {
            self.list_command(tx).await
        } else {
            self.todo_command(tx).await
        }
    }

    /// Accepts a command about the todos of a list.
    async fn todo_command(mut self, tx: &mut Tx) -> Result<Receipt, ServerError> {
        let Sent { list, op, hash, command, .. } = self.sent;
        let locked = self.batch.list(list)?;
        if let Some(event) = ops::answered(tx, list, *op, *hash).await? {
            return Ok(Receipt::new(list.clone(), event));
        }
        let mut facts = facts::read(tx, list, locked, command).await?;
        let stays = matches!(command, Command::MoveTo { to, .. } if to == list);
        let Some(mut change) = decide(&facts, command)?.filter(|_| !stays) else {
            let head = event_log::id_at(tx, list, locked.head).await?.unwrap_or(EventId::START);
            let unchanging = Unchanging { list, op: *op, hash: *hash, event: head, at_ms: ids::now_ms() };
            ops::remember(&mut self.batch.script, &[unchanging]);
            return Ok(Receipt::new(list.clone(), head));
        };
        let undone = matches!(command.scope(), Scope::Event(_)).then(|| facts.undone()).flatten();
        // Both halves are decided before either is written.
        let other = match change.other_list() {
            Some(other) => Some((other.clone(), self.other_half(tx, other, &facts, &change, undone).await?)),
            None => None,
        };
        if let Some(room) = make_room(&facts, command) {
            facts.learn_of(tx, list, &room).await?;
            let done = facts.meets(locked.head + 1, None, room);
            self.happen(tx, list, done, None).await?;
            let locked = self.batch.list(list)?;
            facts = facts::read(tx, list, locked, command).await?;
            change = decide(&facts, command)?.unwrap_or(change);
        }
        if let Some((other, done)) = other {
            self.happen(tx, &other, done, Some(*op)).await?;
        }
        let seq = self.batch.list(list)?.head + 1;
        let done = facts.meets(seq, undone.map(|(seq, _)| seq), change);
        let event = self.happen(tx, list, done, Some(*op)).await?;
        Ok(Receipt::new(list.clone(), event))
    }

    /// What happens to the list that todos go to or come from.
    async fn other_half(
        &self,
        tx: &mut Tx,
        other: &ListId,
        here: &ListFacts,
        change: &Change,
        undone: Option<(Seq, OpId)>,
    ) -> Result<Done, ServerError> {
        let locked = self.batch.list(other)?;
        // The name must not have been used in the other log either.
        if ops::answered(tx, other, self.sent.op, self.sent.hash).await?.is_some() {
            return Err(ServerError::OpReused);
        }
        let command = match undone {
            // The event that goes with the one that is undone came from the same command.
            Some((_, op)) => Command::UndoOp { op },
            None => Command::Restore { ids: change.todos().into_owned() },
        };
        let there = facts::read(tx, other, locked, &command).await?;
        let change = if undone.is_some() {
            decide(&there, &command)?.ok_or(Rejection::NotUndoable)?
        } else {
            let ids = change.todos();
            if ids.iter().any(|id| there.todo(*id).is_some()) {
                return Err(Rejection::TodoExists.into());
            }
            let todos = ids.iter().filter_map(|id| here.todo(*id)).cloned().collect();
            Change::Restored { todos: take_in(&there, todos)?, from: Some(self.sent.list.clone()) }
        };
        Ok(there.meets(locked.head + 1, there.undone().map(|(seq, _)| seq), change))
    }

    /// Writes an event, the next of its stream.
    async fn happen(
        &mut self,
        tx: &mut Tx,
        list: &ListId,
        done: Done,
        op: Option<OpId>,
    ) -> Result<EventId, ServerError> {
        let touched = done.touched.clone();
        let event = event(list, done, op.unwrap_or_else(ids::op));
        let id = event.id;
        let locked = self.batch.streams.get_mut(list).ok_or(ServerError::ListNotFound)?;
        todos::write(tx, &event, locked).await?;
        storage::lists::write(tx, &event).await?;
        self.fail.reach(Stage::RowChanged);
        locked.head = id.seq;
        // What only makes room was asked for by nobody.
        let (hash, actor) = (op.map(|_| self.sent.hash), op.and_then(|_| self.sent.actor.clone()));
        let entry = Entry::new(event, touched, hash, actor)?;
        event_log::append(&mut self.batch.script, std::slice::from_ref(&entry))?;
        self.batch.written.push(entry);
        self.batch.write(tx).await?;
        self.fail.reach(Stage::Appended);
        Ok(id)
    }
}
