//! The lists as a client knows them, and as it shows them: with the commands on top that are not events yet.

use std::collections::HashMap;

use crate::domain::{Applied, Command, Event, Index, IndexedList, ListId, ShortText};
use crate::protocol::Counts;
use crate::sync::outbox::Outbox;

/// All lists, as a client follows them: by the events of the index, and by what the server says of their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lists {
    index: Index,
    /// The last numbers of lists that are not in the index yet: these may come before the event that made the list.
    early: Vec<Counts>,
}

impl Lists {
    /// The lists at one moment.
    #[must_use]
    pub fn new(index: Index) -> Self {
        Self { index, early: Vec::new() }
    }

    /// The lists as the server has them.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Takes in an event of the index.
    pub fn receive(&mut self, event: &Event) -> Applied {
        let applied = self.index.apply(event);
        for counts in std::mem::take(&mut self.early) {
            self.count(counts);
        }
        applied
    }

    /// Takes in the numbers of one list. `true` if these were not known.
    pub fn count(&mut self, counts: Counts) -> bool {
        if let Some(list) = self.index.lists.iter_mut().find(|it| it.id == counts.list) {
            let before = (list.open, list.total);
            (list.open, list.total) = (counts.open, counts.total);
            return before != (list.open, list.total);
        }
        self.early.retain(|it| it.list != counts.list);
        self.early.push(counts);
        false
    }

    /// Takes the lists as they are now. `true` if that changes anything.
    pub fn replace(&mut self, index: Index) -> bool {
        std::mem::replace(&mut self.index, index) != self.index
    }
}

/// One list, as the side bar shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEntry {
    /// Which one. The server gives a new list its id.
    pub id: Option<ListId>,
    /// Its name.
    pub name: ShortText,
    /// Its name among the others: if one before it has the same, with a number.
    pub label: String,
    /// How many of its todos are open.
    pub open: u64,
}

impl ListEntry {
    fn of(list: &IndexedList) -> Self {
        Self::new(Some(list.id.clone()), list.name.clone(), list.open)
    }

    fn new(id: Option<ListId>, name: ShortText, open: u64) -> Self {
        Self { id, name, label: String::new(), open }
    }
}

/// The lists in their order.
#[must_use]
pub fn entries(index: &Index, outbox: &Outbox) -> Vec<ListEntry> {
    let mut entries: Vec<_> = index.lists.iter().map(ListEntry::of).collect();
    for pending in outbox.iter().filter(|it| it.rejected.is_none()) {
        let at = entries.iter().position(|it| it.id.as_ref() == Some(&pending.list));
        match (&pending.command, at) {
            (Command::CreateList { name }, _) => entries.push(ListEntry::new(None, name.clone(), 0)),
            (Command::RenameList { name }, Some(at)) => entries[at].name = name.clone(),
            (Command::DeleteList, Some(at)) => drop(entries.remove(at)),
            (Command::MoveList { after }, Some(at)) => {
                let entry = entries.remove(at);
                let behind = |it: &ListId| entries.iter().position(|entry| entry.id.as_ref() == Some(it));
                let to = after.as_ref().and_then(behind).map_or(0, |at| at + 1);
                entries.insert(to, entry);
            }
            _ => {}
        }
    }
    label(&mut entries);
    entries
}

/// Gives the lists of one name numbers, so that they can be told apart.
fn label(entries: &mut [ListEntry]) {
    let mut counts = HashMap::<ShortText, usize>::new();
    for entry in entries {
        let count = counts.entry(entry.name.clone()).or_default();
        *count += 1;
        entry.label = if *count == 1 { entry.name.to_string() } else { format!("{} ({count})", entry.name) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Change, EventId, OpId, Position, Seq};
    use crate::sync::PendingCommand;

    fn name(text: &str) -> ShortText {
        ShortText::parse(text).unwrap()
    }

    fn shown(commands: Vec<(&str, Command)>) -> Vec<String> {
        let mut index = Index::start();
        for (list, position) in [("a", "6"), ("b", "7")] {
            let (list, position) = (list.parse().unwrap(), Position::try_from(position.to_owned()).unwrap());
            index.change(&Change::ListCreated { list, name: name(position.as_str()), position });
        }
        let mut outbox = Outbox::default();
        for (n, (list, command)) in (1..).zip(commands) {
            let (op, list) = (OpId::new(n, &[0; 10]), list.parse().unwrap());
            outbox.put(PendingCommand { op, list, at_ms: n, command, rejected: None, received: None });
        }
        entries(&index, &outbox).into_iter().map(|it| it.label).collect()
    }

    #[test]
    fn commands_that_wait_are_shown_on_top_of_the_index() {
        assert_eq!(shown(vec![]), ["Home", "6", "7"]);
        assert_eq!(shown(vec![("a", Command::RenameList { name: name("x") })]), ["Home", "x", "7"]);
        assert_eq!(shown(vec![("a", Command::DeleteList)]), ["Home", "7"]);
        assert_eq!(shown(vec![("b", Command::MoveList { after: None })]), ["7", "Home", "6"]);
        assert_eq!(shown(vec![("home", Command::MoveList { after: "a".parse().ok() })]), ["6", "Home", "7"]);
        assert_eq!(shown(vec![("index", Command::CreateList { name: name("y") })]), ["Home", "6", "7", "y"]);
        assert_eq!(shown(vec![("gone", Command::DeleteList)]), ["Home", "6", "7"]);
    }

    #[test]
    fn lists_of_one_name_can_be_told_apart() {
        let renamed = |list| (list, Command::RenameList { name: name("Home") });
        assert_eq!(shown(vec![renamed("b")]), ["Home", "6", "Home (2)"]);
        assert_eq!(shown(vec![renamed("b"), renamed("a")]), ["Home", "Home (2)", "Home (3)"]);
    }

    /// Something that happened to the list `a`.
    fn event(seq: Seq, change: Change) -> Event {
        let id = EventId { seq, tag: 1 };
        Event { list: ListId::index(), id, seq, at_ms: seq, op: OpId::new(seq, &[0; 10]), change, undoes: None }
    }

    fn a() -> ListId {
        "a".parse().unwrap()
    }

    fn created() -> Change {
        Change::ListCreated { list: a(), name: name("x"), position: Position::try_from("6".to_owned()).unwrap() }
    }

    fn numbers(lists: &Lists) -> Option<(u64, u64)> {
        lists.index().list(&a()).map(|it| (it.open, it.total))
    }

    #[test]
    fn numbers_that_come_before_their_list_are_there_once_it_comes() {
        let mut lists = Lists::new(Index::start());
        assert!(!lists.count(Counts { list: a(), open: 1, total: 1 }));
        assert!(!lists.count(Counts { list: a(), open: 2, total: 3 }));
        assert_eq!(numbers(&lists), None);
        let renamed = Change::ListRenamed { list: ListId::home(), name: name("y"), was: name("Home") };
        assert_eq!(lists.receive(&event(1, renamed)), Applied::Next);
        assert_eq!(lists.receive(&event(2, created())), Applied::Next);
        assert_eq!(numbers(&lists), Some((2, 3)), "the last ones, and also after another event");
        assert!(lists.count(Counts { list: a(), open: 0, total: 3 }));
        assert!(!lists.count(Counts { list: a(), open: 0, total: 3 }), "nothing new");
        assert_eq!(
            lists.receive(&event(
                3,
                Change::ListMoved {
                    list: a(),
                    position: Position::try_from("7".to_owned()).unwrap(),
                    was: Position::try_from("6".to_owned()).unwrap(),
                }
            )),
            Applied::Next
        );
        assert_eq!(numbers(&lists), Some((0, 3)), "early numbers are used once");
    }

    #[test]
    fn numbers_that_come_early_are_kept_also_when_the_lists_are_loaded_again() {
        let mut lists = Lists::new(Index::start());
        lists.count(Counts { list: a(), open: 2, total: 3 });
        assert!(!lists.replace(Index::start()));
        assert_eq!(lists.receive(&event(1, created())), Applied::Next);
        assert_eq!(numbers(&lists), Some((2, 3)));
    }
}
