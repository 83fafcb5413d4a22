//! A row as the server writes it. Its view would write the same, and is what the browser makes it interactive with; but
//! making all its signals only to read each once takes a quarter of the time for a page.

use crate::domain::Todo;
use crate::ui::browser::dom;
use crate::ui::list::links::linked;
use crate::ui::list::rows_form::ROWS_FORM;
use crate::ui::page::escaped;

/// The row of a todo that is as the log says and is not being edited. `edit_path` is the address for renaming a todo,
/// without the todo's id at its end.
pub(crate) fn row_html(todo: &Todo, edit_path: &str) -> String {
    let (id, label, title, edit) = (todo.id, dom::label_id(todo.id), todo.title.as_str(), escaped(edit_path));
    let (content, title) = (linked(title), escaped(title));
    let (class, checked) = if todo.completed { ("completed", " checked") } else { ("", "") };
    let submit = super::submit_button(ROWS_FORM, todo.id, todo.completed, todo.title.as_str());
    [
        format!(r#"<li class="{class}"><div class="view"><input type="checkbox" inert{checked} "#),
        format!(r#"aria-labelledby="{label}" class="toggle"><span class="submit-box">{submit}</span>"#),
        format!(r#"<label id="{label}" dir="auto">{content}</label><!><span class="state"> </span>"#),
        format!(r#"<button type="button" id="move-{id}" aria-label="Move {title}" class="grip"></button>"#),
        format!(r#"<a href="{edit}{id}" aria-label="Rename {title}" class="rename"></a>"#),
        format!(r#"<button form="{ROWS_FORM}" formaction="/api/todos/delete" name="id" value="{id}" "#),
        format!(r#"aria-label="Delete {title}" class="destroy"></button></div><!></li>"#),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Board, EventId, Head, Index, List, ListId, Position, ShortText, TodoId};
    use crate::ui::list::item::TodoItem;
    use crate::ui::live::store::ListStore;
    use crate::ui::notices::Notices;
    use crate::ui::one_kind::Part;
    use crate::ui::order::Order;
    use crate::ui::route::Filter;

    fn written_by_its_view(todo: &Todo, edit_path: &str) -> String {
        Owner::new().with(|| {
            let list = List { id: ListId::home(), name: ShortText::parse("Home").unwrap() };
            let board = Board { list, head: Head(EventId::START), todos: vec![todo.clone()] };
            provide_context(ListStore::new(board, None, Index::start(), Filter::All, Notices::new()));
            provide_context(Order::new());
            let (id, edit_path) = (todo.id, edit_path.to_owned());
            Part::new(view! { <TodoItem id draft=None edit_path/> }).to_html()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn a_row_is_written_as_its_view_would_write_it(
            title in "[ -~“ש]{0,20}(https://[a-z&\"]{1,9})?x",
            completed: bool,
            page in proptest::option::of(2..9_u8),
        ) {
            let position = Position::try_from("5".to_owned()).unwrap();
            let id = TodoId::new(1, &[7; 10]);
            let mut todo = Todo::new(id, ShortText::parse(&title).unwrap(), position, 1, 1);
            todo.completed = completed;
            let edit_path = page.map_or("/lists/a?edit=".to_owned(), |it| format!("/?page={it}&edit="));
            prop_assert_eq!(row_html(&todo, &edit_path), written_by_its_view(&todo, &edit_path));
        }
    }
}
