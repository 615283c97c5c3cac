//! An option that is a number, or the word `"learned"`.

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A parameter of a response model that may be fixed in TOML: `"learned"` or a number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum LearnedOr {
    /// Fitted with the reward.
    #[default]
    Learned,
    /// This number.
    Fixed(f64),
}

impl Serialize for LearnedOr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Learned => serializer.serialize_str("learned"),
            Self::Fixed(value) => serializer.serialize_f64(*value),
        }
    }
}

impl<'de> Deserialize<'de> for LearnedOr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordOrNumber)
    }
}

/// Written by hand because an untagged enum only says that no variant matched.
struct WordOrNumber;

impl Visitor<'_> for WordOrNumber {
    type Value = LearnedOr;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"learned\" or a number")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<LearnedOr, E> {
        Ok(LearnedOr::Fixed(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<LearnedOr, E> {
        Ok(LearnedOr::Fixed(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<LearnedOr, E> {
        Ok(LearnedOr::Fixed(value as f64))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<LearnedOr, E> {
        match word {
            "learned" => Ok(LearnedOr::Learned),
            other => Err(E::invalid_value(serde::de::Unexpected::Str(other), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Adapter, Description, LearnedOr};
    use std::collections::BTreeMap;

    #[test]
    fn words_and_numbers_are_read_through_typetag() {
        let parse = |sd: &str| {
            let text = format!("description = {{ sd = {sd} }}");
            toml::from_str::<Box<dyn Adapter>>(&text).map(|adapter| format!("{adapter:?}"))
        };
        let expect = |sd: LearnedOr| format!("{:?}", Description { sd, ..Description::default() });
        assert_eq!(parse("\"learned\"").unwrap(), expect(LearnedOr::Learned));
        assert_eq!(parse("0.5").unwrap(), expect(LearnedOr::Fixed(0.5)));
        assert_eq!(parse("2").unwrap(), expect(LearnedOr::Fixed(2.0)));
        let error = parse("\"guessed\"").unwrap_err().to_string();
        assert!(error.contains("expected \"learned\" or a number"), "{error}");
    }

    #[test]
    fn options_go_to_toml_and_back() {
        for sd in [LearnedOr::Learned, LearnedOr::Fixed(0.25)] {
            let options = BTreeMap::from([("sd", sd)]);
            let text = toml::to_string(&options).unwrap();
            let back: BTreeMap<String, LearnedOr> = toml::from_str(&text).unwrap();
            assert_eq!(back["sd"], sd);
        }
    }
}
