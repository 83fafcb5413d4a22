//! The rows on screen: one signal each, so that a change touches the rows it is about and no others.

mod held;

use std::collections::HashMap;

use leptos::prelude::*;

use crate::domain::{Todo, TodoId};
use crate::sync::Saving;
use crate::ui::route::Filter;

/// One todo as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The todo, with the commands about it.
    pub todo: Todo,
    /// Whether the log has all of it.
    pub saving: Saving,
    /// Whether it is only here still because its title is being edited.
    pub is_gone: bool,
    /// Whether its title is being edited.
    pub is_edited: bool,
    /// Whether it is not on the page yet, because many rows came at once.
    pub is_held: bool,
}

/// A part of the page. They are two lists to the framework, so that what is put in above what one reads
/// moves nothing of that in the page's tree: the browser keeps it still on the screen only then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What stands above the first row that the server rendered, on any page of a long list but its first.
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
    /// Whether rows that are new are held back.
    holds_new: bool,
    /// The row that the part of the page begins with that is not above. With none, nothing is above.
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

    /// Brings the rows in line with what shall be shown. `true` where one came, went or changed sides.
    pub(crate) fn update(
        &mut self,
        todos: Vec<Todo>,
        saving: impl Fn(TodoId) -> Saving,
        edited: Option<TodoId>,
    ) -> bool {
        let row = |todo: Todo| {
            let (saving, is_edited) = (saving(todo.id), edited == Some(todo.id));
            Row { todo, saving, is_gone: false, is_edited, is_held: false }
        };
        let mut rows: Vec<_> = todos.into_iter().map(row).collect();
        self.counts = (rows.iter().filter(|it| !it.todo.completed).count(), rows.len());
        self.keep_edited(&mut rows, edited);
        let mut is_moved = rows.len() != self.order.len();
        let mut signals = HashMap::with_capacity(rows.len());
        let mut order = Vec::with_capacity(rows.len());
        for mut row in rows {
            let id = row.todo.id;
            is_moved |= self.order.get(order.len()) != Some(&id);
            let signal = self.signals.remove(&id);
            row.is_held = signal.as_ref().map_or(self.holds_new, |it| it.read_untracked().is_held);
            is_moved |= signal.as_ref().is_none_or(|it| {
                let before = it.read_untracked();
                before.todo.completed != row.todo.completed || before.is_gone != row.is_gone
            });
            signals.insert(id, moved_to(signal, row));
            order.push(id);
        }
        self.top = self.top.and_then(|_| self.next_top(|id| signals.contains_key(&id)));
        self.signals = signals;
        self.order = order;
        is_moved
    }

    /// The row under the caret does not go because someone else deleted its todo.
    fn keep_edited(&self, rows: &mut Vec<Row>, edited: Option<TodoId>) {
        let Some((id, signal)) = edited.and_then(|id| Some((id, self.signals.get(&id)?))) else { return };
        if rows.iter().any(|row| row.todo.id == id) {
            return;
        }
        let at = self.order.iter().position(|it| *it == id).unwrap_or(0).min(rows.len());
        let todo = signal.read_untracked().todo.clone();
        rows.insert(at, Row { todo, saving: Saving::Saved, is_gone: true, is_edited: true, is_held: false });
    }
}

fn moved_to(signal: Option<ArcRwSignal<Row>>, row: Row) -> ArcRwSignal<Row> {
    let Some(signal) = signal else { return ArcRwSignal::new(row) };
    let is_changed = *signal.read_untracked() != row;
    if is_changed {
        signal.set(row);
    }
    signal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ShortText;

    pub(super) fn todo(n: i64, completed: bool) -> Todo {
        let id = TodoId::new(n, &[0; 10]);
        Todo { id, title: ShortText::parse("x").unwrap(), completed, created_ms: 0, updated_ms: 0 }
    }

    pub(super) fn update(rows: &mut Rows, todos: &[Todo], edited: Option<TodoId>) -> bool {
        rows.update(todos.to_vec(), |_| Saving::Saved, edited)
    }

    #[test]
    fn only_what_moved_says_so() {
        let (mut rows, mut todos) = (Rows::default(), vec![todo(1, false), todo(2, false)]);
        assert!(update(&mut rows, &todos, None));
        assert!(!update(&mut rows, &todos, None));
        todos[0].title = ShortText::parse("y").unwrap();
        assert!(!update(&mut rows, &todos, None), "a new title moves nothing");
        assert_eq!(rows.get(todos[0].id).unwrap().read_untracked().todo, todos[0], "and is there");
        todos[1].completed = true;
        assert!(update(&mut rows, &todos, None));
        assert_eq!(rows.counts(), (1, 2));
        todos.pop();
        assert!(update(&mut rows, &todos, None));
    }

    #[test]
    fn the_row_under_the_caret_stays_where_it_is() {
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
