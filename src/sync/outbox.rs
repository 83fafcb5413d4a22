//! Wishes of this browser that the log does not have yet, and how a list looks as if it had them. A
//! wish leaves the outbox in one of three ways only: its event arrives, the board passes the receipt
//! of a wish that changed nothing, or the person sets a refused one aside.

use serde::{Deserialize, Serialize};

use crate::domain::board::Board;
use crate::domain::event::{Event, Receipt, Seq};
use crate::domain::id::{ListId, Op, TodoId};
use crate::domain::window::Window;
use crate::domain::wish::Wish;

/// One wish on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wished {
    /// Its name: the server takes it once, however often it is sent. Later wishes have greater names.
    pub op: Op,
    /// The list it is about.
    pub list: ListId,
    /// When it was wished, in milliseconds since 1970, by the browser's clock.
    pub at_ms: i64,
    /// What is wished.
    pub wish: Wish,
    /// Why the server said no.
    pub refused: Option<String>,
    /// The number up to which the board must come before this is over, once the server has said so.
    /// Not kept: a page that is loaded again asks again.
    #[serde(skip)]
    pub received: Option<Seq>,
}

/// How a todo stands between this browser and the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saving {
    /// The log has everything that is shown of it.
    Saved,
    /// A wish about it is under way.
    Sending,
}

/// The wishes of this browser, in the order they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outbox {
    wishes: Vec<Wished>,
}

impl Outbox {
    /// Takes a wish in, at the place its name gives it. One that is in here already is brought up to
    /// date.
    pub fn put(&mut self, wished: Wished) {
        match self.wishes.binary_search_by_key(&wished.op, |it| it.op) {
            Ok(at) => self.wishes[at].refused = wished.refused,
            Err(at) => self.wishes.insert(at, wished),
        }
    }

    /// The time that the next wish is named by: later than every wish in here, whatever the clock says,
    /// which may have gone back since they were made. Wishes go out in the order of their names.
    #[must_use]
    pub fn next_ms(&self, now_ms: i64) -> i64 {
        self.wishes.last().map_or(now_ms, |it| now_ms.max(it.op.at_ms() + 1))
    }

    /// The wish with this name.
    #[must_use]
    pub fn get(&self, op: Op) -> Option<&Wished> {
        self.wishes.iter().find(|it| it.op == op)
    }

    /// The wishes that the server has not answered, in order. The first is the one to send: one at a
    /// time, because a later wish may be about what an earlier one makes.
    pub fn unanswered(&self) -> impl Iterator<Item = &Wished> {
        self.wishes.iter().filter(|it| it.received.is_none() && it.refused.is_none())
    }

    /// The wishes that the server refused.
    pub fn refused(&self) -> impl Iterator<Item = &Wished> {
        self.wishes.iter().filter(|it| it.refused.is_some())
    }

    /// How a todo stands.
    #[must_use]
    pub fn saving(&self, todo: TodoId) -> Saving {
        let is_under_way = |it: &Wished| it.refused.is_none() && it.wish.todo() == Some(todo);
        if self.wishes.iter().any(is_under_way) { Saving::Sending } else { Saving::Saved }
    }

    /// Notes the server's receipt: the wish is safe, and over as soon as the board is there. Of a list
    /// that is not on screen there is no board to wait for.
    pub fn receive(&mut self, op: Op, receipt: &Receipt, board: &Board) {
        if receipt.list != board.list.id || receipt.seq <= board.seq() {
            self.remove(op);
        } else if let Some(wished) = self.wishes.iter_mut().find(|it| it.op == op) {
            wished.received = Some(receipt.seq);
        }
    }

    /// Notes that the server said no.
    pub fn refuse(&mut self, op: Op, reason: String) {
        if let Some(wished) = self.wishes.iter_mut().find(|it| it.op == op) {
            wished.refused = Some(reason);
        }
    }

    /// Takes a wish out. `false` where it was not in here.
    pub fn remove(&mut self, op: Op) -> bool {
        let before = self.wishes.len();
        self.wishes.retain(|it| it.op != op);
        self.wishes.len() < before
    }

    /// The wishes that are over now that this event is on the board: its own, and those that waited
    /// for the board to come this far.
    pub fn confirm(&mut self, event: &Event) -> Vec<Op> {
        self.take(|it| it.op == event.op || it.received.is_some_and(|seq| it.list == event.list && seq <= event.seq))
    }

    /// Forgets the receipts: the log they were from is not the one there is now, so every wish is sent
    /// again, by the same name.
    pub fn forget_receipts(&mut self) {
        self.wishes.iter_mut().for_each(|it| it.received = None);
    }

    /// The board as it will look once every wish about it has come true.
    #[must_use]
    pub fn view(&self, board: &Board) -> Board {
        let mut view = board.clone();
        for wished in self.wishes.iter().filter(|it| it.refused.is_none() && it.list == board.list.id) {
            if let Ok(Some(change)) = view.answer(&wished.wish) {
                view.change(&change, wished.at_ms);
            }
        }
        view
    }

    /// What a window says of the rest of its list once every wish about it has come true.
    #[must_use]
    pub fn view_window(&self, window: Window, list: &ListId) -> Window {
        let wishes = self.wishes.iter().filter(|it| it.refused.is_none() && it.list == *list);
        wishes.fold(window, |window, it| window.after(&it.wish))
    }

    fn take(&mut self, is_over: impl Fn(&Wished) -> bool) -> Vec<Op> {
        let over = self.wishes.iter().filter(|it| is_over(it)).map(|it| it.op).collect();
        self.wishes.retain(|it| !is_over(it));
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Change, EventId, Head, List, Text};

    fn board() -> Board {
        let list = List { id: ListId::home(), name: Text::parse("Home").unwrap() };
        Board { list, head: Head(EventId::START), todos: Vec::new() }
    }

    fn op(n: i64) -> Op {
        Op::new(n, &[0; 10])
    }

    fn wished(n: i64) -> (TodoId, Wished) {
        let id = TodoId::new(n, &[0; 10]);
        let wish = Wish::Create { id, title: Text::parse("milk").unwrap() };
        (id, Wished { op: op(n), list: ListId::home(), at_ms: n, wish, refused: None, received: None })
    }

    fn receipt(seq: Seq) -> Receipt {
        Receipt::new(ListId::home(), EventId { seq, tag: 1 })
    }

    fn created(n: i64, seq: Seq) -> Event {
        let change = Change::Created { todo: wished(n).0, title: Text::parse("milk").unwrap() };
        Event { list: ListId::home(), id: EventId { seq, tag: 9 }, seq, at_ms: 6, op: op(n), change }
    }

    #[test]
    fn a_wish_shows_at_once_and_only_once() {
        let (mut outbox, mut board) = (Outbox::default(), board());
        let (id, wish) = wished(1);
        outbox.put(wish);
        assert!(outbox.view(&board).todo(id).is_some());
        assert_eq!(outbox.saving(id), Saving::Sending);
        board.apply(&created(1, 1));
        assert_eq!(outbox.confirm(&created(1, 1)), [op(1)]);
        assert_eq!(outbox.view(&board), board);
        assert_eq!(outbox.saving(id), Saving::Saved);
    }

    #[test]
    fn wishes_go_out_in_the_order_they_were_made_whatever_tab_they_are_from() {
        let mut outbox = Outbox::default();
        for n in [3, 1, 2, 1] {
            outbox.put(wished(n).1);
        }
        assert_eq!(outbox.unanswered().map(|it| it.op).collect::<Vec<_>>(), [op(1), op(2), op(3)]);
    }

    #[test]
    fn a_new_wish_goes_out_after_all_that_wait_although_the_clock_went_back() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.next_ms(7), 7);
        for n in [300, 100, 200] {
            outbox.put(wished(n).1);
        }
        outbox.refuse(op(300), "no".to_owned());
        for (now_ms, expected) in [(7, 301), (300, 301), (301, 301), (400, 400)] {
            assert_eq!(outbox.next_ms(now_ms), expected);
        }
        let new = Op::new(outbox.next_ms(7), &[0; 10]);
        outbox.put(Wished { op: new, ..wished(7).1 });
        assert_eq!(outbox.unanswered().last().map(|it| it.op), Some(new));
        assert_eq!(outbox.next_ms(7), 302, "and the next one after it");
    }

    #[test]
    fn a_received_wish_stays_until_the_board_is_there() {
        let (mut outbox, board) = (Outbox::default(), board());
        let (id, wish) = wished(1);
        outbox.put(wish);
        outbox.receive(op(1), &receipt(3), &board);
        assert_eq!(outbox.unanswered().count(), 0, "it is not sent again");
        assert!(outbox.view(&board).todo(id).is_some(), "it still shows");
        assert_eq!(outbox.confirm(&created(9, 3)), [op(1)]);
    }

    #[test]
    fn a_wish_whose_log_is_gone_goes_out_again() {
        let mut outbox = Outbox::default();
        outbox.put(wished(1).1);
        outbox.receive(op(1), &receipt(3), &board());
        outbox.forget_receipts();
        assert_eq!(outbox.unanswered().count(), 1);
    }

    #[test]
    fn a_wish_about_another_list_is_over_with_its_receipt() {
        let mut outbox = Outbox::default();
        let list: ListId = "other".parse().unwrap();
        outbox.put(Wished { list: list.clone(), ..wished(1).1 });
        assert!(outbox.view(&board()).todos.is_empty(), "it does not show here");
        outbox.receive(op(1), &Receipt::new(list, EventId { seq: 7, tag: 1 }), &board());
        assert_eq!(outbox, Outbox::default());
    }

    #[test]
    fn a_refused_wish_is_not_shown_and_not_lost() {
        let (mut outbox, board) = (Outbox::default(), board());
        outbox.put(wished(1).1);
        outbox.refuse(op(1), "no".to_owned());
        assert_eq!(outbox.view(&board), board);
        assert_eq!((outbox.refused().count(), outbox.unanswered().count()), (1, 0));
        assert!(outbox.remove(op(1)) && !outbox.remove(op(1)));
    }

    #[test]
    fn a_wish_is_kept_as_text_and_read_back_without_its_receipt() {
        let wished = wished(1).1;
        let text = serde_json::to_string(&Wished { received: Some(3), ..wished.clone() }).unwrap();
        assert_eq!(serde_json::from_str::<Wished>(&text).unwrap(), wished);
    }
}
