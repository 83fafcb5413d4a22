//! What the person does on this page: each action is shown at once, kept, sent, and can be taken back.

use leptos::prelude::*;

use crate::domain::{Command, ListId, OpId};
use crate::sync::{Back, PendingCommand};
use crate::ui::browser::{dom, storage};
use crate::ui::live::connection_state::ConnectionState;
use crate::ui::live::store::ListStore;
use crate::ui::notices::Notice;

/// What is said of a list that was deleted.
const DELETED: &str = "The list was deleted";

/// What the person did last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acted {
    /// In words.
    pub text: String,
    /// Tells it from the one before, which may have the same words.
    pub number: u64,
}

impl ListStore {
    /// Does one thing.
    pub fn command(self, command: Command) {
        self.commands(vec![command]);
    }

    /// Does several things as one action: they are sent together, and taken back together.
    pub fn commands(self, commands: Vec<Command>) {
        let list = self.list().id;
        self.act(commands.into_iter().map(|it| (list.clone(), it)).collect());
    }

    /// Does what a notice offered.
    pub(crate) fn answer_notice(self, command: Command) {
        if command.is_about_lists() { self.list_command(command) } else { self.command(command) }
    }

    /// Does something with the list on the page as a whole, or makes another one.
    pub(crate) fn list_command(self, command: Command) {
        let is_new = matches!(command, Command::CreateList { .. });
        self.act(vec![(if is_new { ListId::index() } else { self.list().id }, command)]);
    }

    pub(super) fn act(self, commands: Vec<(ListId, Command)>) {
        let text = self.in_words(&commands);
        let how = self.put(commands);
        self.state.update_value(|it| it.undo.act(how));
        self.say(text);
    }

    /// Offers to restore a list that was deleted on the page that the person comes from.
    pub(crate) fn offer_restore(self, list: ListId) {
        self.state.update_value(|it| it.undo.act(vec![Back::Again(list, Command::RestoreList)]));
        self.say(Some(DELETED.to_owned()));
    }

    /// Whether there is an action to take back, and one to do again.
    pub(crate) fn can_undo_and_redo(self) -> (bool, bool) {
        self.state.with_value(|it| (it.undo.can_undo(), it.undo.can_redo()))
    }

    /// Takes the last action back.
    pub fn undo(self) {
        let action = self.state.try_update_value(|it| it.undo.undo()).flatten();
        if let Some(action) = action {
            let how = self.reverse(action);
            self.state.update_value(|it| it.undo.was_undone(how));
        }
    }

    /// Does again what was taken back last.
    pub fn redo(self) {
        let action = self.state.try_update_value(|it| it.undo.redo()).flatten();
        if let Some(action) = action {
            let how = self.reverse(action);
            self.state.update_value(|it| it.undo.was_redone(how));
        }
    }

    /// Takes commands back, or asks for those again that were taken back before they were sent. Returns how to
    /// do the opposite.
    fn reverse(self, action: Vec<Back>) -> Vec<Back> {
        let (mut how, mut commands) = (Vec::new(), Vec::new());
        for back in action {
            match back {
                Back::Again(list, command) => commands.push((list, command)),
                Back::Undo(list, op) => match self.take_back(op) {
                    Some((list, command)) => how.push(Back::Again(list, command)),
                    None => commands.push((list, Command::UndoOp { op })),
                },
            }
        }
        let text = if commands.is_empty() { Some("Taken back".to_owned()) } else { self.in_words(&commands) };
        how.extend(self.put(commands));
        how.reverse();
        self.say(text);
        how
    }

    /// Takes a command back that this page has not sent yet. `None` where it may have been sent.
    fn take_back(self, op: OpId) -> Option<(ListId, Command)> {
        let taken = self.state.try_update_value(|it| {
            let pending = it.replica.outbox().get(op).filter(|_| it.never_sent.remove(&op)).cloned()?;
            // Other tabs have it too, and may drop only what was rejected.
            storage::keep_command(&PendingCommand { rejected: Some(String::new()), ..pending.clone() });
            storage::forget_command(op);
            it.deletion.took_back(op);
            Some(((pending.list, pending.command), it.replica.remove(op)))
        });
        let (taken, touched) = taken.flatten()?;
        self.refresh(&touched);
        Some(taken)
    }

    /// Shows commands at once, keeps them, and sends them. Returns how to take them back.
    fn put(self, commands: Vec<(ListId, Command)>) -> Vec<Back> {
        let at_ms = dom::now_ms();
        let mut how = Vec::with_capacity(commands.len());
        for (list, command) in commands {
            let op = dom::new_op(self.state.with_value(|it| it.replica.outbox().next_ms(at_ms)));
            // What happens to a list among the others is in the log of the index.
            let log = if command.is_about_lists() { ListId::index() } else { list.clone() };
            if log == ListId::index() {
                self.state.update_value(|it| it.deletion.did(op, &command));
            }
            how.push(Back::Undo(log, op));
            let pending = PendingCommand { op, list, at_ms, command, rejected: None, received: None };
            self.step(|it| {
                if let Command::Rename { id, title } = &pending.command {
                    it.given.retain(|(given, _)| given != id);
                    it.given.push((*id, title.clone()));
                }
                it.is_durable &= storage::keep_command(&pending);
                it.never_sent.insert(op);
                it.replica.put(pending)
            });
        }
        self.to_send.notify();
        how
    }

    /// Says what commands are about to do. `None` where they do nothing.
    fn in_words(self, commands: &[(ListId, Command)]) -> Option<String> {
        let is_offline = self.connection.get_untracked() == ConnectionState::Offline;
        self.state.with_value(|it| {
            let about = |command: &Command| match command {
                // It may be out of sight.
                Command::Create { title, at_top, .. } => {
                    Some(format!("“{title}” was added at the {}", if *at_top { "top" } else { "end" }))
                }
                Command::CreateList { name } => Some(format!("The list “{name}” will be made")),
                Command::RenameList { name } => Some(format!("The list is called “{name}” now")),
                Command::DeleteList if is_offline => {
                    Some("The list will be deleted as soon as there is a connection".to_owned())
                }
                Command::DeleteList => Some(DELETED.to_owned()),
                Command::RestoreList => Some("The list is back".to_owned()),
                Command::MoveList { .. } => Some("The list was moved".to_owned()),
                Command::UndoOp { .. } => Some(
                    it.replica
                        .preview(command)
                        .and_then(|change| Notice::about(it.replica.shown(), &change, it.lists))
                        .unwrap_or_else(|| "Taken back".to_owned()),
                ),
                _ => Notice::about(it.replica.shown(), &it.replica.preview(command)?, it.lists),
            };
            match commands {
                [(_, one)] => about(one),
                [] => None,
                many => {
                    let created = many.iter().filter(|it| matches!(it.1, Command::Create { .. })).count();
                    let taken_back = many.iter().filter(|it| matches!(it.1, Command::UndoOp { .. })).count();
                    match (created, taken_back) {
                        (0, 0) => Some(format!("{} changes", many.len())),
                        (0, _) => Some(format!("{taken_back} changes were taken back")),
                        (created, _) => Some(format!("{created} todos were added")),
                    }
                }
            }
        })
    }

    fn say(self, text: Option<String>) {
        self.acted.update(|acted| {
            let number = acted.as_ref().map_or(0, |it| it.number) + 1;
            *acted = text.map(|text| Acted { text, number });
        });
    }
}
