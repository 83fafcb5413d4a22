//! The count, the filters, and the links to what has happened.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use crate::domain::{Command, ListId};
use crate::ui::browser::{dom, storage};
use crate::ui::list::rows_form::ROWS_FORM;
use crate::ui::live::store::ListStore;
use crate::ui::one_kind::{changing, effect, on};
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
                    aria-current=changing(move || is_shown().then_some("page"))
                    on:click=on(on_click)
                >
                    {filter.label()}
                </a>
            </li>
        }
    });
    view! {
        <footer class="footer" hidden=changing(move || counts.get().1 == 0)>
            <span class="todo-count"><strong>{changing(move || counts.get().0.to_string())}</strong>{changing(left)}</span>
            <ul class="filters">{Vec::from(links)}</ul>
            <button
                class="clear-completed"
                form=ROWS_FORM
                formaction="/api/todos/clear_completed"
                hidden=changing(move || counts.get().0 == counts.get().1)
                on:click=on(move |event: MouseEvent| {
                    event.prevent_default();
                    store.command(Command::ClearCompleted);
                    dom::focus(".new-todo".to_owned());
                })
            >
                "Clear completed"
            </button>
            <NewOnTop/>
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

/// Where new todos go: to the end, or to the top.
#[component]
fn NewOnTop() -> impl IntoView {
    let is_on_top = RwSignal::new(false);
    effect(move |_| is_on_top.set(storage::is_new_on_top()));
    let on_change = move |event| {
        storage::keep_new_on_top(event_target_checked(&event));
        is_on_top.set(event_target_checked(&event));
    };
    view! {
        <label class="new-on-top">
            <input type="checkbox" prop:checked=changing(move || is_on_top.get()) on:change=on(on_change)/>
            "New todos on top"
        </label>
    }
}
