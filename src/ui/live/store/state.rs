//! The state behind the signals: the list as this page knows it, its rows, and what a person is told about
//! an event or an answer.

use std::collections::HashSet;

use crate::domain::{Applied, Change, Command, Event, OpId, Receipt, ShortText, TodoId};
use crate::protocol::error::ApiError;
use crate::sync::{Answered, Replica, Touched, UndoStack};
use crate::ui::browser::{dom, storage};
use crate::ui::live::lists::ListsStore;
use crate::ui::live::rows::Rows;
use crate::ui::live::store::deletion::Deletion;
use crate::ui::notices::Notice;

/// The list as this page knows it.
pub(super) struct State {
    pub(super) replica: Replica,
    pub(super) rows: Rows,
    /// All lists, for their names.
    pub(super) lists: ListsStore,
    /// Changes by others that the person was not told about yet.
    pub(super) missed: Vec<Notice>,
    /// The titles that were given here, to be offered again if someone else's title replaces one.
    pub(super) given: Vec<(TodoId, ShortText)>,
    pub(super) is_sending: bool,
    pub(super) is_retry_planned: bool,
    pub(super) failed_tries: u32,
    /// Whether the browser has stored every command that waits.
    pub(super) is_durable: bool,
    /// The commands of this page that it has not tried to send: these can be taken back as if they had never been.
    pub(super) never_sent: HashSet<OpId>,
    pub(super) undo: UndoStack,
    pub(super) deletion: Deletion,
}

impl State {
    /// Applies an event to the board, and forgets the commands that are over with it.
    pub(super) fn receive(&mut self, event: &Event) -> (Applied, Touched) {
        let news = self.news(event);
        let (applied, over, touched) = self.replica.receive(event);
        for op in &over {
            storage::forget_command(*op);
        }
        if applied == Applied::Next && !over.contains(&event.op) {
            self.missed.extend(news);
            if let Touched::These(ids) = &touched {
                dom::mark_landed(ids, matches!(event.change, Change::Created { .. } | Change::Restored { .. }));
            }
        }
        (applied, touched)
    }

    /// What others did by an event that the board does not have yet.
    fn news(&self, event: &Event) -> Option<Notice> {
        let news = Notice::change(Notice::about(self.replica.board(), &event.change, self.lists)?);
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

    /// Takes the server's answer to a command. A rejected command with a text stays, to be tried again or
    /// copied; about any other the person is only told.
    pub(super) fn answered(&mut self, op: OpId, answer: Result<Receipt, ApiError>) -> (Option<Notice>, Touched) {
        self.failed_tries = 0;
        let (answered, touched) = self.replica.answered(op, answer.as_ref(), self.lists.head().seq);
        match self.replica.outbox().get(op) {
            None => storage::forget_command(op),
            Some(pending) if pending.rejected.is_some() => self.is_durable &= storage::keep_command(pending),
            Some(_) => {}
        }
        let told = answer.err().filter(|_| answered == Answered::Dropped);
        (told.map(|it| Notice::error(it.message)), touched)
    }
}
