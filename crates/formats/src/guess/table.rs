//! Columns by what their names and cells say: the prompt, who answered, how long it took.

use super::told::{Line, RecordGuess};
use super::words::{self, CONTEXT, PROMPT, RATING, REASON};
use crate::{Column, Shape, Sight};
use serde_json::json;

/// What was seen, to be asked.
pub(super) struct Table<'a> {
    sight: &'a Sight,
}

/// Where an answer stands in a row.
#[derive(Clone, Copy)]
pub(super) enum Place<'a> {
    /// Once.
    Row,
    /// In each element of this list.
    List(&'a str),
}

impl<'a> Place<'a> {
    pub fn of(path: &'a str) -> Self {
        path.rsplit_once("[*]").map_or(Self::Row, |(list, _)| Self::List(list))
    }
}

impl<'a> Table<'a> {
    pub fn new(sight: &'a Sight) -> Self {
        Self { sight }
    }

    pub fn columns(&self) -> impl Iterator<Item = &'a Column> + Clone + use<'a> {
        self.sight.columns.iter().filter(|column| column.filled > 0)
    }

    /// Columns of texts or conversations, one of which a row has.
    pub fn texts(&self) -> impl Iterator<Item = &'a Column> + Clone + use<'a> {
        self.columns().filter(|column| is_text(column) && !column.path.contains("[*]"))
    }

    /// Columns that could be the answers of people: few values, numbers or lists of them.
    pub fn answers(&self) -> impl Iterator<Item = &'a Column> + Clone + use<'a> {
        let is_answer = |column: &&Column| {
            let is_few = !column.values.is_empty() || column.shape == Shape::Number;
            let is_other = words::is_annotator(column.name())
                || words::is_id(column.name())
                || words::is_meta(column.name())
                || words::time(column.name()).is_some();
            is_few && !is_other && !matches!(column.shape, Shape::List | Shape::Empty | Shape::Chat)
        };
        self.columns().filter(is_answer)
    }

    /// The list of objects of the one row that there is, which may be the rows.
    pub fn rows_under(&self) -> Option<&'a str> {
        let list = |column: &'a Column| Some(column.path.split_once("[*].")?.0);
        if self.sight.rows == 1 { self.columns().find_map(list) } else { None }
    }

    pub fn column(&self, path: &str) -> Option<&'a Column> {
        self.columns().find(|column| column.path == path)
    }

    /// The text that was answered to, which is none of those that are taken.
    pub fn prompt(&self, taken: &[&str]) -> Option<&'a Column> {
        let free = self.texts().filter(|column| !is_taken(&column.path, taken));
        best(free, PROMPT)
    }

    pub fn context(&self, taken: &[&str], prompt: &str) -> Option<&'a Column> {
        let free = self.texts().filter(|it| !is_taken(&it.path, taken) && it.path != prompt);
        best(free, CONTEXT)
    }

    /// An id of the item.
    pub fn group(&self, taken: &[&str]) -> Option<&'a Column> {
        let is_item = |column: &&Column| {
            !column.path.contains("[*]")
                && words::is_id(column.name())
                && !words::is_annotator(column.name())
                && !is_taken(&column.path, taken)
                && column.missing() == 0.0
        };
        let rank = |column: &&Column| (words::words(column.name()).len() == 1, column.path.clone());
        self.columns().filter(is_item).min_by_key(rank)
    }

    /// Who answered, how long it took, why, and what becomes of empty cells; beside an answer that stands
    /// there.
    pub fn add_who(&self, record: &mut RecordGuess, answer: Option<&Column>) {
        let place = answer.map_or(Place::Row, |answer| Place::of(&answer.path));
        self.add_annotator(record, place, answer);
        let beside = || self.columns().filter(|column| self.is_beside(column, place));
        if let Some((column, unit)) = beside()
            .filter(|column| column.shape == Shape::Number && is_not_negative(column))
            .find_map(|column| Some((column, words::time(column.name())?)))
        {
            record.lines.push(Line::column(unit, &column.path, "guessed from its name"));
        }
        let is_reason = |column: &&Column| {
            column.shape == Shape::Text
                && words::says(column.name(), REASON)
                && !record.texts.contains(&column.path)
                && answer.is_none_or(|answer| answer.path != column.path)
                && column.values.len() != 1
        };
        if has_reason(record.kind)
            && let Some(column) = beside().find(is_reason)
        {
            record.lines.push(Line::column("reason", &column.path, "guessed from its name"));
        }
        self.add_missing(record, answer);
    }

    fn add_annotator(&self, record: &mut RecordGuess, place: Place<'_>, answer: Option<&Column>) {
        if record.lines.iter().any(|line| line.key == "annotator") {
            return;
        }
        let is_who = |column: &&Column| {
            words::is_annotator(column.name())
                && matches!(column.shape, Shape::Text | Shape::Number)
                && answer.is_none_or(|answer| answer.path != column.path)
        };
        let mut found = self.columns().filter(is_who);
        if let Some(column) = found.clone().find(|column| self.is_in(column, place)) {
            record.lines.push(Line::column("annotator", &column.path, "guessed from its name"));
        } else if let Some(column) = found.find(|column| self.is_beside(column, place)) {
            record.lines.push(Line::column("annotator", &column.path, "guessed from its name"));
        } else if let Place::List(list) = place
            && answer.is_some_and(|answer| answer.path == format!("{list}[*]"))
        {
            let why = "the place in the list, if the same person always stands there; else strike this line";
            record.lines.push(Line::new("annotator", json!({ "position": list }), why));
        }
    }

    fn add_missing(&self, record: &mut RecordGuess, answer: Option<&Column>) {
        let mut needed = record.texts.iter().filter_map(|path| self.column(path)).chain(answer);
        if let Some(column) = needed.find(|column| column.filled < column.places) {
            let many = column.places - column.filled;
            let why = format!("{many} of {} cells of `{}` are empty", column.places, column.path);
            record.lines.push(Line::new("missing", json!("skip"), why));
        }
    }

    /// Whether a column stands in the same list, or in one that is as long.
    fn is_in(&self, column: &Column, place: Place<'_>) -> bool {
        match (place, column.list()) {
            (Place::Row, None) => true,
            (Place::List(list), Some(other)) => {
                list == other || self.elements(list) == self.elements(other)
            }
            _ => false,
        }
    }

    /// Whether each answer at this place has a cell of the column.
    fn is_beside(&self, column: &Column, place: Place<'_>) -> bool {
        column.list().is_none() || self.is_in(column, place)
    }

    /// How many elements the lists of this name have in all.
    fn elements(&self, list: &str) -> Option<u64> {
        let each = format!("{list}[*]");
        self.columns().find(|column| column.path.starts_with(&each)).map(|column| column.places)
    }
}

fn has_reason(kind: &str) -> bool {
    !["critique", "demonstration"].contains(&kind)
}

fn is_not_negative(column: &Column) -> bool {
    column.range.is_some_and(|(low, _)| low >= 0.0)
}

/// Whether a column holds texts or conversations.
pub(super) fn is_text(column: &Column) -> bool {
    matches!(column.shape, Shape::Text | Shape::Chat)
}

/// Whether cells are prose and not one of a few words.
pub(super) fn is_prose(column: &Column) -> bool {
    let is_long = column.values.is_empty() || column.words >= 2.0;
    column.shape == Shape::Chat || (column.shape == Shape::Text && is_long)
}

/// Whether a column is one of numbers that could be ratings by their name.
pub(super) fn is_rating(column: &Column) -> bool {
    column.shape == Shape::Number && words::says(column.name(), RATING)
}

/// The column whose name says most clearly one of these words.
pub(super) fn best<'c>(
    columns: impl Iterator<Item = &'c Column>,
    known: &[&str],
) -> Option<&'c Column> {
    let named = columns.filter(|column| !words::is_meta(column.name()) || column.words >= 3.0);
    let ranked = named.filter_map(|column| Some((words::rank(column.name(), known)?, column)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, column)| column)
}

fn is_taken(path: &str, taken: &[&str]) -> bool {
    let is_at = |rest: &str| rest.is_empty() || rest.starts_with(['[', '.']);
    taken.iter().any(|text| text.strip_prefix(path).is_some_and(is_at))
}
