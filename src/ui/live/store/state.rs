//! What is behind the signals: the board, the outbox, and what an event or a refusal does to them.

use crate::domain::{Applied, Board, Change, Event, Text, TodoId, Wish};
use crate::protocol::error::{ApiError, ErrorCode};
use crate::sync::{Outbox, Wished};
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
    pub(super) given: Vec<(TodoId, Text)>,
    pub(super) is_sending: bool,
    pub(super) is_retry_planned: bool,
    pub(super) failed_tries: u32,
    /// Whether the browser keeps every wish that waits.
    pub(super) is_durable: bool,
}

impl State {
    /// Puts an event onto the board, and ends the wishes that it makes true.
    pub(super) fn receive(&mut self, event: &Event) -> Applied {
        let mut news = Notice::change(Notice::about(&self.board, &event.change));
        if let Change::Renamed { todo, title } = &event.change
            && let Some((_, mine)) = self.given.iter().find(|(given, mine)| given == todo && mine != title)
        {
            news = news.with_wish("Take mine back", Wish::Rename { id: *todo, title: mine.clone() });
        }
        let applied = self.board.apply(event);
        if applied == Applied::Next {
            let over = self.outbox.confirm(event);
            for op in &over {
                storage::forget_wish(*op);
            }
            if !over.contains(&event.op) {
                self.missed.push(news);
            }
        }
        applied
    }

    /// The server said no. What was written stays, to be tried again or copied; the rest is only told.
    pub(super) fn refuse(&mut self, wished: &Wished, error: ApiError, is_whole: bool) -> Option<Notice> {
        match &wished.wish {
            // It was this very wish that created it, longer ago than the log goes back. The todo may be
            // in the part of the list that is not here yet.
            Wish::Create { id, .. }
                if error.code == ErrorCode::TodoExists && (!is_whole || self.board.todo(*id).is_some()) =>
            {
                self.outbox.remove(wished.op);
                None
            }
            Wish::Create { .. } | Wish::Rename { .. } => {
                self.outbox.refuse(wished.op, error.message);
                None
            }
            _ => {
                self.outbox.remove(wished.op);
                Some(Notice::error(error.message))
            }
        }
    }
}
