//! What is known of segments beside their content, such as the model that wrote an answer.
//!
//! Columns of the segment table rather than fields of records: who wrote a text does not depend on who
//! judges it. A column is texts or numbers, as one about people is. Texts are held as numbers of
//! labels, since a few models write many answers. Nothing here is a feature: a reward model sees
//! content only.

use crate::parquet::Cells;
use crate::{DatasetError, PersonValue};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// A value of metadata: a text or a finite number, as one about a person.
pub type MetadataValue = PersonValue;

/// The columns of metadata, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    columns: Vec<MetadataColumn>,
}

/// One column: a value for each segment, where it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataColumn {
    name: String,
    values: MetadataValues,
}

#[derive(Clone, Debug, PartialEq)]
enum MetadataValues {
    /// Labels, sorted, and the number of the label of each segment.
    Text {
        labels: Vec<String>,
        codes: Vec<Option<u32>>,
    },
    Number(Vec<Option<f64>>),
}

/// Names that a segment table uses itself, here or in the tables that people write by hand.
const TAKEN: [&str; 10] = [
    "segment",
    "groups",
    "group",
    "first_step",
    "steps",
    "text",
    "prompt",
    "context",
    "features",
    "reward",
];

impl Metadata {
    /// The columns, in the order of their names.
    pub fn columns(&self) -> &[MetadataColumn] {
        &self.columns
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&MetadataColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether nothing is known of any segment.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }
}

impl MetadataColumn {
    /// Its name, such as `model`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Every label of a column of texts, once, sorted; none for a column of numbers.
    pub fn labels(&self) -> Option<&[String]> {
        match &self.values {
            MetadataValues::Text { labels, .. } => Some(labels),
            MetadataValues::Number(_) => None,
        }
    }

    /// Number of the label of a segment among [`MetadataColumn::labels`]; none if it is unknown, or
    /// the column is of numbers. Panics beyond the segments, as a slice does; so do the others.
    pub fn code(&self, segment: usize) -> Option<u32> {
        match &self.values {
            MetadataValues::Text { codes, .. } => codes[segment],
            MetadataValues::Number(_) => None,
        }
    }

    /// The value of a segment as a text; none if it is unknown.
    pub fn label(&self, segment: usize) -> Option<Cow<'_, str>> {
        match &self.values {
            MetadataValues::Text { labels, codes } => {
                codes[segment].map(|code| Cow::Borrowed(&*labels[code as usize]))
            }
            MetadataValues::Number(values) => values[segment].map(|x| Cow::Owned(x.to_string())),
        }
    }

    /// The value of a segment; none if it is unknown.
    pub fn value(&self, segment: usize) -> Option<MetadataValue> {
        match &self.values {
            MetadataValues::Text { .. } => {
                self.label(segment).map(|label| MetadataValue::Text(label.into_owned()))
            }
            MetadataValues::Number(values) => values[segment].map(MetadataValue::Number),
        }
    }

    /// Number of segments whose value is known.
    pub fn known(&self) -> usize {
        match &self.values {
            MetadataValues::Text { codes, .. } => codes.iter().flatten().count(),
            MetadataValues::Number(values) => values.iter().flatten().count(),
        }
    }

    /// Whether a column of metadata may have this name.
    ///
    /// ```
    /// # use medley_dataset::MetadataColumn;
    /// assert!(MetadataColumn::check_name("model").is_ok());
    /// assert!(MetadataColumn::check_name("text").is_err());
    /// ```
    ///
    /// # Errors
    /// What the column must be instead.
    pub fn check_name(name: &str) -> Result<(), &'static str> {
        if name.trim().is_empty() {
            return Err("called something");
        }
        match TAKEN.contains(&name) {
            true => Err("called otherwise, since tables of segments have a column of that name"),
            false => Ok(()),
        }
    }

    /// As it is written.
    pub(crate) fn cells(&self) -> Cells {
        match &self.values {
            MetadataValues::Text { labels, codes } => {
                let label = |code: &Option<u32>| code.map(|code| &*labels[code as usize]);
                Cells::Text(codes.iter().map(label).collect())
            }
            MetadataValues::Number(values) => Cells::Float(values.clone()),
        }
    }
}

/// A value that its column cannot hold.
#[derive(Debug, PartialEq)]
pub(crate) struct Unfit {
    pub column: String,
    pub expected: &'static str,
    pub found: String,
}

impl Unfit {
    /// The error, of a row of a file or table.
    pub fn at(self, place: &str, row: usize) -> DatasetError {
        let Self { column, expected, found } = self;
        let place = place.to_owned();
        DatasetError::Cell { place, row, column, expected: expected.to_owned(), found }
    }
}

/// Columns in the making, one row a segment.
#[derive(Clone, Debug, Default)]
pub(crate) struct MetadataRows {
    columns: BTreeMap<String, Drafted>,
}

/// The values of a column so far; shorter than the rows where the last are unknown.
#[derive(Clone, Debug)]
enum Drafted {
    Text { index: HashMap<String, u32>, codes: Vec<Option<u32>> },
    Number(Vec<Option<f64>>),
}

impl MetadataRows {
    /// Sets a value of a row; rows may be skipped. A number that is none (NaN) is an unknown one.
    pub fn set(&mut self, row: usize, name: &str, value: &MetadataValue) -> Result<(), Unfit> {
        let unfit =
            |expected, found: String| Err(Unfit { column: name.to_owned(), expected, found });
        if let MetadataValue::Number(number) = value {
            if number.is_nan() {
                return Ok(());
            }
            if number.is_infinite() {
                return unfit("a finite number", number.to_string());
            }
        }
        if !self.columns.contains_key(name) {
            if let Err(expected) = MetadataColumn::check_name(name) {
                return unfit(expected, "a column of metadata".to_owned());
            }
            self.columns.insert(name.to_owned(), Drafted::like(value));
        }
        let Some(column) = self.columns.get_mut(name) else { return Ok(()) };
        match (column, value) {
            (Drafted::Text { index, codes }, MetadataValue::Text(text)) => {
                let next = index.len() as u32;
                let code = match index.get(text) {
                    Some(code) => *code,
                    None => *index.entry(text.clone()).or_insert(next),
                };
                place(codes, row, code);
                Ok(())
            }
            (Drafted::Number(values), MetadataValue::Number(number)) => {
                place(values, row, *number);
                Ok(())
            }
            (Drafted::Text { .. }, MetadataValue::Number(number)) => {
                unfit("a text, as others of the column", number.to_string())
            }
            (Drafted::Number(_), MetadataValue::Text(text)) => {
                unfit("a number, as others of the column", format!("{text:?}"))
            }
        }
    }

    /// The columns of so many rows as they are written; what comes next is the first row of another
    /// shard, in which every column is there again.
    pub fn take_cells(&mut self, rows: usize) -> Vec<(String, Cells)> {
        let taken = self.columns.iter_mut().map(|(name, column)| {
            let column = std::mem::replace(column, column.emptied());
            (name.clone(), column.finish(name, rows).cells())
        });
        taken.collect()
    }

    /// The columns of so many rows; one in which no value is known says nothing and is none.
    pub fn finish(self, rows: usize) -> Metadata {
        let columns = self.columns.into_iter().map(|(name, column)| column.finish(&name, rows));
        Metadata { columns: columns.filter(|column| column.known() > 0).collect() }
    }
}

impl Drafted {
    fn like(value: &MetadataValue) -> Self {
        match value {
            MetadataValue::Text(_) => Self::Text { index: HashMap::new(), codes: Vec::new() },
            MetadataValue::Number(_) => Self::Number(Vec::new()),
        }
    }

    fn emptied(&self) -> Self {
        match self {
            Self::Text { .. } => Self::Text { index: HashMap::new(), codes: Vec::new() },
            Self::Number(_) => Self::Number(Vec::new()),
        }
    }

    fn finish(self, name: &str, rows: usize) -> MetadataColumn {
        let values = match self {
            Self::Number(mut values) => {
                values.resize(rows, None);
                MetadataValues::Number(values)
            }
            Self::Text { index, mut codes } => {
                let mut order: Vec<(String, u32)> = index.into_iter().collect();
                order.sort();
                let mut sorted = vec![0; order.len()];
                for (place, (_, code)) in order.iter().enumerate() {
                    sorted[*code as usize] = place as u32;
                }
                codes.iter_mut().flatten().for_each(|code| *code = sorted[*code as usize]);
                codes.resize(rows, None);
                let labels = order.into_iter().map(|(label, _)| label).collect();
                MetadataValues::Text { labels, codes }
            }
        };
        MetadataColumn { name: name.to_owned(), values }
    }
}

fn place<T: Clone>(values: &mut Vec<Option<T>>, row: usize, value: T) {
    if values.len() <= row {
        values.resize(row + 1, None);
    }
    values[row] = Some(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(metadata: &Metadata, rows: usize) -> String {
        let column = |column: &MetadataColumn| {
            let label = |row| column.label(row).unwrap_or("-".into()).into_owned();
            format!("{}: {}", column.name(), (0..rows).map(label).collect::<Vec<_>>().join(" "))
        };
        metadata.columns().iter().map(column).collect::<Vec<_>>().join(", ")
    }

    fn check(values: &[(usize, &str, MetadataValue)], expect: Result<&str, &str>) {
        let mut rows = MetadataRows::default();
        let set = values.iter().try_for_each(|(row, name, value)| rows.set(*row, name, value));
        match (set, expect) {
            (Ok(()), Ok(expect)) => assert_eq!(shown(&rows.finish(3), 3), expect),
            (Err(Unfit { column, expected, found }), Err(expect)) => {
                assert_eq!(format!("{column}: {expected}, not {found}"), expect);
            }
            (found, expect) => panic!("expected {expect:?}, found {found:?}"),
        }
    }

    #[test]
    fn columns_are_sorted_and_gaps_are_unknown() {
        check(
            &[(1, "model", "b".into()), (2, "model", "a".into()), (0, "cost", 0.5.into())],
            Ok("cost: 0.5 - -, model: - b a"),
        );
        check(&[(0, "cost", f64::NAN.into())], Ok(""));
    }

    #[test]
    fn what_a_column_cannot_hold_is_explained() {
        check(
            &[(0, "model", "b".into()), (1, "model", 2.0.into())],
            Err("model: a text, as others of the column, not 2"),
        );
        check(
            &[(0, "cost", 2.0.into()), (1, "cost", "b".into())],
            Err("cost: a number, as others of the column, not \"b\""),
        );
        check(&[(0, "cost", f64::INFINITY.into())], Err("cost: a finite number, not inf"));
        check(
            &[(0, "text", "b".into())],
            Err("text: called otherwise, since tables of segments have a column of that name, \
                 not a column of metadata"),
        );
    }

    #[test]
    fn a_column_stays_in_later_shards() {
        let mut rows = MetadataRows::default();
        rows.set(1, "model", &"a".into()).unwrap();
        let text = |values: &[Option<&str>]| {
            let values = values.iter().map(|value| value.map(str::to_owned)).collect();
            vec![("model".to_owned(), Cells::Text(values))]
        };
        assert_eq!(rows.take_cells(2), text(&[None, Some("a")]));
        assert_eq!(rows.take_cells(1), text(&[None]));
        assert!(rows.set(0, "model", &1.0.into()).is_err(), "and keeps its type");
    }
}
