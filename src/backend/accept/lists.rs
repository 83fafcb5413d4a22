//! What becomes of a command about a list among the others, or of an undo in the index. It is an event of the index;
//! what the list itself has to know is an event of its own log, too, by the same command.

use crate::backend::accept::Accept;
use crate::backend::error::ServerError;
use crate::backend::ids;
use crate::backend::storage::database::Tx;
use crate::backend::storage::ops::Unchanging;
use crate::backend::storage::streams::Locked;
use crate::backend::storage::{event_log, lists, ops};
use crate::domain::command::Scope;
use crate::domain::{
    Change, Command, Done, EventId, ListId, Receipt, Rejection, Seq, ShortText, decide_list, make_room_for_list,
};

impl Accept<'_> {
    /// Accepts a command about a list, once: the same `op` again gets the same receipt.
    pub(super) async fn list_command(mut self, tx: &mut Tx) -> Result<Receipt, ServerError> {
        let mut receipt = self.answer(tx, &self.sent.command).await?;
        let index = ListId::index();
        if receipt.list != index {
            receipt.index = ops::answered(tx, &index, self.sent.op, self.sent.hash).await?.map(|it| it.seq);
        }
        Ok(receipt)
    }

    async fn answer(&mut self, tx: &mut Tx, command: &Command) -> Result<Receipt, ServerError> {
        let stream = stream(&self.sent.list, command);
        if let Some(receipt) = self.answered_before(tx, &stream, command).await? {
            return Ok(receipt);
        }
        let undone = match command.scope() {
            Scope::Event(which) => Some(event_log::done(tx, &stream, which).await?.ok_or(Rejection::NotUndoable)?.0),
            _ => None,
        };
        let new = ids::list_id();
        let about = undone.as_ref().and_then(|it| it.change.indexed()).unwrap_or(&self.sent.list).clone();
        let undone_change = undone.as_ref().map(|it| it.change.clone());
        let mut facts = lists::facts(tx, &about, command, undone_change).await?;
        let Some(mut change) = decide_list(&facts, &new, command)? else {
            let head = self.batch.streams.get(&stream).ok_or(ServerError::ListNotFound)?.head;
            let head = event_log::id_at(tx, &stream, head).await?.unwrap_or(EventId::START);
            let (op, hash) = (self.sent.op, self.sent.hash);
            let unchanging = Unchanging { list: &stream, op, hash, event: head, at_ms: ids::now_ms() };
            ops::remember(&mut self.batch.script, &[unchanging]);
            return Ok(Receipt::new(stream, head));
        };
        // The name of an undo must not have been used in the other log either.
        if let Change::ListRenamed { list, .. } = &change {
            ops::answered(tx, list, self.sent.op, self.sent.hash).await?;
        }
        if let Some(room) = make_room_for_list(&facts, command) {
            self.index_event(tx, room, None, false).await?;
            facts = lists::facts(tx, &about, command, None).await?;
            change = decide_list(&facts, &new, command)?.unwrap_or(change);
        }
        let named = match &change {
            Change::ListCreated { name, .. } => Some((new, name.clone(), None)),
            Change::ListRenamed { list, name, was } => Some((list.clone(), name.clone(), Some(was.clone()))),
            _ => None,
        };
        let event = self.index_event(tx, change, undone.map(|it| it.seq), true).await?;
        let Some((list, name, was)) = named else { return Ok(Receipt::new(stream, event)) };
        let own = self.named(tx, &list, name, was).await?;
        // Whoever undoes a rename in the index is told of the index.
        let is_undo = matches!(command.scope(), Scope::Event(_));
        Ok(if is_undo { Receipt::new(stream, event) } else { Receipt::new(list, own) })
    }

    /// The receipt of a command that was answered before.
    async fn answered_before(
        &self,
        tx: &mut Tx,
        stream: &ListId,
        command: &Command,
    ) -> Result<Option<Receipt>, ServerError> {
        let is_new = matches!(command, Command::CreateList { .. });
        // As long as there is a list, the command that made it is remembered in its own log.
        let own = if is_new { lists::made_by(tx, self.sent.op).await? } else { Some(stream.clone()) };
        if let Some(own) = own
            && let Some(event) = ops::answered(tx, &own, self.sent.op, self.sent.hash).await?
        {
            return Ok(Some(Receipt::new(own, event)));
        }
        let index = ListId::index();
        if *stream == index && !is_new {
            return Ok(None);
        }
        // The index remembers for longer than the log of one list.
        let Some(_) = ops::answered(tx, &index, self.sent.op, self.sent.hash).await? else { return Ok(None) };
        let Some(locked) = self.batch.streams.get(stream).filter(|it| !is_new && !it.is_deleted) else {
            // What this command has made, or renamed, is gone for good.
            return Err(ServerError::ListNotFound);
        };
        let head = event_log::id_at(tx, stream, locked.head).await?.unwrap_or(EventId::START);
        Ok(Some(Receipt::new(stream.clone(), head)))
    }

    /// Writes an event of the index, and notes what it means for the list that it is about.
    async fn index_event(
        &mut self,
        tx: &mut Tx,
        change: Change,
        undoes: Option<Seq>,
        is_answer: bool,
    ) -> Result<EventId, ServerError> {
        let index = ListId::index();
        let seq = self.batch.streams.get(&index).ok_or(ServerError::ListNotFound)?.head + 1;
        match &change {
            Change::ListCreated { list, .. } => {
                self.batch.streams.insert(list.clone(), Locked::default());
            }
            Change::ListDeleted { list } | Change::ListRestored { list, .. } => {
                let locked = self.batch.streams.get_mut(list).ok_or(ServerError::ListNotFound)?;
                locked.is_deleted = matches!(change, Change::ListDeleted { .. });
            }
            _ => {}
        }
        let op = is_answer.then_some(self.sent.op);
        self.happen(tx, &index, Done { seq, undoes, change, touched: Vec::new() }, op).await
    }

    /// Has a list's own log say what the list is called.
    async fn named(
        &mut self,
        tx: &mut Tx,
        list: &ListId,
        name: ShortText,
        was: Option<ShortText>,
    ) -> Result<EventId, ServerError> {
        let seq = self.batch.streams.get(list).ok_or(ServerError::ListNotFound)?.head + 1;
        let done = Done { seq, undoes: None, change: Change::Named { name, was }, touched: Vec::new() };
        self.happen(tx, list, done, Some(self.sent.op)).await
    }
}

/// The stream whose event answers a command, and which remembers that.
fn stream(list: &ListId, command: &Command) -> ListId {
    if matches!(command, Command::RenameList { .. }) { list.clone() } else { ListId::index() }
}
