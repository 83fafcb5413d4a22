//! The form with which a person says what they are called. It stands on the history, where the names are read.

use leptos::prelude::*;

use crate::domain::actor::{ACTOR_CHARS_MAX, too_long};
use crate::domain::{Actor, ListId};
use crate::protocol::error::ErrorCode;
use crate::ui::route::PageQuery;

const ABOUT: &str =
    "It stands beside what you change from now on, and everyone can read it. Save it empty to have none.";

/// The form, with the name that this browser keeps, or with one that was refused.
#[component]
pub(crate) fn OwnName(
    /// The list whose page has the form.
    list: ListId,
    /// The name so far.
    actor: Option<Actor>,
    /// The name that was refused, and why.
    query: PageQuery,
) -> impl IntoView {
    let refused = refused(&query);
    let is_refused = refused.is_some();
    let name = query.text.or_else(|| actor.map(|it| it.to_string()));
    view! {
        <form class="own-name" method="post" action="/api/me/name">
            <input type="hidden" name="list" value=list.to_string()/>
            <label for="own-name">"Your name"</label>
            <input
                id="own-name"
                name="name"
                autocomplete="nickname"
                maxlength=ACTOR_CHARS_MAX.to_string()
                dir="auto"
                value=name
                aria-describedby="own-name-about"
                aria-invalid=is_refused.then_some("true")
            />
            <button>"Save"</button>
            <p id="own-name-about">
                {refused.map(|it| view! { <strong role="alert">{it}</strong>" " })} {ABOUT}
            </p>
        </form>
    }
}

/// Why the name in the address was refused.
fn refused(query: &PageQuery) -> Option<String> {
    query.text.as_ref()?;
    query.refused.map(|code| if code == ErrorCode::TextTooLong { too_long() } else { code.sentence() })
}
