//! Numbers of binary files as JSON.
//!
//! A number of 32 bits is the shortest decimal that it stands for: 9.7 and not 9.699999809265137,
//! which is what its bits are in 64; a whole number is itself. NaN is a missing value, as pandas writes
//! it; JSON has no infinite number.

use crate::rows::unreadable::unreadable;
use half::f16;
use serde_json::{Number, Value};

pub(crate) fn float(number: f64) -> Value {
    match Number::from_f64(number) {
        Some(number) => Value::Number(number),
        None if number.is_nan() => Value::Null,
        None => unreadable("an infinite number"),
    }
}

pub(crate) fn single(number: f32) -> Value {
    let exact = f64::from(number);
    match exact.fract() == 0.0 {
        true => float(exact),
        false => float(number.to_string().parse().unwrap_or(exact)),
    }
}

pub(crate) fn half(number: f16) -> Value {
    let exact = f64::from(number);
    if exact.fract() == 0.0 {
        return float(exact);
    }
    // Five digits tell all numbers of 16 bits apart.
    let shortest = (0..5).map(|digits| format!("{exact:.digits$e}").parse::<f64>());
    let mut shortest =
        shortest.filter_map(Result::ok).filter(|told| f16::from_f64(*told) == number);
    float(shortest.next().unwrap_or(exact))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_the_shortest_decimals_that_they_stand_for() {
        for tenths in 0..1000 {
            let number = f64::from(tenths) / 10.0;
            assert_eq!(single(number as f32), json!(number));
        }
        assert_eq!(single(123_456_792.0), json!(123_456_792.0));
        assert_eq!(single(f32::MAX), json!(f64::from(f32::MAX)));
        for number in [9.7, 3.1, 0.1, 65504.0, -2.5] {
            assert_eq!(half(f16::from_f64(number)), json!(number));
        }
        assert_eq!(single(f32::NAN), Value::Null);
        assert_eq!(half(f16::NAN), Value::Null);
        let infinite = json!({ "unreadable": "an infinite number" });
        assert_eq!(float(f64::NEG_INFINITY), infinite);
        assert_eq!((single(f32::INFINITY), half(f16::INFINITY)), (infinite.clone(), infinite));
    }
}
