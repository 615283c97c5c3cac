//! The fields of a record, which is a flat map to serde, one by one.

use crate::always::always;
use serde::Serialize;
use serde::ser::{Error, Impossible, SerializeMap, SerializeStruct, Serializer};
use std::fmt;

/// Takes the fields of a record.
pub(crate) trait Fields {
    fn field<V: ?Sized + Serialize>(&mut self, name: &str, value: &V) -> Result<(), FieldError>;
}

/// Why a field was not taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct FieldError(pub String);

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FieldError {}

impl Error for FieldError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Hands the fields of what is serialized to [`Fields`]; anything but a struct or a map has none.
pub(crate) struct Flat<F>(pub F);

type Told = Result<(), FieldError>;

fn no_map<T>() -> Result<T, FieldError> {
    Err(FieldError("a record must be a flat map".to_owned()))
}

type Never = Impossible<(), FieldError>;

impl<F: Fields> Serializer for Flat<F> {
    type Ok = ();
    type Error = FieldError;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Map<F>;
    type SerializeStruct = Map<F>;
    type SerializeStructVariant = Never;

    always! { no_map() => Told;
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Told {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Told {
        value.serialize(self)
    }

    always! { no_map() => Told;
        serialize_newtype_variant<T>(&'static str, u32, &'static str);
    }

    always! { no_map() => Result<Never, FieldError>;
        serialize_seq(Option<usize>);
        serialize_tuple(usize);
        serialize_tuple_struct(&'static str, usize);
        serialize_tuple_variant(&'static str, u32, &'static str, usize);
        serialize_struct_variant(&'static str, u32, &'static str, usize);
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Map<F>, FieldError> {
        Ok(Map { fields: self.0, key: String::new() })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Map<F>, FieldError> {
        self.serialize_map(None)
    }
}

/// The entries of a map.
pub(crate) struct Map<F> {
    fields: F,
    key: String,
}

impl<F: Fields> SerializeStruct for Map<F> {
    type Ok = ();
    type Error = FieldError;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Told {
        self.fields.field(name, value)
    }

    fn end(self) -> Told {
        Ok(())
    }
}

impl<F: Fields> SerializeMap for Map<F> {
    type Ok = ();
    type Error = FieldError;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Told {
        self.key.clear();
        fmt::Write::write_fmt(&mut self.key, format_args!("{}", Shown(key)))
            .map_err(|_| FieldError("a key of a record must be a text".to_owned()))
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Told {
        self.fields.field(&self.key, value)
    }

    fn end(self) -> Told {
        Ok(())
    }
}

/// A key as text: formatters take texts, numbers and names of variants as they are.
struct Shown<'a, T: ?Sized>(&'a T);

impl<T: ?Sized + Serialize> fmt::Display for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(f)
    }
}
