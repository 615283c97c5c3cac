//! The table of people as a file: `people.parquet`, whole or in shards, or `people.jsonl`.

use super::columns::Columns;
use crate::parquet::Cells;
use crate::person_rows::{ANNOTATOR, PersonRows};
use crate::shard::{read_table, shards_of};
use crate::table::Content;
use crate::{Card, DatasetError, People, PersonValue, PersonValues};
use serde_json::{Number, Value};
use std::path::Path;

/// First version of the schema that has the table.
const SINCE: u32 = 2;

/// Numbers of this size and below are whole numbers of 64-bit floats, each of them.
const LARGEST_WHOLE: u64 = 1 << 53;

const EXACT: &str = "a number up to 2^53, or a text";

/// What the folder says of people: nobody where it has no such table.
pub(super) fn read_people(path: &Path, card: &Card) -> Result<People, DatasetError> {
    let shards = shards_of(path, "people")?;
    let lines = path.join("people.jsonl");
    let found =
        shards.first().map(|name| path.join(name)).or(lines.exists().then(|| lines.clone()));
    if let (Some(file), true) = (found, card.schema < SINCE) {
        return Err(DatasetError::TooOldForPeople { file, found: card.schema, since: SINCE });
    }
    if !shards.is_empty() && lines.exists() {
        return Err(DatasetError::Duplicate { what: "table", id: "people".to_owned() });
    }
    let mut rows = PersonRows::default();
    for name in &shards {
        add_columns(&mut rows, Columns::read(path, name, card)?)?;
    }
    if lines.exists() {
        add_lines(&mut rows, &lines, card.files.get("people.jsonl").map(String::as_str))?;
    }
    rows.finish()
}

fn add_columns(rows: &mut PersonRows, mut table: Columns) -> Result<(), DatasetError> {
    rows.begin(table.file.display().to_string());
    let ids = table.texts(ANNOTATOR)?;
    let first = rows.len();
    ids.iter().for_each(|id| rows.push(id, []));
    for (name, cells) in std::mem::take(&mut table.columns) {
        let values = match cells {
            Cells::Text(texts) => texts
                .iter()
                .map(|text| text.map(|text| PersonValue::Text(text.to_owned())))
                .collect(),
            Cells::Single(cells) => each(cells, |x| PersonValue::Number(f64::from(x))),
            Cells::Float(cells) => each(cells, PersonValue::Number),
            Cells::Integer(cells) => {
                each(whole(&table, &name, cells)?, |x| PersonValue::Number(x as f64))
            }
            Cells::Missing => Vec::new(),
            other => return Err(table.wrong(&name, "text or numbers", Some(&other))),
        };
        let column = rows.column(&name);
        column.resize(first, None);
        column.extend(values);
    }
    Ok(())
}

fn each<T>(cells: Vec<Option<T>>, value: impl Fn(T) -> PersonValue) -> Vec<Option<PersonValue>> {
    cells.into_iter().map(|cell| cell.map(&value)).collect()
}

/// Whole numbers that a float holds: two people must not become equal by rounding.
pub(super) fn whole(
    table: &Columns,
    name: &str,
    cells: Vec<Option<i64>>,
) -> Result<Vec<Option<i64>>, DatasetError> {
    let beyond = |cell: &Option<i64>| cell.is_some_and(|x| x.unsigned_abs() > LARGEST_WHOLE);
    match cells.iter().position(beyond) {
        None => Ok(cells),
        Some(row) => Err(DatasetError::Cell {
            place: table.file.display().to_string(),
            row,
            column: name.to_owned(),
            expected: EXACT.to_owned(),
            found: cells[row].unwrap_or_default().to_string(),
        }),
    }
}

/// Whole numbers that 64 bits do not hold come as floats that are rounded already.
fn is_exact(number: &Number) -> bool {
    match number.as_i64().map(i64::unsigned_abs).or(number.as_u64()) {
        Some(size) => size <= LARGEST_WHOLE,
        None => number.as_f64().is_some_and(|x| x.abs() < LARGEST_WHOLE as f64),
    }
}

fn add_lines(rows: &mut PersonRows, file: &Path, hash: Option<&str>) -> Result<(), DatasetError> {
    let table = read_table(file, hash)?;
    rows.begin(table.place.clone());
    let Content::Maps(maps) = &table.content else { return Ok(()) };
    for (row, map) in maps.iter().enumerate() {
        let wrong = |column: &str, expected: &str, found: String| DatasetError::Cell {
            place: table.place.clone(),
            row,
            column: column.to_owned(),
            expected: expected.to_owned(),
            found,
        };
        let id = match map.get(ANNOTATOR) {
            Some(Value::String(id)) => id,
            other => {
                let found = other.map_or_else(|| "null".to_owned(), Value::to_string);
                return Err(wrong(ANNOTATOR, "a text", found));
            }
        };
        let mut attributes = Vec::new();
        for (name, value) in map.iter().filter(|(name, _)| *name != ANNOTATOR) {
            let value = match value {
                Value::String(text) => PersonValue::Text(text.clone()),
                Value::Number(number) if is_exact(number) => {
                    PersonValue::Number(number.as_f64().unwrap_or(f64::NAN))
                }
                Value::Number(number) => {
                    return Err(wrong(name, EXACT, number.to_string()));
                }
                other => return Err(wrong(name, "a text or a number", other.to_string())),
            };
            attributes.push((name.as_str(), value));
        }
        rows.push(id, attributes);
    }
    Ok(())
}

/// The columns of the table.
pub(super) fn person_columns(people: &People) -> Vec<(&str, Cells)> {
    let ids = people.ids().iter().map(|id| Some(&*id.0)).collect();
    let values = people.columns().iter().map(|column| {
        let cells = match &column.values {
            PersonValues::Text(values) => {
                Cells::Text(values.iter().map(|text| text.as_deref()).collect())
            }
            PersonValues::Number(values) => Cells::Float(values.clone()),
        };
        (column.name.as_str(), cells)
    });
    std::iter::once((ANNOTATOR, Cells::Text(ids))).chain(values).collect()
}
