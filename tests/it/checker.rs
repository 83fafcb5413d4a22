//! The checker finds every error: it is shown each thing that must not happen, and must name it.

use todoapp::domain::{Change, Event, EventId, ListId, OpId, Receipt, Seq, TodoId};

use crate::support::{Asked, Flaw, check_asked, check_followed, check_log};

fn op(n: i64) -> OpId {
    OpId::new(n, &[0; 10])
}

fn event(seq: Seq, tag: u64) -> Event {
    let change = Change::Completed { todos: vec![TodoId::new(seq, &[0; 10])] };
    Event { list: ListId::home(), id: EventId { seq, tag }, seq, at_ms: seq, op: op(seq), change, undoes: None }
}

fn log() -> Vec<Event> {
    (1..=6).map(|seq| event(seq, 7)).collect()
}

fn accepted(n: i64) -> Asked {
    let receipt = Some(Receipt::new(ListId::home(), EventId { seq: n, tag: 7 }));
    Asked { op: op(n), must_change: true, receipt }
}

fn all_accepted() -> Vec<Asked> {
    (1..=6).map(accepted).collect()
}

#[test]
fn what_is_right_passes() {
    assert_eq!(check_log(&log()), Ok(()));
    assert_eq!(check_asked(&log(), &all_accepted()), Ok(()));
    for from in 0..=6_usize {
        assert_eq!(check_followed(&log(), from.try_into().unwrap(), &log()[from..]), Ok(()));
    }
}

#[test]
fn a_log_with_a_gap_a_shift_or_a_command_twice_is_caught() {
    let mut with_gap = log();
    with_gap.remove(2);
    assert_eq!(check_log(&with_gap), Err(Flaw::NotDense(4)));
    assert_eq!(check_log(&log()[1..]), Err(Flaw::NotDense(2)));
    let mut swapped = log();
    swapped.swap(1, 2);
    assert_eq!(check_log(&swapped), Err(Flaw::NotDense(3)));
    let mut doubled = log();
    doubled[4].op = op(2);
    assert_eq!(check_log(&doubled), Err(Flaw::Doubled(op(2))));
}

#[test]
fn a_follower_with_a_gap_is_caught_wherever_it_is() {
    for at in 0..6 {
        let mut applied = log();
        let missed = applied.remove(at);
        assert_eq!(check_followed(&log(), 0, &applied), Err(Flaw::Gap(missed.seq)));
    }
    assert_eq!(check_followed(&log(), 0, &[]), Err(Flaw::Gap(1)));
    assert_eq!(check_followed(&log(), 2, &log()[3..]), Err(Flaw::Gap(3)));
}

#[test]
fn a_follower_with_a_repeat_is_caught_wherever_it_is() {
    for at in 0..6 {
        let mut applied = log();
        let again = applied[at].clone();
        applied.insert(at + 1, again.clone());
        assert_eq!(check_followed(&log(), 0, &applied), Err(Flaw::Repeat(again.seq)));
    }
    assert_eq!(check_followed(&log(), 2, &log()[1..]), Err(Flaw::Repeat(2)), "it had that when it began");
}

#[test]
fn a_follower_that_saw_another_order_is_caught_wherever_it_is() {
    for at in 0..5 {
        let mut applied = log();
        applied.swap(at, at + 1);
        assert_eq!(check_followed(&log(), 0, &applied), Err(Flaw::Gap(log()[at].seq)));
    }
}

#[test]
fn a_follower_that_saw_an_event_of_another_log_is_caught_wherever_it_is() {
    for at in 0..6 {
        let seq = log()[at].seq;
        let mut other_log = log();
        other_log[at] = event(seq, 8);
        let mut other_change = log();
        other_change[at].change = Change::Reopened { todos: vec![] };
        for applied in [other_log, other_change] {
            assert_eq!(check_followed(&log(), 0, &applied), Err(Flaw::Foreign(seq)));
        }
    }
    let longer = [log(), vec![event(7, 7)]].concat();
    assert_eq!(check_followed(&log(), 0, &longer), Err(Flaw::Foreign(7)));
}

#[test]
fn an_accepted_command_that_is_not_in_the_log_is_caught() {
    let asked = [all_accepted(), vec![accepted(7)]].concat();
    assert_eq!(check_asked(&log(), &asked), Err(Flaw::Lost(op(7))));
    let mut elsewhere = all_accepted();
    elsewhere[3].receipt = accepted(2).receipt;
    assert_eq!(check_asked(&log(), &elsewhere), Err(Flaw::Lost(op(4))), "its receipt names another event");
}

#[test]
fn the_receipt_of_a_command_that_changed_nothing_must_name_an_event_of_this_log() {
    let nothing = |seq, tag| Asked {
        op: op(9),
        must_change: false,
        receipt: Some(Receipt::new(ListId::home(), EventId { seq, tag })),
    };
    let with = |it| [all_accepted(), vec![it]].concat();
    assert_eq!(check_asked(&log(), &with(nothing(0, 0))), Ok(()));
    assert_eq!(check_asked(&log(), &with(nothing(3, 7))), Ok(()));
    assert_eq!(check_asked(&log(), &with(nothing(3, 8))), Err(Flaw::Lost(op(9))));
    assert_eq!(check_asked(&log(), &with(nothing(7, 7))), Err(Flaw::Lost(op(9))));
}

#[test]
fn a_rejected_command_that_took_effect_and_a_command_that_nobody_sent_are_caught() {
    let mut rejected = all_accepted();
    rejected[2].receipt = None;
    assert_eq!(check_asked(&log(), &rejected), Err(Flaw::RefusedAndDone(op(3))));
    let fewer = &all_accepted()[..5];
    assert_eq!(check_asked(&log(), fewer), Err(Flaw::Unasked(op(6))));
}
