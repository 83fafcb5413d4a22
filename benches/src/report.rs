//! Figures for people: tables, the picture, the README. Only this file prints.

/// The README's table and the picture, from figures that were kept.
pub(crate) mod docs;
/// Numbers as people read them.
mod format;
/// The picture.
mod svg;
/// Tables.
pub(crate) mod table;

/// Prints a paragraph.
#[expect(clippy::print_stdout, reason = "the tables are what this program is for")]
pub(crate) fn say(text: &str) {
    println!("{text}\n");
}

/// Prints what went wrong.
#[expect(clippy::print_stderr, reason = "the person who started it reads it there")]
pub(crate) fn complain(text: &str) {
    eprintln!("{text}");
}
