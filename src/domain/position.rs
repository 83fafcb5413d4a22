//! Where a todo or a list stands among the others: a text that sorts as it stands.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::id::IdError;

/// The digits of the part of a position that counts: with the first in the middle there is room for
/// thousands of millions of todos on either side.
const COUNTING_DIGITS: usize = 10;

/// The counting part of the first position of all.
const FIRST: u64 = 5_000_000_000;

/// A place in an order: digits, not ending in a zero, compared as text. Of digits alone, because databases
/// sort these in the same way in every language; and without a zero at the end, because then there always is
/// room between two.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Position(String);

impl Position {
    /// A place behind this one, or the first of all.
    #[must_use]
    pub fn after(last: Option<&Self>) -> Self {
        let Some(last) = last else { return Self::counting(FIRST) };
        let counted = last.0.bytes().chain(std::iter::repeat(b'0')).take(COUNTING_DIGITS);
        let next = counted.fold(0, |number, digit| number * 10 + u64::from(digit - b'0')) + 1;
        // The counting part can't be greater: there is room behind it all the same.
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
    fn what_is_added_behind_counts_on_and_stays_short() {
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
    fn other_texts_are_no_positions() {
        for text in ["", "0", "50", "5a", "-5", " 5", "٥"] {
            assert_eq!(Position::try_from(text.to_owned()), Err(IdError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn behind_every_position_there_is_another(text in "[0-9]{0,12}[1-9]|9{9,12}") {
            let last = position(&text);
            let next = Position::after(Some(&last));
            prop_assert!(next > last);
            prop_assert_eq!(position(next.as_str()), next);
        }
    }
}
