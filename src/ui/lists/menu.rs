//! What can be done with the list that the page shows: rename, move, delete. Plain forms first; the script does
//! the same as commands, which wait for a network and can be taken back.

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

use crate::domain::todo::TEXT_CHARS_MAX;
use crate::domain::{Command, ListId, ShortText};
use crate::ui::live::store::ListStore;
use crate::ui::notices::Notice;

/// The menu of the list that the page shows.
#[component]
pub(crate) fn ListMenu(
    /// Which list.
    list: ListId,
    /// Its name.
    name: String,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let field = NodeRef::<Input>::new();
    let rename = move |event: SubmitEvent| {
        event.prevent_default();
        match ShortText::parse(&field.get_untracked().map(|it| it.value()).unwrap_or_default()) {
            Ok(name) => store.list_command(Command::RenameList { name }),
            Err(error) => store.notices.add(Notice::error(error.to_string())),
        }
    };
    let can_delete = list != ListId::home();
    let hidden = || view! { <input type="hidden" name="list" value=list.to_string()/> };
    view! {
        <details class="list-menu">
            <summary>"Change this list"</summary>
            <form method="post" action="/api/lists/rename" on:submit=rename>
                {hidden()}
                <input
                    name="name"
                    aria-label="Name of this list"
                    autocomplete="off"
                    maxlength=TEXT_CHARS_MAX.to_string()
                    required
                    dir="auto"
                    value=name
                    node_ref=field
                />
                <button>"Rename"</button>
            </form>
            <MoveForm list=list.clone() label="Move up" command=ListStore::move_up/>
            <MoveForm list=list.clone() label="Move down" command=ListStore::move_down/>
            {can_delete.then(|| view! {
                <form
                    method="post"
                    action="/api/lists/delete"
                    on:submit=move |event| {
                        event.prevent_default();
                        store.list_command(Command::DeleteList);
                    }
                >
                    {hidden()}
                    <button>"Delete this list"</button>
                </form>
            })}
        </details>
    }
}

/// Moves the list by one among the others. Hidden where it is at that end.
#[component]
fn MoveForm(list: ListId, label: &'static str, command: fn(ListStore, &ListId) -> Option<Command>) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let id = list.to_string();
    let command = Memo::new(move |_| command(store, &list));
    // For the page without JavaScript, on which nothing moves.
    let after =
        command.with_untracked(|it| if let Some(Command::MoveList { after }) = it { after.clone() } else { None });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(command) = command.get_untracked() {
            store.list_command(command);
        }
    };
    view! {
        <form
            method="post"
            action="/api/lists/move"
            hidden=move || command.read().is_none()
            on:submit=on_submit
        >
            <input type="hidden" name="list" value=id/>
            {after.map(|it| view! { <input type="hidden" name="after" value=it.to_string()/> })}
            <button>{label}</button>
        </form>
    }
}
