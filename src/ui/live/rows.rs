//! The rows of the list. Each has its own signal, so that a change updates only the rows it is about.

mod blocks;
mod heights;

use std::collections::{HashMap, HashSet};

pub(crate) use blocks::BlockId;
use blocks::{Block, Blocks};
pub(crate) use heights::{Gap, Seen};

use crate::domain::{Todo, TodoId};
use crate::sync::{Outbox, Saving, Touched};
use crate::ui::one_kind::ArcRwSignal;
use crate::ui::route::Filter;

/// One todo as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The todo, with the commands about it.
    pub todo: Todo,
    /// Whether the log has everything that is shown of it.
    pub saving: Saving,
    /// Whether the todo is gone, and the row stays only because its title is being edited.
    pub is_gone: bool,
    /// Whether its title is being edited.
    pub is_edited: bool,
    /// Whether it is selected.
    pub is_selected: bool,
}

/// All rows of a list, in order.
#[derive(Default)]
pub(crate) struct Rows {
    blocks: Blocks,
    signals: HashMap<TodoId, ArcRwSignal<Row>>,
    /// How many todos are open, and how many there are.
    counts: (usize, usize),
    /// How high a row is on the page, in pixels, as far as that is known.
    usual_px: Option<f64>,
}

impl Rows {
    /// The signal of one row.
    pub(crate) fn get(&self, id: TodoId) -> Option<ArcRwSignal<Row>> {
        self.signals.get(&id).cloned()
    }

    /// The blocks of rows, in order.
    pub(crate) fn blocks(&self) -> Vec<BlockId> {
        self.blocks.each().iter().map(|it| it.id).collect()
    }

    /// Whether the rows of a block are on the page; `None` if there is no such block.
    pub(crate) fn is_near(&self, block: BlockId) -> Option<ArcRwSignal<bool>> {
        self.blocks.get(block).map(|it| it.is_near.clone())
    }

    /// The todos of a block that a filter shows. The one being edited stays, whatever others do to it.
    pub(crate) fn of_block(&self, block: BlockId, filter: Filter, edited: Option<TodoId>) -> Vec<TodoId> {
        self.blocks.get(block).map(|it| self.shown_of(it, filter, edited).collect()).unwrap_or_default()
    }

    /// All todos that a filter shows, in order.
    pub(crate) fn shown(&self, filter: Filter, edited: Option<TodoId>) -> Vec<TodoId> {
        self.blocks.each().iter().flat_map(|it| self.shown_of(it, filter, edited)).collect()
    }

    fn shown_of(&self, block: &Block, filter: Filter, edited: Option<TodoId>) -> impl Iterator<Item = TodoId> {
        let shows = move |id: &TodoId| {
            edited == Some(*id) || self.signals.get(id).is_some_and(|it| filter.shows(&it.read_untracked().todo))
        };
        block.rows.iter().copied().filter(shows)
    }

    /// How many todos are open, and how many there are.
    pub(crate) fn counts(&self) -> (usize, usize) {
        self.counts
    }

    /// Updates the touched rows to what is to be shown. `true` if a row was added, removed, moved, or changed
    /// between open and done.
    pub(crate) fn update(
        &mut self,
        shown: &[Todo],
        touched: &Touched,
        outbox: &Outbox,
        edited: Option<TodoId>,
    ) -> bool {
        // The row that is being edited stays even if someone else deleted its todo.
        let gone = edited.filter(|id| self.signals.contains_key(id) && !shown.iter().any(|it| it.id == *id));
        let mut is_moved = false;
        match touched {
            Touched::Everything => {
                let sending = outbox.sending();
                for todo in shown {
                    let saving = if sending.contains(&todo.id) { Saving::Sending } else { Saving::Saved };
                    is_moved |= self.set(todo, saving, edited);
                }
                let stays: HashSet<_> = shown.iter().map(|it| it.id).chain(gone).collect();
                self.signals.retain(|id, _| stays.contains(id));
            }
            Touched::These(ids) => {
                for id in ids {
                    if let Some(todo) = shown.iter().find(|it| it.id == *id) {
                        is_moved |= self.set(todo, outbox.saving(*id), edited);
                    } else if gone != Some(*id) {
                        self.signals.remove(id);
                    }
                }
            }
        }
        is_moved |= gone.is_some_and(|id| self.keep(id));
        self.counts = (shown.iter().filter(|it| !it.completed).count(), shown.len());
        self.reorder(shown, gone) || is_moved
    }

    /// Updates a row to its todo. `true` if it is new, or changed between open and done.
    fn set(&mut self, todo: &Todo, saving: Saving, edited: Option<TodoId>) -> bool {
        let mut row =
            Row { todo: todo.clone(), saving, is_gone: false, is_edited: edited == Some(todo.id), is_selected: false };
        let Some(signal) = self.signals.get(&todo.id) else {
            self.signals.insert(todo.id, ArcRwSignal::new(row));
            return true;
        };
        let (is_changed, is_moved) = {
            let before = signal.read_untracked();
            row.is_selected = before.is_selected;
            (*before != row, before.todo.completed != row.todo.completed || before.is_gone)
        };
        if is_changed {
            signal.set(row);
        }
        is_moved
    }

    /// Keeps the row of a todo that is gone, because its title is being edited.
    fn keep(&self, id: TodoId) -> bool {
        let Some(signal) = self.signals.get(&id) else { return false };
        let is_kept = signal.read_untracked().is_gone;
        if !is_kept {
            signal.update(|it| (it.saving, it.is_gone, it.is_edited) = (Saving::Saved, true, true));
        }
        !is_kept
    }

    /// Puts the rows into the order of the todos. `true` if the order has changed.
    fn reorder(&mut self, shown: &[Todo], gone: Option<TodoId>) -> bool {
        let is_same = gone.is_none() && self.blocks.rows().eq(shown.iter().map(|it| it.id));
        if is_same {
            return false;
        }
        let mut order: Vec<_> = shown.iter().map(|it| it.id).collect();
        if let Some(gone) = gone {
            let at = self.blocks.rows().position(|it| it == gone).unwrap_or(0);
            order.insert(at.min(order.len()), gone);
        }
        let is_moved = !self.blocks.rows().eq(order.iter().copied());
        if is_moved {
            self.blocks.arrange(&order);
        }
        is_moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Position, ShortText};

    pub(super) fn todo(n: i64, completed: bool) -> Todo {
        let id = TodoId::new(n, &[0; 10]);
        let position = Position::after(None);
        let title = ShortText::parse("x").unwrap();
        Todo { completed, ..Todo::new(id, title, position, 0, 0) }
    }

    pub(super) fn update(rows: &mut Rows, todos: &[Todo], edited: Option<TodoId>) -> bool {
        rows.update(todos, &Touched::Everything, &Outbox::default(), edited)
    }

    #[test]
    fn an_update_says_whether_rows_moved() {
        let (mut rows, mut todos) = (Rows::default(), vec![todo(1, false), todo(2, false)]);
        assert!(update(&mut rows, &todos, None));
        assert!(!update(&mut rows, &todos, None));
        todos[0].title = ShortText::parse("y").unwrap();
        assert!(!update(&mut rows, &todos, None), "a new title moves nothing");
        assert_eq!(rows.get(todos[0].id).unwrap().read_untracked().todo, todos[0], "but is shown");
        todos[1].completed = true;
        assert!(update(&mut rows, &todos, None));
        assert_eq!(rows.counts(), (1, 2));
        todos.pop();
        assert!(update(&mut rows, &todos, None));
    }

    #[test]
    fn updating_the_touched_rows_has_the_same_result_as_updating_all() {
        let mut todos: Vec<_> = (1..=5).map(|n| todo(n, n == 2)).collect();
        let mut rows = Rows::default();
        update(&mut rows, &todos, None);
        let touch = |rows: &mut Rows, todos: &[Todo], touched: &[i64], edited: Option<TodoId>| {
            let ids = touched.iter().map(|n| todo(*n, false).id).collect();
            let is_moved = rows.update(todos, &Touched::These(ids), &Outbox::default(), edited);
            let mut fresh = Rows::default();
            update(&mut fresh, todos, None);
            let look = |rows: &Rows| {
                let ids = rows.shown(Filter::All, None).into_iter();
                ids.filter_map(|id| rows.get(id)).map(|it| it.get_untracked()).collect::<Vec<_>>()
            };
            if edited.is_none() {
                assert_eq!((look(rows), rows.counts()), (look(&fresh), fresh.counts()));
            }
            is_moved
        };
        todos[3].title = ShortText::parse("y").unwrap();
        assert!(!touch(&mut rows, &todos, &[4], None), "a new title moves nothing");
        todos[3].completed = true;
        assert!(touch(&mut rows, &todos, &[4], None));
        todos.insert(2, todo(9, false));
        assert!(touch(&mut rows, &todos, &[9], None), "a row is added");
        todos.remove(0);
        assert!(touch(&mut rows, &todos, &[1], None), "a row is removed");
        assert!(rows.get(todo(1, false).id).is_none());
        todos.swap(0, 1);
        assert!(touch(&mut rows, &todos, &[2], None), "rows change places");
        let edited = todos.remove(1).id;
        assert!(touch(&mut rows, &todos, &[2], Some(edited)));
        assert!(rows.get(edited).unwrap().read_untracked().is_gone, "the row that is being edited stays");
        assert!(touch(&mut rows, &todos, &[2], None));
        assert!(rows.get(edited).is_none());
    }

    #[test]
    fn the_row_that_is_being_edited_stays_where_it_is() {
        let (mut rows, mut todos) = (Rows::default(), vec![todo(1, false), todo(2, false), todo(3, false)]);
        update(&mut rows, &todos, None);
        let edited = todos.remove(1).id;
        update(&mut rows, &todos, Some(edited));
        assert_eq!(rows.shown(Filter::Completed, Some(edited)), [edited]);
        assert_eq!(rows.shown(Filter::All, Some(edited))[1], edited);
        assert!(rows.get(edited).unwrap().read_untracked().is_gone);
        assert_eq!(rows.counts(), (2, 2), "it does not count any more");
        assert!(update(&mut rows, &todos, None));
        assert!(rows.get(edited).is_none());
    }
}
