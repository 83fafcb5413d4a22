//! Where a todo or a list stands among the others: a text whose sort order is the order of the list.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::id::IdError;

/// How many digits of a position are counted up. The first position is in the middle, so that there is
/// room for thousands of millions of todos on either side.
const COUNTING_DIGITS: usize = 10;

/// The counted digits of the very first position.
const FIRST: u64 = 5_000_000_000;

/// A place in an order: digits that do not end in a zero, compared as text. Only digits, because databases
/// sort them in the same way in every language. No zero at the end, so that there is always room between
/// two positions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Position(String);

impl Position {
    /// A position after this one, or the very first position.
    #[must_use]
    pub fn after(last: Option<&Self>) -> Self {
        let Some(last) = last else { return Self::counting(FIRST) };
        let counted = last.0.bytes().chain(std::iter::repeat(b'0')).take(COUNTING_DIGITS);
        let next = counted.fold(0, |number, digit| number * 10 + u64::from(digit - b'0')) + 1;
        // The counted digits can't be greater, but a longer text still sorts after this one.
        if next.ilog10() as usize >= COUNTING_DIGITS { Self(format!("{last}5")) } else { Self::counting(next) }
    }

    fn counting(number: u64) -> Self {
        Self(format!("{number:0COUNTING_DIGITS$}").trim_end_matches('0').to_owned())
    }

    /// The position as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Position {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        let is_one = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit()) && !text.ends_with('0');
        if is_one { Ok(Self(text)) } else { Err(IdError) }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn position(text: &str) -> Position {
        Position::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn positions_at_the_end_count_up_and_stay_short() {
        let mut last = Position::after(None);
        assert_eq!(last.as_str(), "5");
        for _ in 0..20_000 {
            let next = Position::after(Some(&last));
            assert!(next > last && next.as_str().len() <= COUNTING_DIGITS, "{last} {next}");
            last = next;
        }
        assert_eq!(last.as_str(), "500002");
    }

    #[test]
    fn other_texts_are_not_positions() {
        for text in ["", "0", "50", "5a", "-5", " 5", "٥"] {
            assert_eq!(Position::try_from(text.to_owned()), Err(IdError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn there_is_a_position_after_every_position(text in "[0-9]{0,12}[1-9]|9{9,12}") {
            let last = position(&text);
            let next = Position::after(Some(&last));
            prop_assert!(next > last);
            prop_assert_eq!(position(next.as_str()), next);
        }
    }
}
