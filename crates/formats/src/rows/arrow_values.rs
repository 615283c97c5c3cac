//! What does a cell of Arrow say as JSON? The same as one of Parquet.

use crate::rows::scalars::scalar;
use crate::rows::unreadable::unreadable;
use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, StructArray};
use arrow_schema::{DataType, TimeUnit};
use parquet::data_type::Decimal;
use parquet::record::Field;
use serde_json::{Map, Value};

/// The value of one cell.
pub(crate) fn value(array: &ArrayRef, i: usize) -> Value {
    if array.is_null(i) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(i).into(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(i).into(),
        DataType::Utf8View => array.as_string_view().value(i).into(),
        DataType::List(_) => list(&array.as_list::<i32>().value(i)),
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(i)),
        DataType::FixedSizeList(..) => list(&array.as_fixed_size_list().value(i)),
        DataType::Struct(_) => object(array.as_struct(), i),
        DataType::Map(..) => map(&array.as_map().value(i)),
        DataType::Dictionary(..) => word(array, i),
        other => match field(array, i) {
            Some(field) => scalar(&field),
            None => unreadable(format!("a column of {other}")),
        },
    }
}

fn of<T: ArrowPrimitiveType>(array: &ArrayRef, i: usize) -> T::Native {
    array.as_primitive::<T>().value(i)
}

/// A cell that holds no others as Parquet would have it; none of a kind that it does not have.
fn field(array: &ArrayRef, i: usize) -> Option<Field> {
    let bytes = |bytes: &[u8]| Field::Bytes(bytes.to_vec().into());
    let decimal = |bytes: &[u8], precision: u8, scale: i8| {
        Field::Decimal(Decimal::from_bytes(bytes.to_vec().into(), precision.into(), scale.into()))
    };
    Some(match array.data_type() {
        DataType::Null => Field::Null,
        DataType::Boolean => Field::Bool(array.as_boolean().value(i)),
        DataType::Int8 => Field::Byte(of::<Int8Type>(array, i)),
        DataType::Int16 => Field::Short(of::<Int16Type>(array, i)),
        DataType::Int32 => Field::Int(of::<Int32Type>(array, i)),
        DataType::Int64 => Field::Long(of::<Int64Type>(array, i)),
        DataType::UInt8 => Field::UByte(of::<UInt8Type>(array, i)),
        DataType::UInt16 => Field::UShort(of::<UInt16Type>(array, i)),
        DataType::UInt32 => Field::UInt(of::<UInt32Type>(array, i)),
        DataType::UInt64 => Field::ULong(of::<UInt64Type>(array, i)),
        DataType::Float16 => Field::Float16(of::<Float16Type>(array, i)),
        DataType::Float32 => Field::Float(of::<Float32Type>(array, i)),
        DataType::Float64 => Field::Double(of::<Float64Type>(array, i)),
        DataType::Decimal32(precision, scale) => {
            decimal(&of::<Decimal32Type>(array, i).to_be_bytes(), *precision, *scale)
        }
        DataType::Decimal64(precision, scale) => {
            decimal(&of::<Decimal64Type>(array, i).to_be_bytes(), *precision, *scale)
        }
        DataType::Decimal128(precision, scale) => {
            decimal(&of::<Decimal128Type>(array, i).to_be_bytes(), *precision, *scale)
        }
        DataType::Decimal256(precision, scale) => {
            decimal(&of::<Decimal256Type>(array, i).to_be_bytes(), *precision, *scale)
        }
        DataType::Binary => bytes(array.as_binary::<i32>().value(i)),
        DataType::LargeBinary => bytes(array.as_binary::<i64>().value(i)),
        DataType::BinaryView => bytes(array.as_binary_view().value(i)),
        DataType::FixedSizeBinary(_) => bytes(array.as_fixed_size_binary().value(i)),
        _ => time(array, i)?,
    })
}

/// Dates and times; those in nanoseconds, and spans of time, are whole numbers.
fn time(array: &ArrayRef, i: usize) -> Option<Field> {
    const DAY_MILLIS: i64 = 86_400_000;
    Some(match array.data_type() {
        DataType::Date32 => Field::Date(of::<Date32Type>(array, i)),
        DataType::Date64 => {
            let days = of::<Date64Type>(array, i).div_euclid(DAY_MILLIS);
            Field::Date(i32::try_from(days).unwrap_or(i32::MAX))
        }
        DataType::Time32(TimeUnit::Second) => {
            Field::TimeMillis(of::<Time32SecondType>(array, i).saturating_mul(1_000))
        }
        DataType::Time32(_) => Field::TimeMillis(of::<Time32MillisecondType>(array, i)),
        DataType::Time64(TimeUnit::Microsecond) => {
            Field::TimeMicros(of::<Time64MicrosecondType>(array, i))
        }
        DataType::Time64(_) => Field::Long(of::<Time64NanosecondType>(array, i)),
        DataType::Timestamp(TimeUnit::Second, _) => {
            Field::TimestampMillis(of::<TimestampSecondType>(array, i).saturating_mul(1_000))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            Field::TimestampMillis(of::<TimestampMillisecondType>(array, i))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            Field::TimestampMicros(of::<TimestampMicrosecondType>(array, i))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            Field::Long(of::<TimestampNanosecondType>(array, i))
        }
        DataType::Duration(TimeUnit::Second) => Field::Long(of::<DurationSecondType>(array, i)),
        DataType::Duration(TimeUnit::Millisecond) => {
            Field::Long(of::<DurationMillisecondType>(array, i))
        }
        DataType::Duration(TimeUnit::Microsecond) => {
            Field::Long(of::<DurationMicrosecondType>(array, i))
        }
        DataType::Duration(TimeUnit::Nanosecond) => {
            Field::Long(of::<DurationNanosecondType>(array, i))
        }
        _ => return None,
    })
}

fn word(array: &ArrayRef, i: usize) -> Value {
    let array = array.as_any_dictionary();
    let key = value(&array.keys().slice(i, 1), 0).as_u64();
    let key = key.and_then(|key| usize::try_from(key).ok());
    match key.filter(|&key| key < array.values().len()) {
        Some(key) => value(array.values(), key),
        None => unreadable("a word that its dictionary lacks"),
    }
}

fn list(elements: &ArrayRef) -> Value {
    (0..elements.len()).map(|i| value(elements, i)).collect()
}

fn object(array: &StructArray, i: usize) -> Value {
    let fields = array.column_names().into_iter().zip(array.columns());
    let fields = fields.map(|(name, column)| (name.to_owned(), value(column, i)));
    fields.collect::<Map<_, _>>().into()
}

/// Keys that are no texts become their JSON.
fn map(entries: &StructArray) -> Value {
    let key = |i| match value(entries.column(0), i) {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let pairs = (0..entries.len()).map(|i| (key(i), value(entries.column(1), i)));
    pairs.collect::<Map<_, _>>().into()
}
