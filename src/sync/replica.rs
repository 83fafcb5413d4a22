//! A list as a client knows it: what the log has confirmed, the commands on top of that, and what is
//! shown. Each step returns the todos it touched, and only these have to be drawn again.

use crate::domain::command::Scope;
use crate::domain::{
    Applied, Board, Change, Command, Done, Event, Facts, ListId, OpId, Receipt, Seq, Todo, TodoId, decide,
};
use crate::protocol::error::{ApiError, ErrorCode};
use crate::sync::history::{History, Known, Step};
use crate::sync::outbox::{Heads, Outbox, PendingCommand};

/// With more than this, looking up each of them costs more than building the whole list again.
const THESE_MAX: usize = 64;

/// The todos that may look different after a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// These, and no others.
    These(Vec<TodoId>),
    /// Any.
    Everything,
}

impl Touched {
    /// No todo.
    pub const NOTHING: Self = Self::These(Vec::new());

    fn add(&mut self, ids: &[TodoId]) {
        let Self::These(these) = self else { return };
        these.extend_from_slice(ids);
        these.sort_unstable();
        these.dedup();
        if these.len() > THESE_MAX {
            *self = Self::Everything;
        }
    }

    fn add_command(&mut self, command: &Command) {
        match command.scope() {
            Scope::These(ids) => self.add(ids),
            Scope::Every { .. } | Scope::Place { .. } | Scope::Event(_) => *self = Self::Everything,
        }
    }

    fn has_any(&self, ids: &[TodoId]) -> bool {
        match self {
            Self::These(these) => ids.iter().any(|id| these.binary_search(id).is_ok()),
            Self::Everything => true,
        }
    }
}

/// What happens to a command after the server's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// It was accepted; the person need not be told anything.
    Accepted,
    /// It was rejected, and is kept with its text, to be tried again or copied.
    Kept,
    /// It was rejected and is removed.
    Dropped,
}

/// A list as a client knows it.
#[derive(Debug)]
pub struct Replica {
    board: Board,
    /// Whether the board has all todos of the list, and not only a window of them.
    is_whole: bool,
    /// What has led to the board.
    history: History,
    outbox: Outbox,
    shown: Board,
    /// What the commands in the outbox have done to what is shown, in order.
    ahead: Vec<Step>,
}

impl Replica {
    /// The list as the server gave it, without commands.
    #[must_use]
    pub fn new(board: Board, is_whole: bool) -> Self {
        Self {
            shown: board.clone(),
            board,
            is_whole,
            history: History::default(),
            outbox: Outbox::default(),
            ahead: Vec::new(),
        }
    }

    /// What the log has confirmed.
    #[must_use]
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The board as it will look once every command about it has taken effect. A todo that no event has
    /// confirmed has a guessed position; the event may give it another one.
    #[must_use]
    pub fn shown(&self) -> &Board {
        &self.shown
    }

    /// The commands that the log does not have yet.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// What a command would change on what is shown. `None` where that is nothing, or can't be known here.
    #[must_use]
    pub fn preview(&self, command: &Command) -> Option<Change> {
        let known = Known::new(&self.shown, &self.history).with(&self.ahead);
        decide(&known, command).ok().flatten()
    }

    /// Adds a command, or updates one that is already in here.
    pub fn put(&mut self, pending: PendingCommand) -> Touched {
        let mut touched = Touched::NOTHING;
        touched.add_command(&pending.command);
        // What commands have made may stand elsewhere by now, which matters to one that depends on others.
        let is_simple = !pending.depends_on_others() || !self.outbox.iter().any(PendingCommand::is_create);
        if is_simple && self.outbox.is_after_all(pending.op) && self.is_about_this(&pending) {
            // What is shown has every other command already.
            if let Some(shown) = self.show(&pending) {
                touched = shown;
            }
            self.outbox.put(pending);
            return touched;
        }
        self.outbox.put(pending);
        self.rebase(touched)
    }

    /// Removes a command.
    pub fn remove(&mut self, op: OpId) -> Touched {
        let mut touched = Touched::NOTHING;
        if let Some(pending) = self.outbox.get(op) {
            touched.add_command(&pending.command);
            self.outbox.remove(op);
        }
        self.rebase(touched)
    }

    /// Takes an event from the server. Also returns the commands that are over now.
    pub fn receive(&mut self, event: &Event) -> (Applied, Vec<OpId>, Touched) {
        if event.seq == self.board.seq() + 1 {
            self.history.remember(&self.board, event.op, event.id, event.undoes, event.change.clone());
        }
        let applied = self.board.apply(event);
        if applied != Applied::Next {
            return (applied, Vec::new(), Touched::NOTHING);
        }
        let over = self.outbox.confirm(event);
        let mut touched = Touched::NOTHING;
        touched.add(&event.change.todos());
        over.iter().filter(|it| self.is_about_this(it)).for_each(|it| touched.add_command(&it.command));
        let over = over.into_iter().map(|it| it.op).collect();
        (applied, over, self.rebase(touched))
    }

    /// Takes an event of the index. Returns the commands that are over now.
    pub fn receive_in_index(&mut self, event: &Event) -> (Vec<OpId>, Touched) {
        let over = self.outbox.confirm(event);
        self.finished(over)
    }

    /// The lists are known up to this event of the index. Returns the commands that are over now.
    pub fn index_reached(&mut self, head: Seq) -> (Vec<OpId>, Touched) {
        let over = self.outbox.reached(&ListId::index(), head);
        self.finished(over)
    }

    fn finished(&mut self, over: Vec<PendingCommand>) -> (Vec<OpId>, Touched) {
        let mut touched = Touched::NOTHING;
        over.iter().filter(|it| self.is_about_this(it)).for_each(|it| touched.add_command(&it.command));
        let over: Vec<_> = over.into_iter().map(|it| it.op).collect();
        let touched = if over.is_empty() { touched } else { self.rebase(touched) };
        (over, touched)
    }

    /// Takes the server's answer to a command. `index` is the last event of the index that this client knows.
    pub fn answered(&mut self, op: OpId, answer: Result<&Receipt, &ApiError>, index: Seq) -> (Answered, Touched) {
        let Some(pending) = self.outbox.get(op) else { return (Answered::Accepted, Touched::NOTHING) };
        let mut touched = Touched::NOTHING;
        touched.add_command(&pending.command);
        let command = pending.command.clone();
        let answered = match (answer, &command) {
            (Ok(receipt), _) => {
                let heads = Heads { board: (self.board.list.id.clone(), self.board.seq()), index };
                self.outbox.receive(op, receipt, &heads);
                // Until the board is there, it is shown as before, and as saved.
                if self.outbox.get(op).is_some() {
                    return (Answered::Accepted, touched);
                }
                Answered::Accepted
            }
            // This same command created the todo, but so long ago that the server has forgotten its op. The
            // todo may be in the part of the list that is not loaded yet.
            (Err(error), Command::Create { id, .. })
                if error.code == ErrorCode::TodoExists && (!self.is_whole || self.board.todo(*id).is_some()) =>
            {
                self.outbox.remove(op);
                Answered::Accepted
            }
            (Err(error), Command::Create { .. } | Command::Rename { .. }) => {
                self.outbox.reject(op, error.message.clone());
                Answered::Kept
            }
            (Err(_), _) => {
                self.outbox.remove(op);
                Answered::Dropped
            }
        };
        (answered, self.rebase(touched))
    }

    /// Forgets the receipts, because the next connection may be to another log than the one they are from.
    pub fn forget_receipts(&mut self) -> Touched {
        let mut touched = Touched::NOTHING;
        for command in self.outbox.forget_receipts() {
            touched.add_command(&command);
        }
        touched
    }

    /// Takes the whole list as it is now, when it can't be reached by applying events.
    pub fn replace(&mut self, board: Board) -> Touched {
        _ = self.outbox.forget_receipts();
        (self.board, self.is_whole, self.history) = (board, true, History::default());
        self.rebase(Touched::Everything)
    }

    fn is_about_this(&self, pending: &PendingCommand) -> bool {
        pending.rejected.is_none() && pending.list == self.board.list.id
    }

    /// Shows a command on top of what is shown. `None` if it changes nothing.
    fn show(&mut self, pending: &PendingCommand) -> Option<Touched> {
        self.ahead.retain(|it| it.op() != pending.op);
        let at = self.ahead.partition_point(|it| it.op() < pending.op);
        let known = Known::new(&self.shown, &self.history).with(&self.ahead[..at]);
        let step = step(&known, pending)?;
        let Done { seq, change, .. } = step.done();
        self.shown.change(change, *seq, pending.at_ms);
        let mut touched = Touched::NOTHING;
        touched.add(pending.command.todos());
        touched.add(&change.todos());
        self.ahead.insert(at, step);
        Some(touched)
    }

    /// Shows these todos as the board has them, with the commands about them on top. Returns all todos that
    /// had to be shown again because of that.
    fn rebase(&mut self, touched: Touched) -> Touched {
        let touched = self.widened(touched);
        self.ahead.retain(|it| self.outbox.get(it.op()).is_some());
        match &touched {
            Touched::Everything => (self.shown, self.ahead) = self.anew(),
            Touched::These(ids) => {
                self.shown.head = self.board.head;
                self.shown.list.clone_from(&self.board.list);
                self.put_back(ids);
                let about = |it: &&PendingCommand| self.is_about_this(it) && touched.has_any(it.command.todos());
                for pending in self.outbox.iter().filter(about).cloned().collect::<Vec<_>>() {
                    self.show(&pending);
                }
            }
        }
        touched
    }

    /// Which todos must be shown again together. How a todo is shown depends on the board and on every command
    /// that names it. A todo that a command creates is at the end, so the todos created after it depend on it.
    fn widened(&self, mut touched: Touched) -> Touched {
        let creates = || self.outbox.iter().filter(|it| it.is_create() && self.is_about_this(it));
        if creates().next().is_some() && self.is_placed_anew(&touched) {
            // Todos that commands create at the end must come after it.
            creates().for_each(|it| touched.add_command(&it.command));
        }
        let mut is_wider = true;
        while is_wider && touched != Touched::Everything {
            let before = touched.clone();
            let mut makes = false;
            for pending in self.outbox.iter().filter(|it| self.is_about_this(it)) {
                let ids = pending.command.todos();
                let is_new = pending.is_create();
                // It is deleted and created again, so its position is not the one that the board has.
                if is_new && self.board.todo(ids[0]).is_some() {
                    return Touched::Everything;
                }
                if pending.depends_on_others() {
                    return Touched::Everything;
                }
                if touched.has_any(ids) || makes && is_new {
                    touched.add_command(&pending.command);
                    makes |= is_new;
                }
            }
            is_wider = touched != before;
        }
        touched
    }

    /// The board with every command on top, and what each of them did to it, made from nothing else.
    fn anew(&self) -> (Board, Vec<Step>) {
        let (mut shown, mut ahead) = (self.board.clone(), Vec::new());
        for pending in self.outbox.iter().filter(|it| self.is_about_this(it)) {
            let known = Known::new(&shown, &self.history).with(&ahead);
            if let Some(step) = step(&known, pending) {
                shown.change(&step.done().change, step.done().seq, pending.at_ms);
                ahead.push(step);
            }
        }
        (shown, ahead)
    }

    /// What [`Replica::shown`] must be, made from the board and the outbox alone. For the tests.
    #[must_use]
    pub fn expected(&self) -> Board {
        self.anew().0
    }

    /// Whether the board has one of these at a place where it is not shown yet.
    fn is_placed_anew(&self, touched: &Touched) -> bool {
        let mut placed = self.board.todos.iter().filter(|it| touched.has_any(&[it.id]));
        placed.any(|todo| self.shown.todo(todo.id).is_none_or(|it| it.position != todo.position))
    }

    /// Replaces these todos by what the board has of them.
    fn put_back(&mut self, ids: &[TodoId]) {
        let is_one = |it: &&Todo| ids.binary_search(&it.id).is_ok();
        self.shown.todos.retain(|it| !is_one(&it));
        for todo in self.board.todos.iter().filter(is_one) {
            self.shown.insert(todo.clone());
        }
    }
}

/// What a command comes to on what is known. `None` where it changes nothing, or where only the server can tell.
fn step(known: &Known<'_>, pending: &PendingCommand) -> Option<Step> {
    let change = decide(known, &pending.command).ok().flatten()?;
    let undoes = match pending.command.scope() {
        Scope::Event(which) => known.event(which).map(|it| it.seq),
        _ => None,
    };
    Some(Step::ahead(pending.op, undoes, change, known))
}
