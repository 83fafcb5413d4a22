//! What is behind the signals: the list as this page knows it, its rows, and what a person is told of
//! an event or an answer.

use crate::domain::{Applied, Change, Command, Event, OpId, Receipt, ShortText, TodoId};
use crate::protocol::error::ApiError;
use crate::sync::{Answered, Replica, Touched};
use crate::ui::browser::storage;
use crate::ui::live::rows::Rows;
use crate::ui::notices::Notice;

/// The list as this page knows it.
pub(super) struct State {
    pub(super) replica: Replica,
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
    pub(super) fn receive(&mut self, event: &Event) -> (Applied, Touched) {
        let news = self.news(event);
        let (applied, over, touched) = self.replica.receive(event);
        for op in &over {
            storage::forget_command(*op);
        }
        if applied == Applied::Next && !over.contains(&event.op) {
            self.missed.extend(news);
        }
        (applied, touched)
    }

    /// What others did by an event that the board does not have yet.
    fn news(&self, event: &Event) -> Option<Notice> {
        let news = Notice::change(Notice::about(self.replica.board(), &event.change)?);
        Some(match &event.change {
            Change::Renamed { todo, title, .. } => {
                match self.given.iter().find(|(given, mine)| given == todo && mine != title) {
                    None => news,
                    Some((_, mine)) => {
                        news.with_command("Take mine back", Command::Rename { id: *todo, title: mine.clone() })
                    }
                }
            }
            _ => news,
        })
    }

    /// The server has answered a command. What was written stays, to be tried again or copied; of the
    /// rest a person is only told.
    pub(super) fn answered(&mut self, op: OpId, answer: Result<Receipt, ApiError>) -> (Option<Notice>, Touched) {
        self.failed_tries = 0;
        let (answered, touched) = self.replica.answered(op, answer.as_ref());
        match self.replica.outbox().get(op) {
            None => storage::forget_command(op),
            Some(pending) if pending.rejected.is_some() => self.is_durable &= storage::keep_command(pending),
            Some(_) => {}
        }
        let told = answer.err().filter(|_| answered == Answered::Dropped);
        (told.map(|it| Notice::error(it.message)), touched)
    }
}
