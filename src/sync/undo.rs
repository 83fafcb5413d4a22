//! What this page has done and can take back, the last action first; and what it took back and can do again.

use crate::domain::{Command, ListId, OpId};

/// How many actions can be taken back one after the other.
const ACTIONS_MAX: usize = 100;

/// How one command of an action is taken back, or done again after that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Back {
    /// The server is asked to undo the command of this name, which is in the log of this list.
    Undo(ListId, OpId),
    /// The command was never sent: it is asked for again.
    Again(ListId, Command),
}

/// The actions of one page. Each is one or more commands, in their order.
#[derive(Debug, Clone, Default)]
pub struct UndoStack {
    done: Vec<Vec<Back>>,
    undone: Vec<Vec<Back>>,
}

impl UndoStack {
    /// Notes how an action can be taken back. What was taken back before it can't be done again.
    pub fn act(&mut self, how: Vec<Back>) {
        self.undone.clear();
        self.push_done(how);
    }

    /// The last action, which is to be taken back: its commands, the last first.
    pub fn undo(&mut self) -> Option<Vec<Back>> {
        self.done.pop().map(reversed)
    }

    /// The action that was taken back last, which is to be done again: its commands, the last first.
    pub fn redo(&mut self) -> Option<Vec<Back>> {
        self.undone.pop().map(reversed)
    }

    /// Whether there is an action to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether there is an action to do again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Notes how an action that was taken back can be done again.
    pub fn was_undone(&mut self, how: Vec<Back>) {
        if !how.is_empty() {
            self.undone.push(how);
        }
    }

    /// Notes how an action that was done again can be taken back.
    pub fn was_redone(&mut self, how: Vec<Back>) {
        self.push_done(how);
    }

    fn push_done(&mut self, action: Vec<Back>) {
        if action.is_empty() {
            return;
        }
        if self.done.len() == ACTIONS_MAX {
            self.done.remove(0);
        }
        self.done.push(action);
    }
}

fn reversed(mut action: Vec<Back>) -> Vec<Back> {
    action.reverse();
    action
}

#[cfg(test)]
mod tests {
    use super::*;

    fn op(n: i64) -> Back {
        Back::Undo(ListId::home(), OpId::new(n, &[0; 10]))
    }

    #[test]
    fn the_last_action_is_taken_back_first_and_its_last_command_first() {
        let mut stack = UndoStack::default();
        stack.act(vec![op(1)]);
        stack.act(vec![op(2), op(3)]);
        assert_eq!(stack.undo(), Some(vec![op(3), op(2)]));
        assert_eq!(stack.undo(), Some(vec![op(1)]));
        assert_eq!(stack.undo(), None);
    }

    #[test]
    fn what_was_taken_back_can_be_done_again_until_something_else_is_done() {
        let mut stack = UndoStack::default();
        stack.act(vec![op(1)]);
        stack.undo();
        stack.was_undone(vec![op(2)]);
        assert_eq!(stack.redo(), Some(vec![op(2)]));
        stack.was_redone(vec![op(3)]);
        assert_eq!(stack.undo(), Some(vec![op(3)]));
        stack.was_undone(vec![Back::Again(ListId::home(), Command::ClearCompleted)]);
        stack.act(vec![op(4)]);
        assert_eq!(stack.redo(), None);
    }

    #[test]
    fn only_the_last_actions_are_remembered() {
        let mut stack = UndoStack::default();
        for n in 0..150 {
            stack.act(vec![op(n)]);
        }
        assert_eq!(std::iter::from_fn(|| stack.undo()).count(), ACTIONS_MAX);
    }
}
