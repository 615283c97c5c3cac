//! The table of people among tables: one row a person, and columns of whatever is known of them.

use crate::{Dialect, Import, ImportError, Place, Row, filled};
use medley_dataset::PersonValue;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// A row, held back until the types of all columns are known.
struct Person {
    place: Place,
    id: String,
    cells: Vec<(String, Value)>,
}

pub(super) fn read(import: &mut Import<'_>, file: &Path) -> Result<(), ImportError> {
    let mut people: Vec<Person> = Vec::new();
    let mut known = HashSet::new();
    import.rows(file, Dialect::Quoted, |_, row| {
        let id = name(row)?;
        if known.contains(&id) {
            return Err(row.place.wrong("annotator", "a person with one row", id));
        }
        let others = row.fields.iter().filter(|(name, _)| *name != "annotator");
        let cells: Vec<_> = others.map(|(name, value)| (name.clone(), value.clone())).collect();
        if let Some((name, value)) = cells.iter().find(|(_, value)| !is_attribute(value)) {
            return Err(row.place.wrong(name, "a text or a number", value));
        }
        known.insert(id.clone());
        people.push(Person { place: row.place.clone(), id, cells });
        Ok(())
    })?;
    let numbers = columns_of_numbers(&people);
    for Person { place, id, cells } in people {
        let attribute = |(name, value): (String, Value)| {
            let number = numbers.get(&name).copied().unwrap_or_default();
            let value =
                if number { as_number(&value).map(PersonValue::Number) } else { as_is(value) };
            (name, value)
        };
        import.draft(&place, |draft| {
            draft.person(&id, cells.into_iter().map(attribute));
            Ok(())
        })?;
    }
    Ok(())
}

fn name(row: &Row) -> Result<String, ImportError> {
    match row.fields.get("annotator") {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(other) => Err(row.place.wrong("annotator", "a text", other)),
        None => Err(row.place.wrong("annotator", "a text", "no such column")),
    }
}

fn is_attribute(value: &Value) -> bool {
    matches!(value, Value::Null | Value::String(_) | Value::Number(_))
}

/// Whether all filled cells of a column are numbers.
fn columns_of_numbers(people: &[Person]) -> BTreeMap<String, bool> {
    let mut numbers = BTreeMap::new();
    for (name, value) in people.iter().flat_map(|person| &person.cells) {
        let is_empty = value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
        *numbers.entry(name.clone()).or_insert(true) &= is_empty || as_number(value).is_some();
    }
    numbers
}

/// A text that has more figures than a number keeps, such as `007`, is no number.
fn as_number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let text = text.trim();
            let digits = text.trim_start_matches('-');
            let padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
            text.parse().ok().filter(|_| !padded)
        }
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite())
}

fn as_is(value: Value) -> Option<PersonValue> {
    match value {
        Value::String(text) => filled(&text).map(PersonValue::Text),
        Value::Number(number) => number.as_f64().map(PersonValue::Number),
        _ => None,
    }
}
