//! The table of people among tables: one row a person, and columns of whatever is known of them.

use super::index::{drop_index, is_index};
use crate::attribute::{EXPECTED, GROUP, attribute, exact_number};
use crate::content::unfit;
use crate::{Dialect, Draft, Import, ImportError, Place, Row, is_missing, person};
use medley_dataset::{PersonColumn, PersonValue};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

/// A row, held back until the types of all columns are known.
struct Person {
    place: Place,
    id: String,
    cells: Vec<(String, Value)>,
}

pub(super) fn read(import: &mut Import<'_>, files: &[PathBuf]) -> Result<(), ImportError> {
    let people = rows(import, files)?;
    let numbers = columns_of_numbers(&people);
    for Person { place, id, cells } in people {
        let value = |(name, value): (String, Value)| match numbers.get(&name) {
            Some(true) => Ok((name, exact_number(&value).map(PersonValue::Number))),
            _ => match attribute(&name, &value) {
                Ok(value) => Ok((name, value)),
                Err(expected) => Err(place.wrong(name, expected, value)),
            },
        };
        let attributes = cells.into_iter().map(value).collect::<Result<Vec<_>, _>>()?;
        import.draft(&place, |draft| {
            draft.person(&id, attributes);
            Ok(())
        })?;
    }
    Ok(())
}

/// A name is at fault in all rows alike, so that no row is skipped for it.
fn check_names(file: &Path, row: &Row) -> Result<(), ImportError> {
    let others = row.fields.keys().filter(|name| *name != "annotator" && !is_index(name));
    for name in others {
        PersonColumn::check_name(name).map_err(|expected| {
            unfit(file, &format!("each column {expected}"), &format!("a column `{name}`"))
        })?;
    }
    Ok(())
}

fn rows(import: &mut Import<'_>, files: &[PathBuf]) -> Result<Vec<Person>, ImportError> {
    let mut people: Vec<Person> = Vec::new();
    let mut known = HashSet::new();
    let mut read = |draft: &mut Draft<'_>, row: &Row| {
        check_names(&row.place.file, row)?;
        let id = name(row)?;
        if known.contains(&id) {
            return Err(row.place.wrong("annotator", "a person with one row", id));
        }
        drop_index(draft, row);
        let is_told = |name: &String| name != "annotator" && !is_index(name);
        let others = row.fields.iter().filter(|(name, _)| is_told(name));
        let cells: Vec<_> = others.map(|(name, value)| (name.clone(), value.clone())).collect();
        if let Some((name, value)) = cells.iter().find(|(name, it)| attribute(name, it).is_err()) {
            return Err(row.place.wrong(name, EXPECTED, value));
        }
        known.insert(id.clone());
        people.push(Person { place: row.place.clone(), id, cells });
        Ok(())
    };
    for file in files {
        import.file_rows(file, Dialect::Quoted, &mut read)?;
    }
    Ok(people)
}

fn name(row: &Row) -> Result<String, ImportError> {
    let named = |text: &str| {
        let wrong = || row.place.wrong("annotator", "the name of a person", format!("{text:?}"));
        person(text).ok_or_else(wrong)
    };
    match row.fields.get("annotator") {
        Some(Value::String(text)) if !text.is_empty() => named(text),
        Some(Value::Number(number)) => named(&number.to_string()),
        Some(other) => Err(row.place.wrong("annotator", "a text", other)),
        None => Err(row.place.wrong("annotator", "a text", "no such column")),
    }
}

/// Whether a column has numbers and all of its filled cells are; `NA` is an empty one among numbers. A
/// group is a name whatever it looks like.
fn columns_of_numbers(people: &[Person]) -> BTreeMap<String, bool> {
    let mut numbers = BTreeMap::new();
    for (name, value) in people.iter().flat_map(|person| &person.cells) {
        let is_empty = value.is_null() || value.as_str().is_some_and(is_missing);
        let is_number = exact_number(value).is_some() && !is_padded(value);
        let (are_all, is_any) = numbers.entry(name.clone()).or_insert((name != GROUP, false));
        *are_all &= is_empty || is_number;
        *is_any |= is_number;
    }
    numbers.into_iter().map(|(name, (are_all, is_any))| (name, are_all && is_any)).collect()
}

/// A text that has more figures than a number keeps, such as `007`, is no number.
fn is_padded(value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    let digits = text.trim().trim_start_matches('-');
    digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.")
}
