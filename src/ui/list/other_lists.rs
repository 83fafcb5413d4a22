//! The way of the selected todos to another list.

use leptos::ev::SubmitEvent;
use leptos::html::Select;
use leptos::prelude::*;

use crate::domain::ListId;
use crate::sync::lists::ListEntry;
use crate::ui::browser::dom;
use crate::ui::live::store::ListStore;
use crate::ui::one_kind::{Memo, changing, effect, flag, on};
use crate::ui::page::escaped;

/// The field that chooses another list, for the focus.
pub(crate) const OTHER_LIST: &str = ".move-to select";

/// The other lists, as the options of a `<select>`. Empty if there are none.
pub(crate) fn options(here: &ListId, lists: &[ListEntry]) -> String {
    // As text: as elements it would be more for every browser to load.
    let option = |list: &ListEntry| {
        let id = list.id.as_ref().filter(|it| *it != here)?;
        Some(format!("<option value=\"{id}\" dir=\"auto\">{}</option>", escaped(&list.label)))
    };
    let others: String = lists.iter().filter_map(option).collect();
    // As long as nothing is chosen, the browser asks for a choice and sends nothing.
    if others.is_empty() { others } else { format!("<option value=\"\">Move to…</option>{others}") }
}

/// A choice of the other lists. It is not there if there are none.
#[component]
pub(crate) fn MoveTo(
    /// What happens once a list was chosen.
    on_choose: impl Fn(ListId) + 'static,
) -> impl IntoView {
    let store = expect_context::<ListStore>();
    let here = store.list().id;
    let entries = store.list_entries();
    let options = Memo::new(move || {
        // The page comes without them, and the last choice is forgotten with the selection.
        if store.selected.read().is_empty() {
            return String::new();
        }
        entries.with(|all| options(&here, all))
    });
    let choice = NodeRef::<Select>::new();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(to) = choice.get_untracked().and_then(|it| it.value().parse().ok()) {
            on_choose(to);
        }
    };
    // Others may have deleted the last other list.
    effect(move |_| {
        if options.with(String::is_empty) && dom::has_focus_in(".move-to") {
            dom::focus(".selection button".to_owned());
        }
    });
    view! {
        <form class="move-to" hidden=flag(move || options.with(String::is_empty)) on:submit=on(on_submit)>
            <select
                required
                aria-label="Move to another list"
                aria-keyshortcuts="m"
                node_ref=choice
                inner_html=changing(move || options.get())
            ></select>
            <button>"Move"</button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ShortText;

    #[test]
    fn the_other_lists_are_offered_in_order_and_their_names_are_only_text() {
        let lists = [("home", "Home"), ("a", "<b>&"), ("b", "B")].map(|(id, name)| {
            let (id, label) = (id.parse().ok(), name.to_owned());
            ListEntry { id, name: ShortText::parse(name).unwrap(), label, open: 0 }
        });
        let offered = |here: &str, count: usize| options(&here.parse().unwrap(), &lists[..count]);
        let expected = "<option value=\"\">Move to…</option><option value=\"a\" dir=\"auto\">&lt;b&gt;&amp;</option>\
                        <option value=\"b\" dir=\"auto\">B</option>";
        assert_eq!(offered("home", 3), expected);
        assert_eq!(offered("home", 1), "", "without another list there is nothing to choose");
    }
}
