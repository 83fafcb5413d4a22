//! What only a browser can do, as plain functions. None of them may be called while the server renders.
//! Each does nothing if the browser lacks what it needs.

use leptos::prelude::{document, request_animation_frame, window, window_event_listener_untyped};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlDocument, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

use crate::domain::id::ID_RANDOM_BYTES;
use crate::domain::{OpId, TodoId};

/// How the id of the element with a todo's title begins.
const LABEL: &str = "todo-";

/// Milliseconds since 1970, by the browser's clock.
#[expect(clippy::cast_possible_truncation, reason = "a whole number of milliseconds, far below 2^53")]
pub(crate) fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// What the clock says.
pub(crate) fn time_of_day() -> String {
    let now = js_sys::Date::new_0();
    format!("{:02}:{:02}", now.get_hours(), now.get_minutes())
}

/// The op of a new command. It sorts by this time.
pub(crate) fn new_op(at_ms: i64) -> OpId {
    OpId::new(at_ms, &random_bytes())
}

/// A new todo's id.
pub(crate) fn new_todo_id() -> TodoId {
    TodoId::new(now_ms(), &random_bytes())
}

/// A number between 0 and 1, for jitter only.
pub(crate) fn jitter() -> f64 {
    js_sys::Math::random()
}

fn random_bytes() -> [u8; ID_RANDOM_BYTES] {
    let mut bytes = [0; ID_RANDOM_BYTES];
    let filled = window().crypto().is_ok_and(|it| it.get_random_values_with_u8_array(&mut bytes).is_ok());
    if !filled {
        // Good enough, because ids only have to be unique, not secret.
        bytes.fill_with(|| jitter().to_bits().to_le_bytes()[3]);
    }
    bytes
}

/// A text in lower case.
pub(crate) fn lower_case(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// The page's path.
pub(crate) fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// Goes to another path of the same page, so that Back returns here.
pub(crate) fn push_path(path: &str) {
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(path));
    }
}

/// Loads another page.
pub(crate) fn load_page(path: &str) {
    let _ = window().location().assign(path);
}

/// Loads another page in place of this one, so that Back does not return here.
pub(crate) fn replace_page(path: &str) {
    let _ = window().location().replace(path);
}

/// Removes the parameters from the address, because they were only for the first rendering.
pub(crate) fn forget_query() {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&path()));
    }
}

/// Tells the style sheet and the tests that the page is interactive now.
pub(crate) fn mark_hydrated() {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}

/// Makes the elements of a class reachable that were not before the page was interactive.
pub(crate) fn let_in(class: &str) {
    let found = document().get_elements_by_class_name(class);
    for element in (0..found.length()).filter_map(|at| found.item(at)) {
        let _ = element.remove_attribute("inert");
    }
}

/// The address of the sockets of the server this page came from.
pub(crate) fn socket_url() -> String {
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|it| it == "https:") { "wss" } else { "ws" };
    format!("{scheme}://{}/ws", location.host().unwrap_or_default())
}

/// Asks before the page is left, while there is something that would be lost.
pub(crate) fn warn_before_leaving(has_something_to_lose: impl Fn() -> bool + 'static) {
    window_event_listener_untyped("beforeunload", move |event| {
        if has_something_to_lose() {
            event.prevent_default();
        }
    });
}

/// Gives the focus to an element that is on the page already. `false` if it is not.
pub(crate) fn focus_now(selector: &str) -> bool {
    element(selector).is_some_and(|it| it.focus().is_ok())
}

fn element(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}

/// Gives the focus to an element, after the current changes are on the page.
pub(crate) fn focus(selector: String) {
    request_animation_frame(move || {
        focus_now(&selector);
    });
}

/// Shows what is hidden until it is asked for.
pub(crate) fn show_popover(id: &str) {
    if let Some(element) = document().get_element_by_id(id).and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = element.show_popover();
    }
}

/// Clicks an element, as a person would.
pub(crate) fn click(selector: &str) {
    element(selector).inspect(HtmlElement::click);
}

/// Whether an element is on the page and can be seen.
pub(crate) fn is_seen(selector: &str) -> bool {
    element(selector).is_some_and(|it| it.offset_parent().is_some())
}

/// Empties a field.
pub(crate) fn clear_field(selector: &str) {
    if let Some(field) = element(selector).and_then(|it| it.dyn_into::<HtmlInputElement>().ok()) {
        field.set_value("");
    }
}

/// Whether the focus is in an element that this selector finds.
pub(crate) fn has_focus_in(selector: &str) -> bool {
    document().active_element().is_some_and(|it| it.closest(selector).is_ok_and(|it| it.is_some()))
}

/// Whether the page has an element that this selector finds.
pub(crate) fn is_found(selector: &str) -> bool {
    document().query_selector(selector).is_ok_and(|it| it.is_some())
}

/// Copies a text to the clipboard. `false` if the browser does not allow it.
pub(crate) async fn copy(text: String) -> bool {
    let clipboard = window().navigator().clipboard();
    // A page that came over plain http has no clipboard, unless it is from this machine.
    let is_copied = !clipboard.is_undefined() && clipboard.write_text(&text).await.is_ok();
    is_copied || copy_from_field(&text).unwrap_or(false)
}

/// The older way: selects the text in a field and copies it, as the keyboard would.
fn copy_from_field(text: &str) -> Option<bool> {
    let document = document();
    let focused = document.active_element();
    let field: HtmlTextAreaElement = document.create_element("textarea").ok()?.unchecked_into();
    field.set_class_name("copied");
    field.set_value(text);
    document.body()?.append_child(&field).ok()?;
    field.select();
    let is_copied = document.unchecked_into::<HtmlDocument>().exec_command("copy");
    field.remove();
    if let Some(focused) = focused.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = focused.focus();
    }
    is_copied.ok()
}

/// The todo of the row that an event happened in.
pub(crate) fn todo_at(event: &Event) -> Option<TodoId> {
    let target: Element = event.target()?.dyn_into().ok()?;
    todo_of(&target.closest(".todo-list li").ok()??)
}

/// The todo of a row.
pub(crate) fn todo_of(row: &Element) -> Option<TodoId> {
    let label = row.query_selector("label").ok()??;
    label.id().strip_prefix(LABEL)?.parse().ok()
}

/// The id of the element with a todo's title.
pub(crate) fn label_id(id: TodoId) -> String {
    format!("{LABEL}{id}")
}

/// The most rows that are marked at a time. Where more change at once, a mark says nothing.
const LANDED_MAX: usize = 50;

/// Marks rows that someone else has just changed or added, once the change is on the page.
pub(crate) fn mark_landed(ids: &[TodoId], are_new: bool) {
    let ids: Vec<_> = ids.iter().take(LANDED_MAX).map(|id| label_id(*id)).collect();
    request_animation_frame(move || {
        for id in ids {
            let Some(row) = document().get_element_by_id(&id).and_then(|it| it.closest("li").ok()?) else { continue };
            let classes = row.class_list();
            let _ = classes.remove_2("landed", "arrived");
            // The browser begins an animation anew only if it has seen the row without it.
            let _ = row.client_height();
            let _ = classes.add_1(if are_new { "arrived" } else { "landed" });
        }
    });
}

/// Whether a key goes into a text. A key in an empty field is no editing yet.
pub(crate) fn is_typing(event: &Event) -> bool {
    let Some(target) = event.target() else { return false };
    match target.dyn_into::<HtmlInputElement>() {
        Ok(field) => field.type_() != "checkbox" && !field.value().is_empty(),
        Err(target) => target.dyn_ref::<HtmlTextAreaElement>().is_some_and(|it| !it.value().is_empty()),
    }
}

/// Whether the browser knows that it has no network. Where it has one, the server may still be out of reach.
pub(crate) fn is_offline() -> bool {
    !window().navigator().on_line()
}

/// Whether the page can be seen.
pub(crate) fn is_visible() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Visible
}
