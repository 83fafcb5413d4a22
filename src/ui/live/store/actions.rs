//! What the person does on this page: each action is shown at once, kept, sent, and can be taken back.

use leptos::prelude::*;

use crate::domain::{Command, OpId};
use crate::sync::{Back, PendingCommand};
use crate::ui::browser::{dom, storage};
use crate::ui::live::store::ListStore;
use crate::ui::notices::Notice;

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
        let text = self.in_words(&commands);
        let ops = self.put(commands);
        self.state.update_value(|it| it.undo.act(ops));
        self.say(text);
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
                Back::Again(command) => commands.push(command),
                Back::Undo(op) => match self.take_back(op) {
                    Some(command) => how.push(Back::Again(command)),
                    None => commands.push(Command::UndoOp { op }),
                },
            }
        }
        let text = if commands.is_empty() { Some("Taken back".to_owned()) } else { self.in_words(&commands) };
        how.extend(self.put(commands).into_iter().map(Back::Undo));
        how.reverse();
        self.say(text);
        how
    }

    /// Takes a command back that this page has not sent yet. `None` where it may have been sent.
    fn take_back(self, op: OpId) -> Option<Command> {
        let taken = self.state.try_update_value(|it| {
            let pending = it.replica.outbox().get(op).filter(|_| it.never_sent.remove(&op)).cloned()?;
            // Other tabs have it too, and may drop only what was rejected.
            storage::keep_command(&PendingCommand { rejected: Some(String::new()), ..pending.clone() });
            storage::forget_command(op);
            Some((pending.command, it.replica.remove(op)))
        });
        let (command, touched) = taken.flatten()?;
        self.refresh(&touched);
        Some(command)
    }

    /// Shows commands at once, keeps them, and sends them. Returns their names.
    fn put(self, commands: Vec<Command>) -> Vec<OpId> {
        let (list, at_ms) = (self.list().id, dom::now_ms());
        let mut ops = Vec::with_capacity(commands.len());
        for command in commands {
            let op = dom::new_op(self.state.with_value(|it| it.replica.outbox().next_ms(at_ms)));
            let pending = PendingCommand { op, list: list.clone(), at_ms, command, rejected: None, received: None };
            self.step(|it| {
                if let Command::Rename { id, title } = &pending.command {
                    it.given.retain(|(given, _)| given != id);
                    it.given.push((*id, title.clone()));
                }
                it.is_durable &= storage::keep_command(&pending);
                it.never_sent.insert(op);
                it.replica.put(pending)
            });
            ops.push(op);
        }
        self.to_send.notify();
        ops
    }

    /// Says what commands are about to do. `None` where they do nothing.
    fn in_words(self, commands: &[Command]) -> Option<String> {
        self.state.with_value(|it| {
            let about = |command: &Command| match command {
                // It may be out of sight.
                Command::Create { title, at_top, .. } => {
                    Some(format!("“{title}” was added at the {}", if *at_top { "top" } else { "end" }))
                }
                _ => Notice::about(it.replica.shown(), &it.replica.preview(command)?),
            };
            match commands {
                [one] => about(one),
                [] => None,
                many => {
                    let created = many.iter().filter(|it| matches!(it, Command::Create { .. })).count();
                    let taken_back = many.iter().filter(|it| matches!(it, Command::UndoOp { .. })).count();
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
