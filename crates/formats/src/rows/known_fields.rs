//! Which fields does a type have that denies all others?
//!
//! The type is asked to read a map of one key that no type has. One that denies unknown fields says
//! which it knows; there is no other way to tell without a derive of our own.

use serde::de::value::StrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use std::fmt;

/// Names of its fields, aliases among them; none if the type takes any field.
pub(crate) fn known_fields<T: for<'de> Deserialize<'de>>() -> Option<&'static [&'static str]> {
    match T::deserialize(Probe) {
        Err(Answer::Denied(known)) => Some(known),
        _ => None,
    }
}

/// No field is called that.
const NAME: &str = "\u{0}";

/// A map of one entry.
struct Probe;

#[derive(Debug)]
enum Answer {
    Denied(&'static [&'static str]),
    Other,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a probe")
    }
}

impl std::error::Error for Answer {}

impl de::Error for Answer {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Self::Denied(known)
    }
}

impl<'de> Deserializer<'de> for Probe {
    type Error = Answer;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Answer> {
        visitor.visit_map(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

impl<'de> MapAccess<'de> for Probe {
    type Error = Answer;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Answer> {
        seed.deserialize(StrDeserializer::new(NAME)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, _: S) -> Result<S::Value, Answer> {
        Err(Answer::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Closed {
        #[serde(alias = "other")]
        one: String,
        #[serde(rename = "Two")]
        two: Option<u32>,
    }

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Open {
        one: String,
    }

    #[test]
    fn only_closed_types_tell_their_fields() {
        let mut known = known_fields::<Closed>().unwrap().to_vec();
        known.sort_unstable();
        assert_eq!(known, ["Two", "one", "other"]);
        assert_eq!(known_fields::<Open>(), None);
        assert_eq!(known_fields::<serde_json::Value>(), None);
        assert_eq!(known_fields::<String>(), None);
    }
}
