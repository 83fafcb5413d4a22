//! A list as todo.txt (<http://todotxt.org>): a line for each todo, `x ` before what is done, then dates. A priority,
//! `(A) `, is part of the title.
//!
//! Each line that is written has its dates. So what looks like a mark or a date at the beginning of a title is not
//! taken for one when it is read back.

use crate::domain::calendar::Civil;
use crate::domain::{Board, Todo};
use crate::tools::formats::{Entry, title};

/// Writes the todos of a board.
pub(super) fn write(board: &Board) -> String {
    board.todos.iter().map(line).collect()
}

fn line(todo: &Todo) -> String {
    let [created, changed] = [todo.created_ms, todo.updated_ms].map(|it| Civil::of(it).date());
    let title = todo.title.as_str();
    if todo.completed {
        return format!("x {changed} {created} {title}\n");
    }
    let (priority, rest) = split_priority(title);
    format!("{priority}{created} {rest}\n")
}

/// Reads lines; empty ones are left out.
pub(super) fn read(text: &str) -> Result<Vec<Entry>, String> {
    let lines = text.split('\n').map(|it| it.strip_suffix('\r').unwrap_or(it)).enumerate();
    let lines = lines.filter(|(_, it)| !it.trim().is_empty());
    lines.map(|(at, it)| entry(at + 1, it)).collect()
}

fn entry(line: usize, text: &str) -> Result<Entry, String> {
    if let Some(rest) = text.strip_prefix("x ") {
        // The date when it was done, and the date when it was written down.
        return Ok(Entry { title: title(line, without_date(without_date(rest)))?, completed: true });
    }
    let (priority, rest) = split_priority(text);
    let text = format!("{priority}{}", without_date(rest));
    Ok(Entry { title: title(line, &text)?, completed: false })
}

/// Splits off a priority, with its space.
fn split_priority(text: &str) -> (&str, &str) {
    match text.as_bytes() {
        [b'(', b'A'..=b'Z', b')', b' ', _, ..] => text.split_at("(A) ".len()),
        _ => ("", text),
    }
}

/// Takes off a date that stands at the beginning, with its space.
fn without_date(text: &str) -> &str {
    match text.split_once(' ') {
        Some((first, rest)) if is_date(first) => rest,
        _ => text,
    }
}

/// Whether a word is a date, as far as its digits say.
fn is_date(word: &str) -> bool {
    let parts: Vec<_> = word.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let number = |text: &str, digits: usize| {
        let is_number = text.len() == digits && text.bytes().all(|it| it.is_ascii_digit());
        is_number.then(|| text.parse::<u32>().unwrap_or(0))
    };
    number(year, 4).is_some()
        && number(month, 2).is_some_and(|it| (1..=12).contains(&it))
        && number(day, 2).is_some_and(|it| (1..=31).contains(&it))
}
