//! The page of one list and its parts.

/// The field that renames a todo.
pub mod edit;

/// What a list says that shows nothing.
pub mod empty;

/// The line with the filters and the count, and the links to what has happened.
pub mod footer;

/// What can be done with a todo while its title is being edited, without JavaScript.
pub mod edit_actions;

/// Where the focus goes when a row goes away.
pub mod focus;

/// The field for a new todo.
pub mod form;

/// One row.
pub mod item;

/// The keys of the page.
pub mod keys;

/// The addresses in a title.
pub(crate) mod links;

/// A page that was kept for when there is no network.
pub mod kept;

/// The way of the selected todos to another list.
pub mod other_lists;

/// Puts the page together.
pub mod page;

/// What a pasted text of several lines becomes.
pub mod pasted;

/// The links to the other pages of a long list, for the page without JavaScript.
pub mod pages;

/// What the server rejected.
pub mod rejected;

/// Selecting several todos.
pub mod selection;

/// The way to take back what was done last.
pub mod undo;

/// The form that the buttons of all rows belong to.
pub mod rows_form;
