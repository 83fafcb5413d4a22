//! What can be done with the list that the page shows: rename, move, delete. Plain forms first; the script does
//! the same as commands, which wait for a network and can be taken back.

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

use crate::domain::todo::TEXT_CHARS_MAX;
use crate::domain::{Command, ListId, ShortText};
use crate::protocol::error::ErrorCode;
use crate::ui::live::store::ListStore;
use crate::ui::one_kind::{Memo, RwSignal, changing, flag, on};
use crate::ui::route::PageQuery;

/// The id of the sentence about a name that was refused.
const REFUSED: &str = "list-name-refused";

/// The menu of the list that the page shows.
#[component]
pub(crate) fn ListMenu(
    /// Which list.
    list: ListId,
    /// Its name.
    name: String,
    /// The name that was refused, and why.
    query: PageQuery,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let field = NodeRef::<Input>::new();
    let is_refused = query.list_name.is_some();
    let refused = RwSignal::new(query.refused.filter(|_| is_refused).map(ErrorCode::sentence));
    let typed = move || ShortText::parse(&field.get_untracked().map(|it| it.value()).unwrap_or_default());
    let rename = move |event: SubmitEvent| {
        event.prevent_default();
        let name = typed();
        refused.set(name.as_ref().err().map(ToString::to_string));
        if let Ok(name) = name {
            store.list_command(Command::RenameList { name });
        }
    };
    // A name that was refused is looked at again while it is mended; before that nobody is told off for half a name.
    let on_input = move |_| {
        if refused.read_untracked().is_some() {
            refused.set(typed().err().map(|it| it.to_string()));
        }
    };
    let can_delete = list != ListId::home();
    let hidden = || view! { <input type="hidden" name="list" value=list.to_string()/> };
    view! {
        <details class="list-menu" open=is_refused>
            <summary>"Change this list"</summary>
            <form method="post" action="/api/lists/rename" on:submit=on(rename)>
                {hidden()}
                <input
                    name="name"
                    aria-label="Name of this list"
                    autocomplete="off"
                    maxlength=TEXT_CHARS_MAX.to_string()
                    required
                    dir="auto"
                    value=query.list_name.unwrap_or(name)
                    aria-invalid=changing(move || refused.read().is_some().then(|| "true".to_owned()))
                    aria-describedby=REFUSED
                    node_ref=field
                    on:input=on(on_input)
                />
                <button>"Rename"</button>
            </form>
            <p class="refused" id=REFUSED role="alert">{changing(move || refused.get())}</p>
            <MoveForm list=list.clone() label="Move up" command=ListStore::move_up/>
            <MoveForm list=list.clone() label="Move down" command=ListStore::move_down/>
            {can_delete.then(|| view! {
                <form
                    method="post"
                    action="/api/lists/delete"
                    on:submit=on(move |event: SubmitEvent| {
                        event.prevent_default();
                        store.list_command(Command::DeleteList);
                    })
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
    let command = Memo::new(move || command(store, &list));
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
            hidden=flag(move || command.with(Option::is_none))
            on:submit=on(on_submit)
        >
            <input type="hidden" name="list" value=id/>
            {after.map(|it| view! { <input type="hidden" name="after" value=it.to_string()/> })}
            <button>{label}</button>
        </form>
    }
}
