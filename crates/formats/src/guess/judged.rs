//! One text, or each text of a list, and what somebody thought of it.

use super::ratings;
use super::table::{Table, best, is_prose, is_rating, is_text};
use super::told::{Line, RecordGuess};
use super::words::{self, ASPECT, END, RANK, RESPONSE, START};
use crate::{Column, Shape};
use serde_json::json;

/// Records about the texts of a list, if there is one with numbers beside the texts.
pub(super) fn listed(table: &Table<'_>) -> Vec<RecordGuess> {
    let in_lists = table.columns().filter(|it| is_text(it) && it.list().is_some());
    let Some(text) = best(in_lists, RESPONSE) else { return Vec::new() };
    let is_beside = |column: &&Column| {
        column.places == text.places && column.list().is_some() && column.shape == Shape::Number
    };
    let numbers: Vec<&Column> = table.answers().filter(is_beside).collect();
    if let Some(ranks) = best(numbers.iter().copied(), RANK) {
        let title = format!("rankings of `{}` by `{}`", text.path, ranks.path);
        let mut record = RecordGuess::new("ranking", title);
        record.text("texts", &text.path, "");
        record.lines.push(Line::column("ranks", &ranks.path, ""));
        let why = "guessed: 1 is the best; else \"highest\"";
        record.lines.push(Line::new("best", json!("lowest"), why));
        table.add_who(&mut record, None);
        return vec![record];
    }
    let rated = numbers.into_iter().filter(|column| is_rating(column));
    ratings::records(table, &rated.collect::<Vec<_>>(), |record| {
        record.text("segment", &text.path, "");
    })
}

/// Records about the one text of a row; none, if nothing is told.
pub(super) fn records(table: &Table<'_>) -> Vec<RecordGuess> {
    let Some(text) = judged(table) else { return Vec::new() };
    let segment = |record: &mut RecordGuess| add_segment(table, record, text);
    if let Some(spans) = spans(table, text, &segment) {
        return vec![spans];
    }
    let is_answer = |column: &&Column| column.path != text.path && !is_prose(column);
    let answers: Vec<&Column> = table.answers().filter(is_answer).collect();
    let found = ratings::records(table, &ratings::chosen(&answers), segment);
    if !found.is_empty() {
        return found;
    }
    demonstration(table, text, &segment).into_iter().collect()
}

/// The text that is judged: one that is called an answer, else the longest that is no prompt.
pub(super) fn judged<'a>(table: &Table<'a>) -> Option<&'a Column> {
    let named = best(table.texts().filter(|it| is_prose(it) || it.words > 0.0), RESPONSE);
    let prompt = table.prompt(&[]).map(|column| column.path.clone());
    let is_other = |column: &&Column| Some(&column.path) != prompt.as_ref() && is_prose(column);
    let longest =
        || table.texts().filter(is_other).max_by(|one, other| one.words.total_cmp(&other.words));
    named.or_else(longest).or_else(|| table.texts().find(|column| is_prose(column)))
}

/// Of a conversation without a prompt beside it, the last turn is judged.
fn add_segment(table: &Table<'_>, record: &mut RecordGuess, text: &Column) {
    let has_prompt = table.prompt(&[&text.path]).is_some();
    match text.turns {
        Some((2.., _)) if !has_prompt => {
            record.text("segment", &format!("{}[-1]", text.path), "the last turn");
            record.asked = Some(format!("{}[:-1]", text.path));
        }
        _ => record.text("segment", &text.path, ""),
    }
}

/// Marks on parts of the text, if a list has their ends.
fn spans(
    table: &Table<'_>,
    text: &Column,
    segment: &impl Fn(&mut RecordGuess),
) -> Option<RecordGuess> {
    let numbers = || table.columns().filter(|it| it.shape == Shape::Number && it.is_whole);
    let is_end = |it: &&Column, known: &[&str]| {
        words::words(it.name())
            .iter()
            .all(|word| known.contains(&word.as_str()) || UNIT.contains(&word.as_str()))
            && words::says(it.name(), known)
    };
    let start = numbers().find(|it| is_end(it, START))?;
    let end = numbers().find(|it| it.list() == start.list() && is_end(it, END))?;
    let title = format!("marks on `{}` from `{}` to `{}`", text.path, start.path, end.path);
    let mut record = RecordGuess::new("critique", title);
    segment(&mut record);
    let why = "guessed: what is marked is wrong; else \"neutral\" or \"positive\"";
    record.lines.push(Line::new("polarity", json!({ "constant": "negative" }), why));
    record.lines.push(Line::column("first", &start.path, ""));
    record.lines.push(Line::column("end", &end.path, ""));
    let why = "guessed: characters, as Python counts; else \"bytes\" or \"utf16\"";
    record.lines.push(Line::new("unit", json!("chars"), why));
    let is_beside =
        |it: &&Column| it.list() == start.list() && it.shape == Shape::Text && it.path != text.path;
    if let Some(aspect) =
        best(table.columns().filter(is_beside).filter(|it| !it.values.is_empty()), ASPECT)
    {
        record.lines.push(Line::column("aspect", &aspect.path, "guessed from its name"));
    }
    table.add_who(&mut record, Some(start));
    record.lines.retain(|line| !(line.key == "missing" && start.list().is_some()));
    Some(record)
}

/// Words beside those of an end.
const UNIT: &[&str] = &["char", "offset", "index", "idx", "pos", "position", "span", "character"];

fn demonstration(
    table: &Table<'_>,
    text: &Column,
    segment: &impl Fn(&mut RecordGuess),
) -> Option<RecordGuess> {
    let has_prompt = table.prompt(&[&text.path]).is_some() || text.turns.is_some_and(|it| it.0 > 1);
    if !has_prompt {
        return None;
    }
    let title = format!(
        "demonstrations: `{}` answers a prompt, and no column says what anybody thought of it",
        text.path
    );
    let mut record = RecordGuess::new("demonstration", title);
    segment(&mut record);
    table.add_who(&mut record, None);
    Some(record)
}
