//! A list's todos at one head, and the one fold that moves it. The browser keeps its screen with
//! it; the tests replay the log with it and compare the result with the table.

use serde::{Deserialize, Serialize};

use crate::domain::decide::Facts;
use crate::domain::event::{Change, Event, Head, Seq};
use crate::domain::id::TodoId;
use crate::domain::list::List;
use crate::domain::todo::Todo;

/// A list with its todos, in order of creation, as they were at `head`: all of them, except on a page
/// that has one [`Window`](crate::domain::Window) of a long list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// Which list.
    pub list: List,
    /// The last event that is in here.
    pub head: Head,
    /// Its todos, oldest first.
    pub todos: Vec<Todo>,
}

/// What became of an event that was handed to a board.
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

    /// Moves the board by one event: the next one and no other.
    pub fn apply(&mut self, event: &Event) -> Applied {
        if event.seq <= self.seq() {
            return Applied::Repeat;
        }
        if event.seq > self.seq() + 1 {
            return Applied::Gap;
        }
        self.change(&event.change, event.at_ms);
        self.head = Head(event.id);
        Applied::Next
    }

    /// Makes a change visible, without a place in the log: what [`Board::apply`] does to the todos,
    /// and how a command not yet confirmed is shown.
    pub fn change(&mut self, change: &Change, at_ms: i64) {
        match change {
            Change::Created { todo, title } => self.todos.push(Todo {
                id: *todo,
                title: title.clone(),
                completed: false,
                created_ms: at_ms,
                updated_ms: at_ms,
            }),
            Change::Renamed { todo, title } => self.each(&[*todo], |it| {
                it.title = title.clone();
                it.updated_ms = at_ms;
            }),
            Change::Completed { todos } => self.each(todos, |it| {
                it.completed = true;
                it.updated_ms = at_ms;
            }),
            Change::Reopened { todos } => self.each(todos, |it| {
                it.completed = false;
                it.updated_ms = at_ms;
            }),
            Change::Deleted { todos } => {
                let gone = sorted(todos);
                self.todos.retain(|it| gone.binary_search(&it.id).is_err());
            }
            Change::Named { name } => self.list.name = name.clone(),
        }
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

    fn every(&self, completed: bool) -> Vec<TodoId> {
        self.todos.iter().filter(|it| it.completed == completed).map(|it| it.id).collect()
    }
}

/// For looking many up: all of a full list may change at once.
fn sorted(ids: &[TodoId]) -> Vec<TodoId> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::list::LIST_TODOS_MAX;
    use crate::domain::{Command, EventId, ListId, OpId, Rejection, ShortText, decide};

    fn empty() -> Board {
        let list = List { id: ListId::home(), name: ShortText::parse("Home").unwrap() };
        Board { list, head: Head(EventId::START), todos: Vec::new() }
    }

    fn event(seq: Seq, change: Change) -> Event {
        Event {
            list: ListId::home(),
            id: EventId { seq, tag: 1 },
            seq,
            at_ms: seq,
            op: OpId::new(seq, &[0; 10]),
            change,
        }
    }

    fn todo_id(n: u8) -> TodoId {
        TodoId::new(i64::from(n), &[0; 10])
    }

    fn title(text: &str) -> ShortText {
        ShortText::parse(text).unwrap()
    }

    fn any_command() -> impl Strategy<Value = Command> {
        let id = || (0..6_u8).prop_map(todo_id);
        let ids = || prop::collection::vec(id(), 1..4);
        let text = || "[a-c]{1,2}".prop_map(|it| title(&it));
        prop_oneof![
            4 => (id(), text()).prop_map(|(id, title)| Command::Create { id, title }),
            2 => (id(), text()).prop_map(|(id, title)| Command::Rename { id, title }),
            3 => ids().prop_map(|ids| Command::Complete { ids }),
            2 => ids().prop_map(|ids| Command::Reopen { ids }),
            2 => ids().prop_map(|ids| Command::Delete { ids }),
            1 => Just(Command::CompleteAll),
            1 => Just(Command::ReopenAll),
            1 => Just(Command::ClearCompleted),
        ]
    }

    #[test]
    fn an_event_out_of_turn_changes_nothing() {
        let mut board = empty();
        let created = |n| Change::Created { todo: todo_id(n), title: title("x") };
        assert_eq!(board.apply(&event(1, created(1))), Applied::Next);
        let before = board.clone();
        assert_eq!(board.apply(&event(1, created(2))), Applied::Repeat);
        assert_eq!(board.apply(&event(3, created(3))), Applied::Gap);
        assert_eq!(board, before);
    }

    #[test]
    fn a_command_that_changes_nothing_has_no_change() {
        let mut board = empty();
        board.apply(&event(1, Change::Created { todo: todo_id(1), title: title("x") }));
        assert_eq!(decide(&board, &Command::Reopen { ids: vec![todo_id(1)] }), Ok(None));
        assert_eq!(decide(&board, &Command::Rename { id: todo_id(1), title: title("x") }), Ok(None));
        assert_eq!(decide(&board, &Command::Delete { ids: vec![todo_id(2)] }), Ok(None));
        assert_eq!(decide(&board, &Command::ClearCompleted), Ok(None));
        assert_eq!(decide(&board, &Command::Complete { ids: vec![todo_id(2)] }), Err(Rejection::TodoNotFound));
    }

    #[test]
    fn a_full_list_takes_no_more() {
        let mut board = empty();
        for n in 0..LIST_TODOS_MAX {
            let id = TodoId::new(i64::try_from(n).unwrap(), &[1; 10]);
            board.change(&Change::Created { todo: id, title: title("x") }, 0);
        }
        assert_eq!(decide(&board, &Command::Create { id: todo_id(1), title: title("y") }), Err(Rejection::ListFull));
    }

    proptest! {
        #[test]
        fn applying_a_change_twice_does_no_more_than_once(commands in prop::collection::vec(any_command(), 1..40)) {
            let mut board = empty();
            for command in &commands {
                if let Ok(Some(change)) = decide(&board, command) {
                    board.change(&change, 7);
                    if !matches!(change, Change::Created { .. }) {
                        let once = board.clone();
                        board.change(&change, 7);
                        prop_assert_eq!(&once, &board);
                    }
                }
            }
        }

        #[test]
        fn a_command_accepted_again_changes_nothing(commands in prop::collection::vec(any_command(), 1..40)) {
            let mut board = empty();
            for command in &commands {
                if let Ok(Some(change)) = decide(&board, command) {
                    board.change(&change, 7);
                    prop_assert!(matches!(decide(&board, command), Ok(None) | Err(Rejection::TodoExists)));
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
