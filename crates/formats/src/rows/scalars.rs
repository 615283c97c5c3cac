//! What does a single value of Parquet or Arrow say as JSON?
//!
//! Dates and times are texts such as "2024-01-02", decimals texts of all their digits, bytes that are
//! UTF-8 are text, which older writers do not mark as such, and others base64. Times in nanoseconds
//! and spans of time are the whole numbers that they are stored as.

use crate::rows::numbers::{float, half, single};
use crate::rows::unreadable::unreadable;
use parquet::record::Field;
use serde_json::Value;

/// Days from 1970 that the calendar of the decoder has, and some more than it needs on either side.
const MOST_DAYS: i64 = 95_000_000;
const DAY_SECS: i64 = 86_400;

/// The value of a field that holds no others.
pub(crate) fn scalar(field: &Field) -> Value {
    let is_in =
        |value: i64, in_a_day: i64| value.unsigned_abs() / (in_a_day as u64) < MOST_DAYS as u64;
    let is_time = |value: i64, in_a_day: i64| (0..in_a_day).contains(&value);
    match field {
        Field::Bytes(bytes) => {
            std::str::from_utf8(bytes.data()).map_or_else(|_| field.to_json_value(), Value::from)
        }
        Field::Float16(number) => half(*number),
        Field::Float(number) => single(*number),
        Field::Double(number) => float(*number),
        Field::Date(days) if !is_in((*days).into(), 1) => unreadable("a date beyond all calendars"),
        Field::TimestampMillis(time) if !is_in(*time, DAY_SECS * 1_000) => {
            unreadable("a time beyond all calendars")
        }
        Field::TimestampMicros(time) if !is_in(*time, DAY_SECS * 1_000_000) => {
            unreadable("a time beyond all calendars")
        }
        Field::TimeMillis(time) if !is_time((*time).into(), DAY_SECS * 1_000) => {
            unreadable("a time that no day has")
        }
        Field::TimeMicros(time) if !is_time(*time, DAY_SECS * 1_000_000) => {
            unreadable("a time that no day has")
        }
        Field::Decimal(decimal) if !(0..=decimal.precision()).contains(&decimal.scale()) => {
            unreadable(format!("a decimal of scale {}", decimal.scale()))
        }
        other => other.to_json_value(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_calendar_has_is_no_panic() {
        let check = |field: Field, expect: &str| {
            assert_eq!(scalar(&field).to_string(), expect, "{field:?}");
        };
        check(Field::Date(19_724), "\"2024-01-02\"");
        check(Field::Date(-1), "\"1969-12-31\"");
        let date = r#"{"unreadable":"a date beyond all calendars"}"#;
        for (beyond, within) in [(i32::MIN, -94_999_999), (i32::MAX, 94_999_999)] {
            check(Field::Date(beyond), date);
            assert!(scalar(&Field::Date(within)).is_string(), "{within}");
        }
        let time = r#"{"unreadable":"a time beyond all calendars"}"#;
        for most in [i64::MIN, i64::MAX] {
            check(Field::TimestampMillis(most), time);
            check(Field::TimestampMicros(most), time);
            check(Field::TimeMicros(most), r#"{"unreadable":"a time that no day has"}"#);
        }
        check(Field::TimeMillis(-1), r#"{"unreadable":"a time that no day has"}"#);
        check(Field::TimeMillis(3_720_000), "\"01:02:00.000\"");
        check(Field::TimestampMicros(0), "\"1970-01-01 00:00:00.000000 +00:00\"");
    }
}
