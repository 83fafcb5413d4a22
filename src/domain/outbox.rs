//! Wishes of this browser that the log does not have yet, and how the list looks as if it had them.
//! A wish leaves the outbox in one of three ways only: its event arrives, the board passes the
//! receipt of a wish that changed nothing, or the person sets a refused one aside.

use serde::{Deserialize, Serialize};

use super::board::Board;
use super::event::{Event, Receipt, Seq};
use super::id::{Op, TodoId};
use super::wish::Wish;

/// One wish on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wished {
    /// Its name: the server takes it once, however often it is sent.
    pub op: Op,
    /// When it was wished, in milliseconds since 1970, by the browser's clock.
    pub at_ms: i64,
    /// What is wished.
    pub wish: Wish,
    /// The number up to which the board must come before this is over, once the server has said so.
    pub received: Option<Seq>,
    /// Why the server said no.
    pub refused: Option<String>,
}

/// The wishes of one list, in the order they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outbox {
    wishes: Vec<Wished>,
}

impl Outbox {
    /// Adds a wish at the end.
    pub fn add(&mut self, op: Op, at_ms: i64, wish: Wish) {
        self.wishes.push(Wished { op, at_ms, wish, received: None, refused: None });
    }

    /// The wish to send next: the first that the server has not answered. One at a time and in
    /// order, because a later wish may be about what an earlier one makes.
    #[must_use]
    pub fn next(&self) -> Option<&Wished> {
        self.wishes.iter().find(|it| it.received.is_none() && it.refused.is_none())
    }

    /// The wishes the server refused, and why.
    pub fn refused(&self) -> impl Iterator<Item = (&Wished, &str)> {
        self.wishes.iter().filter_map(|it| it.refused.as_deref().map(|reason| (it, reason)))
    }

    /// How many wishes the server has not answered.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.wishes.iter().filter(|it| it.received.is_none() && it.refused.is_none()).count()
    }

    /// Whether anything is under way for this todo.
    #[must_use]
    pub fn is_waiting(&self, todo: TodoId) -> bool {
        self.wishes.iter().any(|it| it.refused.is_none() && it.wish.todo() == Some(todo))
    }

    /// Notes the server's receipt: the wish is safe, and over as soon as the board is there.
    pub fn receive(&mut self, op: Op, receipt: &Receipt, board: Seq) {
        if let Some(wished) = self.wishes.iter_mut().find(|it| it.op == op) {
            wished.received = Some(receipt.seq);
        }
        self.settle(board);
    }

    /// Notes that the server said no.
    pub fn refuse(&mut self, op: Op, reason: String) {
        if let Some(wished) = self.wishes.iter_mut().find(|it| it.op == op) {
            wished.refused = Some(reason);
        }
    }

    /// Sets a wish aside.
    pub fn drop(&mut self, op: Op) {
        self.wishes.retain(|it| it.op != op);
    }

    /// Whether this event came from a wish in here. Such a wish is over.
    pub fn confirm(&mut self, event: &Event) -> bool {
        let before = self.wishes.len();
        self.drop(event.op);
        self.settle(event.seq);
        self.wishes.len() < before
    }

    /// Ends the received wishes that the board has come past.
    pub fn settle(&mut self, board: Seq) {
        self.wishes.retain(|it| it.received.is_none_or(|seq| seq > board));
    }

    /// The board as it will look once every wish has come true.
    #[must_use]
    pub fn view(&self, board: &Board) -> Board {
        let mut view = board.clone();
        for wished in self.wishes.iter().filter(|it| it.refused.is_none()) {
            if let Ok(Some(change)) = view.answer(&wished.wish) {
                view.change(&change, wished.at_ms);
            }
        }
        view
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Change, EventId, Head, List, ListId, Text};

    fn board() -> Board {
        let list = List { id: ListId::home(), name: Text::parse("Home").unwrap() };
        Board { list, head: Head(EventId::START), todos: Vec::new() }
    }

    fn op(n: i64) -> Op {
        Op::new(n, &[0; 10])
    }

    fn create(n: i64) -> (TodoId, Wish) {
        let id = TodoId::new(n, &[0; 10]);
        (id, Wish::Create { id, title: Text::parse("milk").unwrap() })
    }

    #[test]
    fn a_wish_shows_at_once_and_only_once() {
        let (mut outbox, mut board) = (Outbox::default(), board());
        let (id, wish) = create(1);
        outbox.add(op(1), 5, wish);
        assert!(outbox.view(&board).todo(id).is_some());
        let change = Change::Created { todo: id, title: Text::parse("milk").unwrap() };
        let event_id = EventId { seq: 1, tag: 9 };
        let event = Event { list: ListId::home(), id: event_id, seq: 1, at_ms: 6, op: op(1), change };
        board.apply(&event);
        assert!(outbox.confirm(&event));
        assert_eq!(outbox.view(&board), board);
        assert_eq!(board.todos.len(), 1);
    }

    #[test]
    fn a_received_wish_stays_until_the_board_is_there() {
        let (mut outbox, board) = (Outbox::default(), board());
        let (id, wish) = create(1);
        outbox.add(op(1), 5, wish);
        outbox.receive(op(1), &Receipt::new(ListId::home(), EventId { seq: 3, tag: 1 }), 0);
        assert!(outbox.next().is_none(), "it is not sent again");
        assert!(outbox.view(&board).todo(id).is_some(), "it still shows");
        outbox.settle(3);
        assert_eq!(outbox, Outbox::default());
    }

    #[test]
    fn a_refused_wish_is_not_shown_and_not_lost() {
        let (mut outbox, board) = (Outbox::default(), board());
        outbox.add(op(1), 5, create(1).1);
        outbox.refuse(op(1), "no".to_owned());
        assert_eq!(outbox.view(&board), board);
        assert_eq!(outbox.refused().count(), 1);
        outbox.drop(op(1));
        assert_eq!(outbox, Outbox::default());
    }
}
