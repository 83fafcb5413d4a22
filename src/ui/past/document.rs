//! What the pages of a list's past have in common: what they begin with, and how they end.

use leptos::config::LeptosOptions;
use leptos::prelude::*;

use crate::domain::List;
use crate::protocol::error::ErrorCode;
use crate::ui::app::head;
use crate::ui::list::footer::PastLinks;
use crate::ui::route::{Filter, PageQuery, Route, Showing};

/// A whole document, as text.
pub(crate) fn document(
    options: &LeptosOptions,
    (route, query): (&Route, &PageQuery),
    (name, list): (&'static str, &List),
    about: String,
    content: impl IntoView,
) -> String {
    let title = format!("{name} – {} · todoapp", list.name);
    let back = route.with(Showing::Todos(Filter::All)).path();
    let refused = query.refused.map(ErrorCode::sentence);
    let page = view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>{head(options, &title)} <script src="/past.js" defer></script></head>
            <body>
                <header class="top">
                    <a class="brand" href="/">"todoapp"</a>
                </header>
                <main>
                    <section class="todoapp">
                        <header class="header past-header">
                            <a class="back" href=back>"Back to "<bdi>{list.name.to_string()}</bdi></a>
                            <h1>{name}</h1>
                            <p>{about}</p>
                        </header>
                        <p class="refused" role="alert">{refused}</p>
                        {content}
                    </section>
                    <PastLinks route=route.clone()/>
                </main>
            </body>
        </html>
    };
    page.to_html()
}
