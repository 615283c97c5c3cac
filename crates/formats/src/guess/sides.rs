//! Which two columns are sides of a question, and which side does an answer mean?

use super::words::words;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Words that are sides of each other.
const SIDES: [[&str; 2]; 9] = [
    ["a", "b"],
    ["1", "2"],
    ["0", "1"],
    ["left", "right"],
    ["first", "second"],
    ["one", "two"],
    ["x", "y"],
    ["i", "ii"],
    ["model", "baseline"],
];
const TIE: [&str; 12] = [
    "tie",
    "tied",
    "draw",
    "equal",
    "equally",
    "same",
    "both",
    "neither",
    "bothbad",
    "similar",
    "even",
    "preference",
];
const NOTHING: [&str; 16] = [
    "",
    "skip",
    "skipped",
    "unsure",
    "invalid",
    "unclear",
    "n/a",
    "na",
    "nan",
    "none",
    "null",
    "unknown",
    "discard",
    "error",
    "don't know",
    "cannot say",
];

/// What an answer means, as a mapping says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    First,
    Second,
    Tie,
    Skip,
}

impl Side {
    pub fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Tie => "tie",
            Self::Skip => "skip",
        }
    }
}

/// The words by which two names differ, and the words that they share, if they are sides of each other.
pub(super) fn sides(one: &str, other: &str) -> Option<([&'static str; 2], Vec<String>)> {
    let (one, other) = (words(one), words(other));
    if one.len() != other.len() {
        return None;
    }
    let apart: Vec<usize> = (0..one.len()).filter(|&at| one[at] != other[at]).collect();
    let &[at] = apart.as_slice() else { return None };
    let pair =
        SIDES.into_iter().find(|[first, second]| one[at] == *first && other[at] == *second)?;
    let shared = one.iter().enumerate().filter(|(place, _)| *place != at);
    Some((pair, shared.map(|(_, word)| word.clone()).collect()))
}

/// What each value of an answer means, as far as that can be told.
pub(super) fn meanings(
    values: &BTreeMap<String, u64>,
    sides: [&'static str; 2],
) -> Vec<(String, Option<Side>)> {
    let has = |text: &str| values.keys().any(|value| number(value) == number(text));
    // Whether 0 is the first of two or a tie, and what 1 is then, is not for a name to tell.
    let is_counted = match sides {
        ["0", "1"] => !has("2") && !has("-1"),
        _ => has("1") && has("2") && !has("0") && !has("-1"),
    };
    values.keys().map(|value| (value.clone(), meaning(value, sides, is_counted))).collect()
}

/// Whether a value says that nothing was answered.
pub(super) fn is_nothing(value: &str) -> bool {
    NOTHING.contains(&value.trim().to_lowercase().as_str())
}

fn number(text: &str) -> Option<i64> {
    let number = text.trim().parse::<f64>().ok()?;
    (number.fract() == 0.0 && number.abs() < 1e6).then_some(number as i64)
}

fn meaning(value: &str, sides: [&'static str; 2], is_counted: bool) -> Option<Side> {
    let small = value.trim().to_lowercase();
    if is_nothing(value) {
        return Some(Side::Skip);
    }
    let first = if sides == ["0", "1"] { 0 } else { 1 };
    match number(value) {
        Some(number) if is_counted && number == first => return Some(Side::First),
        Some(number) if is_counted && number == first + 1 => return Some(Side::Second),
        Some(_) => return None,
        None if small.parse::<f64>().is_ok() => return None,
        None => {}
    }
    let words = words(value);
    if words.iter().any(|word| TIE.contains(&word.as_str())) {
        return Some(Side::Tie);
    }
    let families = std::iter::once(sides).chain(SIDES);
    let mut found = families.filter_map(|[first, second]| {
        let has = |side: &str| words.iter().any(|word| word == side);
        match (has(first), has(second)) {
            (true, false) => Some(Side::First),
            (false, true) => Some(Side::Second),
            _ => None,
        }
    });
    found.next()
}

/// `values` of a mapping: what is known, and what is to be filled in.
pub(super) fn table(meanings: &[(String, Option<Side>)], open: &'static str) -> Value {
    let entry = |(value, side): &(String, Option<Side>)| {
        (value.clone(), json!(side.map_or(open, Side::word)))
    };
    Value::Object(meanings.iter().map(entry).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sides: [&'static str; 2], values: &[&str], expect: &[&str]) {
        let values = values.iter().map(|value| ((*value).to_owned(), 1)).collect();
        let found: Vec<String> = meanings(&values, sides)
            .into_iter()
            .map(|(value, side)| format!("{value}={}", side.map_or("?", Side::word)))
            .collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn names_that_differ_by_one_word_are_sides() {
        let shared = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        assert_eq!(sides("response_a", "response_b"), Some((["a", "b"], shared(&["response"]))));
        assert_eq!(sides("output1", "output2"), Some((["1", "2"], shared(&["output"]))));
        assert_eq!(sides("answerA", "answerB"), Some((["a", "b"], shared(&["answer"]))));
        assert_eq!(sides("response_b", "response_a"), None);
        assert_eq!(sides("response_a", "answer_b"), None);
        assert_eq!(sides("text", "texts"), None);
    }

    #[test]
    fn answers_mean_the_side_that_they_name() {
        let arena = ["model_a", "model_b", "tie", "tie (bothbad)"];
        let expect = ["model_a=first", "model_b=second", "tie=tie", "tie (bothbad)=tie"];
        check(["a", "b"], &arena, &expect);
        check(["1", "2"], &["", "1.0", "2.0"], &["=skip", "1.0=first", "2.0=second"]);
        check(["0", "1"], &["0", "1"], &["0=first", "1=second"]);
        check(["a", "b"], &["left", "right"], &["left=first", "right=second"]);
        let said = ["A is better", "No preference", "Response B"];
        check(["a", "b"], &said, &["A is better=first", "No preference=tie", "Response B=second"]);
    }

    #[test]
    fn numbers_that_may_mean_either_side_are_left_open() {
        check(["a", "b"], &["0", "1"], &["0=?", "1=?"]);
        check(["a", "b"], &["0", "1", "2"], &["0=?", "1=?", "2=?"]);
        check(["1", "2"], &["-1", "0", "1"], &["-1=?", "0=?", "1=?"]);
        check(["a", "b"], &["good", "0.5"], &["0.5=?", "good=?"]);
    }
}
