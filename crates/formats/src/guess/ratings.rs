//! Numbers on a scale, and thumbs up or down.

use super::scales;
use super::sides;
use super::table::{Table, is_rating};
use super::told::{FILL_IN, Line, RecordGuess};
use super::words::{self, RANK, RATING, THUMB};
use crate::{Column, Shape};
use serde_json::{Map, Value, json};

const UP: [&str; 22] = [
    "up",
    "thumbs up",
    "thumbs_up",
    "thumbsup",
    "good",
    "yes",
    "like",
    "liked",
    "positive",
    "accept",
    "accepted",
    "correct",
    "true",
    "safe",
    "desirable",
    "approve",
    "approved",
    "helpful",
    "upvote",
    "+1",
    "ok",
    "👍",
];
const DOWN: [&str; 22] = [
    "down",
    "thumbs down",
    "thumbs_down",
    "thumbsdown",
    "bad",
    "no",
    "dislike",
    "disliked",
    "negative",
    "reject",
    "rejected",
    "incorrect",
    "false",
    "unsafe",
    "undesirable",
    "disapprove",
    "disapproved",
    "unhelpful",
    "downvote",
    "-1",
    "wrong",
    "👎",
];

/// The columns that hold answers: those that are called so, else those that could be.
pub(super) fn chosen<'a>(answers: &[&'a Column]) -> Vec<&'a Column> {
    let of = |is_one: &dyn Fn(&Column) -> bool| -> Vec<&'a Column> {
        answers.iter().copied().filter(|column| is_one(column)).collect()
    };
    let named = of(&|it| is_rating(it) || (is_thumb(it) && words::says(it.name(), THUMB)));
    let by_many = of(&|it| it.shape == Shape::Number && words::is_numbered_annotator(it.name()));
    let told = of(&|it| is_thumb(it) && it.shape != Shape::Number);
    let doubtful = of(&|it| words::says(it.name(), THUMB) || words::says(it.name(), RATING));
    let numbers = of(&|it| it.shape == Shape::Number && it.is_whole && it.values.len() > 1);
    if named.iter().any(|column| column.shape == Shape::Number && !is_thumb(column)) {
        return with_alike(named, answers);
    }
    let all = [named, by_many, told, doubtful, numbers];
    all.into_iter().find(|columns| !columns.is_empty()).unwrap_or_default()
}

/// With the columns of numbers on the same scale, in the order of the table: where helpfulness is rated,
/// another column of such numbers is another aspect.
fn with_alike<'a>(named: Vec<&'a Column>, answers: &[&'a Column]) -> Vec<&'a Column> {
    let is_alike = |column: &&Column| {
        let same = |it: &&Column| {
            it.path == column.path
                || (is_grade(it) && is_grade(column) && it.list() == column.list())
        };
        !words::says(column.name(), RANK) && named.iter().any(same)
    };
    answers.iter().copied().filter(is_alike).collect()
}

/// Whether a column holds the grades of a short scale.
fn is_grade(column: &Column) -> bool {
    let is_short = |(low, high)| 0.0 <= low && high <= 10.0;
    column.shape == Shape::Number && column.is_whole && column.range.is_some_and(is_short)
}

/// Least and greatest number of a column; of short scales that stand side by side, of all of these, since
/// people mostly rate aspects on one scale.
fn range(column: &Column, columns: &[&Column]) -> (f64, f64) {
    let own = column.range.unwrap_or_default();
    if !is_grade(column) {
        return own;
    }
    let ranges = columns.iter().filter(|it| is_grade(it)).filter_map(|it| it.range);
    ranges.fold(own, |(low, high), (least, most)| (low.min(least), high.max(most)))
}

/// Whether all values are up or down.
fn is_thumb(column: &Column) -> bool {
    let has = |number: &str| column.values.contains_key(number);
    let is_signed = has("0") && has("-1"); // down, neither and up
    !is_signed
        && !column.values.is_empty()
        && column.values.keys().all(|value| thumb(value).is_some())
}

fn thumb(value: &str) -> Option<bool> {
    let small = value.trim().to_lowercase();
    match small.as_str() {
        "1" | "1.0" => Some(true),
        "0" | "0.0" => Some(false),
        small if UP.contains(&small) => Some(true),
        small if DOWN.contains(&small) => Some(false),
        _ => None,
    }
}

/// A record for each of the columns.
pub(super) fn records(
    table: &Table<'_>,
    columns: &[&Column],
    segment: impl Fn(&mut RecordGuess),
) -> Vec<RecordGuess> {
    let several = columns.len() > 1;
    let record = |column: &&Column| {
        let mut record = match column.shape == Shape::Number && !is_thumb(column) {
            true => rating(column, range(column, columns), &segment),
            false => approval(column, &segment),
        };
        if several {
            named_apart(&mut record, column);
        }
        table.add_who(&mut record, Some(column));
        record
    };
    columns.iter().map(record).collect()
}

fn named_apart(record: &mut RecordGuess, column: &Column) {
    let name = json!({ "constant": column.name() });
    let line = match (words::is_numbered_annotator(column.name()), record.kind) {
        (true, _) => Line::new("annotator", name, "guessed: each column is another person's"),
        (_, "rating") => Line::new("aspect", name, "guessed: each column is about something else"),
        _ => Line::new("source", name, "guessed: each column is about something else"),
    };
    record.lines.push(line);
}

fn rating(column: &Column, all: (f64, f64), segment: &impl Fn(&mut RecordGuess)) -> RecordGuess {
    let mut record =
        RecordGuess::new("rating", format!("ratings, the number in `{}`", column.path));
    segment(&mut record);
    let (low, high) = column.range.unwrap_or_default();
    record.lines.push(Line::column("value", &column.path, &format!("found {low} to {high}")));
    match scales::scale(all) {
        Some([worst, best]) => {
            record.lines.push(Line::new(
                "low",
                json!(worst as i64),
                "guessed: the worst of the scale",
            ));
            record.lines.push(Line::new(
                "high",
                json!(best as i64),
                "guessed: the best of the scale",
            ));
            if column.is_whole {
                let levels = (best - worst) as i64 + 1;
                record.lines.push(Line::new("levels", json!(levels), "whole numbers only"));
            }
        }
        None => {
            record.lines.push(Line::open("low", "the worst of the scale, a number"));
            record.lines.push(Line::open("high", "the best of the scale, a number"));
        }
    }
    record
}

fn approval(column: &Column, segment: &impl Fn(&mut RecordGuess)) -> RecordGuess {
    let title = format!("thumbs up or down, by `{}`", column.path);
    let mut record = RecordGuess::new("approval", title);
    segment(&mut record);
    record.lines.push(Line::column("approval", &column.path, ""));
    if column.shape == Shape::Truth {
        return record;
    }
    let mut is_open = false;
    let mut values = Map::new();
    for value in column.values.keys() {
        let meant = match (thumb(value), sides::is_nothing(value)) {
            (Some(is_up), _) => json!(u8::from(is_up)),
            (None, true) => json!("skip"),
            (None, false) => json!(FILL_IN),
        };
        is_open |= meant == json!(FILL_IN);
        values.insert(value.clone(), meant);
    }
    let why = match is_open {
        true => "put 1 (up), 0 (down), a share between, or \"skip\" for each",
        false => "guessed: 1 is up, 0 down",
    };
    record.lines.push(Line::new("values", Value::Object(values), why));
    record
}
