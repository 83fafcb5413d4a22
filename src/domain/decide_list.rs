//! The rules of the lists among each other, all of them, and nowhere else: what a command about a list comes to,
//! as a change of the index.

use crate::domain::command::{Command, Rejection};
use crate::domain::decide::spread;
use crate::domain::event::{Change, PlacedList};
use crate::domain::id::ListId;
use crate::domain::list::LISTS_MAX;
use crate::domain::position::Position;
use crate::domain::todo::ShortText;

/// How many lists make room for one that has none between its neighbours. Few, because an event names them all.
const ROOM_LISTS: usize = 64;

/// A list that there is, or that is in the trash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownList {
    /// Which one.
    pub id: ListId,
    /// Its name.
    pub name: ShortText,
    /// Where it stands, or stood.
    pub position: Position,
    /// Whether it is in the trash.
    pub is_deleted: bool,
}

/// What the rules may know of the lists to decide about one command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexFacts {
    /// How many lists there are. Needed only where one comes or comes back.
    pub size: usize,
    /// The list that the command is about, or that the event is about that shall be undone.
    pub list: Option<KnownList>,
    /// The last position of all lists, needed only where one is made. Those in the trash count, so that none comes to
    /// stand where one was.
    pub last: Option<Position>,
    /// The lists in their order. Needed only where one moves.
    pub order: Vec<PlacedList>,
    /// What happened with the event that shall be undone.
    pub undone: Option<Change>,
}

impl IndexFacts {
    /// The list, where it is not deleted.
    fn present(&self) -> Result<&KnownList, Rejection> {
        self.list.as_ref().filter(|it| !it.is_deleted).ok_or(Rejection::ListNotFound)
    }

    fn check_room(&self) -> Result<(), Rejection> {
        if self.size < LISTS_MAX { Ok(()) } else { Err(Rejection::ListsFull) }
    }

    /// The place in the order right behind a list, or the first.
    fn gap(&self, after: Option<&ListId>) -> Result<usize, Rejection> {
        let Some(after) = after else { return Ok(0) };
        self.order.iter().position(|it| it.list == *after).map(|at| at + 1).ok_or(Rejection::ListNotFound)
    }

    /// The positions on both sides of a place in the order.
    fn around(&self, gap: usize) -> (Option<&Position>, Option<&Position>) {
        let at = |at: usize| self.order.get(at).map(|it| &it.position);
        (gap.checked_sub(1).and_then(at), at(gap))
    }
}

/// What a command comes to: a change of the index, or nothing to do. `new` is the id that a new list gets.
///
/// # Errors
/// The rule that says no.
pub fn decide_list(facts: &IndexFacts, new: &ListId, command: &Command) -> Result<Option<Change>, Rejection> {
    Ok(match command {
        Command::CreateList { name } => {
            facts.check_room()?;
            let position = Position::after(facts.last.as_ref());
            Some(Change::ListCreated { list: new.clone(), name: name.clone(), position })
        }
        Command::RenameList { name } => {
            let KnownList { id, name: was, .. } = facts.present()?;
            let change = || Change::ListRenamed { list: id.clone(), name: name.clone(), was: was.clone() };
            (name != was).then(change)
        }
        Command::MoveList { after } => move_list(facts, after.as_ref())?,
        Command::DeleteList => {
            let list = facts.list.as_ref().ok_or(Rejection::ListNotFound)?;
            if list.id == ListId::home() {
                return Err(Rejection::HomeStays);
            }
            (!list.is_deleted).then(|| Change::ListDeleted { list: list.id.clone() })
        }
        Command::RestoreList => {
            let list = facts.list.as_ref().ok_or(Rejection::ListNotFound)?;
            if list.is_deleted { Some(restored(facts, list)?) } else { None }
        }
        Command::Undo { .. } | Command::UndoOp { .. } => Some(undo(facts)?),
        // The index has no todos.
        _ => return Err(Rejection::ListNotFound),
    })
}

/// What must happen before a list can move: its new neighbours have no room between them. The order of the lists
/// stays as it is.
#[must_use]
pub fn make_room_for_list(facts: &IndexFacts, command: &Command) -> Option<Change> {
    let Command::MoveList { after } = command else { return None };
    let gap = facts.gap(after.as_ref()).ok()?;
    let (low, high) = facts.around(gap);
    if Position::between(low, high).is_some_and(|it| !it.is_long()) {
        return None;
    }
    let order = &facts.order;
    let (from, to) = (gap.saturating_sub(ROOM_LISTS / 2), (gap + ROOM_LISTS / 2).min(order.len()));
    let before = from.checked_sub(1).map(|at| &order[at].position);
    let mut positions = Vec::with_capacity(to - from);
    spread(before, order.get(to).map(|it| &it.position), to - from, &mut positions);
    let lists = order[from..to].iter().zip(positions);
    Some(Change::ListsSpaced {
        lists: lists.map(|(it, position)| PlacedList { list: it.list.clone(), position }).collect(),
    })
}

fn move_list(facts: &IndexFacts, after: Option<&ListId>) -> Result<Option<Change>, Rejection> {
    let list = facts.present()?;
    let gap = facts.gap(after)?;
    let is_there = after == Some(&list.id) || facts.order.get(gap).is_some_and(|it| it.list == list.id);
    if is_there {
        return Ok(None);
    }
    let (low, high) = facts.around(gap);
    // Without room, which whoever writes has made before, it stands as near as it can.
    let position = Position::between(low, high).unwrap_or_else(|| Position::after(low));
    Ok(Some(Change::ListMoved { list: list.id.clone(), position, was: list.position.clone() }))
}

fn restored(facts: &IndexFacts, list: &KnownList) -> Result<Change, Rejection> {
    facts.check_room()?;
    let KnownList { id, name, position, .. } = list.clone();
    Ok(Change::ListRestored { list: id, name, position })
}

/// The opposite of an event. What it has set must still be so: otherwise another event has changed it since.
fn undo(facts: &IndexFacts) -> Result<Change, Rejection> {
    let change = facts.undone.as_ref().ok_or(Rejection::NotUndoable)?;
    let now = facts.list.as_ref().ok_or(Rejection::NotUndoable)?;
    let (is_still_so, opposite) = match change {
        Change::ListCreated { list, name, position } => {
            let is_so = !now.is_deleted && now.name == *name && now.position == *position;
            (is_so, Change::ListDeleted { list: list.clone() })
        }
        Change::ListRenamed { list, name, was } => {
            let opposite = Change::ListRenamed { list: list.clone(), name: was.clone(), was: name.clone() };
            (!now.is_deleted && now.name == *name, opposite)
        }
        Change::ListMoved { list, position, was } => {
            let opposite = Change::ListMoved { list: list.clone(), position: was.clone(), was: position.clone() };
            (!now.is_deleted && now.position == *position, opposite)
        }
        Change::ListDeleted { .. } => (now.is_deleted, restored(facts, now)?),
        Change::ListRestored { list, .. } => (!now.is_deleted, Change::ListDeleted { list: list.clone() }),
        _ => return Err(Rejection::NotUndoable),
    };
    if is_still_so { Ok(opposite) } else { Err(Rejection::ChangedSince) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ListId {
        text.parse().unwrap()
    }

    fn name(text: &str) -> ShortText {
        ShortText::parse(text).unwrap()
    }

    fn position(text: &str) -> Position {
        Position::try_from(text.to_owned()).unwrap()
    }

    /// The lists a, b and c, of which the command is about this one.
    fn facts(about: &str) -> IndexFacts {
        let order: Vec<_> = [("a", "5"), ("b", "6"), ("c", "7")]
            .map(|(it, at)| PlacedList { list: id(it), position: position(at) })
            .into();
        let list = order.iter().find(|it| it.list == id(about)).map(|it| KnownList {
            id: it.list.clone(),
            name: name(about),
            position: it.position.clone(),
            is_deleted: false,
        });
        IndexFacts { size: 3, list, last: Some(position("7")), order, undone: None }
    }

    fn decided(facts: &IndexFacts, command: &Command) -> Result<Option<Change>, Rejection> {
        decide_list(facts, &id("new"), command)
    }

    #[test]
    fn what_is_as_it_should_be_changes_nothing() {
        let facts = facts("b");
        for command in [
            Command::RenameList { name: name("b") },
            Command::MoveList { after: Some(id("a")) },
            Command::MoveList { after: Some(id("b")) },
            Command::RestoreList,
        ] {
            assert_eq!(decided(&facts, &command), Ok(None), "{command:?}");
        }
        let deleted = IndexFacts { list: facts.list.clone().map(|it| KnownList { is_deleted: true, ..it }), ..facts };
        assert_eq!(decided(&deleted, &Command::DeleteList), Ok(None));
        assert_eq!(decided(&deleted, &Command::RenameList { name: name("x") }), Err(Rejection::ListNotFound));
    }

    #[test]
    fn a_list_moves_right_behind_another_or_to_the_top() {
        let moved = |about: &str, after: Option<&str>| match decided(
            &facts(about),
            &Command::MoveList { after: after.map(id) },
        ) {
            Ok(Some(Change::ListMoved { position, .. })) => position,
            other => panic!("{other:?}"),
        };
        assert!(moved("c", None) < position("5"));
        let between = moved("c", Some("a"));
        assert!(position("5") < between && between < position("6"));
        assert!(moved("a", Some("c")) > position("7"));
        assert_eq!(decided(&facts("a"), &Command::MoveList { after: Some(id("x")) }), Err(Rejection::ListNotFound));
    }

    #[test]
    fn there_is_a_limit_and_home_stays() {
        let full = IndexFacts { size: LISTS_MAX, ..facts("b") };
        assert_eq!(decided(&full, &Command::CreateList { name: name("x") }), Err(Rejection::ListsFull));
        let deleted = IndexFacts { list: full.list.clone().map(|it| KnownList { is_deleted: true, ..it }), ..full };
        assert_eq!(decided(&deleted, &Command::RestoreList), Err(Rejection::ListsFull));
        let home = IndexFacts { list: facts("a").list.map(|it| KnownList { id: ListId::home(), ..it }), ..facts("a") };
        assert_eq!(decided(&home, &Command::DeleteList), Err(Rejection::HomeStays));
        assert_eq!(decided(&facts("x"), &Command::DeleteList), Err(Rejection::ListNotFound));
    }

    #[test]
    fn neighbours_without_room_give_way_and_keep_their_order() {
        let tied = |order: &[&str]| -> Vec<PlacedList> {
            order
                .iter()
                .zip(["a", "b", "c"])
                .map(|(at, it)| PlacedList { list: id(it), position: position(at) })
                .collect()
        };
        let command = Command::MoveList { after: Some(id("a")) };
        assert_eq!(make_room_for_list(&facts("c"), &command), None, "there is room");
        let long = format!("5{}1", "0".repeat(60));
        for order in [["5", "5", "7"], ["5", &long, "7"]] {
            let facts = IndexFacts { order: tied(&order), ..facts("c") };
            let Some(Change::ListsSpaced { lists }) = make_room_for_list(&facts, &command) else { panic!("{order:?}") };
            assert_eq!(lists.iter().map(|it| it.list.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
            assert!(lists.windows(2).all(|it| it[0].position < it[1].position && !it[1].position.is_long()));
        }
    }

    #[test]
    fn an_event_is_undone_while_what_it_set_is_so() {
        let renamed = Change::ListRenamed { list: id("b"), name: name("b"), was: name("x") };
        let undo = Command::UndoOp { op: crate::domain::OpId::new(1, &[0; 10]) };
        let facts = IndexFacts { undone: Some(renamed), ..facts("b") };
        let back = Change::ListRenamed { list: id("b"), name: name("x"), was: name("b") };
        assert_eq!(decided(&facts, &undo), Ok(Some(back)));
        let other =
            IndexFacts { list: facts.list.clone().map(|it| KnownList { name: name("y"), ..it }), ..facts.clone() };
        assert_eq!(decided(&other, &undo), Err(Rejection::ChangedSince));
        let deleted = IndexFacts { undone: Some(Change::ListDeleted { list: id("b") }), ..facts.clone() };
        assert_eq!(decided(&deleted, &undo), Err(Rejection::ChangedSince), "it is back already");
        let spaced = IndexFacts { undone: Some(Change::ListsSpaced { lists: vec![] }), ..facts };
        assert_eq!(decided(&spaced, &undo), Err(Rejection::NotUndoable));
    }
}
