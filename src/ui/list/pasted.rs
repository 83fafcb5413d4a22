//! What a pasted text of several lines becomes: a todo for each line, without the marks that lists have in notes
//! and in Markdown.

use crate::domain::{ShortText, TextError};

/// One line of a pasted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// What is to be done.
    pub(crate) title: ShortText,
    /// Whether its box was ticked.
    pub(crate) is_done: bool,
}

/// Reads the lines that are not empty, each on its own.
pub(crate) fn lines(text: &str) -> Vec<Result<Line, TextError>> {
    text.lines().map(str::trim).filter(|it| !it.is_empty()).map(line).collect()
}

fn line(text: &str) -> Result<Line, TextError> {
    let unmarked = without_mark(text);
    let (is_done, title) = match unmarked.as_bytes() {
        [b'[', b' ', b']', b' ', ..] => (false, &unmarked[4..]),
        [b'[', b'x' | b'X', b']', b' ', ..] => (true, &unmarked[4..]),
        _ => (false, unmarked),
    };
    // A line of nothing but marks is what it says.
    match ShortText::parse(title) {
        Err(TextError::Empty) => ShortText::parse(text).map(|title| Line { title, is_done: false }),
        title => title.map(|title| Line { title, is_done }),
    }
}

/// Takes off `- `, `* `, `+ `, `• `, `1. ` or `1) `.
fn without_mark(text: &str) -> &str {
    let bullet = ["- ", "* ", "+ ", "• "].iter().find_map(|mark| text.strip_prefix(mark));
    let number = || {
        let rest = text.trim_start_matches(|it: char| it.is_ascii_digit());
        let has_number = (1..=3).contains(&(text.len() - rest.len()));
        rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") ")).filter(|_| has_number)
    };
    bullet.or_else(number).map_or(text, str::trim_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, bool)> {
        lines(text).into_iter().map(|it| it.unwrap()).map(|it| (it.title.to_string(), it.is_done)).collect()
    }

    #[test]
    fn the_marks_of_lists_are_taken_off() {
        let text = "- Buy milk\n\n* Buy bread\r\n 1. Call Anna\n12) Pay\n• Read\n+ Run";
        let titles: Vec<_> = read(text).into_iter().map(|(title, _)| title).collect();
        assert_eq!(titles, ["Buy milk", "Buy bread", "Call Anna", "Pay", "Read", "Run"]);
    }

    #[test]
    fn a_ticked_box_is_a_todo_that_is_done() {
        let expected = [("Buy milk".to_owned(), true), ("Buy bread".to_owned(), false), ("Pay".to_owned(), true)];
        assert_eq!(read("- [x] Buy milk\n[ ] Buy bread\n* [X] Pay"), expected);
    }

    #[test]
    fn what_only_looks_like_a_mark_stays() {
        for text in ["-5 degrees", "1.5 litres", "2024. A year", "[x]", "- ", "*emphasis*", "a - b"] {
            assert_eq!(read(text), [(text.trim().to_owned(), false)], "{text}");
        }
    }

    #[test]
    fn a_line_that_can_be_no_todo_does_not_stop_the_others() {
        let long = "x".repeat(600);
        let found = lines(&format!("one\n{long}\n- two"));
        assert_eq!(found.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    }
}
