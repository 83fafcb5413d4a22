//! The commands that the server rejected, with the reason and with their text, to be tried again, copied
//! or discarded.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::domain::{Command, ShortText};
use crate::sync::PendingCommand;
use crate::ui::browser::dom;
use crate::ui::live::store::ListStore;
use crate::ui::notices::Notice;
use crate::ui::one_kind::{changing, flag, on};

/// The rejected commands of this browser.
#[component]
pub fn RejectedCommands() -> impl IntoView {
    let store = expect_context::<ListStore>();
    view! {
        <ul class="rejected-list" aria-label="Not saved" hidden=flag(move || store.rejected.read().is_empty())>
            {changing(move || {
                let rejected = store.rejected.get();
                rejected.into_iter().map(|pending| view! { <RejectedCommand pending/> }).collect_view()
            })}
        </ul>
    }
}

#[component]
fn RejectedCommand(pending: PendingCommand) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let op = pending.op;
    let text = text(&pending.command).map(ToString::to_string).unwrap_or_default();
    let retried = pending.command.clone();
    let copied = text.clone();
    let on_copy = move |_| {
        let text = copied.clone();
        spawn_local(async move {
            if !dom::copy(text).await {
                let sentence = "The browser does not let this page copy. Select the text and copy it yourself.";
                store.notices.add(Notice::error(sentence.to_owned()));
            }
        });
    };
    let on_retry = move |_| {
        store.set_aside(op);
        // With a new op and a new id, because the command with the old ones was rejected.
        if let Some(title) = self::text(&retried) {
            store.command(Command::Create { id: dom::new_todo_id(), title: title.clone(), at_top: false });
        }
    };
    view! {
        <li class="rejected-command">
            <p role="alert"><strong dir="auto">{text}</strong>" was not saved. "{pending.rejected}</p>
            <button type="button" on:click=on(on_retry)>"Add it as a new todo"</button>
            <button type="button" on:click=on(on_copy)>"Copy"</button>
            <button type="button" on:click=on(move |_| store.set_aside(op))>"Discard"</button>
        </li>
    }
}

fn text(command: &Command) -> Option<&ShortText> {
    match command {
        Command::Create { title, .. } | Command::Rename { title, .. } => Some(title),
        _ => None,
    }
}
