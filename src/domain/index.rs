//! All lists at one head of the index, and the one fold that moves them. Like [`Board`](crate::domain::Board) for
//! the todos of a list: replaying the log of the index with it gives what `GET /api/lists` says.

use serde::{Deserialize, Serialize};

use crate::domain::board::Applied;
use crate::domain::event::{Change, Event, PlacedList};
use crate::domain::event_id::{EventId, Head, Seq};
use crate::domain::id::ListId;
use crate::domain::position::Position;
use crate::domain::todo::ShortText;

/// What home is called before anyone renames it.
const HOME_NAME: &str = "Home";

/// A list among the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedList {
    /// Which one.
    pub id: ListId,
    /// Its name.
    pub name: ShortText,
    /// Where it stands.
    pub position: Position,
    /// How many of its todos are still to be done. The logs of the lists say so, and not that of the index.
    pub open: u64,
    /// How many todos it has.
    pub total: u64,
}

/// The lists that are not deleted, as they were at `head`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// In the order of their positions; two that tie in that of their ids.
    pub lists: Vec<IndexedList>,
    /// The last event of the index that is in here.
    pub head: Head,
}

impl Index {
    /// What the index begins with: the list home, which no event has made.
    #[must_use]
    pub fn start() -> Self {
        let name = ShortText::parse(HOME_NAME);
        let home = name.map(|name| IndexedList::new(ListId::home(), name, Position::after(None)));
        Self { lists: home.into_iter().collect(), head: Head(EventId::START) }
    }

    /// The last event's number.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.head.0.seq
    }

    /// The list with this id.
    #[must_use]
    pub fn list(&self, id: &ListId) -> Option<&IndexedList> {
        self.lists.iter().find(|it| it.id == *id)
    }

    /// Moves the index by one event: the next one and no other.
    pub fn apply(&mut self, event: &Event) -> Applied {
        if event.seq <= self.seq() {
            return Applied::Repeat;
        }
        if event.seq > self.seq() + 1 {
            return Applied::Gap;
        }
        self.change(&event.change);
        self.head = Head(event.id);
        Applied::Next
    }

    /// Makes a change visible, without a place in the log.
    pub fn change(&mut self, change: &Change) {
        match change {
            Change::ListCreated { list, name, position } | Change::ListRestored { list, name, position } => {
                // Its numbers are not known yet: they are told by themselves.
                self.lists.retain(|it| it.id != *list);
                self.lists.push(IndexedList::new(list.clone(), name.clone(), position.clone()));
            }
            Change::ListRenamed { list, name, .. } => self.one(list, |it| it.name = name.clone()),
            Change::ListDeleted { list } => self.lists.retain(|it| it.id != *list),
            Change::ListMoved { list, position, .. } => self.one(list, |it| it.position = position.clone()),
            Change::ListsSpaced { lists } => {
                for PlacedList { list, position } in lists {
                    self.one(list, |it| it.position = position.clone());
                }
            }
            // These are about the todos of a list.
            Change::Created { .. }
            | Change::Renamed { .. }
            | Change::Completed { .. }
            | Change::Reopened { .. }
            | Change::Deleted { .. }
            | Change::Restored { .. }
            | Change::Moved { .. }
            | Change::Spaced { .. }
            | Change::Named { .. } => return,
        }
        self.lists.sort_by(|one, two| (&one.position, &one.id).cmp(&(&two.position, &two.id)));
    }

    fn one(&mut self, id: &ListId, act: impl FnOnce(&mut IndexedList)) {
        if let Some(list) = self.lists.iter_mut().find(|it| it.id == *id) {
            act(list);
        }
    }
}

impl IndexedList {
    /// A list that has no todos, as far as is known.
    fn new(id: ListId, name: ShortText, position: Position) -> Self {
        Self { id, name, position, open: 0, total: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::OpId;

    fn event(seq: Seq, change: Change) -> Event {
        let id = EventId { seq, tag: 1 };
        Event { list: ListId::index(), id, seq, at_ms: seq, op: OpId::new(seq, &[0; 10]), change, undoes: None }
    }

    fn created(id: &str, position: &str) -> Change {
        let (name, position) = (ShortText::parse(id).unwrap(), Position::try_from(position.to_owned()).unwrap());
        Change::ListCreated { list: id.parse().unwrap(), name, position }
    }

    fn ids(index: &Index) -> Vec<&str> {
        index.lists.iter().map(|it| it.id.as_str()).collect()
    }

    #[test]
    fn the_index_begins_with_home() {
        let index = Index::start();
        let home = &index.lists[0];
        assert_eq!((home.id.as_str(), home.name.as_str(), home.position.as_str()), ("home", "Home", "5"));
        assert_eq!(index.lists.len(), 1);
    }

    #[test]
    fn an_event_out_of_turn_changes_nothing() {
        let mut index = Index::start();
        assert_eq!(index.apply(&event(1, created("a", "6"))), Applied::Next);
        let before = index.clone();
        assert_eq!(index.apply(&event(1, created("b", "6"))), Applied::Repeat);
        assert_eq!(index.apply(&event(3, created("b", "6"))), Applied::Gap);
        assert_eq!(index, before);
    }

    #[test]
    fn lists_stand_in_the_order_of_their_positions_and_ids() {
        let mut index = Index::start();
        for (id, position) in [("c", "6"), ("d", "55"), ("b", "6"), ("a", "4")] {
            index.change(&created(id, position));
        }
        assert_eq!(ids(&index), ["a", "home", "d", "b", "c"]);
        let d: ListId = "d".parse().unwrap();
        let place = |text: &str| Position::try_from(text.to_owned()).unwrap();
        index.change(&Change::ListMoved { list: d.clone(), position: place("7"), was: place("55") });
        assert_eq!(ids(&index), ["a", "home", "b", "c", "d"]);
        index.change(&Change::ListDeleted { list: d.clone() });
        assert_eq!(ids(&index), ["a", "home", "b", "c"]);
        let name = ShortText::parse("D").unwrap();
        index.change(&Change::ListRestored { list: d, name, position: place("1") });
        assert_eq!(ids(&index), ["d", "a", "home", "b", "c"]);
    }

    #[test]
    fn an_index_is_written_as_the_contract_says_and_read_back() {
        let index = Index::start();
        let text =
            r#"{"lists":[{"id":"home","name":"Home","position":"5","open":0,"total":0}],"head":{"seq":0,"id":"0"}}"#;
        assert_eq!(serde_json::to_string(&index).unwrap(), text);
        assert_eq!(serde_json::from_str::<Index>(text).unwrap(), index);
    }
}
