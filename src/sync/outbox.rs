//! Commands of this browser that the log does not have yet. A command leaves the outbox when its event arrives,
//! when the board has come as far as its receipt says, when it was rejected and had no text to keep, or when the
//! person takes it out.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::domain::command::Command;
use crate::domain::event::{Event, Receipt};
use crate::domain::event_id::Seq;
use crate::domain::id::{ListId, OpId, TodoId};
use crate::domain::window::Window;

/// One command that is not confirmed yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingCommand {
    /// Its id. The server counts it once, however often it is sent. Later commands have greater ids.
    pub op: OpId,
    /// The list it is about.
    pub list: ListId,
    /// When it was made, in milliseconds since 1970, by the browser's clock.
    pub at_ms: i64,
    /// What is asked.
    // Browsers have stored it under this name since the first version.
    #[serde(rename = "wish")]
    pub command: Command,
    /// Why the server rejected it.
    // Stored under an old name, as the command is.
    #[serde(rename = "refused")]
    pub rejected: Option<String>,
    /// The events in the server's receipt that this page still waits for: the command is over when it has them
    /// all. Not stored: a page that is loaded again sends the command again.
    #[serde(skip)]
    pub received: Option<Vec<(ListId, Seq)>>,
}

impl PendingCommand {
    /// Whether it makes a todo.
    pub(crate) fn is_create(&self) -> bool {
        matches!(self.command, Command::Create { .. })
    }

    /// Whether what it comes to depends on other todos than those that it names.
    pub(crate) fn depends_on_others(&self) -> bool {
        match &self.command {
            Command::Create { at_top, .. } => *at_top,
            Command::Rename { .. }
            | Command::Complete { .. }
            | Command::Reopen { .. }
            | Command::Delete { .. }
            | Command::MoveTo { .. }
            // About the list as a whole.
            | Command::CreateList { .. }
            | Command::RenameList { .. }
            | Command::MoveList { .. }
            | Command::DeleteList
            | Command::RestoreList => false,
            Command::Restore { .. }
            | Command::Move { .. }
            | Command::CompleteAll
            | Command::ReopenAll
            | Command::ClearCompleted
            | Command::Undo { .. }
            | Command::UndoOp { .. } => true,
        }
    }
}

/// Whether the log has everything that this browser shows of a todo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saving {
    /// The log has everything that is shown of it.
    Saved,
    /// A command about it is under way.
    Sending,
}

/// How far the two streams are that a page follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heads {
    /// The list on screen, and the number of its board's last event.
    pub board: (ListId, Seq),
    /// The number of the last event of the index.
    pub index: Seq,
}

impl Heads {
    /// The head of a stream; `None` if it is not followed.
    fn get(&self, stream: &ListId) -> Option<Seq> {
        let (list, seq) = &self.board;
        if stream == list { Some(*seq) } else { (*stream == ListId::index()).then_some(self.index) }
    }
}

/// The commands of this browser, in the order they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outbox {
    commands: Vec<PendingCommand>,
}

impl Outbox {
    /// Adds a command, in the order of ops. One that is already in here is updated.
    pub fn put(&mut self, pending: PendingCommand) {
        match self.commands.binary_search_by_key(&pending.op, |it| it.op) {
            Ok(at) => self.commands[at].rejected = pending.rejected,
            Err(at) => self.commands.insert(at, pending),
        }
    }

    /// The time for the op of the next command. It is later than that of every command in here, even if the
    /// clock has gone back since they were made, because commands are sent in the order of their ops.
    #[must_use]
    pub fn next_ms(&self, now_ms: i64) -> i64 {
        self.commands.last().map_or(now_ms, |it| now_ms.max(it.op.at_ms() + 1))
    }

    /// The command with this op.
    #[must_use]
    pub fn get(&self, op: OpId) -> Option<&PendingCommand> {
        self.commands.iter().find(|it| it.op == op)
    }

    /// The commands that the server has not answered, in order. The first is the one to send: one at a
    /// time, because a later command may be about what an earlier one makes.
    pub fn unanswered(&self) -> impl Iterator<Item = &PendingCommand> {
        self.commands.iter().filter(|it| it.received.is_none() && it.rejected.is_none())
    }

    /// The commands that the server rejected.
    pub fn rejected(&self) -> impl Iterator<Item = &PendingCommand> {
        self.commands.iter().filter(|it| it.rejected.is_some())
    }

    /// All commands, in order.
    pub fn iter(&self) -> impl Iterator<Item = &PendingCommand> {
        self.commands.iter()
    }

    /// Whether a command with this op comes after all that are in here.
    #[must_use]
    pub fn is_after_all(&self, op: OpId) -> bool {
        self.commands.last().is_none_or(|it| it.op < op)
    }

    /// Whether a todo is saved: a command with a receipt is as good as one whose event has come.
    #[must_use]
    pub fn saving(&self, todo: TodoId) -> Saving {
        let is_named = self.unanswered().any(|it| it.command.todos().contains(&todo));
        if is_named { Saving::Sending } else { Saving::Saved }
    }

    /// The todos that are named by commands under way.
    #[must_use]
    pub fn sending(&self) -> HashSet<TodoId> {
        self.unanswered().flat_map(|it| it.command.todos()).copied().collect()
    }

    /// Notes the server's receipt: the command is safe, and over as soon as this page has the events. Of streams
    /// that it does not follow, there is nothing to wait for.
    pub fn receive(&mut self, op: OpId, receipt: &Receipt, heads: &Heads) {
        let is_ahead = |(stream, seq): &(ListId, Seq)| heads.get(stream).is_some_and(|head| head < *seq);
        let missing: Vec<_> = receipt.events().filter(is_ahead).collect();
        if missing.is_empty() {
            self.remove(op);
        } else if let Some(pending) = self.commands.iter_mut().find(|it| it.op == op) {
            pending.received = Some(missing);
        }
    }

    /// Notes that the server rejected a command.
    pub fn reject(&mut self, op: OpId, reason: String) {
        if let Some(pending) = self.commands.iter_mut().find(|it| it.op == op) {
            pending.rejected = Some(reason);
        }
    }

    /// Removes a command. `false` if it was not in here.
    pub fn remove(&mut self, op: OpId) -> bool {
        let before = self.commands.len();
        self.commands.retain(|it| it.op != op);
        self.commands.len() < before
    }

    /// Removes and returns the commands that are over now that this page has an event: the event's own command,
    /// and those that waited for it. A receipt may say that the own command is not over with this event alone.
    pub fn confirm(&mut self, event: &Event) -> Vec<PendingCommand> {
        let is_own = |it: &mut PendingCommand| it.op == event.op && it.received.is_none();
        let mut over: Vec<_> = self.commands.extract_if(.., is_own).collect();
        over.extend(self.reached(&event.list, event.seq));
        over
    }

    /// Removes and returns the commands that waited for a stream to come as far as this, and for nothing else.
    pub fn reached(&mut self, stream: &ListId, head: Seq) -> Vec<PendingCommand> {
        let is_over = |it: &mut PendingCommand| {
            let Some(missing) = &mut it.received else { return false };
            missing.retain(|(other, seq)| other != stream || head < *seq);
            missing.is_empty()
        };
        self.commands.extract_if(.., is_over).collect()
    }

    /// Forgets the receipts, because they may be from another log. Every command is sent again with the
    /// same op. Returns the commands that had one.
    pub fn forget_receipts(&mut self) -> Vec<Command> {
        let answered = |it: &mut PendingCommand| it.received.take().map(|_| it.command.clone());
        self.commands.iter_mut().filter_map(answered).collect()
    }

    /// What a window says of the rest of its list once every command about it has taken effect.
    #[must_use]
    pub fn view_window(&self, window: Window, list: &ListId) -> Window {
        let commands = self.commands.iter().filter(|it| it.rejected.is_none() && it.list == *list);
        commands.fold(window, |window, it| window.after(&it.command))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Board, Change, EventId, Head, List, Position, ShortText};
    use crate::sync::Replica;

    fn board() -> Board {
        let list = List { id: ListId::home(), name: ShortText::parse("Home").unwrap() };
        Board { list, head: Head(EventId::START), todos: Vec::new() }
    }

    fn view(outbox: &Outbox, board: &Board) -> Board {
        let mut replica = Replica::new(board.clone(), true);
        for pending in outbox.iter() {
            replica.put(pending.clone());
        }
        replica.shown().clone()
    }

    fn op(n: i64) -> OpId {
        OpId::new(n, &[0; 10])
    }

    fn pending(n: i64) -> (TodoId, PendingCommand) {
        let id = TodoId::new(n, &[0; 10]);
        let command = Command::Create { id, title: ShortText::parse("milk").unwrap(), at_top: false };
        (id, PendingCommand { op: op(n), list: ListId::home(), at_ms: n, command, rejected: None, received: None })
    }

    fn heads() -> Heads {
        Heads { board: (ListId::home(), 0), index: 4 }
    }

    fn receipt(seq: Seq) -> Receipt {
        Receipt::new(ListId::home(), EventId { seq, tag: 1 })
    }

    fn created(n: i64, seq: Seq) -> Event {
        let change = Change::Created {
            todo: pending(n).0,
            title: ShortText::parse("milk").unwrap(),
            position: Position::after(None),
        };
        Event { list: ListId::home(), id: EventId { seq, tag: 9 }, seq, at_ms: 6, op: op(n), change, undoes: None }
    }

    #[test]
    fn a_command_shows_at_once_and_only_once() {
        let (mut outbox, mut board) = (Outbox::default(), board());
        let (id, command) = pending(1);
        outbox.put(command);
        assert!(view(&outbox, &board).todo(id).is_some());
        assert_eq!(outbox.saving(id), Saving::Sending);
        board.apply(&created(1, 1));
        assert_eq!(outbox.confirm(&created(1, 1)).iter().map(|it| it.op).collect::<Vec<_>>(), [op(1)]);
        assert_eq!(view(&outbox, &board), board);
        assert_eq!(outbox.saving(id), Saving::Saved);
    }

    #[test]
    fn commands_are_sent_in_the_order_they_were_made_whatever_tab_they_are_from() {
        let mut outbox = Outbox::default();
        for n in [3, 1, 2, 1] {
            outbox.put(pending(n).1);
        }
        assert_eq!(outbox.unanswered().map(|it| it.op).collect::<Vec<_>>(), [op(1), op(2), op(3)]);
    }

    #[test]
    fn a_new_command_is_sent_after_all_that_wait_even_if_the_clock_went_back() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.next_ms(7), 7);
        for n in [300, 100, 200] {
            outbox.put(pending(n).1);
        }
        outbox.reject(op(300), "no".to_owned());
        for (now_ms, expected) in [(7, 301), (300, 301), (301, 301), (400, 400)] {
            assert_eq!(outbox.next_ms(now_ms), expected);
        }
        let new = OpId::new(outbox.next_ms(7), &[0; 10]);
        outbox.put(PendingCommand { op: new, ..pending(7).1 });
        assert_eq!(outbox.unanswered().last().map(|it| it.op), Some(new));
        assert_eq!(outbox.next_ms(7), 302, "and the next one after it");
    }

    #[test]
    fn a_received_command_stays_until_the_board_has_reached_its_event() {
        let (mut outbox, board) = (Outbox::default(), board());
        let (id, command) = pending(1);
        outbox.put(command);
        outbox.receive(op(1), &receipt(3), &heads());
        assert_eq!(outbox.unanswered().count(), 0, "it is not sent again");
        assert!(view(&outbox, &board).todo(id).is_some(), "it still shows");
        assert_eq!(outbox.confirm(&created(9, 3)).len(), 1);
    }

    #[test]
    fn a_command_whose_receipt_is_forgotten_is_sent_again() {
        let mut outbox = Outbox::default();
        outbox.put(pending(1).1);
        outbox.receive(op(1), &receipt(3), &heads());
        outbox.forget_receipts();
        assert_eq!(outbox.unanswered().count(), 1);
    }

    #[test]
    fn a_command_about_another_list_is_over_with_its_receipt() {
        let mut outbox = Outbox::default();
        let list: ListId = "other".parse().unwrap();
        outbox.put(PendingCommand { list: list.clone(), ..pending(1).1 });
        assert!(view(&outbox, &board()).todos.is_empty(), "it does not show here");
        outbox.receive(op(1), &Receipt::new(list, EventId { seq: 7, tag: 1 }), &heads());
        assert_eq!(outbox, Outbox::default());
    }

    /// What is in an outbox after a receipt, and after each of these has come: a stream, and how far it is then.
    fn left(list: &str, index: Option<Seq>, then: &[(ListId, Seq)]) -> Vec<usize> {
        let mut outbox = Outbox::default();
        let command = Command::RenameList { name: ShortText::parse("x").unwrap() };
        outbox.put(PendingCommand { list: list.parse().unwrap(), command, ..pending(1).1 });
        let receipt = Receipt { index, ..Receipt::new(list.parse().unwrap(), EventId { seq: 3, tag: 1 }) };
        outbox.receive(op(1), &receipt, &heads());
        let mut left = vec![outbox.iter().count()];
        left.extend(then.iter().map(|(stream, head)| {
            outbox.reached(stream, *head);
            outbox.iter().count()
        }));
        left
    }

    #[test]
    fn a_command_about_a_list_is_over_when_the_index_and_the_board_have_it() {
        let (home, index) = (ListId::home(), ListId::index());
        assert_eq!(left("other", Some(6), &[(home.clone(), 9), (index.clone(), 5), (index.clone(), 6)]), [1, 1, 1, 0]);
        assert_eq!(left("home", Some(6), &[(home.clone(), 3), (index.clone(), 7)]), [1, 1, 0]);
        assert_eq!(left("home", Some(6), &[(index.clone(), 6), (home.clone(), 2), (home.clone(), 3)]), [1, 1, 1, 0]);
        assert_eq!(left("home", Some(4), &[(home.clone(), 3)]), [1, 0], "the index had it before");
        assert_eq!(left("other", Some(4), &[]), [0]);
        assert_eq!(left("other", None, &[]), [0], "nothing was changed");
    }

    #[test]
    fn an_own_event_that_comes_before_its_receipt_ends_the_command() {
        let mut outbox = Outbox::default();
        outbox.put(pending(1).1);
        assert_eq!(outbox.confirm(&created(1, 1)).len(), 1);
        outbox.receive(op(1), &receipt(1), &heads());
        assert_eq!(outbox, Outbox::default());
        // After a receipt that names the index too, it is not over before the index has it.
        outbox.put(pending(1).1);
        outbox.receive(op(1), &Receipt { index: Some(6), ..receipt(1) }, &heads());
        assert_eq!(outbox.confirm(&created(1, 1)).len(), 0);
    }

    #[test]
    fn a_rejected_command_is_not_shown_and_not_lost() {
        let (mut outbox, board) = (Outbox::default(), board());
        outbox.put(pending(1).1);
        outbox.reject(op(1), "no".to_owned());
        assert_eq!(view(&outbox, &board), board);
        assert_eq!((outbox.rejected().count(), outbox.unanswered().count()), (1, 0));
        assert!(outbox.remove(op(1)) && !outbox.remove(op(1)));
    }

    #[test]
    fn what_the_first_version_stored_in_a_browser_is_still_read_and_written() {
        let (op, id) = ("01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-000000000002");
        let wish = format!(r#"{{"create":{{"id":"{id}","title":"milk"}}}}"#);
        let kept = format!(r#"{{"op":"{op}","list":"home","at_ms":5,"wish":{wish},"refused":null}}"#);
        let pending: PendingCommand = serde_json::from_str(&kept).unwrap();
        assert!(matches!(&pending.command, Command::Create { title, .. } if title.as_str() == "milk"));
        assert_eq!(serde_json::to_string(&pending).unwrap(), kept, "other tabs may still run that version");
    }

    #[test]
    fn a_command_is_stored_as_text_and_read_back_without_its_receipt() {
        let pending = pending(1).1;
        let received = PendingCommand { received: Some(vec![(ListId::home(), 3)]), ..pending.clone() };
        let text = serde_json::to_string(&received).unwrap();
        assert_eq!(serde_json::from_str::<PendingCommand>(&text).unwrap(), pending);
    }
}
