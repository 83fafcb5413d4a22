//! Where notices appear: a region that screen readers announce.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use crate::ui::browser::dom;
use crate::ui::live::store::ListStore;
use crate::ui::notices::{Kind, Notice, Notices};
use crate::ui::one_kind::{Key, Part, changing, each, flag, on};

/// Where notices appear.
#[component]
pub fn NoticeRegion<T: IntoView + 'static>(
    /// What else appears there.
    children: TypedChildren<T>,
) -> impl IntoView {
    let notices = expect_context::<Notices>();
    // A document without the data of a page has no store.
    let store = use_context::<ListStore>();
    let more = move || format!("and {} more", notices.more.get());
    view! {
        <section class="notices" aria-live="polite" aria-label="Notices">
            {children.into_inner()()}
            <button
                type="button"
                class="notices-more"
                popovertarget="connection"
                hidden=flag(move || notices.more.get() == 0)
                on:click=on(move |_| notices.log.is_open.set(true))
            >
                {changing(more)}
            </button>
            {each(move || notices.shown.get(), |it| Key::Number(it.id), move |it| row(notices, store, it))}
        </section>
    }
}

/// One notice.
fn row(notices: Notices, store: Option<ListStore>, notice: Notice) -> Part {
    Part::new(view! {
        <p
            class="notice"
            class:notice-echo=notice.kind == Kind::Echo
            class:notice-error=notice.kind == Kind::Error
        >
            <span dir="auto">{notice.text}</span>
            {notice.command.map(|(label, command)| {
                let on_click = move |event: MouseEvent| {
                    dismiss(notices, notice.id, &event);
                    if let Some(store) = store {
                        store.answer_notice(command.clone());
                    }
                };
                view! { <button type="button" class="notice-action" on:click=on(on_click)>{label}</button> }
            })}
            <button
                type="button"
                class="dismiss"
                aria-label="Dismiss"
                on:click=on(move |event| dismiss(notices, notice.id, &event))
            ></button>
        </p>
    })
}

/// Whoever does this by keyboard goes on from another notice, or from the field for a new todo.
fn dismiss(notices: Notices, id: u64, event: &MouseEvent) {
    notices.dismiss(id);
    if event.detail() == 0 {
        let is_last = notices.shown.read_untracked().is_empty();
        dom::focus(if is_last { ".new-todo" } else { ".dismiss" }.to_owned());
    }
}
