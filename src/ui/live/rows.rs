//! The rows on screen. Each has its own signal, so that a change updates only the rows it is about.

mod held;

use std::collections::{HashMap, HashSet};

use leptos::prelude::*;

use crate::domain::{Todo, TodoId};
use crate::sync::{Outbox, Saving, Touched};
use crate::ui::route::Filter;

/// One todo as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each says something of its own")]
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
    /// Whether it is not on the page yet, because many rows came at once.
    pub is_held: bool,
}

/// A part of the page. The framework sees two lists, so that rows inserted above do not move the visible rows
/// in the page's tree. Only then does the browser keep the visible rows in place on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The rows above the first one that the server rendered. Empty on the first page of a long list.
    Above,
    /// Everything else.
    Rest,
}

impl Part {
    /// Both parts, from the top.
    pub const EACH: [Self; 2] = [Self::Above, Self::Rest];
}

/// All rows of a list, in order.
#[derive(Default)]
pub(crate) struct Rows {
    order: Vec<TodoId>,
    signals: HashMap<TodoId, ArcRwSignal<Row>>,
    /// How many todos are open, and how many there are.
    counts: (usize, usize),
    /// Whether new rows are held back.
    holds_new: bool,
    /// The first row of [`Part::Rest`]. If it is `None`, no row is above.
    top: Option<TodoId>,
}

impl Rows {
    /// The signal of one row.
    pub(crate) fn get(&self, id: TodoId) -> Option<ArcRwSignal<Row>> {
        self.signals.get(&id).cloned()
    }

    /// The todos of a part of the page that a filter shows. The one being edited stays, whatever others
    /// do to it.
    pub(crate) fn visible(&self, part: Part, filter: Filter, edited: Option<TodoId>) -> Vec<TodoId> {
        let (above, rest) = self.order.split_at(self.top());
        let shows = |id: &&TodoId| {
            edited == Some(**id)
                || self.signals.get(id).is_some_and(|row| {
                    let row = row.read_untracked();
                    !row.is_held && filter.shows(&row.todo)
                })
        };
        if part == Part::Above { above } else { rest }.iter().filter(shows).copied().collect()
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
        let mut row = Row {
            todo: todo.clone(),
            saving,
            is_gone: false,
            is_edited: edited == Some(todo.id),
            is_selected: false,
            is_held: self.holds_new,
        };
        let Some(signal) = self.signals.get(&todo.id) else {
            self.signals.insert(todo.id, ArcRwSignal::new(row));
            return true;
        };
        let (is_changed, is_moved) = {
            let before = signal.read_untracked();
            (row.is_held, row.is_selected) = (before.is_held, before.is_selected);
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
        let is_same = gone.is_none() && self.order.iter().eq(shown.iter().map(|it| &it.id));
        if is_same {
            return false;
        }
        let mut order: Vec<_> = shown.iter().map(|it| it.id).collect();
        if let Some(gone) = gone {
            let at = self.order.iter().position(|it| *it == gone).unwrap_or(0);
            order.insert(at.min(order.len()), gone);
        }
        self.top = self.top.and_then(|_| self.next_top(|id| self.signals.contains_key(&id)));
        let is_moved = order != self.order;
        self.order = order;
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
                let ids = rows.visible(Part::Rest, Filter::All, None).into_iter();
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
        assert_eq!(rows.visible(Part::Rest, Filter::Completed, Some(edited)), [edited]);
        assert_eq!(rows.visible(Part::Rest, Filter::All, Some(edited))[1], edited);
        assert!(rows.get(edited).unwrap().read_untracked().is_gone);
        assert_eq!(rows.counts(), (2, 2), "it does not count any more");
        assert!(update(&mut rows, &todos, None));
        assert!(rows.get(edited).is_none());
    }
}
