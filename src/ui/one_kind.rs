//! Gives all closures, signals and rows of a kind one type. Leptos' code for an event handler, a changing part of a
//! view, an effect, a signal or a list of rows is made once for each type, and every closure is a type of its own;
//! boxed, they are less for every browser to load.

#![expect(clippy::disallowed_types, reason = "only here are Leptos' own signals used; all others use these")]

mod each;
mod part;
mod signal;

pub(crate) use each::{Key, each};
use leptos::prelude::Effect;
pub(crate) use part::Part;
pub use signal::{ArcRwSignal, Memo, RwSignal, StoredValue};

/// An event handler.
pub(crate) fn on<E>(handle: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(handle)
}

/// A part of a view that changes.
pub(crate) fn changing<T>(read: impl FnMut() -> T + Send + 'static) -> Box<dyn FnMut() -> T + Send> {
    Box::new(read)
}

/// An attribute that changes.
pub(crate) fn attribute(
    mut read: impl FnMut() -> String + Send + 'static,
) -> Box<dyn FnMut() -> Option<String> + Send> {
    changing(move || Some(read()))
}

/// An attribute that is there at times, like `hidden`.
pub(crate) fn flag(mut read: impl FnMut() -> bool + Send + 'static) -> Box<dyn FnMut() -> Option<String> + Send> {
    changing(move || read().then(String::new))
}

/// What the browser does now, and each time that something which it reads has changed.
pub(crate) fn effect(run: impl FnMut(Option<()>) + 'static) {
    let run: Box<dyn FnMut(Option<()>)> = Box::new(run);
    Effect::new(run);
}
