//! Ids and how they are read from text. The caller provides the random bytes, so that the same code works
//! in the browser (`crypto`) and on the server (the operating system).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

/// How many random bytes a [`TodoId`] or an [`OpId`] is made from.
pub const ID_RANDOM_BYTES: usize = 10;

/// Text that is not an id of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct IdError;

/// Declares an id that is a UUID, written with hyphens and in lower case on the wire.
macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// A new UUIDv7 (RFC 9562 §5.7). It begins with the time, so that ids made later sort later.
            #[must_use]
            pub fn new(now_ms: i64, random: &[u8; ID_RANDOM_BYTES]) -> Self {
                let now_ms = u64::try_from(now_ms).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(now_ms, random).into_uuid())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            /// Accepts the hyphenated form only, so that each id has only one spelling.
            fn from_str(text: &str) -> Result<Self, IdError> {
                if text.len() != 36 {
                    return Err(IdError);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| IdError)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

uuid_id! {
    /// A todo's id, made by the client that creates the todo.
    TodoId
}

uuid_id! {
    /// A client's id for one command. If the same op is sent again, it counts only once.
    OpId
}

impl OpId {
    /// When [`OpId::new`] made it, in milliseconds since 1970, by the caller's clock. The op of a plain
    /// form is not a UUIDv7 and contains no time.
    #[must_use]
    pub fn at_ms(self) -> i64 {
        // The highest 48 bits of a UUIDv7.
        i64::try_from(self.0.as_u128() >> 80).unwrap_or(i64::MAX)
    }
}

impl From<Uuid> for OpId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl From<OpId> for Uuid {
    fn from(op: OpId) -> Self {
        op.0
    }
}

/// A list's id in addresses: `home`, or the id that the server made for a new list. Its log has the same
/// id. The index also has an id of this type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ListId(String);

/// Longer than any id we make. The limit only keeps nonsense out of the database and the logs.
const LIST_ID_CHARS_MAX: usize = 32;

/// The letters of a list id that the server makes: few vowels and look-alikes, so that it can be read aloud.
const LIST_ID_LETTERS: &[u8; 32] = b"0123456789bcdfghjkmnpqrstvwxyzlu";

impl ListId {
    /// How many random bytes a new id is made from: 12 letters of 5 bits, so that it can't be guessed.
    pub const RANDOM_BYTES: usize = 12;

    /// The list that exists from the first start.
    #[must_use]
    pub fn home() -> Self {
        Self("home".to_owned())
    }

    /// The stream that says which lists there are. No list has this id.
    #[must_use]
    pub fn index() -> Self {
        Self("index".to_owned())
    }

    /// A new list's id, from random bytes.
    #[must_use]
    pub fn new(random: &[u8; Self::RANDOM_BYTES]) -> Self {
        let letters = random.iter().map(|byte| LIST_ID_LETTERS[usize::from(byte % 32)]);
        Self(letters.map(char::from).collect())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ListId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if text.is_empty() || text.len() > LIST_ID_CHARS_MAX || !text.chars().all(known) {
            return Err(IdError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for ListId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl fmt::Display for ListId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_as_it_was_written() {
        let id = TodoId::new(1_700_000_000_123, &[7; ID_RANDOM_BYTES]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().chars().nth(14), Some('7'), "it is a UUIDv7: {id}");
    }

    #[test]
    fn ids_made_later_sort_later() {
        let random = [0xff; ID_RANDOM_BYTES];
        assert!(TodoId::new(1, &random) < TodoId::new(2, &[0; ID_RANDOM_BYTES]));
    }

    #[test]
    fn an_op_says_when_it_was_made() {
        for at_ms in [0, 1_700_000_000_123, (1 << 48) - 1] {
            assert_eq!(OpId::new(at_ms, &[0xff; ID_RANDOM_BYTES]).at_ms(), at_ms);
        }
    }

    #[test]
    fn other_spellings_of_an_id_are_refused() {
        for text in ["", "1", "urn:uuid:018b0000-0000-7000-8000-000000000000", "018b000000007000800000000000000000"] {
            assert_eq!(text.parse::<TodoId>(), Err(IdError), "{text}");
        }
        for text in ["", "Home", "a b", "../etc", "ä", &"a".repeat(33)] {
            assert_eq!(text.parse::<ListId>(), Err(IdError), "{text}");
        }
    }

    #[test]
    fn a_new_list_id_can_be_read_back() {
        let id = ListId::new(&[0, 31, 32, 63, 255, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        assert_eq!(id.as_str().len(), 12);
    }
}
