//! Which blocks of a long list are on the page: those near the window, as far as the heights of the others are known.
//! Pure, so that it can be tested without a browser.

use crate::domain::TodoId;
use crate::ui::live::rows::blocks::WHOLE_ROWS_MAX;
use crate::ui::live::rows::{BlockId, Rows};
use crate::ui::route::Filter;

/// How far from the window a row may be that comes on the page, in heights of the window.
const NEAR: f64 = 1.5;

/// How far from the window a row may be that stays on the page. More, so that blocks do not come and go with every
/// small movement.
const STILL_NEAR: f64 = 3.0;

/// How many blocks that are not near come on the page at once: a hundred rows take about 20 ms, so typing stays fluent.
const MORE_BLOCKS: usize = 2;

/// How high a row is taken to be before one was measured, in pixels: a title on one line.
const ROW_PX: f64 = 45.0;

/// What a person sees of the list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    /// Where the window begins, in pixels from the top of the list.
    pub(crate) top: f64,
    /// The height of the window, in pixels.
    pub(crate) height: f64,
}

/// Room for rows that are not on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Gap {
    /// How many rows on the page come before it.
    pub(crate) at: usize,
    /// Its height, in pixels.
    pub(crate) px: f64,
}

impl Rows {
    /// How many rows of each block are on the page, from the top.
    pub(crate) fn on_page(&self, filter: Filter, edited: Option<TodoId>) -> Vec<(BlockId, usize)> {
        let near = self.blocks.each().iter().filter(|it| it.is_on_page());
        near.map(|it| (it.id, self.shown_of(it, filter, edited).count())).collect()
    }

    /// Notes how high a block is on the page.
    pub(crate) fn measure(&mut self, block: BlockId, rows: usize, px: f64) {
        if let Some(block) = self.blocks.each_mut().iter_mut().find(|it| it.id == block)
            && rows > 0
            && px > 0.0
        {
            #[expect(clippy::cast_precision_loss, reason = "a few thousand rows")]
            let row_px = px / rows as f64;
            block.row_px = Some(row_px);
            // Not changed again, or else all rows below would move a little with each block that is measured.
            self.usual_px.get_or_insert(row_px);
        }
    }

    /// Puts the blocks near the window on the page, and takes away those that are far from it, unless the whole list
    /// may be there: then a few more come at each call. Blocks with one of the `held` todos stay. `true` if more are
    /// to come.
    pub(crate) fn look(&self, filter: Filter, edited: Option<TodoId>, seen: Seen, held: &[TodoId]) -> bool {
        let heights = self.heights(filter, edited);
        let is_whole = heights.iter().map(|it| it.0).sum::<usize>() <= WHOLE_ROWS_MAX;
        // The list may have become shorter.
        let end: f64 = heights.iter().map(|it| it.1).sum();
        let seen = Seen { top: seen.top.min(end), ..seen };
        let (mut top, mut more) = (0.0, 0);
        for (block, (_, px)) in self.blocks.each().iter().zip(heights) {
            let margin = seen.height * if block.is_on_page() { STILL_NEAR } else { NEAR };
            let is_near = top + px >= seen.top - margin && top <= seen.top + seen.height + margin;
            let is_held = || block.rows.iter().any(|id| edited == Some(*id) || held.contains(id));
            let is_there = is_near || is_held() || is_whole && block.is_on_page();
            more += usize::from(is_whole && !is_there);
            block.set_near(is_there || is_whole && more <= MORE_BLOCKS);
            top += px;
        }
        more > MORE_BLOCKS
    }

    /// Takes all rows from the page, because others are to be shown.
    pub(crate) fn clear(&self) {
        self.blocks.each().iter().for_each(|it| it.set_near(false));
    }

    /// Where room has to be left for rows that are not on the page.
    pub(crate) fn gaps(&self, filter: Filter, edited: Option<TodoId>) -> Vec<Gap> {
        let (mut gaps, mut at, mut missing) = (Vec::new(), 0, 0.0);
        for (block, (rows, px)) in self.blocks.each().iter().zip(self.heights(filter, edited)) {
            if !block.is_on_page() {
                missing += px;
            } else if rows > 0 {
                if missing > 0.0 {
                    gaps.push(Gap { at, px: std::mem::take(&mut missing) });
                }
                at += rows;
            }
        }
        if missing > 0.0 {
            gaps.push(Gap { at, px: missing });
        }
        gaps
    }

    /// Whether the row of a todo is on the page, or about to be.
    pub(crate) fn is_on_page(&self, id: TodoId) -> bool {
        self.blocks.each().iter().any(|it| it.is_on_page() && it.rows.contains(&id))
    }

    /// How far below the top of the list a todo is, in pixels. `None` if it is not shown.
    pub(crate) fn height_above(&self, filter: Filter, edited: Option<TodoId>, id: TodoId) -> Option<f64> {
        let mut above = 0.0;
        for (block, (rows, px)) in self.blocks.each().iter().zip(self.heights(filter, edited)) {
            if let Some(at) = self.shown_of(block, filter, edited).position(|it| it == id) {
                #[expect(clippy::cast_precision_loss, reason = "a few thousand rows")]
                let part = at as f64 / rows as f64;
                return Some(above + px * part);
            }
            above += px;
        }
        None
    }

    /// How many rows of each block are shown, and how high they are together as far as that is known.
    fn heights(&self, filter: Filter, edited: Option<TodoId>) -> Vec<(usize, f64)> {
        let usual = self.usual_px.unwrap_or(ROW_PX);
        let height = |rows: usize, row_px: Option<f64>| {
            #[expect(clippy::cast_precision_loss, reason = "a few thousand rows")]
            let rows = rows as f64;
            rows * row_px.unwrap_or(usual)
        };
        let each = self.blocks.each().iter();
        each.map(|it| {
            let rows = self.shown_of(it, filter, edited).count();
            (rows, height(rows, it.row_px))
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Todo;
    use crate::ui::live::rows::tests::{todo, update};

    /// A window over the list: ten rows high.
    fn seen(top_row: f64) -> Seen {
        Seen { top: top_row * ROW_PX, height: 10.0 * ROW_PX }
    }

    /// A list of more than a thousand rows, in 21 blocks, every second one done, none on the page yet.
    fn long_list() -> (Rows, Vec<Todo>) {
        let todos: Vec<_> = (1..=1050).map(|n| todo(n, n % 2 == 0)).collect();
        let mut rows = Rows::default();
        update(&mut rows, &todos, None);
        rows.clear();
        (rows, todos)
    }

    /// The numbers of the blocks on the page, from 0.
    fn near(rows: &Rows) -> Vec<usize> {
        let each = rows.blocks.each().iter().enumerate();
        each.filter(|it| it.1.is_on_page()).map(|it| it.0).collect()
    }

    #[test]
    fn only_the_rows_near_the_window_are_on_the_page() {
        let (rows, _) = long_list();
        assert_eq!(near(&rows), [0; 0]);
        let look = |top_row: f64| assert!(!rows.look(Filter::All, None, seen(top_row), &[]));
        look(0.0);
        assert_eq!(near(&rows), [0], "25 rows and a window of ten");
        look(30.0);
        assert_eq!(near(&rows), [0, 1]);
        look(70.0);
        assert_eq!(near(&rows), [0, 1], "what is on the page stays for longer");
        look(500.0);
        assert_eq!(near(&rows), [9, 10]);
        look(2000.0);
        assert_eq!(near(&rows), [20], "below its end that is near which is last");
    }

    #[test]
    fn a_row_that_is_held_stays_on_the_page() {
        let (rows, todos) = long_list();
        rows.look(Filter::All, Some(todos[1049].id), seen(500.0), &[todos[0].id]);
        assert_eq!(near(&rows), [0, 9, 10, 20]);
        let px = |rows: f64| rows * ROW_PX;
        let gaps = [Gap { at: 50, px: px(400.0) }, Gap { at: 150, px: px(450.0) }];
        assert_eq!(rows.gaps(Filter::All, None), gaps);
    }

    #[test]
    fn a_list_that_the_filter_makes_short_is_soon_on_the_page_as_a_whole() {
        let (rows, _) = long_list();
        assert!(rows.look(Filter::Active, None, seen(0.0), &[]));
        assert_eq!(near(&rows), [0, 1, 2, 3], "two are near, and two more");
        while rows.look(Filter::Active, None, seen(0.0), &[]) {}
        assert_eq!(near(&rows).len(), 21);
        assert_eq!(rows.gaps(Filter::Active, None), []);
        rows.look(Filter::Active, None, seen(500.0), &[]);
        assert_eq!(near(&rows).len(), 21, "wherever the window is");
        rows.look(Filter::All, None, seen(0.0), &[]);
        assert_eq!(near(&rows), [0]);
        assert_eq!(rows.gaps(Filter::All, None), [Gap { at: 50, px: 1000.0 * ROW_PX }]);
        rows.clear();
        assert_eq!(near(&rows), [0; 0]);
    }

    #[test]
    fn what_was_measured_is_the_height_of_a_block_and_a_guess_for_the_others() {
        let (mut rows, todos) = long_list();
        rows.look(Filter::All, None, seen(0.0), &[]);
        let on_page = rows.on_page(Filter::All, None);
        assert_eq!(on_page.len(), 1);
        rows.measure(on_page[0].0, 50, 5000.0);
        rows.measure(on_page[0].0, 0, 0.0);
        let above = |n: usize| rows.height_above(Filter::All, None, todos[n].id).unwrap();
        assert!((above(25) - 2500.0).abs() < 0.01 && (above(100) - 10_000.0).abs() < 0.01);
        assert_eq!(rows.height_above(Filter::Active, None, todos[1].id), None);
    }
}
