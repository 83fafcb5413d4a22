//! Holds the state behind the signals. Leptos' own functions that take a closure are made once for each closure; these
//! use its guards, which are made once for all of them.

use leptos::prelude::{ReadValue, StoredValue, WriteValue};

use crate::ui::live::store::state::State;

/// The state. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct StateCell(StoredValue<State>);

impl StateCell {
    pub(super) fn new(state: State) -> Self {
        Self(StoredValue::new(state))
    }

    pub(super) fn with_value<T>(self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.0.read_value())
    }

    /// `None` if the page is gone.
    pub(super) fn try_update_value<T>(self, change: impl FnOnce(&mut State) -> T) -> Option<T> {
        self.0.try_write_value().map(|mut state| change(&mut state))
    }

    pub(super) fn update_value(self, change: impl FnOnce(&mut State)) {
        let _ = self.try_update_value(change);
    }
}
