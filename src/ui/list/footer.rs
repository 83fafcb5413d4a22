//! The line with what can be done with all todos: mark them, filter them, clear the completed ones. And the links to
//! what has happened.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use crate::domain::{Command, ListId};
use crate::ui::browser::dom;
use crate::ui::list::rows_form::ROWS_FORM;
use crate::ui::live::store::ListStore;
use crate::ui::one_kind::{attribute, changing, flag, on};
use crate::ui::route::{Filter, Route, Showing};

/// How many todos are left, which ones are shown, and the button that clears the completed ones.
#[component]
pub fn TodoFooter(
    /// The list that the filters are for.
    list: ListId,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let counts = store.counts();
    let left = move || if counts.get().0 == 1 { " item left" } else { " items left" }.to_owned();
    let of_list = Route::of_list(list);
    let links = Filter::EACH.map(|filter| {
        let path = of_list.with(Showing::Todos(filter)).path();
        let href = path.clone();
        let is_shown = move || store.filter.get() == filter;
        let on_click = move |event: MouseEvent| {
            // With a modifier key the browser opens it in another tab or window, as it does with any link.
            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                event.prevent_default();
                if store.filter.get_untracked() != filter {
                    dom::push_path(&path);
                    store.show(filter);
                }
            }
        };
        view! {
            <li>
                <a
                    href=href
                    class:selected=changing(is_shown)
                    aria-current=changing(move || is_shown().then(|| "page".to_owned()))
                    on:click=on(on_click)
                >
                    {filter.label()}
                </a>
            </li>
        }
    });
    view! {
        <footer class="footer" hidden=flag(move || counts.get().1 == 0)>
            <ToggleAll/>
            <ul class="filters" aria-label="Which todos are shown">{Vec::from(links)}</ul>
            <span class="todo-count">
                <strong>{changing(move || counts.get().0.to_string())}</strong>
                {changing(left)}
            </span>
            <button
                class="clear-completed"
                form=ROWS_FORM
                formaction="/api/todos/clear_completed"
                hidden=flag(move || counts.get().0 == counts.get().1)
                on:click=on(move |event: MouseEvent| {
                    event.prevent_default();
                    store.command(Command::ClearCompleted);
                    dom::focus(".new-todo".to_owned());
                })
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

/// Marks all todos as done, or, when all are, as open again.
#[component]
fn ToggleAll() -> impl IntoView {
    let store = expect_context::<ListStore>();
    let counts = store.counts();
    let is_all_done = move || counts.get().0 == 0;
    let path = move || if is_all_done() { "/api/todos/reopen_all" } else { "/api/todos/complete_all" }.to_owned();
    let act = move || store.command(if is_all_done() { Command::ReopenAll } else { Command::CompleteAll });
    view! {
        <div class="toggle-all-box">
            <input
                id="toggle-all"
                class="toggle-all"
                type="checkbox"
                inert=!store.is_awake()
                checked=counts.get_untracked().0 == 0
                prop:checked=changing(is_all_done)
                on:change=on(move |_| act())
            />
            <label for="toggle-all">"Mark all"<span class="spoken">" as complete"</span></label>
            // Covers the checkbox until the page is interactive, and always without JavaScript.
            <button class="submit" form=ROWS_FORM formaction=attribute(path) aria-label="Mark all as complete"></button>
        </div>
    }
}
