//! What a list says that shows nothing: because it is empty, or because of its filter.

use leptos::prelude::*;

use crate::ui::live::store::ListStore;
use crate::ui::one_kind::{changing, flag};
use crate::ui::route::Filter;

/// What an empty list says.
const WHEN_EMPTY: &str = "Nothing to do yet. Every screen that has this page open will see what you add.";

/// What a list says whose filter shows nothing.
const WHEN_ALL_DONE: &str = "All done. Nothing is left to do here.";
const WHEN_NONE_DONE: &str = "Nothing is completed yet. What you tick will be here.";

/// The sentence, where there is nothing else.
#[component]
pub fn WhenEmpty() -> impl IntoView {
    let store = expect_context::<ListStore>();
    let counts = store.counts();
    let sentence = move || match (counts.get(), store.filter.get()) {
        ((_, 0), _) => WHEN_EMPTY,
        ((0, _), Filter::Active) => WHEN_ALL_DONE,
        ((open, all), Filter::Completed) if open == all => WHEN_NONE_DONE,
        _ => "",
    };
    view! {
        <p class="empty" hidden=flag(move || sentence().is_empty())>
            {changing(move || sentence().to_owned())}
        </p>
    }
}
