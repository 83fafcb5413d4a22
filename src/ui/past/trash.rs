//! The trash: what was deleted from a list, and the lists that were deleted, each with a way back.

use leptos::either::Either;
use leptos::prelude::*;

use crate::domain::ListId;
use crate::domain::past::{DeletedList, DeletedTodo, Paged, TRASH_DAYS, TrashPage};
use crate::protocol::error::ErrorCode;
use crate::ui::past::document;
use crate::ui::past::document::Around;
use crate::ui::past::time::Time;
use crate::ui::route::Route;

const WHEN_EMPTY: &str = "The trash is empty. A todo that you delete waits here until you want it back.";

const WITHOUT_TODOS: &str = "No todo of this list is in the trash.";

/// Where the deleted lists begin, so that their other pages need not be scrolled to.
const LISTS_ID: &str = "deleted-lists";

/// The page as the server sends it.
#[must_use]
pub fn document(around: Around<'_>, trash: TrashPage) -> String {
    let about = format!("What is deleted from this list stays here for {TRASH_DAYS} days.");
    let TrashPage { list, todos, lists } = trash;
    let (page, lists_page) = (todos.page, lists.page);
    let route = around.route.clone();
    let todos_path = move |page| address(&route, page, lists_page);
    let route = around.route.clone();
    let lists_path = move |lists_page| format!("{}#{LISTS_ID}", address(&route, page, lists_page));
    let content = if todos.items.is_empty() {
        let said = if lists.items.is_empty() { WHEN_EMPTY } else { WITHOUT_TODOS };
        Either::Left(view! { <p class="past-empty">{said}</p> })
    } else {
        let row = |todo| view! { <Todo todo list=list.id.clone()/> };
        let pages = pages("Pages", todos.page, todos.pages, todos_path);
        let rows = todos.items.into_iter().map(row).collect_view();
        Either::Right(view! {
            <ul class="past-list trash-list">{rows}</ul>
            {pages}
        })
    };
    let content = view! {
        {content}
        {(!lists.items.is_empty()).then(|| deleted_lists(lists, lists_path))}
    };
    // A refused name of a new list is told where it was typed.
    let refused = around.query.refused.filter(|_| around.query.name.is_none()).map(ErrorCode::sentence);
    document::document(around, ("Trash", &list), about, refused, content)
}

#[component]
fn Todo(todo: DeletedTodo, list: ListId) -> impl IntoView {
    let DeletedTodo { id, title, completed, deleted_ms } = todo;
    view! {
        <li class:completed=completed>
            <div>
                <p dir="auto">{title.to_string()}</p>
                <p class="past-when">
                    {if completed { "Done, deleted " } else { "Deleted " }} <Time at_ms=deleted_ms/>
                </p>
            </div>
            <form method="post" action="/api/todos/restore">
                <input type="hidden" name="list" value=list.to_string()/>
                <input type="hidden" name="id" value=id.to_string()/>
                <button aria-label=format!("Restore {title}")>"Restore"</button>
            </form>
        </li>
    }
}

fn deleted_lists(lists: Paged<DeletedList>, path: impl Fn(usize) -> String) -> impl IntoView {
    let pages = pages("Pages of deleted lists", lists.page, lists.pages, path);
    let rows = lists.items.into_iter().map(|deleted| view! { <DeletedListRow deleted/> }).collect_view();
    view! {
        <section aria-labelledby=LISTS_ID>
            <h2 class="past-heading" id=LISTS_ID>"Deleted lists"</h2>
            <ul class="past-list deleted-lists">{rows}</ul>
            {pages}
        </section>
    }
}

#[component]
fn DeletedListRow(deleted: DeletedList) -> impl IntoView {
    let DeletedList { list, todos, deleted_ms } = deleted;
    let held = match todos {
        0 => "No todos".to_owned(),
        1 => "1 todo".to_owned(),
        more => format!("{more} todos"),
    };
    view! {
        <li>
            <div>
                <p dir="auto">{list.name.to_string()}</p>
                <p class="past-when">{held}", deleted "<Time at_ms=deleted_ms/></p>
            </div>
            <RestoreList list=list.id.clone() label=format!("Restore the list {}", list.name)/>
        </li>
    }
}

/// The way to get a deleted list back.
#[component]
pub(crate) fn RestoreList(
    /// Which one.
    list: ListId,
    /// What the button is called for who can't see beside what it stands.
    label: String,
) -> impl IntoView {
    view! {
        <form method="post" action="/api/lists/restore">
            <input type="hidden" name="list" value=list.to_string()/>
            <button aria-label=label>"Restore"</button>
        </form>
    }
}

/// Links to the page before and the page after this one, where there are several.
fn pages(name: &'static str, page: usize, pages: usize, path: impl Fn(usize) -> String) -> impl IntoView {
    let link = |label: &'static str, page: usize| view! { <a href=path(page)>{label}</a> };
    (pages > 1).then(|| {
        view! {
            <nav class="pages" aria-label=name>
                {(page > 1).then(|| link("Previous", page - 1))}
                <span>{format!("Page {page} of {pages}")}</span>
                {(page < pages).then(|| link("Next", page + 1))}
            </nav>
        }
    })
}

/// The address of one page of the todos, together with one of the lists.
fn address(route: &Route, page: usize, lists_page: usize) -> String {
    let path = route.page_path(page);
    let separator = if page > 1 { '&' } else { '?' };
    if lists_page > 1 { format!("{path}{separator}lists={lists_page}") } else { path }
}
