//! The links to the other pages of a long list. They are shown while the page has only one window of the
//! list: always without JavaScript, and otherwise until the rest is loaded.

use leptos::prelude::*;

use crate::ui::live::store::ListStore;
use crate::ui::one_kind::flag;
use crate::ui::route::Route;

/// Links to the page before and the page after this one.
#[component]
pub fn Pages(
    /// The list and its filter, which the links keep.
    route: Route,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let window = store.window.get_untracked().filter(|it| it.pages > 1)?;
    let link = |label: &str, page: usize| format!("<a href=\"{}\">{label}</a>", route.page_path(page));
    let previous = if window.page > 1 { link("Previous", window.page - 1) } else { String::new() };
    let next = if window.page < window.pages { link("Next", window.page + 1) } else { String::new() };
    // As text: as elements it would make the script 1 kB larger for every browser, without any gain.
    let links = format!("{previous}<span>Page {} of {}</span>{next}", window.page, window.pages);
    // The pages are those of the filter that the server rendered with, so they are hidden for another one.
    let filter = route.filter();
    Some(view! {
        <nav
            class="pages"
            aria-label="Pages"
            hidden=flag(move || store.window.read().is_none() || store.filter.get() != filter)
            inner_html=links
        ></nav>
    })
}
