//! Rows that are held back: when thousands come at once, they are put on the page in steps, without moving
//! the rows that are already on it.

use leptos::prelude::*;

use crate::domain::TodoId;
use crate::ui::live::rows::Rows;
use crate::ui::route::Filter;

impl Rows {
    /// Sets whether new rows are held back from now on. [`Rows::put_in`] puts them on the page.
    pub(crate) fn hold_new(&mut self, holds_new: bool) {
        self.holds_new = holds_new;
        if !holds_new {
            self.top = self.order.iter().find(|id| !self.is_held(**id)).copied();
        }
    }

    /// Puts up to `count` of the held rows on the page: first those below the rows on it, then those above.
    /// `true` if no row is held back any more.
    ///
    /// When new rows are inserted before a row, the framework takes that row out and puts it back, and a field
    /// in it loses the focus. So nothing is inserted before a row while its title is being edited.
    pub(crate) fn put_in(&mut self, filter: Filter, edited: Option<TodoId>, count: usize) -> bool {
        let (above, below) = self.order.split_at(self.top());
        let edited = edited.and_then(|edited| below.iter().position(|id| *id == edited)).unwrap_or(0);
        let (mut left, mut is_done) = (count, true);
        for (at, id) in below.iter().enumerate().chain(above.iter().map(|id| (usize::MAX, id))) {
            let Some(row) = self.signals.get(id).filter(|it| it.read_untracked().is_held) else { continue };
            let is_shown = filter.shows(&row.read_untracked().todo);
            if at < edited || is_shown && left == 0 {
                is_done = false;
                continue;
            }
            left -= usize::from(is_shown);
            row.update_untracked(|it| it.is_held = false);
        }
        is_done
    }

    /// Where [`crate::ui::live::rows::Part::Rest`] begins.
    pub(super) fn top(&self) -> usize {
        self.top.and_then(|top| self.order.iter().position(|id| *id == top)).unwrap_or(0)
    }

    /// The new top if the present one is removed: the next row that stays.
    pub(super) fn next_top(&self, stays: impl Fn(TodoId) -> bool) -> Option<TodoId> {
        self.order[self.top()..].iter().copied().find(|id| stays(*id))
    }

    fn is_held(&self, id: TodoId) -> bool {
        self.signals.get(&id).is_some_and(|it| it.read_untracked().is_held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Todo;
    use crate::ui::live::rows::Part;
    use crate::ui::live::rows::tests::{todo, update};

    fn todos() -> Vec<Todo> {
        (1..=9).map(|n| todo(n, n % 2 == 0)).collect()
    }

    /// The todos on the page, from the top, and how many of them are above.
    fn page(rows: &Rows, filter: Filter, edited: Option<TodoId>) -> (Vec<TodoId>, usize) {
        let [above, rest] = Part::EACH.map(|part| rows.visible(part, filter, edited));
        let count = above.len();
        (above.into_iter().chain(rest).collect(), count)
    }

    /// Rows 4 and 5 are on the page, and the others are held back.
    fn held() -> Rows {
        let (mut rows, all) = (Rows::default(), todos());
        update(&mut rows, &all[3..5], None);
        rows.hold_new(true);
        update(&mut rows, &all[..8], None);
        rows.hold_new(false);
        rows
    }

    #[test]
    fn held_rows_are_shown_in_steps_and_a_new_row_at_once() {
        let (mut rows, all) = (held(), todos());
        let ids = |from: usize, to: usize| all[from - 1..to].iter().map(|it| it.id).collect::<Vec<_>>();
        let on_page = |rows: &Rows| page(rows, Filter::All, None);
        assert_eq!((rows.counts(), on_page(&rows)), ((4, 8), (ids(4, 5), 0)), "all count");
        update(&mut rows, &all, None);
        assert_eq!(on_page(&rows), ([ids(4, 5), ids(9, 9)].concat(), 0));
        assert!(!rows.put_in(Filter::All, None, 2));
        assert_eq!(on_page(&rows), ([ids(4, 7), ids(9, 9)].concat(), 0), "first those below");
        assert!(!rows.put_in(Filter::All, None, 2));
        assert_eq!(on_page(&rows), ([ids(1, 1), ids(4, 9)].concat(), 1), "then those above");
        assert!(rows.put_in(Filter::All, None, 2));
        assert_eq!(on_page(&rows), (ids(1, 9), 3));
    }

    #[test]
    fn the_part_above_keeps_its_end_when_the_row_there_is_removed() {
        let (mut rows, mut all) = (held(), todos());
        assert!(rows.put_in(Filter::All, None, 9));
        // Removes the top row, the next one, one above, and then all that are not above.
        for (gone, above) in [(3..4, 3), (3..4, 3), (0..1, 2), (2..6, 0)] {
            all.drain(gone);
            update(&mut rows, &all, None);
            assert_eq!(page(&rows, Filter::All, None), (all.iter().map(|it| it.id).collect(), above));
        }
    }

    #[test]
    fn nothing_is_put_before_the_row_that_is_being_edited() {
        let (mut rows, all) = (held(), todos());
        update(&mut rows, &all, None);
        let edited = Some(all[8].id);
        assert!(!rows.put_in(Filter::All, edited, 9));
        let ids: Vec<_> = all.iter().map(|it| it.id).collect();
        assert_eq!(page(&rows, Filter::All, edited).0, [&ids[..5], &ids[8..]].concat(), "rows above do not move it");
        assert!(rows.put_in(Filter::All, None, 9));
        assert_eq!(page(&rows, Filter::All, None).0, ids);
    }

    #[test]
    fn rows_that_the_filter_hides_do_not_count_as_put_in() {
        let (mut rows, all) = (Rows::default(), todos());
        rows.hold_new(true);
        update(&mut rows, &all, None);
        assert!(!rows.put_in(Filter::Completed, None, 3));
        assert!(rows.put_in(Filter::Completed, None, 1));
        assert_eq!(page(&rows, Filter::All, None).0.len(), 9);
    }
}
