//! What this browser keeps of how it likes its lists: where new todos go, and the colours.

use leptos::prelude::*;

use crate::ui::browser::storage;
use crate::ui::one_kind::{RwSignal, changing, effect, on};

/// The choice of the colours. `public/page.js` shows and keeps it, before and without the program; so it is only text.
const SCHEME: &str = "<label>Colours <select class=\"scheme\"><option value=\"\">as the system</option>\
    <option value=\"light\">light</option><option value=\"dark\">dark</option></select></label>";

/// The settings, at the foot of the side bar.
#[component]
pub(crate) fn Settings() -> impl IntoView {
    let is_on_top = RwSignal::new(false);
    effect(move |_| is_on_top.set(storage::is_new_on_top()));
    let on_change = move |event| {
        storage::keep_new_on_top(event_target_checked(&event));
        is_on_top.set(event_target_checked(&event));
    };
    view! {
        <div class="settings">
            <label class="new-on-top">
                <input type="checkbox" prop:checked=changing(move || is_on_top.get()) on:change=on(on_change)/>
                "New todos on top"
            </label>
            <div class="scheme-box" inner_html=SCHEME></div>
        </div>
    }
}
