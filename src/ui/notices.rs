//! Short messages about what others changed, what the server echoed and what went wrong: a few at a time, and all of
//! this visit to be read again. Most disappear by themselves; errors stay.

/// All notices of a visit.
pub mod log;

/// Where notices appear.
pub mod region;

use std::time::Duration;

use leptos::prelude::*;

use crate::domain::{Board, Change, Command, TodoId};
use crate::ui::browser::dom;
use crate::ui::live::lists::ListsStore;
use crate::ui::notices::log::Log;
use crate::ui::one_kind::{RwSignal, StoredValue};

/// The most notices at one time. More would hide the list, so the oldest is removed.
const NOTICES_MAX: usize = 4;

/// How long a notice stays: long enough to read a title, short enough not to be in the way.
const NOTICE_LIFE: Duration = Duration::from_secs(6);

/// How much of a message or its echo is shown; terminals show all of it.
const ECHO_CHARS_MAX: usize = 200;

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Change,
    Echo,
    Error,
    /// A message of this page. It is in the log alone.
    Sent,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    id: u64,
    kind: Kind,
    text: String,
    /// What can be done about it: the label of a button, and its command.
    command: Option<(&'static str, Command)>,
}

impl Notice {
    fn new(kind: Kind, text: String) -> Self {
        Self { id: 0, kind, text, command: None }
    }

    /// Offers a command with the notice, which then stays until the button is pressed or it is dismissed.
    #[must_use]
    pub fn with_command(self, label: &'static str, command: Command) -> Self {
        Self { command: Some((label, command)), ..self }
    }

    /// Something that someone else changed.
    #[must_use]
    pub fn change(text: String) -> Self {
        Self::new(Kind::Change, text)
    }

    /// What the server echoed.
    #[must_use]
    pub fn echo(text: String) -> Self {
        Self::new(Kind::Echo, text)
    }

    /// Something that went wrong.
    #[must_use]
    pub fn error(text: String) -> Self {
        Self::new(Kind::Error, text)
    }

    /// Whether it goes away by itself: there is nothing to do about it.
    fn leaves(&self) -> bool {
        self.kind != Kind::Error && self.command.is_none()
    }

    /// Says what a change does to this board, which does not have it yet. `None` where nobody would notice.
    #[must_use]
    pub fn about(board: &Board, change: &Change, lists: ListsStore) -> Option<String> {
        let title = |id: TodoId| board.todo(id).map_or_else(|| "A todo".to_owned(), |it| format!("“{}”", it.title));
        let these = |todos: &[TodoId], what: &str| match todos {
            [one] => format!("{} was {what}", title(*one)),
            many => format!("{} todos were {what}", many.len()),
        };
        Some(match change {
            Change::Created { title, .. } => format!("“{title}” was added"),
            Change::Renamed { todo, title: to, .. } => format!("{} was renamed to “{to}”", title(*todo)),
            Change::Completed { todos } => these(todos, "completed"),
            Change::Reopened { todos } => these(todos, "reopened"),
            Change::Deleted { todos, to: None } => these(todos, "deleted"),
            Change::Deleted { todos, to: Some(to) } => these(todos, &format!("moved to {}", lists.name(to))),
            Change::Restored { todos, from: Some(from) } => match &todos[..] {
                [todo] => format!("“{}” was moved here from {}", todo.title, lists.name(from)),
                many => format!("{} todos were moved here from {}", many.len(), lists.name(from)),
            },
            Change::Restored { todos, from: None } => match &todos[..] {
                [todo] => format!("“{}” is back", todo.title),
                many => format!("{} todos are back", many.len()),
            },
            Change::Moved { todo, .. } => format!("{} was moved", title(*todo)),
            Change::Named { name, .. } => format!("The list is called “{name}” now"),
            Change::ListCreated { name, .. } => format!("The list “{name}” was made"),
            Change::ListRenamed { name, was, .. } => format!("The list “{was}” is called “{name}” now"),
            Change::ListRestored { name, .. } => format!("The list “{name}” is back"),
            Change::Spaced { .. }
            | Change::ListDeleted { .. }
            | Change::ListMoved { .. }
            | Change::ListsSpaced { .. } => return None,
        })
    }
}

/// Does something after a time, but not while what appears among the notices is being read or used.
pub(crate) fn once_unused(time: Duration, leave: impl FnOnce() + 'static) {
    once_unused_boxed(time, Box::new(leave));
}

fn once_unused_boxed(time: Duration, leave: Box<dyn FnOnce()>) {
    let look = move || {
        if dom::is_found(".notices:is(:hover, :focus-within)") { once_unused_boxed(time, leave) } else { leave() }
    };
    set_timeout(look, time);
}

/// The part of a message that is shown.
pub(crate) fn shortened(text: &str) -> String {
    let cut = text.char_indices().nth(ECHO_CHARS_MAX).map(|(at, _)| at);
    cut.map_or_else(|| text.to_owned(), |at| format!("{}…", &text[..at]))
}

/// The notices on screen and those that were. Cheap to copy, and shared through the context.
#[derive(Clone, Copy)]
pub struct Notices {
    shown: RwSignal<Vec<Notice>>,
    /// How many of those that nobody has dismissed have made room for newer ones.
    more: RwSignal<usize>,
    next_id: StoredValue<u64>,
    /// All of this visit.
    pub(crate) log: Log,
}

impl Notices {
    /// No notices yet.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "making signals is more than a default value")]
    pub fn new() -> Self {
        Self { shown: RwSignal::new(Vec::new()), more: RwSignal::new(0), next_id: StoredValue::new(1), log: Log::new() }
    }

    /// Shows a notice.
    pub fn add(self, notice: Notice) {
        let id = self.next_id.get_value();
        self.next_id.set_value(id + 1);
        self.log.add(notice.kind, &notice.text);
        let leaves = notice.leaves();
        self.shown.update(|shown| {
            shown.push(Notice { id, text: shortened(&notice.text), ..notice });
            if shown.len() > NOTICES_MAX {
                // News makes room before what still waits for an answer.
                shown.remove(shown.iter().position(Notice::leaves).unwrap_or(0));
                self.more.update(|it| *it += 1);
            }
        });
        if leaves {
            once_unused(NOTICE_LIFE, move || self.dismiss(id));
        }
    }

    fn dismiss(self, id: u64) {
        self.shown.update(|shown| shown.retain(|it| it.id != id));
        if self.shown.read_untracked().is_empty() {
            self.more.set(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_echo_is_cut_between_characters() {
        assert_eq!(shortened(&"ä".repeat(ECHO_CHARS_MAX + 1)), format!("{}…", "ä".repeat(ECHO_CHARS_MAX)));
        assert_eq!(shortened("short"), "short");
    }

    #[test]
    fn news_leaves_by_itself_and_what_can_be_answered_stays() {
        assert!(Notice::change("“Milk” was added".to_owned()).leaves());
        assert!(!Notice::error("It was not sent.".to_owned()).leaves());
        assert!(!Notice::change("gone".to_owned()).with_command("Restore", Command::RestoreList).leaves());
    }
}
