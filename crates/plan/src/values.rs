//! The values that an option may take: a list, or a range.
//!
//! A value of a range is rounded to four digits: a learning rate is not known better, tables stay
//! readable, and the last bits of a logarithm, which differ between machines, name no run.

use medley_toml_file::parse_table;
use serde::Deserialize;
use std::path::Path;

/// The values that an option may take.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Values {
    List(Vec<toml::Value>),
    Range(Range),
}

/// All numbers between two.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Range {
    from: f64,
    to: f64,
    #[serde(default)]
    scale: RangeScale,
    /// How many of them a grid has; a drawn design takes what it needs.
    points: Option<usize>,
    /// Whether only whole numbers are meant.
    #[serde(default)]
    whole: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RangeScale {
    #[default]
    Linear,
    Log,
}

/// Points that a range may have.
const MOST_VALUES: usize = 1000;

/// Whole numbers that a double holds exactly, and TOML.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

impl Values {
    /// Reads what an option may be.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(written: &toml::Value) -> Result<Self, String> {
        match written {
            toml::Value::Array(list) if list.is_empty() => {
                Err("at least one value is needed, found none".to_owned())
            }
            toml::Value::Array(list) => Ok(Self::List(list.clone())),
            toml::Value::Table(table) if table.contains_key("from") || table.contains_key("to") => {
                let range: Range = parse_table(Path::new(""), "", table.clone(), |_| None)
                    .map_err(|error| error.message.clone())?;
                range.check().map(|()| Self::Range(range))
            }
            other => Err(format!(
                "a list of values is expected, or a range such as `{{ from = 0.1, to = 10.0, scale = \
                 \"log\", points = 5 }}` under a dotted key in quotes, found {}",
                other.type_str()
            )),
        }
    }

    /// The values that a grid has.
    ///
    /// # Errors
    /// A range that does not say how many.
    pub fn grid(&self) -> Result<Vec<toml::Value>, String> {
        let range = match self {
            Self::List(list) => return Ok(list.clone()),
            Self::Range(range) => range,
        };
        let Some(points) = range.points else {
            return Err("`points` is needed, how many values of the range a grid has".to_owned());
        };
        let at = |point: usize| range.value(range.between(point as f64 / (points - 1) as f64));
        let mut values: Vec<toml::Value> = (0..points).map(at).collect();
        values.dedup();
        Ok(values)
    }

    /// The value at `place`, in [0, 1), of all that there are.
    pub fn at(&self, place: f64) -> toml::Value {
        match self {
            Self::List(list) => list[below(place, list.len())].clone(),
            // So that the first and the last are as likely as those between.
            Self::Range(range) if range.whole => {
                let Range { from, to, scale, .. } = *range;
                let ends = match scale {
                    RangeScale::Linear => Range { from, to: to + 1.0, ..range.clone() },
                    RangeScale::Log => Range { from: from - 0.5, to: to + 0.5, ..range.clone() },
                };
                let found = ends.between(place);
                range.value(if scale == RangeScale::Linear { found.floor() } else { found })
            }
            Self::Range(range) => range.value(range.between(place)),
        }
    }
}

/// The place of a list of `count` that stands at `place`, in [0, 1).
fn below(place: f64, count: usize) -> usize {
    ((place * count as f64) as usize).min(count - 1)
}

impl Range {
    fn check(&self) -> Result<(), String> {
        let Self { from, to, scale, points, whole } = *self;
        if !(from.is_finite() && to.is_finite() && from < to) {
            return Err(format!(
                "a range from a number to a larger one is needed, found {from} to {to}"
            ));
        }
        if scale == RangeScale::Log && from <= 0.0 {
            return Err(format!("a range with scale = \"log\" starts above 0, found {from}"));
        }
        let is_whole = |end: f64| end.fract() == 0.0 && end.abs() < LARGEST_WHOLE;
        if whole && !(is_whole(from) && is_whole(to)) {
            return Err(format!(
                "a range with whole = true has whole numbers at its ends, found {from} to {to}"
            ));
        }
        match points {
            Some(points) if !(2..=MOST_VALUES).contains(&points) => {
                Err(format!("from 2 to {MOST_VALUES} points are needed, found {points}"))
            }
            _ => Ok(()),
        }
    }

    /// The number at `place`, in [0, 1], on the scale of the range.
    fn between(&self, place: f64) -> f64 {
        let Self { from, to, scale, .. } = *self;
        match (place, scale) {
            (0.0, _) => from,
            (1.0, _) => to,
            (_, RangeScale::Linear) => from + place * (to - from),
            (_, RangeScale::Log) => (from.ln() + place * (to.ln() - from.ln())).exp(),
        }
    }

    fn value(&self, number: f64) -> toml::Value {
        let Self { from, to, whole, .. } = *self;
        match whole {
            true => toml::Value::Integer(number.round().clamp(from, to) as i64),
            false if number == from || number == to => toml::Value::Float(number),
            false => toml::Value::Float(rounded(number).clamp(from, to)),
        }
    }
}

/// To four digits.
fn rounded(number: f64) -> f64 {
    format!("{number:.3e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Values, String> {
        let table: toml::Table = format!("x = {text}").parse().unwrap();
        Values::read(&table["x"])
    }

    fn grid(text: &str) -> String {
        let values = read(text).unwrap().grid().unwrap();
        values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn grids_of_ranges_by_hand() {
        assert_eq!(grid("{ from = 0, to = 1, points = 5 }"), "0.0 0.25 0.5 0.75 1.0");
        // The ends as written, and between them a factor of 10^(1/2) to four digits.
        let log = "{ from = 0.0012345, to = 0.12345, scale = \"log\", points = 5 }";
        assert_eq!(grid(log), "0.0012345 0.003904 0.01235 0.03904 0.12345");
        let whole = "{ from = 1, to = 16, scale = \"log\", points = 5, whole = true }";
        assert_eq!(grid(whole), "1 2 4 8 16");
        assert_eq!(grid("{ from = 1, to = 3, points = 9, whole = true }"), "1 2 3");
        assert_eq!(grid("[[32], [64, 64]]"), "[32] [64, 64]");
    }

    #[test]
    fn a_drawn_value_is_within_and_every_value_can_be_drawn() {
        let counts = |text: &str| {
            let values = read(text).unwrap();
            let mut counts = std::collections::BTreeMap::new();
            for place in 0..3000 {
                let value = values.at(f64::from(place) / 3000.0).to_string();
                *counts.entry(value).or_insert(0) += 1;
            }
            counts
        };
        let whole = counts("{ from = 2, to = 4, whole = true }");
        assert_eq!(
            whole.into_iter().collect::<Vec<_>>(),
            ["2", "3", "4"].map(|k| (k.into(), 1000))
        );
        assert_eq!(counts("[true, false, 1]").into_values().collect::<Vec<_>>(), [1000; 3]);
        let log = counts("{ from = 1, to = 3, scale = \"log\", whole = true }");
        // log(1.5 / 0.5), log(2.5 / 1.5) and log(3.5 / 2.5), of log(7).
        assert_eq!(log.into_values().collect::<Vec<_>>(), [1694, 788, 518]);
        let Values::Range(range) = read("{ from = 0.1, to = 10.0, scale = \"log\" }").unwrap()
        else {
            panic!("no range")
        };
        assert_eq!(Values::Range(range).at(0.5), toml::Value::Float(1.0));
    }

    #[test]
    fn what_is_no_list_and_no_range_is_refused() {
        for (text, expected) in [
            ("[]", "at least one value is needed"),
            ("3", "a list of values is expected"),
            ("{ learning-rate = [1.0] }", "under a dotted key in quotes, found table"),
            ("{ from = 1.0 }", "missing field `to`"),
            ("{ from = 1.0, to = 2.0, step = 3 }", "unknown field `step`"),
            ("{ from = 2.0, to = 1.0 }", "from a number to a larger one is needed, found 2 to 1"),
            ("{ from = nan, to = 1.0 }", "found NaN to 1"),
            ("{ from = 0.0, to = 1.0, scale = \"log\" }", "starts above 0, found 0"),
            ("{ from = 0.5, to = 2, whole = true }", "whole numbers at its ends, found 0.5 to 2"),
            ("{ from = 0, to = 2, points = 1 }", "from 2 to 1000 points are needed, found 1"),
        ] {
            let message = read(text).unwrap_err();
            assert!(message.contains(expected), "{text}: {message}");
        }
        let endless = read("{ from = 0.0, to = 1.0 }").unwrap().grid().unwrap_err();
        assert!(endless.starts_with("`points` is needed"), "{endless}");
    }
}
