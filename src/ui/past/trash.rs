//! The trash of a list: what was deleted from it, each with a way back.

use leptos::config::LeptosOptions;
use leptos::either::Either;
use leptos::prelude::*;

use crate::domain::ListId;
use crate::domain::past::{DeletedTodo, TRASH_DAYS, TrashPage};
use crate::ui::past::document;
use crate::ui::past::time::Time;
use crate::ui::route::{PageQuery, Route};

/// The page as the server sends it.
#[must_use]
pub fn document(options: &LeptosOptions, route: &Route, query: &PageQuery, trash: TrashPage) -> String {
    let about = format!("What is deleted from this list stays here for {TRASH_DAYS} days.");
    let TrashPage { list, todos, page, pages } = trash;
    let id = list.id.clone();
    let content = if todos.is_empty() {
        Either::Left(view! {
            <p class="past-empty">"The trash is empty. A todo that you delete waits here until you want it back."</p>
        })
    } else {
        let rows = todos.into_iter().map(|todo| view! { <Deleted todo list=id.clone()/> }).collect_view();
        Either::Right(view! { <ul class="past-list trash-list">{rows}</ul> })
    };
    let content = view! {
        {content}
        <Pages route=route.clone() page pages/>
    };
    document::document(options, (route, query), ("Trash", &list), about, content)
}

#[component]
fn Deleted(todo: DeletedTodo, list: ListId) -> impl IntoView {
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

/// Links to the page before and the page after this one, where there are several.
#[component]
fn Pages(route: Route, page: usize, pages: usize) -> impl IntoView {
    let link = |label: &'static str, page: usize| view! { <a href=route.page_path(page)>{label}</a> };
    (pages > 1).then(|| {
        view! {
            <nav class="pages" aria-label="Pages">
                {(page > 1).then(|| link("Previous", page - 1))}
                <span>{format!("Page {page} of {pages}")}</span>
                {(page < pages).then(|| link("Next", page + 1))}
            </nav>
        }
    })
}
