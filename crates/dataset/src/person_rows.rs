//! Rows about people as they come, one by one or from files, until they are the table of a dataset.

use crate::people::GROUP;
use crate::{DatasetError, People, PersonColumn, PersonValues};
use medley_feedback::AnnotatorId;
use std::collections::HashMap;

/// What is known of a person in one respect.
#[derive(Clone, Debug, PartialEq)]
pub enum PersonValue {
    /// A label, such as a country.
    Text(String),
    /// A number, such as an age in years.
    Number(f64),
}

impl From<&str> for PersonValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for PersonValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for PersonValue {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

/// The column of names in a table of people.
pub(crate) const ANNOTATOR: &str = "annotator";

/// Unchecked rows; [`PersonRows::finish`] checks them.
#[derive(Debug, Default)]
pub(crate) struct PersonRows {
    ids: Vec<AnnotatorId>,
    /// Shorter than `ids` where the last rows lack a value.
    columns: Vec<(String, Vec<Option<PersonValue>>)>,
    /// Each file, and the first of its rows here.
    files: Vec<(String, usize)>,
}

impl PersonRows {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Rows from here on are of this file.
    pub fn begin(&mut self, file: String) {
        self.files.push((file, self.ids.len()));
    }

    /// Adds a person.
    pub fn push<'v>(
        &mut self,
        id: &str,
        attributes: impl IntoIterator<Item = (&'v str, PersonValue)>,
    ) {
        let row = self.ids.len();
        self.ids.push(AnnotatorId(id.to_owned()));
        for (name, value) in attributes {
            let values = self.column(name);
            values.resize(row + 1, None);
            values[row] = Some(value);
        }
    }

    /// The column of this name, a new one unless it is there.
    pub fn column(&mut self, name: &str) -> &mut Vec<Option<PersonValue>> {
        let known = self.columns.iter().position(|(known, _)| known == name);
        let place = known.unwrap_or_else(|| {
            self.columns.push((name.to_owned(), Vec::new()));
            self.columns.len() - 1
        });
        &mut self.columns[place].1
    }

    /// The table, sorted by id. A number that is none (NaN) is an unknown one, and a column in which
    /// no value is known says nothing and is none.
    ///
    /// # Errors
    /// Two rows are about one person; or a column is called as a field of records is, has texts
    /// and numbers, or a number without end.
    pub fn finish(self) -> Result<People, DatasetError> {
        self.check_ids()?;
        let mut order: Vec<usize> = (0..self.ids.len()).collect();
        order.sort_by_key(|&row| &self.ids[row]);
        let columns = self.columns.iter().map(|(name, values)| {
            let values = self.values(name, values, &order)?;
            Ok(PersonColumn { name: name.clone(), values })
        });
        let mut columns = columns.collect::<Result<Vec<_>, DatasetError>>()?;
        columns.retain(|column| column.known() > 0);
        Ok(People::new(order.iter().map(|&row| self.ids[row].clone()).collect(), columns))
    }

    fn check_ids(&self) -> Result<(), DatasetError> {
        let mut rows: HashMap<&AnnotatorId, usize> = HashMap::new();
        for (row, id) in self.ids.iter().enumerate() {
            if let Some(before) = rows.insert(id, row) {
                let (file, before) = self.place(before);
                let found = match self.place(row) {
                    (same, _) if same == file => format!("`{id}`, as in row {before}"),
                    _ => format!("`{id}`, as in row {before} of {file}"),
                };
                return Err(self.wrong(row, ANNOTATOR, "a person with one row", found));
            }
        }
        Ok(())
    }

    fn values(
        &self,
        name: &str,
        cells: &[Option<PersonValue>],
        order: &[usize],
    ) -> Result<PersonValues, DatasetError> {
        PersonColumn::check_name(name)
            .map_err(|expected| self.misfit(name, expected, "a column of people"))?;
        let first = cells.iter().flatten().next();
        let is_number = matches!(first, Some(PersonValue::Number(_)));
        if is_number && name == GROUP {
            let expected = "a text, as the group of a record is";
            return Err(self.misfit(name, expected, "a column of numbers"));
        }
        let cell = |&row: &usize| cells.get(row).and_then(Option::as_ref).map(|cell| (row, cell));
        let mixed = |row, expected, found| self.wrong(row, name, expected, found);
        if is_number {
            let number = |(row, cell): (usize, &PersonValue)| match cell {
                PersonValue::Number(number) if number.is_nan() => Ok(None),
                PersonValue::Number(number) if number.is_finite() => Ok(Some(*number)),
                PersonValue::Number(number) => {
                    Err(mixed(row, "a finite number", number.to_string()))
                }
                PersonValue::Text(text) => {
                    Err(mixed(row, "a number, as others of the column", format!("{text:?}")))
                }
            };
            let values = order.iter().map(|row| cell(row).map_or(Ok(None), number));
            return Ok(PersonValues::Number(values.collect::<Result<_, _>>()?));
        }
        let text = |(row, cell): (usize, &PersonValue)| match cell {
            PersonValue::Text(text) => Ok(Some(text.clone())),
            PersonValue::Number(number) => {
                Err(mixed(row, "a text, as others of the column", number.to_string()))
            }
        };
        let values = order.iter().map(|row| cell(row).map_or(Ok(None), text));
        Ok(PersonValues::Text(values.collect::<Result<_, _>>()?))
    }

    /// File of a row, and the row within it.
    fn place(&self, row: usize) -> (&str, usize) {
        let file = self.files.iter().rev().find(|(_, first)| *first <= row);
        file.map_or(("people", row), |(file, first)| (file, row - first))
    }

    fn wrong(&self, row: usize, column: &str, expected: &str, found: String) -> DatasetError {
        let (place, row) = self.place(row);
        let (place, column) = (place.to_owned(), column.to_owned());
        DatasetError::Cell { place, row, column, expected: expected.to_owned(), found }
    }

    fn misfit(&self, column: &str, expected: &str, found: &str) -> DatasetError {
        DatasetError::Column {
            place: self.place(0).0.to_owned(),
            column: column.to_owned(),
            expected: expected.to_owned(),
            found: found.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[(&str, &[(&str, PersonValue)])], expect: Result<&str, &str>) {
        let mut table = PersonRows::default();
        for (id, attributes) in rows {
            table.push(id, attributes.iter().cloned());
        }
        match (table.finish(), expect) {
            (Ok(people), Ok(expect)) => {
                let shown: Vec<String> = people
                    .columns()
                    .iter()
                    .map(|column| format!("{}: {:?}", column.name, column.values))
                    .collect();
                let ids: Vec<&str> = people.ids().iter().map(|id| id.0.as_str()).collect();
                assert_eq!(format!("{} | {}", ids.join(" "), shown.join(", ")), expect);
            }
            (Err(error), Err(expect)) => assert_eq!(error.to_string(), expect),
            (found, expect) => panic!("expected {expect:?}, found {found:?}"),
        }
    }

    #[test]
    fn rows_are_sorted_and_gaps_are_unknown() {
        let country = ("country", "DE".into());
        check(
            &[("b", &[("age", 3.5.into())]), ("a", &[country]), ("c", &[])],
            Ok("a b c | age: Number([None, Some(3.5), None]), \
                country: Text([Some(\"DE\"), None, None])"),
        );
        check(
            &[("b", &[("age", f64::NAN.into())]), ("a", &[("age", 1.0.into())])],
            Ok("a b | age: Number([Some(1.0), None])"),
        );
    }

    #[test]
    fn a_column_without_a_known_value_is_none() {
        check(
            &[("a", &[("age", f64::NAN.into()), ("town", "Rome".into())])],
            Ok("a | town: Text([Some(\"Rome\")])"),
        );
        check(&[("a", &[("age", f64::NAN.into())])], Ok("a | "));
        check(
            &[("a", &[("role", f64::NAN.into())])],
            Err("people: column `role` must be called otherwise, since every record has a field \
                 of that name, found a column of people"),
        );
    }

    #[test]
    fn broken_rows_are_explained() {
        let age = |value: PersonValue| ("age", value);
        check(
            &[("a", &[]), ("b", &[]), ("a", &[])],
            Err(
                "people: row 2, column `annotator`: expected a person with one row, found `a`, as \
                 in row 0",
            ),
        );
        check(
            &[("a", &[age(1.0.into())]), ("b", &[age("old".into())])],
            Err("people: row 1, column `age`: expected a number, as others of the column, found \
                 \"old\""),
        );
        check(
            &[("b", &[age("old".into())]), ("a", &[age(2.0.into())])],
            Err("people: row 1, column `age`: expected a text, as others of the column, found 2"),
        );
        check(
            &[("a", &[age(f64::INFINITY.into())])],
            Err("people: row 0, column `age`: expected a finite number, found inf"),
        );
        check(
            &[("a", &[("role", "x".into())])],
            Err("people: column `role` must be called otherwise, since every record has a field \
                 of that name, found a column of people"),
        );
        check(
            &[("a", &[("group", 1.0.into())])],
            Err("people: column `group` must be a text, as the group of a record is, found a \
                 column of numbers"),
        );
    }
}
