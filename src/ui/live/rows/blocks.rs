//! The rows in blocks. The rows of a block come on the page and leave it together, so that a list of thousands has
//! only those near the window on it. A row stays in its block for as long as it does not move among the others:
//! to come into another block means to be made anew, and to lose the focus.

use std::collections::HashMap;

use crate::domain::TodoId;
use crate::ui::one_kind::ArcRwSignal;

/// How many rows a new block has: about two windows full, so that blocks come and go seldom.
const BLOCK_ROWS: usize = 50;

/// A block does not take in rows at its end beyond this many.
const BLOCK_ROWS_MAX: usize = 2 * BLOCK_ROWS;

/// A block does not take in rows between its own beyond this many: it is split there, and its rows behind them are made
/// anew. Else one that thousands are restored into would have to be on the page as a whole.
const SPLIT_ROWS: usize = 4 * BLOCK_ROWS;

/// A list with at most this many rows is on the page as a whole, so that the browser's own search finds everything.
/// With more, each change would cost more than the time of a frame.
pub(super) const WHOLE_ROWS_MAX: usize = 1_000;

/// Which block. A block keeps its id.
pub(crate) type BlockId = u32;

/// Rows that follow each other.
pub(crate) struct Block {
    pub(crate) id: BlockId,
    pub(crate) rows: Vec<TodoId>,
    /// Whether the rows are on the page.
    pub(crate) is_near: ArcRwSignal<bool>,
    /// The height of one of its rows as they were on the page, in pixels.
    pub(super) row_px: Option<f64>,
}

impl Block {
    pub(super) fn is_on_page(&self) -> bool {
        self.is_near.get_untracked()
    }

    /// Puts the rows on the page, or takes them from it.
    pub(super) fn set_near(&self, is_near: bool) {
        if self.is_on_page() != is_near {
            self.is_near.set(is_near);
        }
    }
}

/// All rows, in order.
#[derive(Default)]
pub(crate) struct Blocks {
    each: Vec<Block>,
    next_id: BlockId,
}

impl Blocks {
    /// The blocks, in order.
    pub(crate) fn each(&self) -> &[Block] {
        &self.each
    }

    pub(super) fn each_mut(&mut self) -> &mut [Block] {
        &mut self.each
    }

    /// One block.
    pub(crate) fn get(&self, id: BlockId) -> Option<&Block> {
        self.each.iter().find(|it| it.id == id)
    }

    /// All rows, in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = TodoId> {
        self.each.iter().flat_map(|it| it.rows.iter().copied())
    }

    /// Takes the rows in their new order. Rows that have not moved stay in their blocks. The first rows of all, which
    /// the server has rendered, are on the page; later blocks are put there when they are near.
    pub(crate) fn arrange(&mut self, order: &[TodoId]) {
        let before = std::mem::take(&mut self.each);
        let block_of: HashMap<_, _> =
            before.iter().enumerate().flat_map(|(at, it)| it.rows.iter().map(move |id| (*id, at))).collect();
        let places: Vec<_> = order.iter().map(|id| block_of.get(id).copied()).collect();
        let stays = longest_ascent(&places);
        let is_first = before.is_empty();
        let sizes: Vec<_> = before.iter().map(|it| it.rows.len()).collect();
        let mut before: Vec<_> = before.into_iter().map(|it| Some(Block { rows: Vec::new(), ..it })).collect();
        let (mut new, mut last) = (Vec::new(), None);
        for ((id, place), stays) in order.iter().zip(places).zip(stays) {
            let Some(place) = place.filter(|_| stays) else {
                new.push(*id);
                continue;
            };
            if last == Some(place) {
                let size = self.each.last().map_or(0, |it| it.rows.len()).max(sizes[place]);
                if !new.is_empty() && size + new.len() > SPLIT_ROWS {
                    self.make(&mut new, is_first);
                    // The block of what follows.
                    self.make(&mut vec![*id], is_first);
                    continue;
                }
            } else {
                self.put_between(&mut new, sizes[place], is_first);
                self.each.extend(before[place].take());
                last = Some(place);
            }
            new.push(*id);
            self.join(&mut new);
        }
        self.put_between(&mut new, BLOCK_ROWS_MAX, is_first);
    }

    /// Puts rows at the end of the last block.
    fn join(&mut self, rows: &mut Vec<TodoId>) {
        if let Some(block) = self.each.last_mut() {
            block.rows.append(rows);
        }
    }

    /// Puts rows between two blocks: a few go to the block before them, many are blocks of their own. At the very
    /// top, a few are left for the block behind them, which has `next` rows.
    fn put_between(&mut self, rows: &mut Vec<TodoId>, next: usize, is_near: bool) {
        let (is_few, last) = (rows.len() < BLOCK_ROWS / 2, self.each.last().map(|it| it.rows.len()));
        match (is_few && last.unwrap_or(next) + rows.len() <= BLOCK_ROWS_MAX, last) {
            (true, Some(_)) => self.join(rows),
            (true, None) => {}
            (false, _) => self.make(rows, is_near),
        }
    }

    /// Makes blocks of rows.
    fn make(&mut self, rows: &mut Vec<TodoId>, is_near: bool) {
        for rows in rows.chunks(BLOCK_ROWS) {
            self.next_id += 1;
            let (id, is_near) = (self.next_id, ArcRwSignal::new(is_near));
            self.each.push(Block { id, rows: rows.to_vec(), is_near, row_px: None });
        }
        rows.clear();
    }
}

/// Which of the known places belong to the longest series that never goes down: the fewest others have moved.
fn longest_ascent(places: &[Option<usize>]) -> Vec<bool> {
    // The end of the best series of each length, and for each place the one before it in its series.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous = vec![None; places.len()];
    for (at, place) in places.iter().enumerate().filter(|it| it.1.is_some()) {
        let length = ends.partition_point(|end| places[*end] <= *place);
        previous[at] = length.checked_sub(1).map(|it| ends[it]);
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut stays = vec![false; places.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        stays[at] = true;
        next = previous[at];
    }
    stays
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ids(numbers: impl IntoIterator<Item = i64>) -> Vec<TodoId> {
        numbers.into_iter().map(|n| TodoId::new(n, &[0; 10])).collect()
    }

    fn blocks(order: &[TodoId]) -> Blocks {
        let mut blocks = Blocks::default();
        blocks.arrange(order);
        blocks
    }

    /// The number of rows in each block.
    fn sizes(blocks: &Blocks) -> Vec<usize> {
        blocks.each().iter().map(|it| it.rows.len()).collect()
    }

    fn block_of(blocks: &Blocks, id: TodoId) -> BlockId {
        blocks.each().iter().find(|it| it.rows.contains(&id)).unwrap().id
    }

    #[test]
    fn many_rows_are_made_into_blocks_and_a_few_join_one() {
        let mut order = ids(1..=120);
        let mut blocks = blocks(&order);
        assert_eq!(sizes(&blocks), [50, 50, 20]);
        order.extend(ids(121..=125));
        blocks.arrange(&order);
        assert_eq!(sizes(&blocks), [50, 50, 25], "at the end");
        order.splice(0..0, ids(201..=203));
        blocks.arrange(&order);
        assert_eq!(sizes(&blocks), [53, 50, 25], "at the top");
        order.splice(60..60, ids(301..=360));
        blocks.arrange(&order);
        assert_eq!(sizes(&blocks), [53, 110, 25], "within a block they have no other place");
        order.splice(0..0, ids(401..=460));
        blocks.arrange(&order);
        assert_eq!(sizes(&blocks), [50, 10, 53, 110, 25]);
        order.drain(50..60);
        blocks.arrange(&order);
        assert_eq!(sizes(&blocks), [50, 53, 110, 25], "no block is empty");
        for n in 0..100 {
            order.extend(ids([500 + n]));
            blocks.arrange(&order);
        }
        assert_eq!(sizes(&blocks), [50, 53, 110, 100, 25], "a block that is full takes in no more");
        assert!(blocks.rows().eq(order));
        blocks.arrange(&[]);
        assert_eq!(sizes(&blocks), [0; 0]);
    }

    #[test]
    fn no_block_becomes_so_large_that_it_could_not_be_on_the_page() {
        let mut order = ids(1..=60);
        let mut blocks = blocks(&order);
        order.splice(10..10, ids(1_001..=9_000));
        blocks.arrange(&order);
        assert_eq!(sizes(&blocks)[..3], [10, 50, 50], "thousands between two rows of a block");
        assert_eq!(sizes(&blocks)[sizes(&blocks).len() - 2..], [40, 10], "and what stood behind them");
        assert!(blocks.rows().eq(order.iter().copied()));
        for n in 0..500 {
            order.insert(0, TodoId::new(10_000 + n, &[0; 10]));
            order.insert(700, TodoId::new(20_000 + n, &[0; 10]));
            blocks.arrange(&order);
        }
        assert!(blocks.rows().eq(order));
        assert!(sizes(&blocks).into_iter().all(|it| it <= SPLIT_ROWS), "one by one at the same place");
    }

    #[test]
    fn a_row_that_moves_far_takes_no_other_row_along() {
        let mut order = ids(1..=150);
        let mut blocks = blocks(&order);
        let before: Vec<_> = order.iter().map(|id| (*id, block_of(&blocks, *id))).collect();
        let moved = order.remove(149);
        order.insert(0, moved);
        blocks.arrange(&order);
        assert!(blocks.rows().eq(order));
        assert!(before.iter().all(|(id, block)| (*id == moved) != (block_of(&blocks, *id) == *block)));
    }

    #[test]
    fn the_first_rows_are_on_the_page_and_those_that_come_later_are_not_yet() {
        let order = ids(1..=120);
        let mut blocks = blocks(&order[..60]);
        blocks.arrange(&order);
        let is_near: Vec<_> = blocks.each().iter().map(Block::is_on_page).collect();
        assert_eq!(is_near, [true, true, false, false]);
    }

    proptest! {
        #[test]
        fn the_rows_are_always_those_of_the_list_and_the_fewest_change_their_block(
            first in proptest::collection::vec(0..300_i64, 0..300),
            // Not so many that a block is split.
            second in proptest::collection::vec(0..300_i64, 0..100),
        ) {
            let unique = |numbers: Vec<i64>| {
                let mut seen = std::collections::HashSet::new();
                ids(numbers.into_iter().filter(|it| seen.insert(*it)))
            };
            let (first, second) = (unique(first), unique(second));
            let mut blocks = blocks(&first);
            let before: HashMap<_, _> = first.iter().map(|id| (*id, block_of(&blocks, *id))).collect();
            blocks.arrange(&second);
            prop_assert!(blocks.rows().eq(second.iter().copied()));
            prop_assert!(blocks.each().iter().all(|it| !it.rows.is_empty()));
            let places: Vec<_> = second.iter().map(|id| before.get(id).map(|it| *it as usize)).collect();
            let stay = longest_ascent(&places).into_iter().filter(|it| *it).count();
            let kept = second.iter().filter(|id| before.get(id) == Some(&block_of(&blocks, **id))).count();
            prop_assert!(kept >= stay);
            // The same again changes nothing.
            let same: Vec<_> = blocks.each().iter().map(|it| (it.id, it.rows.clone())).collect();
            blocks.arrange(&second);
            prop_assert_eq!(same, blocks.each().iter().map(|it| (it.id, it.rows.clone())).collect::<Vec<_>>());
        }
    }
}
