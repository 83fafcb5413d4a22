//! The history of a list: what has happened to it, the newest first, each change that can be undone with a button
//! that does.

use leptos::either::Either;
use leptos::prelude::*;

use crate::domain::past::{HistoryEntry, HistoryPage};
use crate::domain::{Actor, ListId};
use crate::protocol::error::ErrorCode;
use crate::ui::past::document;
use crate::ui::past::document::Around;
use crate::ui::past::own_name::OwnName;
use crate::ui::past::time::Time;
use crate::ui::past::words::Sentence;
use crate::ui::route::Route;

const ABOUT: &str = "What happened here. Undo takes a change back for everyone.";

const WHEN_EMPTY: &str = "Nothing has happened yet. Each change of this list will stand here.";

const WHEN_CUT: &str = "What happened before is not kept any more.";

/// The page as the server sends it; `actor` is what the person who reads it is called.
#[must_use]
pub fn document(around: Around<'_>, actor: Option<Actor>, history: HistoryPage) -> String {
    let Around { route, query, .. } = around;
    let content = if history.entries.is_empty() && !history.is_cut {
        Either::Left(view! { <p class="past-empty">{WHEN_EMPTY}</p> })
    } else {
        let said: Vec<_> = history.entries.iter().map(|it| Sentence::of(it, &history)).collect();
        let entries = history.entries.iter().zip(said);
        let rows = entries.map(|(entry, said)| entry_row(entry, said, &history.list.id)).collect_view();
        Either::Right(view! {
            <ul class="past-list history-list">{rows}</ul>
            {history.is_cut.then(|| view! { <p class="past-empty past-end">{WHEN_CUT}</p> })}
        })
    };
    let content = view! {
        <OwnName list=history.list.id.clone() actor query=query.clone()/>
        {content}
        <Pages route=route.clone() is_first=query.before.is_none() older=history.older/>
    };
    // A name that was refused is told about where it was typed.
    let is_about_name = query.name.is_some() || query.text.is_some();
    let refused = query.refused.filter(|_| !is_about_name).map(ErrorCode::sentence);
    document::document(around, ("History", &history.list), ABOUT.to_owned(), refused, content)
}

fn entry_row(entry: &HistoryEntry, said: Sentence, list: &ListId) -> impl IntoView + use<> {
    let undo = entry.undo.map(|op| {
        view! {
            <form method="post" action="/api/events/undo">
                <input type="hidden" name="list" value=list.to_string()/>
                <input type="hidden" name="event" value=entry.event.to_string()/>
                <input type="hidden" name="op" value=op.to_string()/>
                <button aria-label=format!("Undo: {}", said.text())>"Undo"</button>
            </form>
        }
    });
    view! {
        <li>
            <div>
                <p>{said.view()}</p>
                <p class="past-when">
                    <Time at_ms=entry.at_ms/>
                </p>
            </div>
            {undo}
        </li>
    }
}

/// Links to the newest changes and to older ones.
#[component]
fn Pages(route: Route, is_first: bool, older: Option<i64>) -> impl IntoView {
    (!is_first || older.is_some()).then(|| {
        view! {
            <nav class="pages" aria-label="Pages">
                {(!is_first).then(|| view! { <a href=route.path()>"Newest changes"</a> })}
                {older.map(|seq| view! { <a class="older" href=route.before_path(seq)>"Older changes"</a> })}
            </nav>
        }
    })
}
