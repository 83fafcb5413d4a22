//! What a drag needs of the page: the row under a point, marks on rows, and scrolling near the edges.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::domain::TodoId;
use crate::ui::browser::dom;

/// How near to the edge of the window a drag scrolls, and how far at a time, in pixels.
const EDGE: i32 = 60;
const SCROLL_STEP: f64 = 16.0;

/// The classes of the row that is held, and of the rows around the gap where it would land.
const HELD: &str = "held";
const GAP_ABOVE: &str = "gap-above";
const GAP_BELOW: &str = "gap-below";

/// Has the element get all that the pointer does, wherever it goes.
pub(crate) fn capture(event: &PointerEvent) {
    if let Some(element) = event.target().and_then(|it| it.dyn_into::<Element>().ok()) {
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

/// The row at a point of the window, and whether the point is in its lower half.
pub(crate) fn row_at(x: i32, y: i32) -> Option<(TodoId, bool)> {
    let y = f64::from(y);
    #[expect(clippy::cast_possible_truncation, reason = "a point on the screen")]
    let found = document().element_from_point(f64::from(x) as f32, y as f32)?;
    let row = found.closest(".todo-list li").ok()??;
    let area = row.get_bounding_client_rect();
    Some((dom::todo_of(&row)?, y > area.top() + area.height() / 2.0))
}

/// Scrolls a little where the point is near the top or the bottom of the window.
pub(crate) fn scroll_near_edge(y: i32) {
    let height = window().inner_height().ok().and_then(|it| it.as_f64()).unwrap_or(0.0);
    if y < EDGE {
        window().scroll_by_with_x_and_y(0.0, -SCROLL_STEP);
    } else if f64::from(y) > height - f64::from(EDGE) {
        window().scroll_by_with_x_and_y(0.0, SCROLL_STEP);
    }
}

/// Marks the row that is being moved.
pub(crate) fn mark_held(id: TodoId) {
    unmark();
    mark(Some(id), HELD);
}

/// Marks the gap where the row would land.
pub(crate) fn mark_gap(above: Option<TodoId>, below: Option<TodoId>) {
    for class in [GAP_ABOVE, GAP_BELOW] {
        clear(class);
    }
    mark(below, GAP_ABOVE);
    if below.is_none() {
        mark(above, GAP_BELOW);
    }
}

/// Brings a row into view.
pub(crate) fn show(id: TodoId) {
    if let Some(row) = row(id) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        row.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Takes all marks away.
pub(crate) fn unmark() {
    for class in [HELD, GAP_ABOVE, GAP_BELOW] {
        clear(class);
    }
}

fn mark(id: Option<TodoId>, class: &str) {
    if let Some(row) = id.and_then(row) {
        let _ = row.class_list().add_1(class);
    }
}

fn clear(class: &str) {
    let marked = document().get_elements_by_class_name(class);
    // The collection shrinks as the class goes.
    while let Some(row) = marked.item(0) {
        let _ = row.class_list().remove_1(class);
    }
}

fn row(id: TodoId) -> Option<Element> {
    document().get_element_by_id(&format!("todo-{id}"))?.closest("li").ok()?
}
