//! A list's todos at one head, and the one function that applies events to them. The browser uses it to
//! update its screen; the tests use it to replay the log and compare the result with the table.

use serde::{Deserialize, Serialize};

use crate::domain::command::Undone;
use crate::domain::done::Done;
use crate::domain::event::{Change, Event, Placed};
use crate::domain::event_id::{Head, Seq};
use crate::domain::facts::Facts;
use crate::domain::id::TodoId;
use crate::domain::list::List;
use crate::domain::position::Position;
use crate::domain::todo::Todo;

/// A list with its todos, in their order, as they were at `head`. It has all of them, except on a page
/// that has one [`Window`](crate::domain::Window) of a long list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// Which list.
    pub list: List,
    /// The last event that was applied.
    pub head: Head,
    /// Its todos, in the order of their positions; those with equal positions in the order of their ids.
    pub todos: Vec<Todo>,
}

/// What a board did with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It was the next one, and is in the board now.
    Next,
    /// The board had it already.
    Repeat,
    /// Events between the board's head and this one are missing: the board is unchanged.
    Gap,
}

impl Board {
    /// The last event's number.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.head.0.seq
    }

    /// The todo with this id.
    #[must_use]
    pub fn todo(&self, id: TodoId) -> Option<&Todo> {
        self.todos.iter().find(|it| it.id == id)
    }

    /// How many todos are still to be done.
    #[must_use]
    pub fn open_count(&self) -> usize {
        self.todos.iter().filter(|it| !it.completed).count()
    }

    /// Applies an event, if it is the next one.
    pub fn apply(&mut self, event: &Event) -> Applied {
        if event.seq <= self.seq() {
            return Applied::Repeat;
        }
        if event.seq > self.seq() + 1 {
            return Applied::Gap;
        }
        self.change(&event.change, event.seq, event.at_ms);
        self.head = Head(event.id);
        Applied::Next
    }

    /// Makes a change without moving the head. [`Board::apply`] uses it, and so does whoever shows a
    /// command that is not confirmed yet; such a command has the number 0.
    pub fn change(&mut self, change: &Change, seq: Seq, at_ms: i64) {
        let touch = |it: &mut Todo| (it.touched_seq, it.updated_ms) = (seq, at_ms);
        match change {
            Change::Created { todo, title, position } => {
                self.insert(Todo::new(*todo, title.clone(), position.clone(), seq, at_ms));
            }
            Change::Renamed { todo, title, .. } => self.each(&[*todo], |it| {
                it.title = title.clone();
                touch(it);
            }),
            Change::Completed { todos } => self.each(todos, |it| {
                it.completed = true;
                touch(it);
            }),
            Change::Reopened { todos } => self.each(todos, |it| {
                it.completed = false;
                touch(it);
            }),
            Change::Deleted { todos, .. } => {
                let gone = sorted(todos);
                self.todos.retain(|it| gone.binary_search(&it.id).is_err());
            }
            Change::Restored { todos, .. } => {
                for todo in todos {
                    let mut todo = todo.clone();
                    touch(&mut todo);
                    self.insert(todo);
                }
            }
            Change::Moved { todo, position, .. } => {
                if let Some(at) = self.todos.iter().position(|it| it.id == *todo) {
                    let mut todo = self.todos.remove(at);
                    todo.position = position.clone();
                    touch(&mut todo);
                    self.insert(todo);
                }
            }
            Change::Spaced { todos } => {
                for Placed { todo, position } in todos {
                    self.each(&[*todo], |it| {
                        it.position = position.clone();
                        touch(it);
                    });
                }
                self.todos.sort_by(|one, two| (&one.position, one.id).cmp(&(&two.position, two.id)));
            }
            Change::Named { name, .. } => self.list.name = name.clone(),
            // Of the lists, the index has to know.
            Change::ListCreated { .. }
            | Change::ListRenamed { .. }
            | Change::ListDeleted { .. }
            | Change::ListRestored { .. }
            | Change::ListMoved { .. }
            | Change::ListsSpaced { .. } => {}
        }
    }

    /// Inserts a todo in the list's order.
    pub fn insert(&mut self, todo: Todo) {
        let place = |it: &Todo| (&it.position, it.id) < (&todo.position, todo.id);
        let at = self.todos.partition_point(place);
        self.todos.insert(at, todo);
    }

    fn each(&mut self, ids: &[TodoId], mut act: impl FnMut(&mut Todo)) {
        let ids = sorted(ids);
        self.todos.iter_mut().filter(|it| ids.binary_search(&it.id).is_ok()).for_each(&mut act);
    }
}

impl Facts for Board {
    fn size(&self) -> usize {
        self.todos.len()
    }

    fn todo(&self, id: TodoId) -> Option<&Todo> {
        Self::todo(self, id)
    }

    fn todos(&self, ids: &[TodoId]) -> Vec<Option<&Todo>> {
        let wanted = sorted(ids);
        let mut found = vec![None; wanted.len()];
        for todo in &self.todos {
            if let Ok(at) = wanted.binary_search(&todo.id) {
                found[at] = Some(todo);
            }
        }
        ids.iter().map(|id| wanted.binary_search(id).ok().and_then(|at| found[at])).collect()
    }

    fn in_trash(&self, _id: TodoId) -> Option<&Todo> {
        None
    }

    fn first(&self) -> Option<&Position> {
        self.todos.first().map(|it| &it.position)
    }

    fn last(&self) -> Option<&Position> {
        self.todos.last().map(|it| &it.position)
    }

    fn every(&self, completed: bool) -> Vec<TodoId> {
        self.todos.iter().filter(|it| it.completed == completed).map(|it| it.id).collect()
    }

    fn order(&self) -> Vec<Placed> {
        self.todos.iter().map(|it| Placed { todo: it.id, position: it.position.clone() }).collect()
    }

    fn behind(&self, place: Option<TodoId>, but: TodoId) -> Option<&Todo> {
        let at = place.map_or(Some(0), |id| self.todos.iter().position(|it| it.id == id).map(|at| at + 1))?;
        self.todos[at..].iter().find(|it| it.id != but)
    }

    fn event(&self, _which: Undone) -> Option<&Done> {
        None
    }

    fn done(&self, _seq: Seq) -> Option<&Done> {
        None
    }
}

/// Sorted, so that many can be looked up fast: all todos of a full list may change at once.
fn sorted(ids: &[TodoId]) -> Vec<TodoId> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::examples::{any_command, created, empty, todo_id};
    use crate::domain::{EventId, ListId, OpId, decide};

    fn event(seq: Seq, change: Change) -> Event {
        let id = EventId { seq, tag: 1 };
        Event { list: ListId::home(), id, seq, at_ms: seq, op: OpId::new(seq, &[0; 10]), change, undoes: None }
    }

    #[test]
    fn an_event_that_is_not_the_next_one_changes_nothing() {
        let mut board = empty();
        let one = created(&board, todo_id(1));
        assert_eq!(board.apply(&event(1, one)), Applied::Next);
        let before = board.clone();
        assert_eq!(board.apply(&event(1, created(&before, todo_id(2)))), Applied::Repeat);
        assert_eq!(board.apply(&event(3, created(&before, todo_id(3)))), Applied::Gap);
        assert_eq!(board, before);
    }

    #[test]
    fn todos_are_in_the_order_of_their_positions_and_ids() {
        let mut board = empty();
        for (n, position) in [(3, "7"), (1, "5"), (4, "6"), (2, "6"), (5, "55")] {
            let mut change = created(&board, todo_id(n));
            if let Change::Created { position: it, .. } = &mut change {
                *it = Position::try_from(position.to_owned()).unwrap();
            }
            board.change(&change, 1, 0);
        }
        let order: Vec<_> = board.todos.iter().map(|it| it.id).collect();
        assert_eq!(order, [1, 5, 2, 4, 3].map(todo_id));
    }

    proptest! {
        #[test]
        fn applying_a_change_twice_does_no_more_than_once(commands in prop::collection::vec(any_command(), 1..40)) {
            let mut board = empty();
            for command in &commands {
                if let Ok(Some(change)) = decide(&board, command) {
                    board.change(&change, 3, 7);
                    if !matches!(change, Change::Created { .. }) {
                        let once = board.clone();
                        board.change(&change, 3, 7);
                        prop_assert_eq!(&once, &board);
                    }
                }
            }
        }

        #[test]
        fn a_board_is_read_back_as_it_was_written(commands in prop::collection::vec(any_command(), 0..20)) {
            let mut board = empty();
            for command in &commands {
                if let Ok(Some(change)) = decide(&board, command) {
                    let next = event(board.seq() + 1, change);
                    board.apply(&next);
                }
            }
            let json = serde_json::to_string(&board).unwrap();
            prop_assert_eq!(serde_json::from_str::<Board>(&json).unwrap(), board);
        }
    }
}
