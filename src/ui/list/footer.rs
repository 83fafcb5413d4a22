//! The count, the filters, and the way to other lists.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use crate::domain::todo::TEXT_CHARS_MAX;
use crate::domain::{Command, ListId};
use crate::protocol::error::ErrorCode;
use crate::ui::browser::dom;
use crate::ui::list::rows_form::ROWS_FORM;
use crate::ui::live::store::ListStore;
use crate::ui::route::{Filter, PageQuery, Route, Showing};

/// What is left, which todos are shown, and what can be cleared away.
#[component]
pub fn TodoFooter(
    /// The list whose pages the filters lead to.
    list: ListId,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let counts = store.counts();
    let left = move || if counts.get().0 == 1 { " item left" } else { " items left" };
    let links = Filter::EACH.map(|filter| {
        let path = Route { list: list.clone(), showing: Showing::Todos(filter) }.path();
        let href = path.clone();
        let is_shown = move || store.filter.get() == filter;
        let on_click = move |event: MouseEvent| {
            // With a modifier the browser opens it elsewhere, as for any link.
            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                event.prevent_default();
                if store.filter.get_untracked() != filter {
                    dom::push_path(&path);
                    store.filter.set(filter);
                }
            }
        };
        view! {
            <li>
                <a
                    href=href
                    class:selected=is_shown
                    aria-current=move || is_shown().then_some("page")
                    on:click=on_click
                >
                    {filter.label()}
                </a>
            </li>
        }
    });
    view! {
        <footer class="footer" hidden=move || counts.get().1 == 0>
            <span class="todo-count"><strong>{move || counts.get().0}</strong>{left}</span>
            <ul class="filters">{Vec::from(links)}</ul>
            <button
                class="clear-completed"
                form=ROWS_FORM
                formaction="/api/todos/clear_completed"
                hidden=move || counts.get().0 == counts.get().1
                on:click=move |event| {
                    event.prevent_default();
                    store.command(Command::ClearCompleted);
                }
            >
                "Clear completed"
            </button>
        </footer>
    }
}

/// The way to what was deleted from a list and to what has happened to it, and which of them is here.
#[component]
pub fn PastLinks(
    /// The page that has the links.
    route: Route,
) -> impl IntoView {
    let link = |showing, label: &str| {
        let current = if route.showing == showing { " aria-current=\"page\"" } else { "" };
        format!("<a href=\"{}\"{current}>{label}</a>", route.with(showing).path())
    };
    // As text: it never changes, and made of elements it would be more for every browser to load.
    let links = [link(Showing::History, "History"), link(Showing::Trash, "Trash")].concat();
    view! { <nav class="past-links" aria-label="Past of this list" inner_html=links></nav> }
}

/// Makes a new list and goes there: a plain form, with or without a script.
#[component]
pub fn NewList(
    /// The name that was refused, and why.
    query: PageQuery,
) -> impl IntoView {
    let refused = query.refused.filter(|_| query.name.is_some()).map(ErrorCode::sentence);
    view! {
        <form class="new-list" method="post" action="/api/lists/create">
            <input
                name="name"
                placeholder="Name of a new list"
                aria-label="Name of a new list"
                autocomplete="off"
                maxlength=TEXT_CHARS_MAX.to_string()
                required
                dir="auto"
                value=query.name
            />
            <button>"New list"</button>
        </form>
        <p class="refused" role="alert">{refused}</p>
    }
}
