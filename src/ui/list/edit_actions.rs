//! What can be done with a todo while its title is being edited, for the page without JavaScript: save, cancel,
//! and move. The script has other ways for all of it, so only the server makes these buttons.

use leptos::prelude::*;

use crate::domain::{Command, Index, Steps, Todo};
use crate::sync::Outbox;
use crate::sync::lists::entries;
use crate::ui::list::other_lists;
use crate::ui::route::Route;

/// The buttons beside the field that renames a todo, as text. The server gives them to its view as context.
#[derive(Debug, Clone)]
pub struct EditActions(String);

impl EditActions {
    /// The buttons for one todo. All of them send the same form, with the title that was typed: a move gives
    /// it back if it is not the one that the todo has.
    #[must_use]
    pub fn new(route: &Route, page: usize, todo: &Todo, steps: Steps, index: &Index) -> Self {
        let step = |command: Option<Command>, label: &'static str| {
            let Some(Command::Move { after, .. }) = command else { return None };
            let after = after.map(|it| it.to_string()).unwrap_or_default();
            Some(view! {
                <button formaction="/api/todos/move" formnovalidate name="after" value=after>{label}</button>
            })
        };
        let options = other_lists::options(&route.list, &entries(index, &Outbox::default()));
        let move_to = (!options.is_empty()).then(|| {
            view! {
                <span class="move-to">
                    <select name="to" required aria-label="Move to another list" inner_html=options></select>
                    <button formaction="/api/todos/move_to">"Move"</button>
                </span>
            }
        });
        let actions = view! {
            // The first one, because that is the one that Enter presses.
            <button formnovalidate>"Save"</button>
            <a href=route.page_path(page)>"Cancel"</a>
            <input type="hidden" name="was" value=todo.title.to_string()/>
            {step(steps.up, "Move up")}
            {step(steps.down, "Move down")}
            {move_to}
        };
        Self(actions.to_html())
    }

    /// The buttons of this page.
    pub(crate) fn of_page() -> String {
        use_context::<Self>().map(|it| it.0).unwrap_or_default()
    }
}
