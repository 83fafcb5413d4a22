//! The page of one list: puts its parts together, and opens the socket once the page is interactive.

use leptos::prelude::*;

use crate::domain::ListId;
use crate::ui::browser::dom;
use crate::ui::connection_panel::{ConnectionBadge, ConnectionPanel};
use crate::ui::list::empty::WhenEmpty;
use crate::ui::list::footer::{PastLinks, TodoFooter};
use crate::ui::list::form::TodoForm;
use crate::ui::list::item;
use crate::ui::list::kept;
use crate::ui::list::kept::KeptSince;
use crate::ui::list::keys::Keys;
use crate::ui::list::pages::Pages;
use crate::ui::list::rejected::RejectedCommands;
use crate::ui::list::rows_form::RowsForm;
use crate::ui::list::selection;
use crate::ui::list::selection::{LongTouch, SelectionBar};
use crate::ui::lists::side_bar::SideBar;
use crate::ui::live::connection;
use crate::ui::live::sender::{self, Hints};
use crate::ui::live::store::ListStore;
use crate::ui::near;
use crate::ui::one_kind::{Key, Part, changing, each, effect, flag, on};
use crate::ui::order::{MoveSpoken, Order};
use crate::ui::page::{heading, page_title};
use crate::ui::palette::Palette;
use crate::ui::route::{Filter, PageQuery, Route};

/// What a page without JavaScript says, because it can't follow changes by others.
const WITHOUT_SCRIPT: &str =
    r#"<p class="hint">Without JavaScript everything works, but reload to see what others changed.</p>"#;

/// The page of one list.
#[component]
pub fn TodoPage(
    /// The list and the filter.
    route: Route,
    /// The parameters in the address.
    query: PageQuery,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let list = store.list();
    let is_home = list.id == ListId::home();
    let heading = move || heading(is_home, &store.name.read());
    follow_name(store, is_home);
    provide_context(Order::new());
    let long_touch = LongTouch::new();
    let counts = store.counts();
    let edited = query.edit;
    let edit_path = route.edit_path(store.window.get_untracked().map_or(1, |it| it.page));
    let edited_text = edited.and(query.text.clone());
    let blocks = store.blocks();
    let rows = move |block| {
        let rows = store.rows_of(block);
        let (edited_text, edit_path) = (edited_text.clone(), edit_path.clone());
        let row = move |id| {
            let draft = edited_text.clone().filter(|_| edited == Some(id));
            item::row(store, id, draft, edit_path.clone())
        };
        Part::new(each(move || rows.get(), |id| Key::Todo(*id), row))
    };
    effect(move |_| start(store));
    view! {
        <header class="top" id="top">
            <a class="open-lists" href="#lists" aria-label="Lists"></a>
            <a class="brand" href="/">"todoapp"</a>
            <ConnectionBadge/>
        </header>
        <main>
            <KeptSince/>
            <section class="todoapp">
                <header class="header">
                    <h1 dir="auto">{changing(heading)}</h1>
                    <TodoForm query=query.clone()/>
                </header>
                <RejectedCommands/>
                <RowsForm list=list.id.clone()/>
                <TodoFooter list=list.id.clone()/>
                <section class="main" hidden=flag(move || counts.get().1 == 0)>
                    <ul
                        class="todo-list"
                        aria-label="Todos"
                        on:click:capture=on(move |event| selection::on_click(store, &event))
                        on:keydown=on(move |event| selection::on_key(store, &event))
                        on:pointerdown=on(move |event| long_touch.begin(store, &event))
                        on:pointermove=on(move |_| long_touch.end())
                        on:pointerup=on(move |_| long_touch.leave())
                        on:pointercancel=on(move |_| long_touch.leave())
                    >
                        {each(move || blocks.get(), |block| Key::Number(u64::from(*block)), rows)}
                    </ul>
                    <SelectionBar long_touch/>
                </section>
                <WhenEmpty/>
                <Pages route=route.clone()/>
            </section>
            <PastLinks route/>
            <div class="page-tools"><Palette/><Keys/></div>
            <noscript inner_html=WITHOUT_SCRIPT></noscript>
        </main>
        <ConnectionPanel/>
        <MoveSpoken/>
        // After the list: who uses a keyboard or a screen reader came for that.
        <SideBar current=list.id.clone() query/>
    }
}

/// Makes the page interactive: it sends what is asked for, and follows the list.
fn start(store: ListStore) {
    dom::forget_query();
    store.wake();
    dom::let_in("toggle");
    dom::let_in("toggle-all");
    kept::start(store);
    sender::start(store, Hints { unreachable: connection::doubt, accepted: connection::accepted });
    follow_back_and_forward(store);
    connection::open(store);
    near::start(store);
}

/// The window is called as the list is.
fn follow_name(store: ListStore, is_home: bool) {
    effect(move |before| {
        let title = page_title(is_home, &store.name.read());
        if before.is_some() {
            document().set_title(&title);
        }
    });
}

fn follow_back_and_forward(store: ListStore) {
    window_event_listener_untyped("popstate", move |_| {
        store.show(Route::parse(&dom::path()).map_or(Filter::All, |it| it.filter()));
    });
}
