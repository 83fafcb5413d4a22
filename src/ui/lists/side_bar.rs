//! The side bar: all lists with what is left in each, and the way to a new one. On a small screen it is a drawer,
//! which a plain link opens: it works without JavaScript.

use leptos::prelude::*;

use crate::domain::ListId;
use crate::sync::lists::ListEntry;
use crate::ui::lists::menu::ListMenu;
use crate::ui::lists::new_list::NewList;
use crate::ui::lists::settings::Settings;
use crate::ui::live::store::ListStore;
use crate::ui::one_kind::{Key, Memo, Part, attribute, changing, each, flag};
use crate::ui::order::Grip;
use crate::ui::route::{PageQuery, Route};
use crate::ui::row_id::RowId;

/// The side bar.
#[component]
pub(crate) fn SideBar(
    /// The list that the page shows.
    current: ListId,
    /// The name that was refused, of a new list or of this one, and why.
    query: PageQuery,
    /// What the current list is for who can't see it: this `page`, or `true` where the page is about its past.
    #[prop(default = "page")]
    current_is: &'static str,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let entries = store.list_entries();
    let of_current = current.clone();
    let row = move |entry| Part::new(view! { <Entry entries entry current=of_current.clone() current_is/> });
    view! {
        <nav class="side-bar" id="lists" aria-label="Lists">
            <a class="close-lists" href="#top" aria-label="Close the lists"></a>
            <ul class="lists">
                {each(move || entries.get(), key, row)}
            </ul>
            <ListMenu list=current name=store.name.get_untracked() query=query.clone()/>
            <NewList query/>
            <Settings/>
        </nav>
    }
}

/// A list that is not there yet has no id to be known by.
fn key(entry: &ListEntry) -> Key {
    Key::List(entry.id.clone().ok_or_else(|| entry.name.clone()))
}

/// One list. Its row is not made anew when its name or its number changes: that would take the focus from its handle,
/// and drop what a finger holds.
#[component]
fn Entry(entries: Memo<Vec<ListEntry>>, entry: ListEntry, current: ListId, current_is: &'static str) -> impl IntoView {
    let id = entry.id.clone();
    let is_current = id.as_ref() == Some(&current);
    let path = id.clone().map(|it| Route::of_list(it).path());
    let waits = path.is_none();
    let now = Memo::new(move || {
        let is_same = |it: &&ListEntry| key(it) == key(&entry);
        entries.with(|all| all.iter().find(is_same).unwrap_or(&entry).clone())
    });
    let name = move || now.with(|it| it.label.clone());
    let open = move || now.with(|it| it.open);
    let left = move || if open() == 1 { "1 item left".to_owned() } else { format!("{} items left", open()) };
    let moved = Memo::new(move || format!("the list {}", name()));
    view! {
        <li class:current=is_current class:waits=waits>
            <a href=path aria-current=is_current.then_some(current_is)>
                <bdi>{changing(name)}</bdi>
            </a>
            <span class="list-open" aria-label=attribute(left) hidden=flag(move || open() == 0)>
                {changing(move || open().to_string())}
            </span>
            {id.map(|id| view! { <Grip id=RowId::List(id) name=moved/> })}
        </li>
    }
}
