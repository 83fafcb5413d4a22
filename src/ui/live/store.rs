//! The list on screen: its replica, and the signals that the replica's steps update. Only events change the
//! board; what is shown is always the board with the commands on top.

mod actions;
mod deletion;
mod lists;
mod near;
mod selection;
mod state;

use std::collections::HashSet;

pub use actions::Acted;
use deletion::Deletion;
pub(crate) use deletion::WhoDeleted;
use leptos::prelude::*;
use state::State;

use crate::domain::{Applied, Board, Command, Event, EventId, Index, List, OpId, Receipt, Todo, TodoId, Window};
use crate::protocol::ResetReason;
use crate::protocol::error::ApiError;
use crate::sync::{PendingCommand, Replica, Touched, UndoStack};
use crate::ui::browser::dom;
use crate::ui::browser::storage;
use crate::ui::browser::storage::Kept;
use crate::ui::live::connection_state::ConnectionState;
use crate::ui::live::lists::ListsStore;
use crate::ui::live::rows::{Row, Rows};
use crate::ui::notices::{Notice, Notices};
use crate::ui::one_kind::{ArcRwSignal, Memo, RwSignal, StoredValue};
use crate::ui::route::Filter;

/// If more changes than this were missed, one notice tells how many.
const MISSED_NOTICES_MAX: usize = 3;

/// The list on screen. Cheap to copy, and shared through the context.
#[derive(Clone, Copy)]
pub struct ListStore {
    state: StoredValue<State>,
    is_awake: StoredValue<bool>,
    /// Notified when there may be something to send.
    pub(crate) to_send: Trigger,
    /// Notified when another tab has something to send: this one sends it if that tab does not.
    pub(crate) to_send_later: Trigger,
    /// Increased whenever rows may have been added, removed or moved, or changed between open and done.
    version: RwSignal<u64>,
    /// What the list is called.
    pub name: RwSignal<String>,
    /// Which todos the page shows.
    pub filter: RwSignal<Filter>,
    /// The state of the connection to the server.
    pub connection: RwSignal<ConnectionState>,
    /// How many commands the server has not answered.
    pub unsent: RwSignal<usize>,
    /// Which part of a long list this is; `None` once the whole list is loaded.
    pub window: RwSignal<Option<Window>>,
    /// All lists.
    pub lists: ListsStore,
    /// The commands about lists that are not events of the index yet.
    list_commands: RwSignal<Vec<OpId>>,
    /// The commands that the server rejected.
    pub rejected: RwSignal<Vec<PendingCommand>>,
    /// The todo whose title is being edited.
    pub edited: RwSignal<Option<TodoId>>,
    /// The todos that are selected.
    pub selected: RwSignal<HashSet<TodoId>>,
    /// The todo that was selected last.
    anchor: StoredValue<Option<TodoId>>,
    /// What the person did last.
    pub acted: RwSignal<Option<Acted>>,
    /// The notices on screen.
    pub notices: Notices,
}

impl ListStore {
    /// The list as the server rendered it.
    #[must_use]
    pub fn new(board: Board, window: Option<Window>, index: Index, filter: Filter, notices: Notices) -> Self {
        let name = board.list.name.to_string();
        let lists = ListsStore::new(index);
        let store = Self {
            state: StoredValue::new(State {
                replica: Replica::new(board, window.is_none()),
                rows: Rows::default(),
                lists,
                missed: Vec::new(),
                given: Vec::new(),
                is_sending: false,
                is_retry_planned: false,
                failed_tries: 0,
                is_durable: true,
                never_sent: HashSet::new(),
                undo: UndoStack::default(),
                deletion: Deletion::default(),
            }),
            is_awake: StoredValue::new(false),
            to_send: Trigger::new(),
            to_send_later: Trigger::new(),
            version: RwSignal::new(0),
            filter: RwSignal::new(filter),
            connection: RwSignal::new(ConnectionState::Connecting),
            unsent: RwSignal::new(0),
            window: RwSignal::new(window),
            lists,
            list_commands: RwSignal::new(Vec::new()),
            name: RwSignal::new(name),
            rejected: RwSignal::new(Vec::new()),
            edited: RwSignal::new(None),
            selected: RwSignal::new(HashSet::new()),
            anchor: StoredValue::new(None),
            acted: RwSignal::new(None),
            notices,
        };
        store.refresh(&Touched::Everything);
        store
    }

    /// Loads what this browser has stored, and follows its other tabs. Called once the page is interactive.
    pub(crate) fn wake(self) {
        self.is_awake.set_value(true);
        self.step(|it| {
            for pending in storage::commands() {
                it.replica.put(pending);
            }
            Touched::Everything
        });
        self.edit_half_typed();
        storage::drop_old_drafts();
        storage::on_other_tab(move |kept| self.hear_other_tab(kept));
        dom::warn_before_leaving(move || {
            self.state.with_value(|it| !it.is_durable && it.replica.outbox().unanswered().next().is_some())
        });
        self.to_send.notify();
    }

    /// Whether the page is interactive: from then on the script renders new rows.
    pub(crate) fn is_awake(&self) -> bool {
        self.is_awake.get_value()
    }

    /// Which list this is.
    #[must_use]
    pub fn list(&self) -> List {
        self.state.with_value(|it| it.replica.board().list.clone())
    }

    /// The last event that the board has.
    pub(crate) fn head(&self) -> EventId {
        self.state.with_value(|it| it.replica.board().head.0)
    }

    /// Reads the board as the server has it, without the commands that wait.
    pub(crate) fn with_board<T>(&self, read: impl FnOnce(&Board) -> T) -> T {
        self.state.with_value(|it| read(it.replica.board()))
    }

    /// Reads the todos as they are shown, whatever the filter says.
    pub(crate) fn with_shown<T>(&self, read: impl FnOnce(&[Todo]) -> T) -> T {
        self.state.with_value(|it| read(&it.replica.shown().todos))
    }

    /// How many todos are open, and how many there are.
    #[must_use]
    pub fn counts(self) -> Memo<(usize, usize)> {
        Memo::new(move || {
            self.version.track();
            self.state.with_value(|it| {
                let (open, all) = it.rows.counts();
                let rest = self
                    .window
                    .get_untracked()
                    .map(|window| it.replica.outbox().view_window(window, &it.replica.board().list.id));
                rest.map_or((open, all), |rest| (open + rest.rest_open, all + rest.rest_open + rest.rest_done))
            })
        })
    }

    /// The signal of one row; `None` if there is no such row.
    #[must_use]
    pub fn row(&self, id: TodoId) -> Option<ArcRwSignal<Row>> {
        self.state.with_value(|it| it.rows.get(id))
    }

    /// Opens the field with the title that was half typed when the page was left.
    fn edit_half_typed(self) {
        let half_typed = storage::edited(&self.list().id).filter(|id| self.row(*id).is_some());
        if half_typed.is_some() {
            self.edit(half_typed);
        }
    }

    /// Begins or ends the editing of a title.
    pub fn edit(self, todo: Option<TodoId>) {
        let touched = todo.into_iter().chain(self.edited.get_untracked()).collect();
        self.edited.set(todo);
        self.refresh(&Touched::These(touched));
    }

    /// Discards a rejected command.
    pub fn set_aside(self, op: OpId) {
        storage::forget_command(op);
        self.step(|it| it.replica.remove(op));
    }

    /// The commands to send next, in order, at most `most`.
    pub(crate) fn next_to_send(self, most: usize) -> Vec<PendingCommand> {
        let next = self.state.try_update_value(|it| {
            let next: Vec<_> = it.replica.outbox().unanswered().take(most).cloned().collect();
            it.never_sent.retain(|op| next.iter().all(|pending| pending.op != *op));
            next
        });
        next.unwrap_or_default()
    }

    /// Marks that sending has begun. `false` if it is under way already.
    pub(crate) fn begin_sending(self) -> bool {
        self.state.try_update_value(|it| !std::mem::replace(&mut it.is_sending, true)).unwrap_or(false)
    }

    /// Marks that sending has ended. Returns how many tries have failed in a row.
    pub(crate) fn end_sending(self, has_failed: bool) -> u32 {
        let ended = self.state.try_update_value(|it| {
            it.is_sending = false;
            it.failed_tries = if has_failed { it.failed_tries + 1 } else { 0 };
            it.failed_tries
        });
        ended.unwrap_or(0)
    }

    /// Marks that another try is planned. `false` if one is planned already.
    pub(crate) fn plan_retry(self) -> bool {
        self.state.try_update_value(|it| !std::mem::replace(&mut it.is_retry_planned, true)).unwrap_or(false)
    }

    /// The planned try begins, so the next failure may plan another.
    pub(crate) fn begin_retry(self) {
        self.state.update_value(|it| it.is_retry_planned = false);
    }

    /// Takes the server's answers to commands.
    pub(crate) fn answered<'a>(self, answers: impl Iterator<Item = (&'a PendingCommand, Result<Receipt, ApiError>)>) {
        for (pending, answer) in answers {
            let mut notice = None;
            self.step(|it| {
                let (told, touched) = it.answered(pending.op, answer);
                notice = told;
                touched
            });
            if let Some(notice) = notice {
                self.notices.add(notice);
            }
        }
    }

    /// Takes an event from the server. `false` if events between the board and this one are missing.
    pub(crate) fn receive(self, event: &Event) -> bool {
        let mut applied = Applied::Gap;
        self.step(|it| {
            let touched;
            (applied, touched) = it.receive(event);
            touched
        });
        if applied == Applied::Next && self.connection.get_untracked() == ConnectionState::Live {
            self.tell_missed();
        }
        applied != Applied::Gap
    }

    /// Called when a new socket or an answer has shown that there is a log to follow, before anything of it is
    /// taken in. The log may not be the one that gave the receipts: it may be an older copy that has our cursor
    /// in it. So every command that is not confirmed is sent again with the same op.
    pub(crate) fn reached_a_log(self) {
        self.step(|it| it.replica.forget_receipts());
    }

    /// The log ends at `head`, and the page follows it `by` a socket or by asking. `false` if the board has
    /// another head.
    pub(crate) fn caught_up(self, head: EventId, by: ConnectionState) -> bool {
        if self.head() != head {
            return false;
        }
        if self.connection.get_untracked() != by {
            self.connection.set(by);
            self.to_send.notify();
        }
        self.tell_missed();
        true
    }

    /// Takes the board as it is now, because the log can't be resumed.
    pub(crate) fn replace(self, board: Board, reason: Option<ResetReason>) {
        self.step(|it| it.replica.replace(board));
        if reason == Some(ResetReason::Unknown) {
            self.notices.add(Notice::error(
                "The server has another history of this list than this page had, perhaps from a backup. \
                 This is the list it has now; what you had not sent yet goes out."
                    .to_owned(),
            ));
        }
        self.to_send.notify();
    }

    fn hear_other_tab(self, kept: Kept) {
        // What was sent there is not half typed here any more: it would look as if it had still to be sent.
        if let Kept::Put(PendingCommand { command: Command::Create { title, .. }, list, rejected: None, .. }) = &kept
            && *list == self.list().id
            && storage::was_sent_elsewhere(list, title)
        {
            dom::clear_field(".new-todo");
        }
        self.step(|it| match kept {
            Kept::Put(pending) => it.replica.put(pending),
            // That a command is over, this tab hears from the server; so only a discarded one is removed.
            Kept::Removed(op) if it.replica.outbox().get(op).is_some_and(|it| it.rejected.is_some()) => {
                it.replica.remove(op)
            }
            Kept::Removed(_) => Touched::NOTHING,
        });
        self.to_send_later.notify();
    }

    fn tell_missed(self) {
        let missed = self.state.try_update_value(|it| std::mem::take(&mut it.missed)).unwrap_or_default();
        if missed.len() > MISSED_NOTICES_MAX {
            self.notices.add(Notice::change(format!("{} changes by others", missed.len())));
        } else {
            for notice in missed {
                self.notices.add(notice);
            }
        }
    }

    /// Changes the state behind the signals, and then the signals that this touches.
    fn step(self, change: impl FnOnce(&mut State) -> Touched) {
        if let Some(touched) = self.state.try_update_value(change) {
            self.refresh(&touched);
        }
    }

    /// Updates the signals to what is shown of these todos.
    fn refresh(self, touched: &Touched) {
        let (edited, is_whole) = (self.edited.get_untracked(), self.is_whole());
        let is_moved = self.state.try_update_value(|State { replica, rows, .. }| {
            // A command about all todos may change the counts of a window without moving any of its rows.
            rows.update(&replica.shown().todos, touched, replica.outbox(), edited) || !is_whole
        });
        let (unsent, rejected, list_commands, name) = self.state.with_value(|it| {
            let outbox = it.replica.outbox();
            let is_shown = |it: &&PendingCommand| it.command.is_about_lists() && it.rejected.is_none();
            (
                outbox.unanswered().count(),
                outbox.rejected().cloned().collect::<Vec<_>>(),
                outbox.iter().filter(is_shown).map(|it| it.op).collect::<Vec<_>>(),
                it.replica.shown().list.name.to_string(),
            )
        });
        if *self.list_commands.read_untracked() != list_commands {
            self.list_commands.set(list_commands);
        }
        if *self.name.read_untracked() != name {
            self.name.set(name);
        }
        if self.unsent.get_untracked() != unsent {
            self.unsent.set(unsent);
        }
        if *self.rejected.read_untracked() != rejected {
            self.rejected.set(rejected);
        }
        self.prune_selection();
        if is_moved == Some(true) {
            self.version.update(|it| *it += 1);
        }
    }
}
