//! The blocks of rows as signals, and which of them are on the page.

use crate::domain::{Board, TodoId};
use crate::ui::browser::storage;
use crate::ui::live::rows::{BlockId, Gap, Rows, Seen};
use crate::ui::live::store::ListStore;
use crate::ui::one_kind::{ArcRwSignal, Memo};
use crate::ui::route::Filter;

impl ListStore {
    /// The blocks of rows, in order.
    pub(crate) fn blocks(self) -> Memo<Vec<BlockId>> {
        Memo::new(move || {
            self.version.track();
            self.state.with_value(|it| it.rows.blocks())
        })
    }

    /// The todos of a block that are on the page, in order.
    pub(crate) fn rows_of(self, block: BlockId) -> Memo<Vec<TodoId>> {
        let is_near = self.state.with_value(|it| it.rows.is_near(block));
        Memo::new(move || {
            if !is_near.as_ref().is_some_and(ArcRwSignal::get) {
                return Vec::new();
            }
            self.version.track();
            let (filter, edited) = (self.filter.get(), self.edited.get());
            self.state.with_value(|it| it.rows.of_block(block, filter, edited))
        })
    }

    /// All todos that are shown, in order, whether they are on the page or not.
    pub(crate) fn shown_ids(self) -> Vec<TodoId> {
        self.read_rows(Rows::shown)
    }

    /// Whether the whole list is loaded.
    pub(crate) fn is_whole(self) -> bool {
        self.window.read_untracked().is_none()
    }

    /// Takes the whole list instead of one window of it.
    pub(crate) fn complete(self, board: Board) {
        self.replace(board, None);
        self.window.set(None);
        self.version.update(|it| *it += 1);
        if self.edited.get_untracked().is_none() && storage::draft(&self.list().id, None).is_none() {
            // Not while a new todo is being typed, because the row would take the focus away.
            self.edit_half_typed();
        }
    }

    /// Follows what changes which rows there are.
    pub(crate) fn track_rows(self) {
        self.version.track();
        self.filter.track();
        self.edited.track();
    }

    /// How many rows of each block are on the page, from the top.
    pub(crate) fn rows_on_page(self) -> Vec<(BlockId, usize)> {
        self.read_rows(Rows::on_page)
    }

    /// Notes how high a block is on the page, in pixels.
    pub(crate) fn measure(self, block: BlockId, rows: usize, px: f64) {
        self.state.update_value(|it| it.rows.measure(block, rows, px));
    }

    /// Puts the rows on the page that are near the window, and those of the `held` todos. `true` if more may come.
    pub(crate) fn look(self, seen: Seen, held: &[TodoId]) -> bool {
        self.read_rows(|rows, filter, edited| rows.look(filter, edited, seen, held))
    }

    /// Shows other todos.
    pub(crate) fn show(self, filter: Filter) {
        if self.filter.get_untracked() != filter {
            // Those near the window come at once, and the others after them.
            self.state.with_value(|it| it.rows.clear());
            self.filter.set(filter);
        }
    }

    /// Where room has to be left for rows that are not on the page.
    pub(crate) fn gaps(self) -> Vec<Gap> {
        self.read_rows(Rows::gaps)
    }

    /// Whether the row of a todo is on the page, or about to be.
    pub(crate) fn is_on_page(self, id: TodoId) -> bool {
        self.state.with_value(|it| it.rows.is_on_page(id))
    }

    /// How far below the top of the list a todo is, in pixels.
    pub(crate) fn height_above(self, id: TodoId) -> Option<f64> {
        self.read_rows(|rows, filter, edited| rows.height_above(filter, edited, id))
    }

    fn read_rows<T>(self, read: impl FnOnce(&Rows, Filter, Option<TodoId>) -> T) -> T {
        let (filter, edited) = (self.filter.get_untracked(), self.edited.get_untracked());
        self.state.with_value(|it| read(&it.rows, filter, edited))
    }
}
