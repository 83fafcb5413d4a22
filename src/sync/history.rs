//! What a client remembers of what has happened to a list, so that it knows at once what an undo comes to, and
//! what is in the trash. It has seen only the last events: what it does not remember, the server does.

use std::collections::VecDeque;

use crate::domain::{Board, Change, Done, EventId, Facts, OpId, Placed, Position, Seq, Todo, TodoId, Undone};

/// How many events are remembered. More than a person takes back in a row.
const STEPS_MAX: usize = 200;

/// One event, or one command that has taken effect on what is shown.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    op: OpId,
    /// Absent where it is not in the log yet.
    event: Option<EventId>,
    done: Done,
    /// The todos that it put into the trash, as they were then.
    gone: Vec<Todo>,
}

/// The last events of a list, in order.
#[derive(Debug, Clone, Default)]
pub struct History {
    steps: VecDeque<Step>,
}

/// A board with what is remembered of it, which is all that the rules ask for.
#[derive(Debug)]
pub struct Known<'a> {
    board: &'a Board,
    history: &'a History,
    /// The steps of commands that are not in the log yet.
    ahead: &'a [Step],
}

impl Step {
    /// What a command comes to that has no event yet. Its number is less than that of any event, and less than
    /// that of any earlier command.
    pub(crate) fn ahead(op: OpId, undoes: Option<Seq>, change: Change, known: &Known<'_>) -> Self {
        Self::new(op, None, known.meets(-op.at_ms(), undoes, change), known)
    }

    fn new(op: OpId, event: Option<EventId>, done: Done, known: &Known<'_>) -> Self {
        let gone = match &done.change {
            Change::Deleted { todos, .. } => known.todos(todos).into_iter().flatten().cloned().collect(),
            _ => Vec::new(),
        };
        let gone = gone.into_iter().map(|it: Todo| Todo { touched_seq: done.seq, ..it }).collect();
        Self { op, event, done, gone }
    }

    /// The command that it came from.
    pub(crate) fn op(&self) -> OpId {
        self.op
    }

    /// What it does to the board.
    pub(crate) fn done(&self) -> &Done {
        &self.done
    }
}

impl History {
    /// Remembers an event that this board does not have yet.
    pub fn remember(&mut self, board: &Board, op: OpId, event: EventId, undoes: Option<Seq>, change: Change) {
        let known = Known::new(board, self);
        let step = Step::new(op, Some(event), known.meets(event.seq, undoes, change), &known);
        if self.steps.len() == STEPS_MAX {
            self.steps.pop_front();
        }
        self.steps.push_back(step);
    }
}

impl<'a> Known<'a> {
    /// A board and what has happened to it.
    #[must_use]
    pub fn new(board: &'a Board, history: &'a History) -> Self {
        Self { board, history, ahead: &[] }
    }

    /// The same with commands that have taken effect on the board and are not in the log.
    pub(crate) fn with(self, ahead: &'a [Step]) -> Self {
        Self { ahead, ..self }
    }

    /// The last steps first.
    fn steps(&self) -> impl Iterator<Item = &Step> {
        self.ahead.iter().rev().chain(self.history.steps.iter().rev())
    }
}

impl Facts for Known<'_> {
    fn size(&self) -> usize {
        self.board.size()
    }

    fn todo(&self, id: TodoId) -> Option<&Todo> {
        self.board.todo(id)
    }

    fn todos(&self, ids: &[TodoId]) -> Vec<Option<&Todo>> {
        self.board.todos(ids)
    }

    fn in_trash(&self, id: TodoId) -> Option<&Todo> {
        if self.board.todo(id).is_some() {
            return None;
        }
        self.steps().find_map(|step| step.gone.iter().find(|it| it.id == id))
    }

    fn first(&self) -> Option<&Position> {
        self.board.first()
    }

    fn last(&self) -> Option<&Position> {
        self.board.last()
    }

    fn every(&self, completed: bool) -> Vec<TodoId> {
        self.board.every(completed)
    }

    fn order(&self) -> Vec<Placed> {
        self.board.order()
    }

    fn behind(&self, place: Option<TodoId>, but: TodoId) -> Option<&Todo> {
        self.board.behind(place, but)
    }

    fn event(&self, which: Undone) -> Option<&Done> {
        let is_it = |step: &&Step| match which {
            Undone::Event(id) => step.event == Some(id),
            Undone::Op(op) => step.op == op,
        };
        self.steps().find(is_it).map(|it| &it.done)
    }

    fn done(&self, seq: Seq) -> Option<&Done> {
        self.steps().map(|it| &it.done).find(|it| it.seq == seq)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::examples::{any_command, created, empty, todo_id};
    use crate::domain::{Command, Event, ListId, Rejection, decide, make_room};

    /// A list on a server: what is asked is decided, remembered and applied.
    struct Played {
        board: Board,
        history: History,
    }

    impl Played {
        fn new() -> Self {
            Self { board: empty(), history: History::default() }
        }

        fn ask(&mut self, command: &Command) -> Result<Option<EventId>, Rejection> {
            let known = Known::new(&self.board, &self.history);
            if let Some(room) = make_room(&known, command).filter(|_| matches!(decide(&known, command), Ok(Some(_)))) {
                self.happen(room, None);
            }
            let known = Known::new(&self.board, &self.history);
            let Some(change) = decide(&known, command)? else { return Ok(None) };
            let undoes = match command {
                Command::Undo { event } => known.event(Undone::Event(*event)).map(|it| it.seq),
                _ => None,
            };
            Ok(Some(self.happen(change, undoes)))
        }

        fn happen(&mut self, change: Change, undoes: Option<Seq>) -> EventId {
            let seq = self.board.seq() + 1;
            let (id, op) = (EventId { seq, tag: 1 }, OpId::new(seq, &[0; 10]));
            self.history.remember(&self.board, op, id, undoes, change.clone());
            self.board.apply(&Event { list: ListId::home(), id, seq, at_ms: seq, op, change, undoes });
            id
        }

        /// Whether todos were given other positions to make room: an undo puts a todo near to where it was then.
        fn has_made_room(&self) -> bool {
            self.history.steps.iter().any(|it| matches!(it.done.change, Change::Spaced { .. }))
        }

        /// What a person sees: which todos there are, in which order and how.
        fn seen(&self) -> Vec<(TodoId, String, bool)> {
            self.board.todos.iter().map(|it| (it.id, it.title.to_string(), it.completed)).collect()
        }
    }

    #[test]
    fn what_was_undone_can_be_undone_again_and_what_others_changed_since_cannot() {
        let mut list = Played::new();
        let id = todo_id(1);
        list.happen(created(&list.board, id), None);
        let done = list.ask(&Command::Complete { ids: vec![id] }).unwrap().unwrap();
        let undone = list.ask(&Command::Undo { event: done }).unwrap().unwrap();
        assert_eq!(list.ask(&Command::Undo { event: done }), Err(Rejection::ChangedSince));
        let redone = list.ask(&Command::Undo { event: undone }).unwrap().unwrap();
        assert!(list.board.todos[0].completed);
        assert!(list.ask(&Command::Undo { event: done }).is_ok(), "it has taken effect again");
        list.ask(&Command::Complete { ids: vec![id] }).unwrap();
        assert_eq!(list.ask(&Command::Undo { event: redone }), Err(Rejection::ChangedSince));
        assert_eq!(list.ask(&Command::Undo { event: EventId { seq: 99, tag: 1 } }), Err(Rejection::NotUndoable));
    }

    #[test]
    fn ten_thousand_moves_into_one_gap_keep_the_order_and_the_positions_short() {
        let mut list = Played::new();
        for n in 0..200 {
            list.happen(created(&list.board, TodoId::new(n, &[0; 10])), None);
        }
        let (first, mut expected) = (list.board.todos[0].id, list.board.order());
        for n in 0..10_000_usize {
            let id = list.board.todos[1 + n * 7 % 199].id;
            if list.ask(&Command::Move { id, after: Some(first) }).unwrap().is_some() {
                let at = expected.iter().position(|it| it.todo == id).unwrap();
                let moved = expected.remove(at);
                expected.insert(1, moved);
            }
            assert!(list.board.todos.iter().all(|it| !it.position.is_long()), "after {n}");
        }
        let order = |all: &[Placed]| all.iter().map(|it| it.todo).collect::<Vec<_>>();
        assert_eq!(order(&list.board.order()), order(&expected));
    }

    proptest! {
        #[test]
        fn undoing_one_after_the_other_leads_back_to_the_beginning(
            commands in prop::collection::vec(any_command(), 1..40),
        ) {
            let mut list = Played::new();
            let (mut before, mut created) = (Vec::new(), Vec::new());
            for command in &commands {
                if let Command::Create { id, .. } = command {
                    // What a todo was is lost once its id is used again.
                    if created.contains(id) {
                        continue;
                    }
                    created.push(*id);
                }
                let seen = list.seen();
                if let Ok(Some(event)) = list.ask(command) {
                    before.push((event, seen));
                }
            }
            prop_assume!(!list.has_made_room());
            while let Some((event, seen)) = before.pop() {
                let undone = list.ask(&Command::Undo { event });
                prop_assert!(undone.is_ok(), "nobody else changed it: {event}");
                prop_assert_eq!(list.seen(), seen);
            }
        }

        #[test]
        fn an_undo_gives_back_what_was_there_or_is_rejected(
            commands in prop::collection::vec(any_command(), 1..30),
            at in any::<prop::sample::Index>(),
        ) {
            let mut list = Played::new();
            let mut events = Vec::new();
            for command in &commands {
                if let Ok(Some(event)) = list.ask(command) {
                    events.push(event);
                }
            }
            prop_assume!(!events.is_empty() && !list.has_made_room());
            let event = *at.get(&events);
            let before = list.board.clone();
            let seen = list.seen();
            if let Ok(undone) = list.ask(&Command::Undo { event }) {
                let again = list.ask(&Command::Undo { event: undone.unwrap() });
                prop_assert!(again.is_ok());
                prop_assert_eq!(list.seen(), seen);
            } else {
                prop_assert_eq!(list.board, before);
            }
        }
    }
}
