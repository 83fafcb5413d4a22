//! Several browsers with their outboxes and a model of the server, with steps in any order: connections that
//! lose requests and answers, reloads, a restored backup. In the end all browsers show the same list.

use std::collections::{BTreeMap, HashMap, HashSet};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;
use todoapp::domain::command::Scope;
use todoapp::domain::{
    Applied, Board, Change, Command, Event, EventId, Facts, Head, List, ListId, OpId, Position, Receipt, Rejection,
    Seq, ShortText, Todo, TodoId, decide, make_room,
};
use todoapp::protocol::ApiError;
use todoapp::sync::{History, Known, Outbox, PendingCommand, Replica, Touched};

const CLIENTS: usize = 3;
const CASES: u32 = 600;

/// Commands in one request: few, so that some have to wait for the next request.
const BATCH: usize = 3;

/// How often each client gets its turn at the end; far more often than needed.
const TURNS: usize = 100;

/// What can happen at any moment.
#[derive(Debug, Clone)]
enum Step {
    Command(usize, Command),
    /// The client takes back the command that it gave so many before.
    Undo(usize, usize),
    /// The next commands go out; the request or the answer may get lost.
    Send(usize, Sent),
    /// The answer that was under way arrives.
    Answer(usize),
    /// The socket delivers this many events.
    Deliver(usize, usize),
    /// The answer that was under way is lost.
    Lose(usize),
    /// The socket ends.
    Cut(usize),
    /// The page is loaded again: only what the browser has stored is left.
    Reload(usize),
    /// The server stops, and starts again with an older copy of its data.
    Restore(Index),
}

#[derive(Debug, Clone, Copy)]
enum Sent {
    RequestLost,
    AnswerLost,
    AnswerUnderWay,
    Answered,
}

type Answer = Result<Receipt, Rejection>;

#[derive(Default)]
struct Server {
    log: Vec<Event>,
    board: Option<Board>,
    history: History,
    /// Commands that were rejected or changed nothing, since the data is what it is.
    judged: HashSet<OpId>,
    tags: u64,
}

fn empty() -> Board {
    let list = List { id: ListId::home(), name: ShortText::parse("Home").unwrap() };
    Board { list, head: Head(EventId::START), todos: Vec::new() }
}

impl Server {
    fn board(&self) -> Board {
        self.board.clone().unwrap_or_else(empty)
    }

    fn ask(&mut self, op: OpId, command: &Command) -> Answer {
        if let Some(event) = self.log.iter().find(|it| it.op == op) {
            return Ok(Receipt::new(ListId::home(), event.id));
        }
        let board = self.board();
        let known = Known::new(&board, &self.history);
        let change = decide(&known, command).inspect_err(|_| {
            self.judged.insert(op);
        })?;
        if change.is_none() {
            self.judged.insert(op);
            return Ok(Receipt::new(ListId::home(), board.head.0));
        }
        let undoes = match command.scope() {
            Scope::Event(which) => known.event(which).map(|it| it.seq),
            _ => None,
        };
        if let Some(room) = make_room(&known, command) {
            self.happen(OpId::new(i64::try_from(self.tags).unwrap(), &[1; 10]), room, None);
        }
        let change = decide(&Known::new(&self.board(), &self.history), command)?.unwrap();
        Ok(Receipt::new(ListId::home(), self.happen(op, change, undoes)))
    }

    fn happen(&mut self, op: OpId, change: Change, undoes: Option<Seq>) -> EventId {
        self.tags += 1;
        let mut board = self.board();
        let seq = board.seq() + 1;
        let id = EventId { seq, tag: self.tags };
        self.history.remember(&board, op, id, undoes, change.clone());
        let event = Event { list: ListId::home(), id, seq, at_ms: seq, op, change, undoes };
        assert_eq!(board.apply(&event), Applied::Next);
        self.log.push(event);
        self.board = Some(board);
        id
    }

    fn restore(&mut self, kept: usize) {
        self.log.truncate(kept);
        self.judged.clear();
        (self.board, self.history) = (Some(empty()), History::default());
        let log = std::mem::take(&mut self.log);
        for event in log {
            let mut board = self.board();
            self.history.remember(&board, event.op, event.id, event.undoes, event.change.clone());
            assert_eq!(board.apply(&event), Applied::Next);
            self.log.push(event);
            self.board = Some(board);
        }
    }

    fn has(&self, cursor: EventId) -> bool {
        cursor == EventId::START || self.log.iter().any(|it| it.id == cursor)
    }
}

/// A browser: its replica, its socket and its storage, combined as in `ui/live/`.
struct Client {
    replica: Replica,
    is_connected: bool,
    under_way: Vec<(PendingCommand, Answer)>,
    /// What the browser has stored, which survives a reload.
    kept: BTreeMap<OpId, String>,
    /// What is on the screen. Only the todos that a step touched are drawn again.
    drawn: HashMap<TodoId, Todo>,
}

impl Client {
    fn new() -> Self {
        Self {
            replica: Replica::new(empty(), true),
            is_connected: false,
            under_way: Vec::new(),
            kept: BTreeMap::new(),
            drawn: HashMap::new(),
        }
    }

    fn outbox(&self) -> &Outbox {
        self.replica.outbox()
    }

    fn keep(&mut self, op: OpId) {
        match self.replica.outbox().get(op) {
            Some(pending) => self.kept.insert(op, serde_json::to_string(pending).unwrap()),
            None => self.kept.remove(&op),
        };
    }

    fn draw(&mut self, touched: &Touched) {
        let shown = self.replica.shown();
        match touched {
            Touched::Everything => self.drawn = shown.todos.iter().map(|it| (it.id, it.clone())).collect(),
            Touched::These(ids) => {
                for id in ids {
                    match shown.todo(*id) {
                        Some(todo) => self.drawn.insert(*id, todo.clone()),
                        None => self.drawn.remove(id),
                    };
                }
            }
        }
        let (shown, expected) = (self.replica.shown(), self.replica.expected());
        let is_in_order = |it: &[Todo]| (&it[0].position, it[0].id) < (&it[1].position, it[1].id);
        assert!(shown.todos.windows(2).all(is_in_order), "the todos are in the order of positions");
        assert_eq!(self.settled(&shown.todos), self.settled(&expected.todos), "the board with the commands on top");
        assert_eq!((&shown.list, shown.head), (&expected.list, expected.head));
        let drawn: Vec<_> = expected.todos.iter().filter_map(|it| self.drawn.get(&it.id).cloned()).collect();
        assert_eq!(self.settled(&drawn), self.settled(&expected.todos), "what changed was touched");
        assert_eq!(self.drawn.len(), expected.todos.len(), "each todo is drawn once");
    }

    /// The todos without guessed positions: an event may give other positions, but in the same order.
    fn settled(&self, todos: &[Todo]) -> Vec<Todo> {
        let is_made =
            |todo: &Todo, it: &PendingCommand| matches!(it.command, Command::Create { id, .. } if id == todo.id);
        let mut todos = todos.to_vec();
        let provisional = |todo: &&mut Todo| self.outbox().iter().any(|it| is_made(todo, it));
        todos.iter_mut().filter(provisional).for_each(|it| it.position = Position::after(None));
        todos
    }

    fn command(&mut self, pending: PendingCommand) {
        let op = pending.op;
        let touched = self.replica.put(pending);
        self.draw(&touched);
        self.keep(op);
    }

    /// Sends as many commands in one request as are allowed.
    fn send(&mut self, server: &mut Server, sent: Sent) {
        if !self.under_way.is_empty() || matches!(sent, Sent::RequestLost) {
            return;
        }
        let batch: Vec<_> = self.outbox().unanswered().take(BATCH).cloned().collect();
        let answers = batch.into_iter().map(|it| (it.clone(), server.ask(it.op, &it.command))).collect();
        match sent {
            Sent::Answered => self.answered(answers),
            Sent::AnswerUnderWay => self.under_way = answers,
            Sent::RequestLost | Sent::AnswerLost => {}
        }
    }

    fn answered(&mut self, answers: Vec<(PendingCommand, Answer)>) {
        for (pending, answer) in answers {
            let answer = answer.map_err(ApiError::from);
            let (_, touched) = self.replica.answered(pending.op, answer.as_ref(), 0);
            self.draw(&touched);
            self.keep(pending.op);
        }
    }

    /// Connects if necessary, and receives this many events.
    fn deliver(&mut self, server: &Server, count: usize) {
        if !self.is_connected {
            self.is_connected = true;
            // A backup may have been restored that has the client's cursor, but not the events of its
            // receipts. So the receipts are forgotten, whether there is a reset or not.
            self.replica.forget_receipts();
            if !server.has(self.replica.board().head.0) {
                let touched = self.replica.replace(server.board());
                self.draw(&touched);
            }
        }
        let cursor = usize::try_from(self.replica.board().seq()).unwrap();
        for event in server.log[cursor..].iter().take(count) {
            let (applied, over, touched) = self.replica.receive(event);
            assert_eq!(applied, Applied::Next);
            self.draw(&touched);
            for op in over {
                self.kept.remove(&op);
            }
        }
    }

    fn reload(&mut self, server: &Server) {
        self.is_connected = false;
        self.under_way.clear();
        self.replica = Replica::new(server.board(), true);
        self.draw(&Touched::Everything);
        for text in self.kept.clone().values() {
            let touched = self.replica.put(serde_json::from_str(text).unwrap());
            self.draw(&touched);
        }
    }
}

fn steps(restores: u32) -> impl Strategy<Value = Vec<Step>> {
    let todo = || (0..4_i64).prop_map(|n| TodoId::new(n + 1, &[0; 10]));
    let text = || "[a-c]".prop_map(|it| ShortText::parse(&it).unwrap());
    let command = prop_oneof![
        4 => (todo(), text(), any::<bool>()).prop_map(|(id, title, at_top)| Command::Create { id, title, at_top }),
        2 => (todo(), text()).prop_map(|(id, title)| Command::Rename { id, title }),
        3 => vec(todo(), 1..3).prop_map(|ids| Command::Complete { ids }),
        2 => todo().prop_map(|id| Command::Reopen { ids: vec![id] }),
        2 => todo().prop_map(|id| Command::Delete { ids: vec![id] }),
        2 => todo().prop_map(|id| Command::Restore { ids: vec![id] }),
        3 => (todo(), option::of(todo())).prop_map(|(id, after)| Command::Move { id, after }),
        1 => Just(Command::CompleteAll),
        1 => Just(Command::ClearCompleted),
    ];
    let sent = prop_oneof![
        1 => Just(Sent::RequestLost),
        2 => Just(Sent::AnswerLost),
        2 => Just(Sent::AnswerUnderWay),
        4 => Just(Sent::Answered),
    ];
    let client = || 0..CLIENTS;
    let step = prop_oneof![
        8 => (client(), command).prop_map(|(client, command)| Step::Command(client, command)),
        3 => (client(), 1..6_usize).prop_map(|(client, back)| Step::Undo(client, back)),
        10 => (client(), sent).prop_map(|(client, sent)| Step::Send(client, sent)),
        4 => client().prop_map(Step::Answer),
        6 => (client(), 1..5_usize).prop_map(|(client, count)| Step::Deliver(client, count)),
        1 => client().prop_map(Step::Lose),
        2 => client().prop_map(Step::Cut),
        2 => client().prop_map(Step::Reload),
        restores => any::<Index>().prop_map(Step::Restore),
    ];
    vec(step, 1..120)
}

/// Plays the steps, lets everything finish, and checks what must hold then.
fn play(steps: Vec<Step>) {
    let mut server = Server::default();
    let mut clients: Vec<_> = (0..CLIENTS).map(|_| Client::new()).collect();
    let mut pending: HashMap<OpId, Command> = HashMap::new();
    // What each client asked for, in order.
    let mut given: [Vec<OpId>; CLIENTS] = Default::default();
    // Commands that were over for their client before a backup without them was put back.
    let mut forgotten: HashSet<OpId> = HashSet::new();
    for (n, step) in (1..).zip(steps) {
        match step {
            Step::Command(client, command) => {
                let op = OpId::new(n, &[0; 10]);
                pending.insert(op, command.clone());
                given[client].push(op);
                let list = ListId::home();
                clients[client].command(PendingCommand { op, list, at_ms: n, command, rejected: None, received: None });
            }
            Step::Undo(client, back) => {
                let Some(undone) = given[client].len().checked_sub(back).map(|at| given[client][at]) else { continue };
                let (op, list, command) = (OpId::new(n, &[0; 10]), ListId::home(), Command::UndoOp { op: undone });
                pending.insert(op, command.clone());
                given[client].push(op);
                clients[client].command(PendingCommand { op, list, at_ms: n, command, rejected: None, received: None });
            }
            Step::Send(client, sent) => clients[client].send(&mut server, sent),
            Step::Answer(client) => {
                let answers = std::mem::take(&mut clients[client].under_way);
                clients[client].answered(answers);
            }
            Step::Deliver(client, count) => clients[client].deliver(&server, count),
            Step::Lose(client) => clients[client].under_way.clear(),
            Step::Cut(client) => clients[client].is_connected = false,
            Step::Reload(client) => clients[client].reload(&server),
            Step::Restore(kept) => {
                server.restore(kept.index(server.log.len() + 1));
                for client in &mut clients {
                    client.is_connected = false;
                    client.under_way.clear();
                }
                let is_pending = |op: &OpId| clients.iter().any(|it| it.outbox().get(*op).is_some());
                forgotten.extend(pending.keys().filter(|op| !is_pending(op)));
            }
        }
        for client in &clients {
            // No todo is shown twice.
            let shown = &client.replica.shown().todos;
            let ids: HashSet<_> = shown.iter().map(|it| it.id).collect();
            assert_eq!(ids.len(), shown.len());
        }
    }
    rest(&mut server, &mut clients);

    let ops: HashSet<_> = server.log.iter().map(|it| it.op).collect();
    assert_eq!(ops.len(), server.log.len(), "no command took effect twice");
    for (n, client) in clients.iter().enumerate() {
        assert_eq!(*client.replica.board(), server.board(), "client {n} has the server's board");
        assert_eq!(client.replica.shown(), client.replica.board(), "client {n} shows nothing that did not happen");
        let rejected: Vec<_> = client.outbox().rejected().map(|it| it.op).collect();
        assert_eq!(rejected, client.kept.keys().copied().collect::<Vec<_>>(), "client {n} keeps what was rejected");
    }
    for (op, command) in &pending {
        let is_done = ops.contains(op) || server.judged.contains(op) || forgotten.contains(op);
        let is_rejected = clients.iter().any(|it| it.outbox().get(*op).is_some_and(|it| it.rejected.is_some()));
        assert!(is_done || is_rejected, "{op} {command:?} is lost");
    }
}

/// Goes on without losing anything, until every command is answered and every event delivered.
fn rest(server: &mut Server, clients: &mut [Client]) {
    for _ in 0..TURNS {
        for client in &mut *clients {
            let answers = std::mem::take(&mut client.under_way);
            client.answered(answers);
            client.send(server, Sent::Answered);
            client.deliver(server, usize::MAX);
        }
    }
    for client in clients {
        assert_eq!(client.outbox().unanswered().count(), 0, "everything was sent");
    }
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_browser_gets_the_same_list_and_no_command_is_lost_or_done_twice(steps in steps(0)) {
        play(steps);
    }

    #[test]
    fn a_restored_backup_loses_only_commands_that_were_over(steps in steps(2)) {
        play(steps);
    }
}
