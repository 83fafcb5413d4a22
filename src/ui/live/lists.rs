//! All lists, as the side bar follows them: by the events of the index, and by what the server says of their
//! numbers.

use leptos::prelude::*;

use crate::domain::{Applied, Event, EventId, Index};
use crate::protocol::Counts;

/// All lists. Cheap to copy.
#[derive(Clone, Copy)]
pub struct ListsStore {
    index: RwSignal<Index>,
    /// The last numbers of lists that are not in the index yet: these may come before the event that made the list.
    early: StoredValue<Vec<Counts>>,
}

impl ListsStore {
    /// The lists as the server rendered them.
    #[must_use]
    pub fn new(index: Index) -> Self {
        Self { index: RwSignal::new(index), early: StoredValue::new(Vec::new()) }
    }

    /// Reads the index, and follows it.
    pub(crate) fn read<T>(self, read: impl FnOnce(&Index) -> T) -> T {
        self.index.with(read)
    }

    /// The last event of the index that is in here.
    pub(crate) fn head(self) -> EventId {
        self.index.with_untracked(|it| it.head.0)
    }

    /// Takes in an event of the index. `false` if events before it are missing.
    pub(crate) fn receive(self, event: &Event) -> bool {
        let mut applied = Applied::Gap;
        self.index.update(|it| applied = it.apply(event));
        let early = self.early.get_value();
        for counts in early.iter().filter(|it| self.has(it)) {
            self.count(counts);
        }
        self.early.update_value(|it| it.retain(|it| !self.has(it)));
        applied != Applied::Gap
    }

    /// Takes in the numbers of one list.
    pub(crate) fn count(self, counts: &Counts) {
        if !self.has(counts) {
            self.early.update_value(|early| {
                early.retain(|it| it.list != counts.list);
                early.push(counts.clone());
            });
            return;
        }
        let is_news = self.index.with_untracked(|it| {
            it.list(&counts.list).is_some_and(|it| (it.open, it.total) != (counts.open, counts.total))
        });
        if is_news {
            self.index.update(|index| {
                if let Some(list) = index.lists.iter_mut().find(|it| it.id == counts.list) {
                    (list.open, list.total) = (counts.open, counts.total);
                }
            });
        }
    }

    /// Whether the index has the list that these are the numbers of.
    fn has(self, counts: &Counts) -> bool {
        self.index.with_untracked(|it| it.list(&counts.list).is_some())
    }

    /// Takes the lists as they are now.
    pub(crate) fn replace(self, index: Index) {
        if self.index.with_untracked(|it| *it != index) {
            self.index.set(index);
        }
    }
}
