//! What a drag needs of the page: the row under a point, marks on rows, and scrolling near the edges.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::ui::row_id::RowId;

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

/// The row at the point where the pointer is, and whether that is in its lower half.
pub(crate) fn row_at(event: &PointerEvent) -> Option<(RowId, bool)> {
    let (x, y) = (event.client_x(), f64::from(event.client_y()));
    #[expect(clippy::cast_possible_truncation, reason = "a point on the screen")]
    let found = document().element_from_point(f64::from(x) as f32, y as f32)?;
    let row = found.closest("li").ok()??;
    let handle = row.query_selector(".grip").ok()??;
    let area = row.get_bounding_client_rect();
    Some((RowId::of_handle(&handle.id())?, y > area.top() + area.height() / 2.0))
}

/// Scrolls a little where the pointer is near the top or the bottom of the window: the side bar, which has a
/// height of its own, or the page.
pub(crate) fn scroll_near_edge(event: &PointerEvent) {
    let (y, height) = (event.client_y(), window().inner_height().ok().and_then(|it| it.as_f64()).unwrap_or(0.0));
    let step = if y < EDGE {
        -SCROLL_STEP
    } else if f64::from(y) > height - f64::from(EDGE) {
        SCROLL_STEP
    } else {
        return;
    };
    let handle = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    match handle.and_then(|it| it.closest(".side-bar").ok().flatten()) {
        Some(side_bar) => side_bar.scroll_by_with_x_and_y(0.0, step),
        None => window().scroll_by_with_x_and_y(0.0, step),
    }
}

/// Marks the row that is being moved.
pub(crate) fn mark_held(id: &RowId) {
    unmark();
    mark(Some(id), HELD);
}

/// Marks the gap where the row would land.
pub(crate) fn mark_gap(above: Option<&RowId>, below: Option<&RowId>) {
    for class in [GAP_ABOVE, GAP_BELOW] {
        clear(class);
    }
    mark(below, GAP_ABOVE);
    if below.is_none() {
        mark(above, GAP_BELOW);
    }
}

/// Brings a row into view.
pub(crate) fn show(id: &RowId) {
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

fn mark(id: Option<&RowId>, class: &str) {
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

fn row(id: &RowId) -> Option<Element> {
    document().get_element_by_id(&id.handle())?.closest("li").ok()?
}
