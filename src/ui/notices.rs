//! Short messages about what others changed, what the server echoed and what went wrong: a few at a time,
//! in a region that screen readers announce. Most disappear by themselves; errors stay.

use std::time::Duration;

use leptos::prelude::*;

use crate::domain::{Board, Change, Command, TodoId};
use crate::ui::live::lists::ListsStore;
use crate::ui::live::store::ListStore;
use crate::ui::one_kind::on;

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
        Self::new(Kind::Echo, shortened(&text))
    }

    /// Something that went wrong.
    #[must_use]
    pub fn error(text: String) -> Self {
        Self::new(Kind::Error, text)
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

/// The part of a message that is shown.
pub(crate) fn shortened(text: &str) -> String {
    let cut = text.char_indices().nth(ECHO_CHARS_MAX).map(|(at, _)| at);
    cut.map_or_else(|| text.to_owned(), |at| format!("{}…", &text[..at]))
}

/// The notices on screen. Cheap to copy, and shared through the context.
#[derive(Clone, Copy)]
pub struct Notices {
    shown: RwSignal<Vec<Notice>>,
    next_id: StoredValue<u64>,
}

impl Notices {
    /// No notices yet.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "making signals is more than a default value")]
    pub fn new() -> Self {
        Self { shown: RwSignal::new(Vec::new()), next_id: StoredValue::new(1) }
    }

    /// Shows a notice.
    pub fn add(self, notice: Notice) {
        let id = self.next_id.get_value();
        self.next_id.set_value(id + 1);
        let leaves = notice.kind != Kind::Error && notice.command.is_none();
        self.shown.update(|shown| {
            shown.push(Notice { id, ..notice });
            if shown.len() > NOTICES_MAX {
                shown.remove(0);
            }
        });
        if leaves {
            set_timeout(move || self.dismiss(id), NOTICE_LIFE);
        }
    }

    fn dismiss(self, id: u64) {
        self.shown.update(|shown| shown.retain(|it| it.id != id));
    }
}

/// Where notices appear.
#[component]
pub fn NoticeRegion<T: IntoView + 'static>(
    /// What else appears there.
    children: TypedChildren<T>,
) -> impl IntoView {
    let notices = expect_context::<Notices>();
    // A document without the data of a page has no store.
    let store = use_context::<ListStore>();
    view! {
        <section class="notices" aria-live="polite" aria-label="Notices">
            {children.into_inner()()}
            <For each=move || notices.shown.get() key=|it| it.id let:notice>
                <p
                    class="notice"
                    class:notice-echo=notice.kind == Kind::Echo
                    class:notice-error=notice.kind == Kind::Error
                >
                    <span dir="auto">{notice.text}</span>
                    {notice.command.map(|(label, command)| {
                        let on_click = move |_| {
                            notices.dismiss(notice.id);
                            if let Some(store) = store {
                                store.answer_notice(command.clone());
                            }
                        };
                        view! { <button type="button" class="notice-action" on:click=on(on_click)>{label}</button> }
                    })}
                    <button type="button" aria-label="Dismiss" on:click=on(move |_| notices.dismiss(notice.id))></button>
                </p>
            </For>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_echo_is_cut_between_characters() {
        let notice = Notice::echo("ä".repeat(ECHO_CHARS_MAX + 1));
        assert_eq!(notice.text, format!("{}…", "ä".repeat(ECHO_CHARS_MAX)));
        assert_eq!(Notice::echo("short".to_owned()).text, "short");
    }
}
