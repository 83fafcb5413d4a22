//! The page where nothing is found. The server sends it whole, like those of the past: it has nothing to follow.

use leptos::config::LeptosOptions;
use leptos::either::Either;
use leptos::prelude::*;

use crate::domain::past::{DeletedList, TRASH_DAYS};
use crate::protocol::error::ErrorCode;
use crate::ui::app::head;
use crate::ui::past::time::Time;
use crate::ui::past::trash::RestoreList;
use crate::ui::route::{PageQuery, Route, Showing};

/// The page as the server sends it; `deleted` is the list of its address, where that is in the trash.
#[must_use]
pub fn document(options: &LeptosOptions, query: &PageQuery, deleted: Option<DeletedList>) -> String {
    let trash = Route::home().with(Showing::Trash).path();
    let refused = query.refused.map(ErrorCode::sentence);
    let content = match deleted {
        Some(DeletedList { list, deleted_ms, .. }) => Either::Left(view! {
            <p>
                "The list “"<bdi>{list.name.to_string()}</bdi>"” was deleted: " <Time at_ms=deleted_ms/>
                {format!(". For {TRASH_DAYS} days it can be restored.")}
            </p>
            <p class="refused" role="alert">{refused}</p>
            <RestoreList list=list.id.clone() label=format!("Restore the list {}", list.name)/>
        }),
        None => Either::Right(view! {
            <p>
                "There is no such page or list. The address may be mistyped, or the list was deleted "
                {format!("more than {TRASH_DAYS} days ago.")}
            </p>
        }),
    };
    let page = view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>{head(options, "Not found · todoapp")} <script src="/past.js" defer></script></head>
            <body>
                <header class="top">
                    <a class="brand" href="/">"todoapp"</a>
                </header>
                <main class="not-found">
                    <h1>"Not found"</h1>
                    {content}
                    <nav class="past-links" aria-label="Elsewhere">
                        <a href="/">"To the home list"</a>
                        <a href=trash>"To the trash"</a>
                    </nav>
                </main>
            </body>
        </html>
    };
    page.to_html()
}
