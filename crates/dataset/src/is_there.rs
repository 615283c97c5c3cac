//! Whether a value of a record says something: JSON would not have it as null.

use crate::always::always;
use serde::Serialize;
use serde::ser::{Error, Impossible, Serializer};
use std::fmt;

/// Whether a value is neither none nor a number that is none (NaN).
pub(crate) fn is_there<V: ?Sized + Serialize>(value: &V) -> bool {
    value.serialize(IsThere).unwrap_or(true)
}

struct IsThere;

/// The value is a list or a map, which is something whatever it holds.
#[derive(Debug)]
struct Composed;

impl fmt::Display for Composed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or a map")
    }
}

impl std::error::Error for Composed {}

impl Error for Composed {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Told = Result<bool, Composed>;

type Never = Impossible<bool, Composed>;

impl Serializer for IsThere {
    type Ok = bool;
    type Error = Composed;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    always! { Ok(true) => Told;
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    always! { Ok(false) => Told;
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
    }

    fn serialize_f32(self, value: f32) -> Told {
        Ok(value.is_finite())
    }

    fn serialize_f64(self, value: f64) -> Told {
        Ok(value.is_finite())
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Told {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Told {
        value.serialize(self)
    }

    always! { Ok(true) => Told;
        serialize_newtype_variant<T>(&'static str, u32, &'static str);
    }

    always! { Err(Composed) => Result<Never, Composed>;
        serialize_seq(Option<usize>);
        serialize_tuple(usize);
        serialize_tuple_struct(&'static str, usize);
        serialize_tuple_variant(&'static str, u32, &'static str, usize);
        serialize_map(Option<usize>);
        serialize_struct(&'static str, usize);
        serialize_struct_variant(&'static str, u32, &'static str, usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_null_in_json_is_not_there() {
        assert!(is_there(&0) && is_there("") && is_there(&false) && is_there(&Some(Some('x'))));
        assert!(is_there(&[0.0; 0]) && is_there(&vec![f64::NAN]));
        assert!(!is_there(&None::<u32>) && !is_there(&Some(None::<u32>)) && !is_there(&()));
        assert!(!is_there(&f64::NAN) && !is_there(&Some(f64::INFINITY)));
    }
}
