//! All lists, beside the page of one.

/// The side bar.
pub mod side_bar;

/// What can be done with the list that the page shows.
pub mod menu;

/// Making a list.
pub mod new_list;

/// What this browser keeps of how it likes its lists.
pub mod settings;
