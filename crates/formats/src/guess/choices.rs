//! What a table could be, if nothing tells what people thought: whole mappings, of which one is chosen.

use super::table::{Table, is_prose, is_text};
use super::told::{Choice, FILL_IN, Line, RecordGuess};
use super::top::top;
use super::{judged, ratings};
use crate::Column;
use serde_json::json;

/// Columns of answers for which a choice is written.
const MOST: usize = 3;

/// Kinds of feedback that the texts of a table could be, with prompt or group. None without a text, or if
/// the rows seem to be the elements of a list.
pub(super) fn choices(table: &Table<'_>) -> Vec<Choice> {
    if table.rows_under().is_some() {
        return Vec::new();
    }
    let mut records = Vec::new();
    if let Some(text) = judged::judged(table).or_else(|| table.texts().next()) {
        records.extend(judged_by(table, text));
        match other(table, text) {
            Some(other) => records.extend(of_two(other, text)),
            None => records.push(shown(text)),
        }
    }
    let in_lists = |column: &&Column| is_text(column) && column.list().is_some();
    records.extend(table.columns().find(in_lists).map(ordered));
    let choice = |record: RecordGuess| {
        let top = match &record.asked {
            Some(path) => vec![Line::column("prompt", path, "guessed: what is answered")],
            None => top(table, std::slice::from_ref(&record)),
        };
        Choice { top, record }
    };
    records.into_iter().map(choice).collect()
}

/// What columns of few values say of the text.
fn judged_by(table: &Table<'_>, text: &Column) -> Vec<RecordGuess> {
    let is_other = |column: &&Column| column.path != text.path && !is_prose(column);
    let columns: Vec<&Column> = table.answers().filter(is_other).take(MOST).collect();
    let of = |column: &&Column| {
        ratings::records(table, std::slice::from_ref(column), |record| {
            record.text("segment", &text.path, "");
        })
    };
    columns.iter().flat_map(of).collect()
}

/// The longest of the other texts.
fn other<'a>(table: &Table<'a>, text: &Column) -> Option<&'a Column> {
    let others = table.texts().filter(|column| column.path != text.path && is_prose(column));
    others.max_by(|one, other| one.words.total_cmp(&other.words))
}

/// Which of two texts is which is not told.
const TURNED: &str = "or the other way round: change both";

fn of_two(one: &Column, text: &Column) -> Vec<RecordGuess> {
    let (one, text) = (&one.path, &text.path);
    let mut shown = RecordGuess::new(
        "demonstration",
        format!("demonstrations: `{text}` is a good answer to `{one}`"),
    );
    shown.text("segment", text, TURNED);
    shown.asked = Some(one.clone());
    let mut compared =
        RecordGuess::new("comparison", format!("comparisons: `{text}` was preferred to `{one}`"));
    compared.text("first", text, TURNED);
    compared.text("second", one, "");
    compared.lines.push(Line::new("preference", json!({ "constant": "first" }), ""));
    let mut corrected =
        RecordGuess::new("correction", format!("corrections: `{one}` became `{text}`"));
    corrected.text("original", one, TURNED);
    corrected.text("corrected", text, "");
    vec![shown, compared, corrected]
}

fn shown(text: &Column) -> RecordGuess {
    let title = format!("demonstrations: people wrote `{}`, as it should be", text.path);
    let mut record = RecordGuess::new("demonstration", title);
    record.text("segment", &text.path, "");
    record
}

fn ordered(text: &Column) -> RecordGuess {
    let title = format!("rankings: `{}` stand in the order of preference", text.path);
    let mut record = RecordGuess::new("ranking", title);
    record.text("texts", &text.path, "");
    record.lines.push(Line::new("order", json!("best-first"), "or \"worst-first\""));
    record
}

/// A record of which nothing is known: no text is in sight, or the rows may be under a key.
pub(super) fn nothing(table: &Table<'_>) -> RecordGuess {
    let why = match table.rows_under() {
        Some(list) => {
            format!(
                "; if the rows of the file are under `{list}`, `medley init --rows {list}` looks there"
            )
        }
        None => {
            ", and no column holds texts; `[import.columns.join]` brings columns of another table"
                .to_owned()
        }
    };
    let title = format!(
        "no kind of feedback was recognized{why}; docs/DATA.md lists kinds and their fields"
    );
    RecordGuess::new(FILL_IN, title)
}
