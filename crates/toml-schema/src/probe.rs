//! What does a type ask for at a place of its TOML?
//!
//! A type that serde reads says on the way what it expects: a table of these keys, a number, one of
//! these names. [`head`] lets it read along a path of keys, and stops it with an error at the end of the
//! path, where it has asked. So implementations that are linked from elsewhere are known as well as our
//! own, and nothing is derived or registered that could be forgotten.

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use std::fmt;

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// To the value of a key.
    Key(String),
    /// To an item of a list.
    Item,
    /// To what follows the name of a choice.
    Variant(&'static str),
}

/// What is asked for at a place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Head {
    /// Whatever is there; the JSON types that are not refused at sight.
    Any(Vec<&'static str>),
    Bool,
    Integer {
        least: Option<i64>,
    },
    Number,
    Text,
    List,
    /// A list of so many items.
    Items(usize),
    /// A table with keys of the user's choice.
    Map,
    /// A table with the name of an implementation.
    Tags(Vec<String>),
    Table {
        name: &'static str,
        keys: &'static [&'static str],
    },
    Choice(&'static [&'static str]),
    /// A name of a choice that nothing follows.
    Unit,
}

/// What is asked for at the end of `path`; none if the type does not come there.
pub(super) fn head<T: DeserializeOwned>(path: &[Step]) -> Option<Head> {
    let found = asked::<T>(path, Ask::Head).0?;
    Some(match found {
        Head::Map => match asked::<T>(path, Ask::Names).1 {
            Stop::Names(names) => Head::Tags(names),
            _ => Head::Map,
        },
        Head::Any(_) => {
            let takes = |kind: &str| !matches!(asked::<T>(path, Ask::Type(kind)).1, Stop::Type);
            let is_taken = |kind: &&str| takes(kind) || (*kind == "integer" && takes("signed"));
            let all = ["string", "integer", "number", "boolean", "array", "object"];
            Head::Any(all.into_iter().filter(is_taken).collect())
        }
        other => other,
    })
}

fn asked<T: DeserializeOwned>(path: &[Step], ask: Ask<'_>) -> (Option<Head>, Stop) {
    let mut found = None;
    let ended = T::deserialize(Probe { path, ask, found: &mut found });
    (found, ended.err().unwrap_or(Stop::Here))
}

/// What is done at the end of the path.
#[derive(Clone, Copy)]
enum Ask<'a> {
    /// What is asked for is kept.
    Head,
    /// A key that cannot exist is given.
    Names,
    /// A value of this JSON type is given.
    Type(&'a str),
}

/// Why reading stopped.
#[derive(Debug)]
enum Stop {
    Here,
    /// These names were expected.
    Names(Vec<String>),
    /// A value of this type is not taken.
    Type,
}

/// As serde words it: an error that passes through an implementation arrives as its text.
impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here => f.write_str("asked"),
            Self::Type => f.write_str("invalid type: "),
            Self::Names(names) => write!(f, "{UNKNOWN}`{}`", names.join("`, `")),
        }
    }
}

impl std::error::Error for Stop {}

const NO_KEY: &str = "?";
const UNKNOWN: &str = "unknown variant `?`, expected ";

impl de::Error for Stop {
    fn custom<M: fmt::Display>(message: M) -> Self {
        let message = message.to_string();
        match message.strip_prefix(UNKNOWN) {
            Some(names) => {
                Self::Names(names.split('`').skip(1).step_by(2).map(Into::into).collect())
            }
            None if message.starts_with("invalid type: ") => Self::Type,
            None => Self::Here,
        }
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        match variant {
            NO_KEY => Self::Names(expected.iter().map(|&name| name.to_owned()).collect()),
            _ => Self::Here,
        }
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::Type
    }
}

struct Probe<'a> {
    path: &'a [Step],
    ask: Ask<'a>,
    found: &'a mut Option<Head>,
}

impl<'a> Probe<'a> {
    /// Keeps what is asked for, if this is the end of the path.
    fn end<T>(self, head: Head) -> Result<T, Stop> {
        if self.path.is_empty() {
            *self.found = Some(head);
        }
        Err(Stop::Here)
    }

    /// Reads on behind the first step, if it is to a key.
    fn table<'de, V: Visitor<'de>>(self, visitor: V, head: Head) -> Result<V::Value, Stop> {
        match self.path.split_first() {
            Some((Step::Key(key), path)) => visitor
                .visit_map(One { key: Some(key.as_str()), probe: Some(Probe { path, ..self }) }),
            _ => self.end(head),
        }
    }

    fn list<'de, V: Visitor<'de>>(self, visitor: V, head: Head) -> Result<V::Value, Stop> {
        match self.path.split_first() {
            Some((Step::Item, path)) => {
                visitor.visit_seq(One { key: None, probe: Some(Probe { path, ..self }) })
            }
            _ => self.end(head),
        }
    }
}

macro_rules! heads {
    ($($method:ident => $head:expr,)*) => {
        $(fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
            self.end($head)
        })*
    };
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Stop;

    heads! {
        deserialize_bool => Head::Bool,
        deserialize_i8 => Head::Integer { least: None },
        deserialize_i16 => Head::Integer { least: None },
        deserialize_i32 => Head::Integer { least: None },
        deserialize_i64 => Head::Integer { least: None },
        deserialize_u8 => Head::Integer { least: Some(0) },
        deserialize_u16 => Head::Integer { least: Some(0) },
        deserialize_u32 => Head::Integer { least: Some(0) },
        deserialize_u64 => Head::Integer { least: Some(0) },
        deserialize_f32 => Head::Number,
        deserialize_f64 => Head::Number,
        deserialize_char => Head::Text,
        deserialize_str => Head::Text,
        deserialize_string => Head::Text,
        deserialize_bytes => Head::List,
        deserialize_byte_buf => Head::List,
        deserialize_unit => Head::Unit,
        deserialize_identifier => Head::Text,
        deserialize_ignored_any => Head::Any(Vec::new()),
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.ask {
            Ask::Type(kind) if self.path.is_empty() => match kind {
                "string" => visitor.visit_str("x"),
                "integer" => visitor.visit_u64(1),
                "signed" => visitor.visit_i64(1),
                "number" => visitor.visit_f64(0.5),
                "boolean" => visitor.visit_bool(true),
                "array" => visitor.visit_seq(One { key: None, probe: None }),
                _ => visitor.visit_map(One { key: None, probe: None }),
            },
            _ => self.end(Head::Any(Vec::new())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        visitor.visit_some(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: V,
    ) -> Result<V::Value, Stop> {
        self.end(Head::Table { name, keys: &[] })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Stop> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        self.list(visitor, Head::List)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        count: usize,
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.list(visitor, Head::Items(count))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        count: usize,
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.list(visitor, Head::Items(count))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Stop> {
        match self.ask {
            Ask::Names if self.path.is_empty() => {
                visitor.visit_map(One { key: Some(NO_KEY), probe: None })
            }
            _ => self.table(visitor, Head::Map),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        keys: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.table(visitor, Head::Table { name, keys })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        match self.path.split_first() {
            Some((Step::Variant(name), path)) => {
                visitor.visit_enum(Chosen { name, probe: Probe { path, ..self } })
            }
            _ => self.end(Head::Choice(names)),
        }
    }
}

/// A table or a list with one entry, whose value is probed; none if there is no probe.
struct One<'a> {
    key: Option<&'a str>,
    probe: Option<Probe<'a>>,
}

impl<'de> MapAccess<'de> for One<'_> {
    type Error = Stop;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Stop> {
        let Some(key) = self.key.take() else { return Ok(None) };
        seed.deserialize(key.into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Stop> {
        self.probe.take().map_or(Err(Stop::Here), |probe| seed.deserialize(probe))
    }
}

impl<'de> SeqAccess<'de> for One<'_> {
    type Error = Stop;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Stop> {
        self.probe.take().map(|probe| seed.deserialize(probe)).transpose()
    }
}

/// A name of a choice, and what follows it.
struct Chosen<'a> {
    name: &'static str,
    probe: Probe<'a>,
}

impl<'de, 'a> EnumAccess<'de> for Chosen<'a> {
    type Error = Stop;
    type Variant = Probe<'a>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Probe<'a>), Stop> {
        Ok((seed.deserialize(self.name.into_deserializer())?, self.probe))
    }
}

impl<'de> VariantAccess<'de> for Probe<'_> {
    type Error = Stop;

    fn unit_variant(self) -> Result<(), Stop> {
        self.end(Head::Unit)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Stop> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, count: usize, visitor: V) -> Result<V::Value, Stop> {
        self.list(visitor, Head::Items(count))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        keys: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Stop> {
        self.table(visitor, Head::Table { name: "", keys })
    }
}
