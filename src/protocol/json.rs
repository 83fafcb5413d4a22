//! Reads JSON in the browser. `serde_json`'s reader would be a seventh of all that the browser loads: it makes code for
//! structs that are written as arrays, for floats, and for sentences about errors, which nobody here needs. The
//! server reads what others send with `serde_json`.

mod reader;

use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor, value::StrDeserializer,
};

use reader::Reader;

/// The text is not JSON, or not that of this type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this text can't be read")]
pub struct Unreadable;

impl Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Reads a value of which the whole text is the JSON.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let mut reader = Reader::new(text);
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Which bracket is closed after the elements.
const LIST_END: u8 = b']';
const OBJECT_END: u8 = b'}';

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.peek()? {
            b'"' => self.deserialize_str(visitor),
            b'[' => self.deserialize_seq(visitor),
            b'{' => self.deserialize_map(visitor),
            b't' | b'f' => self.deserialize_bool(visitor),
            b'n' => self.deserialize_unit(visitor),
            _ => self.deserialize_i64(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.bool()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_u64(self.natural()?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_i64(self.integer()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_str(&self.string()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_string(self.string()?.into_owned())
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.word("null")?;
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.peek()? == b'n' {
            self.word("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.take(b'[')?;
        let value = visitor.visit_seq(Elements { reader: self, is_first: true })?;
        self.take(LIST_END)?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.take(b'{')?;
        let value = visitor.visit_map(Elements { reader: self, is_first: true })?;
        self.take(OBJECT_END)?;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let has_content = self.begins_with(b'{')?;
        let value = visitor.visit_enum(Variant { reader: self, has_content })?;
        if has_content {
            self.take(OBJECT_END)?;
        }
        Ok(value)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.skip()?;
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 u8 u16 u32 f32 f64 char bytes byte_buf unit_struct tuple_struct
    }
}

/// What is between two brackets, with commas.
struct Elements<'a, 'de> {
    reader: &'a mut Reader<'de>,
    is_first: bool,
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unreadable> {
        if !self.reader.has_next(LIST_END, &mut self.is_first)? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> MapAccess<'de> for Elements<'_, 'de> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unreadable> {
        if !self.reader.has_next(OBJECT_END, &mut self.is_first)? {
            return Ok(None);
        }
        let key = self.reader.key()?;
        let key: StrDeserializer<'_, Unreadable> = (*key).into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unreadable> {
        seed.deserialize(&mut *self.reader)
    }
}

/// A variant: its name alone, or an object with its name and its content.
struct Variant<'a, 'de> {
    reader: &'a mut Reader<'de>,
    has_content: bool,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Unreadable> {
        let name = if self.has_content { self.reader.key()? } else { self.reader.string()? };
        let name: StrDeserializer<'_, Unreadable> = (*name).into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        if self.has_content { self.reader.word("null") } else { Ok(()) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unreadable> {
        if self.has_content { seed.deserialize(self.reader) } else { Err(Unreadable) }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        if self.has_content { self.reader.deserialize_seq(visitor) } else { Err(Unreadable) }
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unreadable> {
        if self.has_content { self.reader.deserialize_map(visitor) } else { Err(Unreadable) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Serialize;

    use super::*;

    #[derive(Debug, Clone, PartialEq, Serialize, serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        Wrapped(Option<String>),
        Pair(bool, i64),
        Named { first: Vec<u64>, second: Option<Box<Kind>> },
    }

    #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
    struct Whole {
        text: String,
        kinds: Vec<Kind>,
        #[serde(default)]
        number: u64,
    }

    fn kind() -> impl Strategy<Value = Kind> {
        let leaf = prop_oneof![
            Just(Kind::Plain),
            any::<Option<String>>().prop_map(Kind::Wrapped),
            any::<(bool, i64)>().prop_map(|(a, b)| Kind::Pair(a, b)),
        ];
        leaf.prop_recursive(3, 8, 2, |inner| {
            (any::<Vec<u64>>(), prop::option::of(inner.prop_map(Box::new)))
                .prop_map(|(first, second)| Kind::Named { first, second })
        })
    }

    fn whole() -> impl Strategy<Value = Whole> {
        (any::<String>(), prop::collection::vec(kind(), 0..4), any::<u64>()).prop_map(|(text, kinds, number)| Whole {
            text,
            kinds,
            number,
        })
    }

    /// What `serde_json` makes of the same text.
    fn theirs(text: &str) -> Option<Whole> {
        serde_json::from_str(text).ok()
    }

    proptest! {
        #[test]
        fn what_serde_json_writes_is_read_back(value in whole()) {
            prop_assert_eq!(read::<Whole>(&serde_json::to_string(&value).unwrap()), Ok(value));
        }

        #[test]
        fn spaces_between_the_parts_change_nothing(value in whole()) {
            prop_assert_eq!(read::<Whole>(&serde_json::to_string_pretty(&value).unwrap()), Ok(value));
        }

        #[test]
        fn a_text_with_an_error_is_read_as_serde_json_reads_it(
            value in whole(), at in any::<prop::sample::Index>(), with in r#"[]\[{}",:\\0-9ntu. -]?"#,
        ) {
            let text = serde_json::to_string(&value).unwrap();
            let (at, mut broken) = (at.index(text.len()), text.clone());
            let end = (at + 1..=text.len()).find(|it| text.is_char_boundary(*it)).unwrap();
            if text.is_char_boundary(at) {
                broken.replace_range(at..end, &with);
            }
            // We refuse some texts that serde_json reads, such as a struct without its names. Never the reverse.
            if let Ok(ours) = read::<Whole>(&broken) {
                prop_assert_eq!(Some(ours), theirs(&broken));
            }
        }
    }

    #[test]
    fn strings_are_read_with_their_escapes() {
        for (text, expected) in [
            (r#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{c}\n\r\tz"),
            (r#""\u00e9 \ud83d\ude00 \u0000é😀""#, "é 😀 \0é😀"),
            (r#" "" "#, ""),
        ] {
            assert_eq!(read::<String>(text), Ok(expected.to_owned()));
            assert_eq!(serde_json::from_str::<String>(text).unwrap(), expected);
        }
        for text in [r#""\ud83d""#, r#""\ud83d\u0041""#, r#""\ude00""#, r#""\u12""#, r#""\x""#, "\"a\nb\"", "\"a", "\""]
        {
            assert_eq!(read::<String>(text), Err(Unreadable), "{text}");
            assert!(serde_json::from_str::<String>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn integers_are_read_to_their_limits() {
        for number in [i64::MIN, -1, 0, 7, i64::MAX] {
            assert_eq!(read::<i64>(&number.to_string()), Ok(number));
        }
        assert_eq!(read::<u64>(&u64::MAX.to_string()), Ok(u64::MAX));
        for text in ["18446744073709551616", "-1", "01", "1.0", "1e3", "", "x", "- 1", "1 2"] {
            assert_eq!(read::<u64>(text), Err(Unreadable), "{text}");
        }
    }

    #[test]
    fn what_a_newer_server_adds_is_skipped() {
        let text = r#"{"new":[{"a":[1.5e-3,"]"],"b":null},true],"text":"x","also":"\"","kinds":[],"more":{}}"#;
        assert_eq!(read::<Whole>(text), Ok(Whole { text: "x".to_owned(), kinds: Vec::new(), number: 0 }));
        for text in [r#"{"new":[},"text":"x","kinds":[]}"#, r#"{"new":,"text":"x","kinds":[]}"#] {
            assert_eq!(read::<Whole>(text), Err(Unreadable), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_no_value() {
        for text in ["", "{}", "[]", "<html>", r#"{"text":"x","kinds":[]"#, r#"{"text":"x","kinds":[]}}"#] {
            assert_eq!(read::<Whole>(text), Err(Unreadable), "{text}");
        }
    }
}
