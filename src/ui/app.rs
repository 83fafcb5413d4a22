//! The document around the page, and the page's root.

use leptos::config::LeptosOptions;
use leptos::html::meta;
use leptos::prelude::*;

use crate::ui::browser::dom;
use crate::ui::list::page::TodoPage;
use crate::ui::list::undo::UndoOffer;
use crate::ui::live::store::ListStore;
use crate::ui::notices::Notices;
use crate::ui::notices::region::NoticeRegion;
use crate::ui::one_kind::effect;
use crate::ui::page::{Page, SentPage, escaped};

/// What search engines and browsers show of a page.
const DESCRIPTION: &str = "A to-do list that every screen shows at once.";

/// The keyboard of a phone makes the page shorter, so that the field at its foot stays above it.
const VIEWPORT: &str = "width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content";

/// The colour of the browser's own bars: `--paper` of `style/tokens.css`, in light and in dark.
const PAPER: &str = "#f6f4f0";
const PAPER_DARK: &str = "#15120f";

/// The whole document, as the server sends it.
#[must_use]
pub fn shell(options: LeptosOptions, title: String) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                {head(&options, &title)}
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// What every document of ours says of itself.
pub(crate) fn head(options: &LeptosOptions, title: &str) -> impl IntoView + use<> {
    let style = format!("/{}/todoapp.css", options.site_pkg_dir);
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content=VIEWPORT/>
        <meta name="color-scheme" content="light dark"/>
        // Leptos does not escape the text of a title, and this one may have a list's name in it.
        <title inner_html=escaped(title)></title>
        <meta name="description" content=DESCRIPTION/>
        {theme_colour("light", PAPER)}
        {theme_colour("dark", PAPER_DARK)}
        <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
        <link rel="apple-touch-icon" href="/icon-192.png"/>
        <link rel="manifest" href="/app.webmanifest"/>
        <link rel="stylesheet" href=style/>
        // Not deferred: it sets the colours before anything is painted.
        <script src="/page.js"></script>
        <script src="/offline.js" defer></script>
    }
}

/// The colour of the browser's own bars in a scheme.
fn theme_colour(scheme: &str, colour: &'static str) -> impl IntoView + use<> {
    // The macro knows no `media` of this element.
    meta().name("theme-color").content(colour).attr("media", format!("(prefers-color-scheme: {scheme})"))
}

/// The page's root, on the server and in the browser.
#[component]
pub fn App() -> impl IntoView {
    // The server gets the page from the context; the browser reads it from the document.
    let page = SharedValue::new_str(|| SentPage(use_context::<Page>())).into_inner().0;
    let notices = Notices::new();
    provide_context(notices);
    effect(|_| dom::mark_hydrated());
    let deleted = page.as_ref().and_then(Page::deleted);
    let has_page = page.is_some();
    let offered = deleted.clone();
    // A document without the data of a page is none of ours.
    let content = page.map(|Page { board, window, route, index, query }| {
        let store = ListStore::new(board, window, index, route.filter(), notices);
        if query.edit.is_some() {
            store.edit(query.edit);
        }
        if let Some(list) = offered {
            store.offer_restore(list);
        }
        provide_context(store);
        view! { <TodoPage route query/> }
    });
    view! {
        {content}
        <NoticeRegion>{has_page.then(|| view! { <UndoOffer deleted/> })}</NoticeRegion>
    }
}
