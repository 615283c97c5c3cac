//! Where a value of a row stands: a column, a path into JSON, or a constant.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A value that every record of a mapping has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub(crate) enum Cell {
    /// The same for all rows.
    Constant(Value),
    /// From the row, by way of a table of values where there is one.
    Column { path: Path, values: Option<BTreeMap<String, Value>> },
}

/// A column name, or a path into its JSON: `worker.id`, `answers[0].text`, `answers[*].text`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    pub text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Key(String),
    Index(usize),
    Each,
}

impl TryFrom<Value> for Cell {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        match value {
            Value::String(text) => Ok(Self::Column { path: Path::parse(&text)?, values: None }),
            Value::Number(_) | Value::Bool(_) => Ok(Self::Constant(value)),
            Value::Object(mut fields) if fields.len() == 1 && fields.contains_key("constant") => {
                Ok(Self::Constant(fields.remove("constant").unwrap_or_default()))
            }
            Value::Object(fields) => from_table(&fields),
            other => Err(unfit(&other)),
        }
    }
}

fn unfit(found: &Value) -> String {
    format!(
        "expected the name of a column, a path, a number, {{ constant = ... }} or \
         {{ column = ..., values = {{ ... }} }}, found {found}"
    )
}

fn from_table(fields: &Map<String, Value>) -> Result<Cell, String> {
    let known = |name: &String| ["column", "values"].contains(&name.as_str());
    let (Some(Value::String(column)), true) = (fields.get("column"), fields.keys().all(known))
    else {
        return Err(unfit(&Value::Object(fields.clone())));
    };
    let values = match fields.get("values") {
        None => None,
        Some(Value::Object(values)) => Some(values.clone().into_iter().collect()),
        Some(other) => return Err(format!("expected `values` to be a table, found {other}")),
    };
    Ok(Cell::Column { path: Path::parse(column)?, values })
}

impl From<Cell> for Value {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Constant(value) => serde_json::json!({ "constant": value }),
            Cell::Column { path, values: None } => Self::String(path.text),
            Cell::Column { path, values: Some(values) } => {
                serde_json::json!({ "column": path.text, "values": values })
            }
        }
    }
}

impl Path {
    /// Reads a path. What is no path, such as "score [1-5]", is the name of a column.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| format!("`{text}` is no column or path: {what}");
        if text.trim().is_empty() {
            return Err(wrong("it is empty"));
        }
        let pieces: Option<Vec<Vec<Part>>> = text.split('.').map(parts).collect();
        let parts = pieces.map_or_else(|| vec![Part::Key(text.to_owned())], |it| it.concat());
        if parts.iter().filter(|part| **part == Part::Each).count() > 1 {
            return Err(wrong("it may have one `[*]`"));
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// Whether it stands for every element of a list.
    pub fn each(&self) -> bool {
        self.parts.contains(&Part::Each)
    }

    /// The value; for a path with `[*]` that of element `each`. None if there is no such place.
    /// Something that is missing on the way is a missing value.
    pub fn find(&self, row: &Map<String, Value>, each: Option<usize>) -> Option<Value> {
        self.walk(row, &self.parts, each)
    }

    /// The list that `[*]` goes through.
    pub fn list(&self, row: &Map<String, Value>) -> Option<Value> {
        let end = self.parts.iter().position(|part| *part == Part::Each)?;
        self.walk(row, &self.parts[..end], None).map(unpacked)
    }

    /// A column of the whole name comes first, so that names with dots need no escape.
    fn walk(&self, row: &Map<String, Value>, parts: &[Part], each: Option<usize>) -> Option<Value> {
        if parts.len() == self.parts.len()
            && let Some(value) = row.get(&self.text)
        {
            return Some(value.clone());
        }
        match parts.split_first()? {
            (Part::Key(column), rest) => descend(row.get(column)?, rest, each),
            _ => None,
        }
    }
}

/// Parts of a piece between dots: `answers[0][1]`.
fn parts(piece: &str) -> Option<Vec<Part>> {
    let (key, mut rest) = piece.split_at(piece.find('[').unwrap_or(piece.len()));
    let mut parts = vec![Part::Key(key.to_owned())];
    while !rest.is_empty() {
        let (index, after) = rest.strip_prefix('[')?.split_once(']')?;
        parts.push(match index {
            "*" => Part::Each,
            index => Part::Index(index.parse().ok()?),
        });
        rest = after;
    }
    (!key.is_empty()).then_some(parts)
}

fn descend(value: &Value, parts: &[Part], each: Option<usize>) -> Option<Value> {
    let Some((part, rest)) = parts.split_first() else { return Some(value.clone()) };
    match (value, part) {
        (Value::Null, _) => Some(Value::Null),
        // A cell of CSV may hold JSON.
        (Value::String(text), _) => match serde_json::from_str(text).ok()? {
            Value::String(_) => None,
            parsed => descend(&parsed, parts, each),
        },
        (_, Part::Key(key)) => descend(value.get(key)?, rest, each),
        (_, Part::Index(index)) => descend(value.get(*index)?, rest, each),
        (_, Part::Each) => descend(value.get(each?)?, rest, each),
    }
}

/// A list that is written as text.
pub(crate) fn unpacked(value: Value) -> Value {
    match &value {
        Value::String(text) if text.trim_start().starts_with('[') => {
            serde_json::from_str(text).unwrap_or(value)
        }
        _ => value,
    }
}

/// All paths of a row down to one level, for messages.
pub(crate) fn paths(row: &Map<String, Value>) -> Vec<String> {
    let mut paths = Vec::new();
    for (column, value) in row {
        match value {
            Value::Object(inner) => {
                paths.extend(inner.keys().map(|key| format!("{column}.{key}")));
            }
            Value::Array(list) => match list.first() {
                Some(Value::Object(inner)) => {
                    paths.extend(inner.keys().map(|key| format!("{column}[*].{key}")));
                }
                _ => paths.push(column.clone()),
            },
            _ => paths.push(column.clone()),
        }
    }
    paths
}

/// The candidate that differs from `wrong` by a slip of the pen.
pub(crate) fn closest<'a>(wrong: &str, candidates: &'a [String]) -> Option<&'a str> {
    let distance =
        |known: &String| strsim::damerau_levenshtein(&wrong.to_lowercase(), &known.to_lowercase());
    let nearest = candidates.iter().min_by_key(|known| distance(known))?;
    (distance(nearest) <= 1 + wrong.chars().count() / 4).then_some(nearest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn find(path: &str, row: Value, each: Option<usize>) -> Option<Value> {
        Path::parse(path).unwrap().find(row.as_object().unwrap(), each)
    }

    #[test]
    fn paths_reach_into_json_and_json_in_cells() {
        let row = json!({ "a": { "b": [{ "c": 1 }, { "c": 2 }] } });
        assert_eq!(find("a.b[1].c", row.clone(), None), Some(json!(2)));
        assert_eq!(find("a.b[*].c", row.clone(), Some(0)), Some(json!(1)));
        assert_eq!(find("a.x", row.clone(), None), None);
        assert_eq!(find("a.b[7].c", row, None), None);
        assert_eq!(find("a.b", json!({ "a": "{\"b\": 3}" }), None), Some(json!(3)));
        assert_eq!(find("a.b", json!({ "a": null }), None), Some(json!(null)));
        assert_eq!(find("a.b", json!({ "a.b": 4, "a": { "b": 5 } }), None), Some(json!(4)));
    }

    #[test]
    fn names_with_brackets_and_dots_are_columns() {
        for name in ["score [1-5]", "a[x", "No. of words", "a[0]b", ".5"] {
            assert_eq!(find(name, json!({ name: 1 }), None), Some(json!(1)), "{name}");
            assert_eq!(find(name, json!({ "a": [1] }), None), None, "{name}");
        }
    }

    #[test]
    fn broken_paths_are_explained() {
        for (path, expect) in [("", "it is empty"), ("a[*].b[*]", "one `[*]`")] {
            let error = Path::parse(path).unwrap_err();
            assert!(error.contains(expect), "{error}");
        }
    }
}
