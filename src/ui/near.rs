//! Keeps only the rows near the window on the page, in a list of more than a thousand. The room of the others is left
//! free by margins of rows.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement};

use crate::domain::TodoId;
use crate::ui::browser::dom;
use crate::ui::live::rows::Seen;
use crate::ui::live::store::ListStore;
use crate::ui::one_kind::effect;

/// Where a gap stands, as a row's margin.
const BEFORE: &str = "margin-block-start";
const AFTER: &str = "margin-block-end";

thread_local! {
    /// The rows that have a margin, and which.
    static WITH_GAP: RefCell<Vec<(HtmlElement, &'static str)>> = const { RefCell::new(Vec::new()) };
    /// The first row that a person can read, and how far it is from the top of the window.
    static READ: RefCell<Option<(Element, f64)>> = const { RefCell::new(None) };
    /// Whether the margins are about to be set.
    static IS_PLANNED: Cell<bool> = const { Cell::new(false) };
    /// Whether more rows are about to come.
    static IS_MORE_PLANNED: Cell<bool> = const { Cell::new(false) };
}

/// Follows the scrolling, the window and the list.
pub(crate) fn start(store: ListStore) {
    let on_move = Closure::<dyn Fn()>::new(move || look(store)).into_js_value();
    // What scrolls may be the page or a part of it.
    let _ = document().add_event_listener_with_callback_and_bool("scroll", on_move.unchecked_ref(), true);
    let _ = window().add_event_listener_with_callback("resize", on_move.unchecked_ref());
    effect(move |_| {
        store.track_rows();
        self::look(store);
    });
}

/// Scrolls so that a row is on the page. Does nothing if it is there already.
pub(crate) fn bring(store: ListStore, id: TodoId) {
    if store.is_on_page(id) {
        return;
    }
    let (Some(list), Some(above)) = (list(), store.height_above(id)) else { return };
    let top = list.get_bounding_client_rect().top();
    window().scroll_by_with_x_and_y(0.0, top + above - window_height() / 2.0);
    look(store);
}

/// Decides which rows are on the page. They are there before the browser draws again.
fn look(store: ListStore) {
    let Some(list) = list() else { return };
    if !IS_PLANNED.get() {
        READ.set(read_row(&list));
    }
    measure(store, &list);
    let seen = Seen { top: -list.get_bounding_client_rect().top(), height: window_height() };
    if store.look(seen, &held()) {
        plan_next_look(store);
    }
    if !IS_PLANNED.replace(true) {
        // Right after the tasks that put the rows on the page, and before anything is drawn or scrolled.
        spawn_local(async move {
            IS_PLANNED.set(false);
            leave_gaps(store, &list);
        });
    }
}

/// Has more rows come on the page, after the browser has handled what waits.
fn plan_next_look(store: ListStore) {
    if !IS_MORE_PLANNED.replace(true) {
        let next = move || {
            IS_MORE_PLANNED.set(false);
            look(store);
        };
        set_timeout(next, Duration::ZERO);
    }
}

/// Notes the heights of the blocks, unless the page does not have its rows yet.
fn measure(store: ListStore, list: &Element) {
    let (rows, blocks) = (list.children(), store.rows_on_page());
    if blocks.iter().map(|it| it.1).sum::<usize>() != rows.length() as usize {
        return;
    }
    let mut first = 0;
    for (block, count) in blocks {
        let end = first + u32::try_from(count).unwrap_or_default();
        if let (Some(top), Some(bottom)) = (rows.item(first), end.checked_sub(1).and_then(|it| rows.item(it))) {
            let px = bottom.get_bounding_client_rect().bottom() - top.get_bounding_client_rect().top();
            store.measure(block, count, px);
        }
        first = end;
    }
}

/// Leaves room for the rows that are not on the page.
fn leave_gaps(store: ListStore, list: &Element) {
    let rows = list.children();
    let row = |at: usize| rows.item(u32::try_from(at).ok()?)?.dyn_into::<HtmlElement>().ok();
    let gaps = store.gaps().into_iter().filter_map(|gap| {
        let before = row(gap.at).map(|it| (it, BEFORE));
        let (row, side) = before.or_else(|| row(gap.at.checked_sub(1)?).map(|it| (it, AFTER)))?;
        Some((row, side, pixels(gap.px)))
    });
    let gaps: Vec<_> = gaps.collect();
    let before = WITH_GAP.take();
    let stays = |(row, side): &(HtmlElement, &str)| gaps.iter().any(|it| it.0 == *row && it.1 == *side);
    for (row, side) in before.iter().filter(|it| !stays(it)) {
        let _ = row.style().remove_property(side);
    }
    for (row, side, px) in &gaps {
        let _ = row.style().set_property(side, px);
    }
    if !(gaps.is_empty() && before.is_empty()) {
        stay();
    }
    WITH_GAP.set(gaps.into_iter().map(|(row, side, _)| (row, side)).collect());
}

#[expect(clippy::cast_possible_truncation, reason = "a height on a page; to print a float takes 10 kB of code")]
fn pixels(px: f64) -> String {
    format!("{}px", px.round() as i64)
}

/// Scrolls so that what a person reads stays where it was: the rows above may have become more or fewer, or higher
/// than they were taken to be. Some browsers do this by themselves, and then nothing is left to do.
fn stay() {
    if let Some((row, top)) = READ.take().filter(|it| it.0.is_connected()) {
        let moved = row.get_bounding_client_rect().top() - top;
        if moved.abs() >= 1.0 {
            window().scroll_by_with_x_and_y(0.0, moved);
        }
    }
}

/// The first row in the window, if the list begins above it. A person at the top of the page sees the top.
fn read_row(list: &Element) -> Option<(Element, f64)> {
    if list.get_bounding_client_rect().top() >= 0.0 {
        return None;
    }
    let rows = list.children();
    let is_above = |at: u32| rows.item(at).is_some_and(|it| it.get_bounding_client_rect().bottom() <= 0.0);
    let (mut first, mut end) = (0, rows.length());
    while first < end {
        let middle = u32::midpoint(first, end);
        if is_above(middle) { first = middle + 1 } else { end = middle }
    }
    let row = rows.item(first)?;
    let top = row.get_bounding_client_rect().top();
    (top < window_height()).then_some((row, top))
}

/// The todos whose rows are in use, and stay wherever the window is.
fn held() -> Vec<TodoId> {
    let focused = document().active_element().and_then(|it| it.closest(".todo-list li").ok()?);
    let dragged = document().query_selector(".todo-list .held").ok().flatten();
    focused.into_iter().chain(dragged).filter_map(|it| dom::todo_of(&it)).collect()
}

fn list() -> Option<Element> {
    document().query_selector(".todo-list").ok().flatten()
}

fn window_height() -> f64 {
    window().inner_height().ok().and_then(|it| it.as_f64()).unwrap_or_default()
}
