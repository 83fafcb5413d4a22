//! What can be done from the palette: mostly what a control of the page does too, so that there is one way to do it.

use crate::ui::browser::dom;
use crate::ui::live::store::ListStore;

/// Something that can be done.
#[derive(Debug, PartialEq)]
pub(super) struct Action {
    pub(super) name: &'static str,
    /// The keys that do the same.
    pub(super) keys: &'static str,
    how: How,
}

#[derive(Debug, PartialEq)]
enum How {
    /// Gives the focus to a field.
    Focus(&'static str),
    /// Clicks a control.
    Click(&'static str),
    Undo,
    Redo,
}

/// Everything, in the order in which it is shown.
pub(super) static ACTIONS: [Action; 17] = [
    action("Write a new todo", "n", How::Focus(".new-todo")),
    action("Open the lists", "", How::Click(".open-lists")),
    action("Make a new list", "", How::Focus(".new-list [name=name]")),
    action("Show all todos", "g a", How::Click(".filters li:nth-child(1) a")),
    action("Show the open todos", "g o", How::Click(".filters li:nth-child(2) a")),
    action("Show the completed todos", "g c", How::Click(".filters li:nth-child(3) a")),
    action("Take back what I did last", "Ctrl Z", How::Undo),
    action("Do it again", "Ctrl Y", How::Redo),
    action("Mark all as complete, or all as open", "", How::Click(".toggle-all")),
    action("Clear completed", "", How::Click(".clear-completed")),
    action("Rename, move or delete this list", "", How::Click(".list-menu summary")),
    action("History of this list", "g h", How::Click(".past-links a:first-child")),
    action("Trash of this list", "g t", How::Click(".past-links a:last-child")),
    action("Send a message over the socket", "", How::Focus(".message")),
    action("About the connection", "", How::Click(".connection button")),
    action("Colours: light, dark or as the system", "", How::Focus(".scheme")),
    action("Keys", "?", How::Click(".show-keys")),
];

const fn action(name: &'static str, keys: &'static str, how: How) -> Action {
    Action { name, keys, how }
}

impl Action {
    /// Whether there is something to do: the control can be seen.
    pub(super) fn is_possible(&self, store: ListStore) -> bool {
        match self.how {
            How::Focus(control) | How::Click(control) => dom::is_seen(control),
            How::Undo => store.can_undo_and_redo().0,
            How::Redo => store.can_undo_and_redo().1,
        }
    }

    pub(super) fn run(&self, store: ListStore) {
        match self.how {
            How::Focus(field) => drop(dom::focus_now(field)),
            How::Click(control) => dom::click(control),
            How::Undo => store.undo(),
            How::Redo => store.redo(),
        }
    }
}
