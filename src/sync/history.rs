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
        Self::new(op, None, Done::new(-op.at_ms(), undoes, change, known), known)
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
        let step = Step::new(op, Some(event), Done::new(event.seq, undoes, change, &known), &known);
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
