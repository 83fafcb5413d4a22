//! What is behind the signals: the board, the outbox, and what an event or a rejection does to them.

use crate::domain::{Applied, Board, Change, Command, Event, Receipt, ShortText, TodoId};
use crate::protocol::error::{ApiError, ErrorCode};
use crate::sync::{Outbox, PendingCommand};
use crate::ui::browser::storage;
use crate::ui::live::rows::Rows;
use crate::ui::notices::Notice;

/// The list as this page knows it.
pub(super) struct State {
    pub(super) board: Board,
    pub(super) outbox: Outbox,
    pub(super) rows: Rows,
    /// Changes by others since the socket was last caught up.
    pub(super) missed: Vec<Notice>,
    /// The titles that were given here, to be offered again where someone else's wins.
    pub(super) given: Vec<(TodoId, ShortText)>,
    pub(super) is_sending: bool,
    pub(super) is_retry_planned: bool,
    pub(super) failed_tries: u32,
    /// Whether the browser keeps every command that waits.
    pub(super) is_durable: bool,
}

impl State {
    /// Puts an event onto the board, and ends the commands that it makes true.
    pub(super) fn receive(&mut self, event: &Event) -> Applied {
        let mut news = Notice::change(Notice::about(&self.board, &event.change));
        if let Change::Renamed { todo, title } = &event.change
            && let Some((_, mine)) = self.given.iter().find(|(given, mine)| given == todo && mine != title)
        {
            news = news.with_command("Take mine back", Command::Rename { id: *todo, title: mine.clone() });
        }
        let applied = self.board.apply(event);
        if applied == Applied::Next {
            let over = self.outbox.confirm(event);
            for op in &over {
                storage::forget_command(*op);
            }
            if !over.contains(&event.op) {
                self.missed.push(news);
            }
        }
        applied
    }

    /// The server has answered a command: what a person must be told of it.
    pub(super) fn answered(
        &mut self,
        pending: &PendingCommand,
        answer: Result<Receipt, ApiError>,
        is_whole: bool,
    ) -> Option<Notice> {
        self.failed_tries = 0;
        let notice = match answer {
            Ok(receipt) => {
                self.outbox.receive(pending.op, &receipt, &self.board);
                None
            }
            Err(error) => self.refuse(pending, error, is_whole),
        };
        match self.outbox.get(pending.op) {
            None => storage::forget_command(pending.op),
            Some(pending) if pending.refused.is_some() => self.is_durable &= storage::keep_command(pending),
            Some(_) => {}
        }
        notice
    }

    /// The server said no. What was written stays, to be tried again or copied; the rest is only told.
    fn refuse(&mut self, pending: &PendingCommand, error: ApiError, is_whole: bool) -> Option<Notice> {
        match &pending.command {
            // It was this very command that created it, longer ago than the log goes back. The todo may be
            // in the part of the list that is not here yet.
            Command::Create { id, .. }
                if error.code == ErrorCode::TodoExists && (!is_whole || self.board.todo(*id).is_some()) =>
            {
                self.outbox.remove(pending.op);
                None
            }
            Command::Create { .. } | Command::Rename { .. } => {
                self.outbox.refuse(pending.op, error.message);
                None
            }
            _ => {
                self.outbox.remove(pending.op);
                Some(Notice::error(error.message))
            }
        }
    }
}
