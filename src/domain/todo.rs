//! A todo, and the text that todos and lists may carry.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::event_id::Seq;
use crate::domain::id::TodoId;
use crate::domain::position::Position;

/// The longest title or name, in characters: a long sentence or a web address fits, an essay does not,
/// and a full list still fits in a few megabytes.
pub const TEXT_CHARS_MAX: usize = 500;

/// A title or a name: trimmed, visible, on one line and of limited length. [`ShortText::parse`] is the
/// only way to make one, so it never has to be checked again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ShortText(String);

/// Why a text is refused. Each sentence tells a person what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing visible is left after trimming.
    #[error("Write something first: the text is empty.")]
    Empty,
    /// Longer than [`TEXT_CHARS_MAX`].
    #[error("That is longer than {TEXT_CHARS_MAX} characters: please shorten it.")]
    TooLong,
    /// A line break, NUL or another control character.
    #[error("The text has a line break or a control character in it: please remove it.")]
    Control,
}

impl TextError {
    /// Every one of them.
    pub const EACH: [Self; 3] = [Self::Empty, Self::TooLong, Self::Control];
}

impl ShortText {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// Says why the text can't be a title.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        if text.chars().all(is_invisible) {
            return Err(TextError::Empty);
        }
        if text.chars().any(is_control) {
            return Err(TextError::Control);
        }
        if text.chars().count() > TEXT_CHARS_MAX {
            return Err(TextError::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Unicode's line and paragraph separators break a line just as a newline does.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A title made only of these would be a row with nothing to see or click on.
fn is_invisible(c: char) -> bool {
    let is_zero_width = matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let is_direction = matches!(c, '\u{202a}'..='\u{202e}');
    c.is_whitespace() || is_zero_width || is_direction
}

impl TryFrom<String> for ShortText {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        Self::parse(&text)
    }
}

impl fmt::Display for ShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One todo. Its times are those of events, in milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Todo {
    /// Its id, which never changes.
    pub id: TodoId,
    /// What has to be done.
    pub title: ShortText,
    /// Whether it is done.
    pub completed: bool,
    /// Its position in the list.
    pub position: Position,
    /// The number of the last event that changed it; 0 if an older version wrote that event, or if no event
    /// has confirmed the todo yet.
    pub touched_seq: Seq,
    /// When it was created.
    pub created_ms: i64,
    /// When it last changed.
    pub updated_ms: i64,
}

impl Todo {
    /// A todo as it is created: still to be done.
    #[must_use]
    pub fn new(id: TodoId, title: ShortText, position: Position, seq: Seq, at_ms: i64) -> Self {
        Self { id, title, completed: false, position, touched_seq: seq, created_ms: at_ms, updated_ms: at_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_trimmed() {
        assert_eq!(ShortText::parse("  buy milk\t\n").map(|it| it.to_string()), Ok("buy milk".to_owned()));
    }

    #[test]
    fn what_cannot_be_seen_is_empty() {
        for text in ["", "   ", "\u{a0}\u{3000}", "\u{200b}", "\u{feff}\u{202e}", "\n"] {
            assert_eq!(ShortText::parse(text), Err(TextError::Empty), "{text:?}");
        }
    }

    #[test]
    fn control_characters_inside_a_text_are_refused() {
        for text in ["a\nb", "a\0b", "a\u{1b}[31mb", "a\u{2028}b", "a\u{85}b"] {
            assert_eq!(ShortText::parse(text), Err(TextError::Control), "{text:?}");
        }
    }

    #[test]
    fn the_limit_counts_characters_not_bytes() {
        assert!(ShortText::parse(&"ä".repeat(TEXT_CHARS_MAX)).is_ok());
        assert_eq!(ShortText::parse(&"ä".repeat(TEXT_CHARS_MAX + 1)), Err(TextError::TooLong));
    }

    #[test]
    fn every_script_and_emoji_is_accepted() {
        for text in ["שלום עולם", "مرحبا", "👩‍👩‍👧‍👦 visit", "</title><script>alert(1)</script>"]
        {
            assert_eq!(ShortText::parse(text).map(|it| it.to_string()), Ok(text.to_owned()));
        }
    }
}
