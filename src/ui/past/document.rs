//! What the pages of a list's past have in common: what they begin with, and how they end.

use leptos::config::LeptosOptions;
use leptos::prelude::*;

use crate::domain::{Board, EventId, Head, Index, List};
use crate::ui::app::head;
use crate::ui::list::footer::PastLinks;
use crate::ui::lists::side_bar::SideBar;
use crate::ui::live::store::ListStore;
use crate::ui::notices::Notices;
use crate::ui::order::Order;
use crate::ui::route::{Filter, PageQuery, Route, Showing};

/// What stands around the content of such a page.
#[derive(Debug)]
pub struct Around<'a> {
    /// Where the page finds its style.
    pub options: &'a LeptosOptions,
    /// The page.
    pub route: &'a Route,
    /// The parameters in its address.
    pub query: &'a PageQuery,
    /// All lists, for the side bar.
    pub index: Index,
}

/// A whole document, as text. `refused` says why the last form was refused, where the form itself does not.
pub(crate) fn document(
    around: Around<'_>,
    (name, list): (&'static str, &List),
    about: String,
    refused: Option<String>,
    content: impl IntoView,
) -> String {
    let Around { options, route, query, index } = around;
    let title = format!("{name} – {} · todoapp", list.name);
    let back = route.with(Showing::Todos(Filter::All)).path();
    // The side bar is that of the list's own page, which reads the lists from there. Both are dropped with the owner.
    let owner = Owner::new();
    owner.with(|| {
        provide_context(store(list, index));
        provide_context(Order::new());
        let page = view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>{head(options, &title)} <script src="/past.js" defer></script></head>
                <body>
                    <header class="top" id="top">
                        <a class="open-lists" href="#lists" aria-label="Lists"></a>
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
                    <SideBar current=list.id.clone() query=query.clone() current_is="true"/>
                </body>
            </html>
        };
        page.to_html()
    })
}

/// What the side bar reads: the lists, and what this one is called. These pages show no todos.
fn store(list: &List, index: Index) -> ListStore {
    let board = Board { list: list.clone(), head: Head(EventId::START), todos: Vec::new() };
    ListStore::new(board, None, index, Filter::All, Notices::new())
}
