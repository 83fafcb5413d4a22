//! Where a todo or a list stands among the others: a text whose sort order is the order of the list.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::id::IdError;

/// How many digits of a position are counted up. The first position is in the middle, so that there is
/// room for thousands of millions of todos on either side.
const COUNTING_DIGITS: usize = 10;

/// The counted digits of the very first position.
const FIRST: u64 = 5_000_000_000;

/// The first number that the counting part has no digits for.
const END: u64 = 10_000_000_000;

/// Beyond this the todos around are given new positions. Each move into the same gap makes a position about a
/// third of a digit longer, so this is after some ninety of them.
const POSITION_CHARS_MAX: usize = 40;

/// A place in an order: digits, not ending in a zero, compared as text. Of digits alone, because databases
/// sort these in the same way in every language; and without a zero at the end, because then there always is
/// room between two.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Position(String);

impl Position {
    /// A position after this one, or the very first position.
    #[must_use]
    pub fn after(last: Option<&Self>) -> Self {
        let Some(last) = last else { return Self::counting(FIRST) };
        // The counting part can't be greater than its digits allow: there is room behind it all the same.
        last.counted().checked_add(1).filter(|it| *it < END).map_or_else(|| last.longer(), Self::counting)
    }

    /// A place before this one, or the first of all.
    #[must_use]
    pub fn before(first: Option<&Self>) -> Self {
        let Some(first) = first else { return Self::counting(FIRST) };
        match first.counted() {
            0 | 1 => Self(digits_between(b"", Some(first.0.as_bytes()))),
            counted => Self::counting(counted - 1),
        }
    }

    /// A place between two, as short as there is one. `None` where there is no room, because they are not in
    /// this order.
    #[must_use]
    pub fn between(low: Option<&Self>, high: Option<&Self>) -> Option<Self> {
        let (Some(low), Some(high)) = (low, high) else {
            return Some(high.map_or_else(|| Self::after(low), |high| Self::before(Some(high))));
        };
        (low < high).then(|| Self(digits_between(low.0.as_bytes(), Some(high.0.as_bytes()))))
    }

    /// Whether it has become so long that its neighbours should make room.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.0.len() > POSITION_CHARS_MAX
    }

    fn counting(number: u64) -> Self {
        Self(format!("{number:0COUNTING_DIGITS$}").trim_end_matches('0').to_owned())
    }

    /// The part that counts, as a number.
    fn counted(&self) -> u64 {
        let digits = self.0.bytes().chain(std::iter::repeat(b'0')).take(COUNTING_DIGITS);
        digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
    }

    fn longer(&self) -> Self {
        Self(format!("{self}5"))
    }

    /// The position as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Digits that sort between two others, of which the second may be absent: nothing sorts behind it then. The
/// low ones sort before the high ones, and neither ends in a zero.
fn digits_between(low: &[u8], high: Option<&[u8]>) -> String {
    let digit = |digits: &[u8], at: usize| digits.get(at).copied().unwrap_or(b'0');
    let common = high.map_or(0, |high| (0..high.len()).take_while(|at| digit(low, *at) == high[*at]).count());
    if let Some(high) = high.filter(|_| common > 0) {
        let rest = digits_between(low.get(common..).unwrap_or_default(), Some(&high[common..]));
        return format!("{}{rest}", String::from_utf8_lossy(&high[..common]));
    }
    let (first, end) = (digit(low, 0), high.map_or(b'9' + 1, |high| high[0]));
    match high {
        // The first digit of the high ones alone sorts between.
        Some(high) if end - first == 1 && high.len() > 1 => char::from(end).to_string(),
        _ if end - first > 1 => char::from(first + (end - first) / 2).to_string(),
        _ => format!("{}{}", char::from(first), digits_between(low.get(1..).unwrap_or_default(), None)),
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
    fn what_goes_between_is_short_and_grows_slowly() {
        let (low, high) = (position("5000000001"), position("5000000002"));
        let mut between = Position::between(Some(&low), Some(&high)).unwrap();
        assert_eq!(between.as_str(), "50000000015");
        for _ in 0..80 {
            between = Position::between(Some(&low), Some(&between)).unwrap();
            assert!(!between.is_long(), "{between}");
        }
    }

    #[test]
    fn other_texts_are_no_positions() {
        for text in ["", "0", "50", "5a", "-5", " 5", "٥"] {
            assert_eq!(Position::try_from(text.to_owned()), Err(IdError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn between_any_two_positions_there_is_another(one in "[0-9]{0,12}[1-9]", two in "[0-9]{0,12}[1-9]") {
            let (low, high) = (position(one.as_str().min(&two)), position(one.as_str().max(&two)));
            match Position::between(Some(&low), Some(&high)) {
                None => prop_assert_eq!(low, high),
                Some(between) => {
                    prop_assert!(low < between && between < high, "{low} {between} {high}");
                    prop_assert_eq!(position(between.as_str()), between);
                }
            }
        }

        #[test]
        fn before_every_position_there_is_another(text in "[0-9]{0,12}[1-9]|0{0,12}1") {
            let first = position(&text);
            let before = Position::before(Some(&first));
            prop_assert!(before < first, "{before} {first}");
            prop_assert_eq!(position(before.as_str()), before);
        }

        #[test]
        fn behind_every_position_there_is_another(text in "[0-9]{0,12}[1-9]|9{9,12}") {
            let last = position(&text);
            let next = Position::after(Some(&last));
            prop_assert!(next > last);
            prop_assert_eq!(position(next.as_str()), next);
        }
    }
}
