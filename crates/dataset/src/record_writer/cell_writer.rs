//! One value becomes one cell of a column, or of a list in a cell.

use crate::always::always;
use crate::flat_fields::FieldError;
use crate::parquet::Cells;
use serde::Serialize;
use serde::ser::{Impossible, SerializeSeq, SerializeTuple, SerializeTupleStruct, Serializer};

/// Adds a cell; nothing where the value is missing.
pub(super) struct CellWriter<'a>(pub &'a mut Cells);

type Told = Result<(), FieldError>;

type Never = Impossible<(), FieldError>;

fn unfit<T>(found: impl ToString) -> Result<T, FieldError> {
    Err(FieldError(found.to_string()))
}

macro_rules! whole {
    ($($name:ident: $type:ty),*) => {
        $(fn $name(self, value: $type) -> Told {
            match (self.0, i64::try_from(value)) {
                (Cells::Integer(cells), Ok(whole)) => cells.push(Some(whole)),
                (Cells::Float(cells), _) => cells.push(Some(value as f64)),
                _ => return unfit(value),
            }
            Ok(())
        })*
    };
}

impl<'a> Serializer for CellWriter<'a> {
    type Ok = ();
    type Error = FieldError;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = List<'a>;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    whole!(
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64
    );

    fn serialize_bool(self, value: bool) -> Told {
        match self.0 {
            Cells::Boolean(cells) => cells.push(Some(value)),
            _ => return unfit(value),
        }
        Ok(())
    }

    /// As JSON has it of the number in 64 bits.
    fn serialize_f32(self, value: f32) -> Told {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Told {
        match self.0 {
            _ if !value.is_finite() => {}
            Cells::Float(cells) => cells.push(Some(value)),
            _ => return unfit(value),
        }
        Ok(())
    }

    fn serialize_char(self, value: char) -> Told {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Told {
        match self.0 {
            Cells::Text(texts) => texts.push(Some(value)),
            _ => return unfit(format!("{value:?}")),
        }
        Ok(())
    }

    always! { unfit("bytes") => Told;
        serialize_bytes(&[u8]);
    }

    always! { Ok(()) => Told;
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Told {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Told {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Told {
        value.serialize(self)
    }

    always! { unfit("an object") => Told;
        serialize_newtype_variant<T>(&'static str, u32, &'static str);
    }

    always! { unfit("an object") => Result<Never, FieldError>;
        serialize_tuple_variant(&'static str, u32, &'static str, usize);
        serialize_map(Option<usize>);
        serialize_struct(&'static str, usize);
        serialize_struct_variant(&'static str, u32, &'static str, usize);
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, FieldError> {
        let inner = match self.0 {
            Cells::TextList(_) => Cells::Text(Default::default()),
            Cells::FloatList(_) => Cells::Float(Vec::new()),
            Cells::IntegerList(_) => Cells::Integer(Vec::new()),
            _ => return unfit("a list"),
        };
        Ok(List { into: self.0, inner, count: 0 })
    }

    fn serialize_tuple(self, length: usize) -> Result<List<'a>, FieldError> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, n: usize) -> Result<List<'a>, FieldError> {
        self.serialize_seq(Some(n))
    }
}

/// A list on its way into a cell.
pub(super) struct List<'a> {
    into: &'a mut Cells,
    inner: Cells,
    count: usize,
}

impl List<'_> {
    fn push<T: ?Sized + Serialize>(&mut self, value: &T) -> Told {
        value.serialize(CellWriter(&mut self.inner))?;
        self.count += 1;
        if self.inner.len() == self.count { Ok(()) } else { unfit("a list with a null") }
    }

    fn finish(self) -> Told {
        match (self.into, self.inner) {
            (Cells::TextList(cells), Cells::Text(texts)) => {
                cells.push(Some(texts.iter().flatten().map(str::to_owned).collect()));
            }
            (Cells::FloatList(cells), Cells::Float(numbers)) => {
                cells.push(Some(numbers.into_iter().flatten().collect()));
            }
            (Cells::IntegerList(cells), Cells::Integer(numbers)) => {
                cells.push(Some(numbers.into_iter().flatten().collect()));
            }
            _ => unreachable!("the list was made for these cells"),
        }
        Ok(())
    }
}

/// The three kinds of lists that serde knows are one here.
macro_rules! list {
    ($($kind:ident: $element:ident),*) => {
        $(impl $kind for List<'_> {
            type Ok = ();
            type Error = FieldError;

            fn $element<T: ?Sized + Serialize>(&mut self, value: &T) -> Told {
                self.push(value)
            }

            fn end(self) -> Told {
                self.finish()
            }
        })*
    };
}

list!(
    SerializeSeq: serialize_element, SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field
);
