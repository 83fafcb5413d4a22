//! The one form that the buttons of all rows belong to, by `form=`; each says what it does by `formaction=`.
//! So a row is small, and each control works before the page is interactive and without JavaScript.

use leptos::prelude::*;

use crate::domain::ListId;

/// The form's id, for `form=`.
pub(crate) const ROWS_FORM: &str = "rows";

/// The form itself, which is not visible.
#[component]
pub(crate) fn RowsForm(
    /// The list of the rows.
    list: ListId,
) -> impl IntoView {
    view! {
        <form id=ROWS_FORM method="post" hidden>
            <input type="hidden" name="list" value=list.to_string()/>
        </form>
    }
}
