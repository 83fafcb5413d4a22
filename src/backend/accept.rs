//! Accepts one command inside the writer's transaction. It may get its earlier receipt, change nothing, be
//! rejected, or change the tables and append an event.

mod lists;

use std::collections::BTreeMap;

use crate::backend::error::ServerError;
use crate::backend::failpoint::{Failpoint, Stage};
use crate::backend::ids;
use crate::backend::storage::database::Tx;
use crate::backend::storage::facts::ListFacts;
use crate::backend::storage::ops::CommandHash;
use crate::backend::storage::streams::Locked;
use crate::backend::storage::{self, event_log, facts, ops, todos};
use crate::domain::command::Scope;
use crate::domain::{
    Actor, Change, Command, Done, Event, EventId, Facts, ListId, OpId, Receipt, Rejection, Seq, decide, make_room,
    take_in,
};

/// What a command is accepted with.
pub(crate) struct Accept<'a> {
    pub(crate) fail: Failpoint,
    /// The list that it is about.
    pub(crate) list: &'a ListId,
    /// Every list that it may change, locked.
    pub(crate) streams: &'a mut BTreeMap<ListId, Locked>,
    /// Its name.
    pub(crate) op: OpId,
    /// What was sent under that name.
    pub(crate) hash: CommandHash,
    /// Who asks for it, where that is known.
    pub(crate) actor: Option<&'a Actor>,
}

impl Accept<'_> {
    /// Accepts a command, once: the same `op` again gets the same receipt.
    pub(crate) async fn command(self, tx: &mut Tx, command: &Command) -> Result<Receipt, ServerError> {
        if command.is_about_lists() || *self.list == ListId::index() {
            self.list_command(tx, command).await
        } else {
            self.todo_command(tx, command).await
        }
    }

    /// Accepts a command about the todos of a list.
    async fn todo_command(mut self, tx: &mut Tx, command: &Command) -> Result<Receipt, ServerError> {
        let list = self.list;
        let locked = self.locked(list)?;
        if let Some(event) = ops::answered(tx, list, self.op, self.hash).await? {
            return Ok(Receipt::new(list.clone(), event));
        }
        let mut facts = facts::read(tx, list, locked, command).await?;
        let stays = matches!(command, Command::MoveTo { to, .. } if to == list);
        let Some(mut change) = decide(&facts, command)?.filter(|_| !stays) else {
            let head = event_log::id_at(tx, list, locked.head).await?.unwrap_or(EventId::START);
            ops::remember(tx, list, self.op, self.hash, head, ids::now_ms()).await?;
            return Ok(Receipt::new(list.clone(), head));
        };
        let undone = matches!(command.scope(), Scope::Event(_)).then(|| facts.undone()).flatten();
        // Both halves are decided before either is written.
        let other = match change.other_list() {
            Some(other) => Some((other.clone(), self.other_half(tx, other, &facts, &change, undone).await?)),
            None => None,
        };
        if let Some(room) = make_room(&facts, command) {
            let done = Done::new(locked.head + 1, None, room, &facts);
            self.happen(tx, list, done, None).await?;
            let locked = self.locked(list)?;
            facts = facts::read(tx, list, locked, command).await?;
            change = decide(&facts, command)?.unwrap_or(change);
        }
        if let Some((other, done)) = other {
            self.happen(tx, &other, done, Some(self.op)).await?;
        }
        let seq = self.locked(list)?.head + 1;
        let done = Done::new(seq, undone.map(|(seq, _)| seq), change, &facts);
        let event = self.happen(tx, list, done, Some(self.op)).await?;
        Ok(Receipt::new(list.clone(), event))
    }

    fn locked(&self, list: &ListId) -> Result<&Locked, ServerError> {
        let found = self.streams.get(list).filter(|it| *list != ListId::index() && !it.is_deleted);
        found.ok_or(ServerError::ListNotFound)
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
        let locked = self.locked(other)?;
        // The name must not have been used in the other log either.
        if ops::answered(tx, other, self.op, self.hash).await?.is_some() {
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
            Change::Restored { todos: take_in(&there, todos)?, from: Some(self.list.clone()) }
        };
        Ok(Done::new(locked.head + 1, there.undone().map(|(seq, _)| seq), change, &there))
    }

    /// Writes an event, the next of its stream.
    async fn happen(
        &mut self,
        tx: &mut Tx,
        list: &ListId,
        done: Done,
        op: Option<OpId>,
    ) -> Result<EventId, ServerError> {
        let locked = self.streams.get_mut(list).ok_or(ServerError::ListNotFound)?;
        let id = ids::event_id(done.seq);
        // What only makes room was asked for by nobody.
        let (hash, actor) = (op.map(|_| self.hash), op.and(self.actor));
        let event = Event {
            list: list.clone(),
            id,
            seq: id.seq,
            at_ms: ids::now_ms(),
            op: op.unwrap_or_else(ids::op),
            change: done.change,
            undoes: done.undoes,
        };
        todos::write(tx, &event, locked).await?;
        storage::lists::write(tx, &event).await?;
        self.fail.reach(Stage::RowChanged);
        locked.head = id.seq;
        event_log::append(tx, &event, &done.touched, hash, actor).await?;
        locked.growth.events.push(event);
        self.fail.reach(Stage::Appended);
        Ok(id)
    }
}
