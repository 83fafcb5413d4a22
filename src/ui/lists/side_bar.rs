//! The side bar: all lists with what is left in each, and the way to a new one. On a small screen it is a drawer,
//! which a plain link opens: it works without JavaScript.

use leptos::prelude::*;

use crate::domain::ListId;
use crate::sync::lists::ListEntry;
use crate::ui::lists::menu::ListMenu;
use crate::ui::lists::new_list::NewList;
use crate::ui::live::store::ListStore;
use crate::ui::route::{PageQuery, Route};

/// The side bar.
#[component]
pub(crate) fn SideBar(
    /// The list that the page shows.
    current: ListId,
    /// The name of a new list that was refused, and why.
    query: PageQuery,
    /// What the current list is for who can't see it: this `page`, or `true` where the page is about its past.
    #[prop(default = "page")]
    current_is: &'static str,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let entries = store.list_entries();
    let of_current = current.clone();
    // A list that is not there yet has no id to be known by.
    let key = |entry: &ListEntry| (entry.id.clone(), entry.name.clone(), entry.open);
    view! {
        <nav class="side-bar" id="lists" aria-label="Lists">
            <a class="close-lists" href="#top" aria-label="Close the lists"></a>
            <ul class="lists">
                <For each=move || entries.get() key=key let:entry>
                    <Entry entry current=of_current.clone() current_is/>
                </For>
            </ul>
            <ListMenu list=current.clone() name=store.name.get_untracked()/>
            <NewList query/>
        </nav>
    }
}

#[component]
fn Entry(entry: ListEntry, current: ListId, current_is: &'static str) -> impl IntoView {
    let ListEntry { id, name, open } = entry;
    let is_current = id.as_ref() == Some(&current);
    let count = (open > 0).then(|| {
        let left = if open == 1 { "1 item left".to_owned() } else { format!("{open} items left") };
        view! { <span class="list-open" aria-label=left>{open.to_string()}</span> }
    });
    let path = id.clone().map(|it| Route::of_list(it).path());
    let waits = path.is_none();
    view! {
        <li class:current=is_current class:waits=waits>
            <a href=path aria-current=is_current.then_some(current_is)>
                <bdi>{name.to_string()}</bdi>
            </a>
            {count}
        </li>
    }
}
