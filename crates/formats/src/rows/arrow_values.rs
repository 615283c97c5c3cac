//! What does a cell of Arrow say as JSON?
//!
//! As [`crate::rows`] has it of Parquet: bytes that are UTF-8 are text. Times and decimals are what
//! the file stores, whole numbers, since no importer asks for them in another form.

use crate::rows::numbers::{INFINITE, float, half, single};
use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::{DataType, TimeUnit};
use serde_json::{Map, Value};

/// Why a cell has no value.
#[derive(Debug, PartialEq)]
pub(crate) struct Unread {
    pub expected: &'static str,
    pub found: String,
}

impl From<&'static str> for Unread {
    fn from(found: &'static str) -> Self {
        let expected = if found == INFINITE { "a finite number" } else { "a sound cell" };
        Self { expected, found: found.to_owned() }
    }
}

/// The value of one cell.
pub(crate) fn value(array: &ArrayRef, i: usize) -> Result<Value, Unread> {
    if array.is_null(i) {
        return Ok(Value::Null);
    }
    macro_rules! number {
        ($type:ty) => {
            Value::from(array.as_primitive::<$type>().value(i))
        };
    }
    Ok(match array.data_type() {
        DataType::Null => Value::Null,
        DataType::Boolean => array.as_boolean().value(i).into(),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float16 => half(array.as_primitive::<Float16Type>().value(i))?,
        DataType::Float32 => single(array.as_primitive::<Float32Type>().value(i))?,
        DataType::Float64 => float(array.as_primitive::<Float64Type>().value(i))?,
        DataType::Date32 => number!(Date32Type),
        DataType::Date64 => number!(Date64Type),
        DataType::Timestamp(TimeUnit::Second, _) => number!(TimestampSecondType),
        DataType::Timestamp(TimeUnit::Millisecond, _) => number!(TimestampMillisecondType),
        DataType::Timestamp(TimeUnit::Microsecond, _) => number!(TimestampMicrosecondType),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => number!(TimestampNanosecondType),
        DataType::Utf8 => array.as_string::<i32>().value(i).into(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(i).into(),
        DataType::Utf8View => array.as_string_view().value(i).into(),
        DataType::Binary => text(array.as_binary::<i32>().value(i))?,
        DataType::LargeBinary => text(array.as_binary::<i64>().value(i))?,
        DataType::BinaryView => text(array.as_binary_view().value(i))?,
        DataType::List(_) => list(&array.as_list::<i32>().value(i))?,
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(i))?,
        DataType::FixedSizeList(..) => list(&array.as_fixed_size_list().value(i))?,
        DataType::Struct(_) => object(array.as_struct(), i)?,
        DataType::Map(..) => map(&array.as_map().value(i))?,
        DataType::Dictionary(..) => {
            let array = array.as_any_dictionary();
            let key = value(&array.keys().slice(i, 1), 0)?.as_u64();
            let key = key.and_then(|key| usize::try_from(key).ok());
            value(array.values(), key.ok_or("a word that its dictionary lacks")?)?
        }
        other => {
            let expected = "text, a number, a truth value, a list or an object";
            return Err(Unread { expected, found: format!("a column of {other}") });
        }
    })
}

fn text(bytes: &[u8]) -> Result<Value, Unread> {
    std::str::from_utf8(bytes)
        .map(Value::from)
        .map_err(|_| Unread { expected: "UTF-8 text", found: "other bytes".to_owned() })
}

fn list(elements: &ArrayRef) -> Result<Value, Unread> {
    (0..elements.len()).map(|i| value(elements, i)).collect::<Result<_, _>>().map(Value::Array)
}

fn object(array: &StructArray, i: usize) -> Result<Value, Unread> {
    let field = |(name, column): (&str, &ArrayRef)| Ok((name.to_owned(), value(column, i)?));
    let fields = array.column_names().into_iter().zip(array.columns()).map(field);
    fields.collect::<Result<Map<_, _>, Unread>>().map(Value::Object)
}

/// Keys that are no texts become their JSON.
fn map(entries: &StructArray) -> Result<Value, Unread> {
    let mut fields = Map::new();
    for i in 0..entries.len() {
        let key = match value(entries.column(0), i)? {
            Value::String(text) => text,
            other => other.to_string(),
        };
        fields.insert(key, value(entries.column(1), i)?);
    }
    Ok(Value::Object(fields))
}
