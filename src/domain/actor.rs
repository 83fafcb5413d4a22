//! Who did something, in their own words. Anyone can give any name, so it proves nothing.

use std::fmt;

use crate::domain::todo::{ShortText, TextError};

/// The longest name of a person, in characters: a first and a last name fit, and a line of the history still has
/// room for what happened.
pub const ACTOR_CHARS_MAX: usize = 50;

/// The name that a person gave. [`Actor::parse`] is the only way to make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(ShortText);

impl Actor {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// Says why the text can't be a name.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let name = ShortText::parse(text)?;
        if name.as_str().chars().count() > ACTOR_CHARS_MAX { Err(TextError::TooLong) } else { Ok(Self(name)) }
    }

    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// What a person is told whose name is over the limit.
#[must_use]
pub fn too_long() -> String {
    format!("A name has at most {ACTOR_CHARS_MAX} characters: please shorten it.")
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_short_text_with_a_limit_of_its_own() {
        assert_eq!(Actor::parse(" Ada Löwe ").map(|it| it.to_string()), Ok("Ada Löwe".to_owned()));
        assert!(Actor::parse(&"ä".repeat(ACTOR_CHARS_MAX)).is_ok());
        assert_eq!(Actor::parse(&"ä".repeat(ACTOR_CHARS_MAX + 1)), Err(TextError::TooLong));
        assert_eq!(Actor::parse("\u{202e} "), Err(TextError::Empty));
        assert_eq!(Actor::parse("A\nda"), Err(TextError::Control));
    }
}
