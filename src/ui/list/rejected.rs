//! What the server refused, with its reason and with the text still there: to be tried again, copied
//! or set aside.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::domain::{Text, Wish};
use crate::sync::Wished;
use crate::ui::browser::dom;
use crate::ui::live::store::Live;
use crate::ui::notices::Notice;

/// The refused wishes of this browser.
#[component]
pub fn RefusedWishes() -> impl IntoView {
    let live = expect_context::<Live>();
    view! {
        <ul class="refused-list" aria-label="Not saved" hidden=move || live.refused.read().is_empty()>
            {move || live.refused.get().into_iter().map(|wished| view! { <RefusedWish wished/> }).collect_view()}
        </ul>
    }
}

#[component]
fn RefusedWish(wished: Wished) -> impl IntoView {
    let live = expect_context::<Live>();
    let op = wished.op;
    let text = text(&wished.wish).map(ToString::to_string).unwrap_or_default();
    let retried = wished.wish.clone();
    let copied = text.clone();
    let on_copy = move |_| {
        let text = copied.clone();
        spawn_local(async move {
            if !dom::copy(text).await {
                let sentence = "The browser does not let this page copy. Select the text and copy it yourself.";
                live.notices.add(Notice::error(sentence.to_owned()));
            }
        });
    };
    let on_retry = move |_| {
        live.set_aside(op);
        // Under a name and an id of its own: the old ones are what was refused.
        if let Some(title) = self::text(&retried) {
            live.wish(Wish::Create { id: dom::new_todo_id(), title: title.clone() });
        }
    };
    view! {
        <li class="refused-wish">
            <p role="alert"><strong dir="auto">{text}</strong>" was not saved. "{wished.refused}</p>
            <button type="button" on:click=on_retry>"Add it as a new todo"</button>
            <button type="button" on:click=on_copy>"Copy"</button>
            <button type="button" on:click=move |_| live.set_aside(op)>"Discard"</button>
        </li>
    }
}

fn text(wish: &Wish) -> Option<&Text> {
    match wish {
        Wish::Create { title, .. } | Wish::Rename { title, .. } => Some(title),
        _ => None,
    }
}
