//! The lists as a client shows them: the index with the commands on top that have no receipt yet.

use crate::domain::{Command, Index, IndexedList, ListId, ShortText};
use crate::sync::outbox::Outbox;

/// One list, as the side bar shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEntry {
    /// Which one. The server gives a new list its id.
    pub id: Option<ListId>,
    /// Its name.
    pub name: ShortText,
    /// How many of its todos are open.
    pub open: u64,
}

impl ListEntry {
    fn of(list: &IndexedList) -> Self {
        Self { id: Some(list.id.clone()), name: list.name.clone(), open: list.open }
    }
}

/// The lists in their order.
#[must_use]
pub fn entries(index: &Index, outbox: &Outbox) -> Vec<ListEntry> {
    let mut entries: Vec<_> = index.lists.iter().map(ListEntry::of).collect();
    for pending in outbox.iter().filter(|it| it.rejected.is_none() && it.received.is_none()) {
        let at = entries.iter().position(|it| it.id.as_ref() == Some(&pending.list));
        match (&pending.command, at) {
            (Command::CreateList { name }, _) => entries.push(ListEntry { id: None, name: name.clone(), open: 0 }),
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
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Change, OpId, Position};
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
        entries(&index, &outbox).into_iter().map(|it| it.name.to_string()).collect()
    }

    #[test]
    fn commands_without_a_receipt_are_shown_on_top_of_the_index() {
        assert_eq!(shown(vec![]), ["Home", "6", "7"]);
        assert_eq!(shown(vec![("a", Command::RenameList { name: name("x") })]), ["Home", "x", "7"]);
        assert_eq!(shown(vec![("a", Command::DeleteList)]), ["Home", "7"]);
        assert_eq!(shown(vec![("b", Command::MoveList { after: None })]), ["7", "Home", "6"]);
        assert_eq!(shown(vec![("home", Command::MoveList { after: "a".parse().ok() })]), ["6", "Home", "7"]);
        assert_eq!(shown(vec![("index", Command::CreateList { name: name("y") })]), ["Home", "6", "7", "y"]);
        assert_eq!(shown(vec![("gone", Command::DeleteList)]), ["Home", "6", "7"]);
    }
}
