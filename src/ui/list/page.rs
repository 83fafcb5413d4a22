//! The page of one list: puts its parts together, and opens the socket once it is awake.

use leptos::prelude::*;

use crate::domain::{Command, ListId, OpId};
use crate::ui::browser::dom;
use crate::ui::list::footer::{NewList, PastLinks, TodoFooter};
use crate::ui::list::form::TodoForm;
use crate::ui::list::item::TodoItem;
use crate::ui::list::pages::Pages;
use crate::ui::list::rejected::RejectedCommands;
use crate::ui::list::rows_form::{ROWS_FORM, RowsForm};
use crate::ui::live::connection;
use crate::ui::live::rows::Part;
use crate::ui::live::sender::{self, Hints};
use crate::ui::live::store::ListStore;
use crate::ui::message_form::{ConnectionBadge, MessageForm};
use crate::ui::route::{Filter, PageQuery, Route};

/// What a page says that has no script to follow the others with.
const WITHOUT_SCRIPT: &str =
    r#"<p class="hint">Without JavaScript everything works, but reload to see what others changed.</p>"#;

/// What a list says that has nothing in it.
const WHEN_EMPTY: &str = "Nothing to do yet. Every screen that has this page open will see what you add.";

/// The page of one list.
#[component]
pub fn TodoPage(
    /// Where we are.
    route: Route,
    /// What stood behind the question mark.
    query: PageQuery,
    /// The name of the command that the form for a new todo stands for.
    op: OpId,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let list = store.list();
    let heading = if list.id == ListId::home() { "todos".to_owned() } else { list.name.to_string() };
    let counts = store.counts();
    let edited = query.edit;
    let edit_path = route.edit_path(store.window.get_untracked().map_or(1, |it| it.page));
    let edited_text = edited.and(query.text.clone());
    let rows = |part| {
        let visible = store.visible(part);
        let (edited_text, edit_path) = (edited_text.clone(), edit_path.clone());
        view! {
            <For each=move || visible.get() key=|id| *id let:id>
                <TodoItem
                    id
                    draft=edited_text.clone().filter(|_| edited == Some(id))
                    edit_path=edit_path.clone()
                />
            </For>
        }
    };
    Effect::new(move |_| {
        dom::forget_query();
        store.wake();
        sender::start(store, Hints { unreachable: connection::doubt, accepted: connection::look });
        follow_back_and_forward(store);
        connection::open(store);
    });
    view! {
        <header class="top">
            <a class="brand" href="/">"todoapp"</a>
            <ConnectionBadge/>
        </header>
        <main>
            <section class="todoapp">
                <header class="header">
                    <h1 dir="auto">{heading}</h1>
                    <TodoForm query=query.clone() op/>
                </header>
                <RejectedCommands/>
                <RowsForm list=list.id.clone()/>
                <section class="main" hidden=move || counts.get().1 == 0>
                    <ToggleAll/>
                    <ul class="todo-list">
                        {Part::EACH.map(rows)}
                    </ul>
                </section>
                <Pages route=route.clone()/>
                <TodoFooter list=list.id.clone()/>
            </section>
            <PastLinks route/>
            <p class="empty" hidden=move || counts.get().1 != 0>{WHEN_EMPTY}</p>
            <noscript inner_html=WITHOUT_SCRIPT></noscript>
            <MessageForm/>
            <NewList query/>
        </main>
    }
}

/// Marks all todos as done, or, when all are, as open again.
#[component]
fn ToggleAll() -> impl IntoView {
    let store = expect_context::<ListStore>();
    let counts = store.counts();
    let is_all_done = move || counts.get().0 == 0;
    let path = move || if is_all_done() { "/api/todos/reopen_all" } else { "/api/todos/complete_all" };
    let act = move || store.command(if is_all_done() { Command::ReopenAll } else { Command::CompleteAll });
    view! {
        <div class="toggle-all-box">
            <input
                id="toggle-all"
                class="toggle-all"
                type="checkbox"
                checked=counts.get_untracked().0 == 0
                prop:checked=is_all_done
                on:change=move |_| act()
            />
            <label for="toggle-all">"Mark all as complete"</label>
            // Covers the box until the page is awake, and always where there is no script.
            <button class="submit" form=ROWS_FORM formaction=path aria-label="Mark all as complete"></button>
        </div>
    }
}

fn follow_back_and_forward(store: ListStore) {
    window_event_listener_untyped("popstate", move |_| {
        store.filter.set(Route::parse(&dom::path()).map_or(Filter::All, |it| it.filter()));
    });
}
