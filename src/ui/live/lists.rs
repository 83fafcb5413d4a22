//! All lists, as the signal that the side bar shows.

use crate::domain::{Applied, Event, EventId, Index, ListId};
use crate::protocol::Counts;
use crate::sync::lists::Lists;
use crate::ui::one_kind::RwSignal;

/// All lists. Cheap to copy.
#[derive(Clone, Copy)]
pub struct ListsStore(RwSignal<Lists>);

impl ListsStore {
    /// The lists as the server rendered them.
    #[must_use]
    pub fn new(index: Index) -> Self {
        Self(RwSignal::new(Lists::new(index)))
    }

    /// Reads the index, and follows it.
    pub(crate) fn read<T>(self, read: impl FnOnce(&Index) -> T) -> T {
        read(self.0.read().index())
    }

    /// What a sentence calls a list.
    pub(crate) fn name(self, list: &ListId) -> String {
        let name = self.0.read_untracked().index().list(list).map(|it| format!("“{}”", it.name));
        name.unwrap_or_else(|| "another list".to_owned())
    }

    /// The last event of the index that is in here.
    pub(crate) fn head(self) -> EventId {
        self.0.read_untracked().index().head.0
    }

    /// Takes in an event of the index. `false` if events before it are missing.
    pub(crate) fn receive(self, event: &Event) -> bool {
        self.0.try_update(|it| it.receive(event)).is_some_and(|it| it != Applied::Gap)
    }

    /// Takes in the numbers of one list.
    pub(crate) fn count(self, counts: Counts) {
        self.0.maybe_update(|it| it.count(counts));
    }

    /// Takes the lists as they are now.
    pub(crate) fn replace(self, index: Index) {
        self.0.maybe_update(|it| it.replace(index));
    }
}
