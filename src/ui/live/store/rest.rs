//! The rest of a long list, of which the server rendered one window. It is loaded at once, but put on the
//! page in steps, so that the browser can draw and handle typing in between.

use leptos::prelude::*;

use crate::domain::Board;
use crate::ui::browser::storage;
use crate::ui::live::store::ListStore;

/// How many rows are put on the page in one frame. A row takes about 0.2 ms to make and to lay out, so
/// what is typed meanwhile is seen within a tenth of a second. With fewer rows the whole would take longer,
/// because each frame also costs some time for every row that is already there.
const ROWS_PER_FRAME: usize = 200;

impl ListStore {
    /// Whether the whole list is loaded, even if some rows are not on the page yet.
    pub(crate) fn is_whole(self) -> bool {
        self.window.read_untracked().is_none()
    }

    /// Takes the whole list instead of one window of it.
    pub(crate) fn complete(self, board: Board) {
        self.state.update_value(|it| it.rows.hold_new(true));
        self.replace(board, None);
        self.state.update_value(|it| it.rows.hold_new(false));
        self.window.set(None);
        self.put_in();
    }

    /// Puts some of the held rows on the page now, and the others in the next frames.
    fn put_in(self) {
        let (filter, edited) = (self.filter.get_untracked(), self.edited.get_untracked());
        let is_done = self.state.try_update_value(|it| it.rows.put_in(filter, edited, ROWS_PER_FRAME));
        self.version.update(|it| *it += 1);
        if is_done == Some(false) {
            request_animation_frame(move || self.put_in());
        } else if edited.is_none() && storage::draft(&self.list().id, None).is_none() {
            // Not while a new todo is being typed, because the row would take the focus away.
            self.edit_half_typed();
        }
    }
}
