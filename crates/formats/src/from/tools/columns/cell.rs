//! Where a value of a row stands: a column, a path into JSON, or a constant.

use crate::structured::structured;
use crate::{Fields, ImportError, Row};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A value that every record of a mapping has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub(crate) enum Cell {
    /// The same for all rows.
    Constant(Value),
    /// From the row, by way of a table of values where there is one.
    Column { path: Path, values: Option<BTreeMap<String, Value>> },
    /// Place in the list of this name that `[*]` goes through, from 0.
    Position { list: String },
}

/// A column name, or a path into its JSON: `worker.id`, `answers[0].text`, `answers[-1].text`,
/// `messages[:-1]`, `answers[*].text`, `steps[*].answers[*].text`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    pub text: String,
    parts: Vec<Part>,
    /// What the elements of a list that is written as one text are apart by.
    split: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Key(String),
    /// From 0, or from the end, -1 the last.
    Index(i64),
    /// From the one place to before the other, each as `Index`.
    Slice(Option<i64>, Option<i64>),
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
            Value::Object(fields) if fields.len() == 1 && fields.contains_key("position") => {
                match &fields["position"] {
                    Value::String(list) => Ok(Self::Position { list: list.clone() }),
                    other => Err(format!("expected `position` to name a list, found {other}")),
                }
            }
            Value::Object(fields) => from_table(&fields),
            other => Err(unfit(&other)),
        }
    }
}

fn unfit(found: &Value) -> String {
    format!(
        "expected the name of a column, a path, a number, {{ constant = ... }}, \
         {{ position = LIST }} or {{ column = ..., split = \" \", values = {{ ... }} }}, found {found}"
    )
}

fn from_table(fields: &Map<String, Value>) -> Result<Cell, String> {
    let known = |name: &String| ["column", "split", "values"].contains(&name.as_str());
    let (Some(Value::String(column)), true) = (fields.get("column"), fields.keys().all(known))
    else {
        return Err(unfit(&Value::Object(fields.clone())));
    };
    let values = match fields.get("values") {
        None => None,
        Some(Value::Object(values)) => Some(values.clone().into_iter().collect()),
        Some(other) => return Err(format!("expected `values` to be a table, found {other}")),
    };
    let split = match fields.get("split") {
        None => None,
        Some(Value::String(split)) if !split.is_empty() => Some(split.clone()),
        Some(other) => return Err(format!("expected `split` to be a text, found {other}")),
    };
    Ok(Cell::Column { path: Path { split, ..Path::parse(column)? }, values })
}

impl From<Cell> for Value {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Constant(value) => serde_json::json!({ "constant": value }),
            Cell::Position { list } => serde_json::json!({ "position": list }),
            Cell::Column { path: Path { text, split: None, .. }, values: None } => {
                Self::String(text)
            }
            Cell::Column { path: Path { text, split, .. }, values } => {
                let mut fields = Map::from_iter([("column".to_owned(), Self::String(text))]);
                fields.extend(split.map(|split| ("split".to_owned(), Self::String(split))));
                let values = values.map(|values| ("values".to_owned(), serde_json::json!(values)));
                fields.extend(values);
                Self::Object(fields)
            }
        }
    }
}

impl Path {
    /// Reads a path. What is no path, such as "score [1-5]", is the name of a column.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err(format!("`{text}` is no column or path: it is empty"));
        }
        let pieces: Option<Vec<Vec<Part>>> = text.split('.').map(parts).collect();
        let parts = pieces.map_or_else(|| vec![Part::Key(text.to_owned())], |it| it.concat());
        Ok(Self { text: text.to_owned(), parts, split: None })
    }

    /// Names of columns that it may begin with.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let first = match self.parts.first() {
            Some(Part::Key(key)) => Some(key.as_str()),
            _ => None,
        };
        std::iter::once(self.text.as_str()).chain(first)
    }

    /// The list that a text is whose elements the mapping says to be apart by something.
    pub fn split_up(&self, value: &Value) -> Option<Value> {
        match (&self.split, value) {
            (Some(split), Value::String(text)) => Some(split_list(text, split)),
            _ => None,
        }
    }

    /// Through how many lists it goes, element by element.
    pub fn depth(&self) -> usize {
        self.parts.iter().filter(|part| **part == Part::Each).count()
    }

    /// Whether it stands for every element of a list.
    pub fn each(&self) -> bool {
        self.depth() > 0
    }

    /// The value, at these elements of the lists that it goes through. None if there is no such place.
    /// Something that is missing on the way is a missing value.
    ///
    /// # Errors
    /// A cell on the way begins as JSON does and is none: why.
    pub fn find<'r>(&self, row: &'r Fields, each: &[usize]) -> Result<Option<Found<'r>>, String> {
        self.walk(row, &self.parts, each)
    }

    /// The list that the last `[*]` of this depth goes through, within these elements of those before.
    ///
    /// # Errors
    /// As [`Path::find`].
    pub fn list<'r>(
        &self,
        row: &'r Fields,
        each: &[usize],
    ) -> Result<Option<Cow<'r, Value>>, String> {
        let mut stars = self.parts.iter().enumerate().filter(|(_, part)| **part == Part::Each);
        let Some((end, _)) = stars.nth(each.len()) else { return Ok(None) };
        let Some(Found { value, .. }) = self.walk(row, &self.parts[..end], each)? else {
            return Ok(None);
        };
        if let Some(list) = self.split_up(&value) {
            return Ok(Some(Cow::Owned(list)));
        }
        let unpacked = match &*value {
            Value::String(text) => structured(text)?,
            _ => None,
        };
        Ok(Some(unpacked.map_or(value, |found| Cow::Owned(found.value))))
    }

    /// The column that it goes into as JSON, if that is not the whole of it.
    pub fn column_gone_into(&self) -> Option<&str> {
        if self.split.is_some() {
            return None;
        }
        match self.parts.split_first()? {
            (Part::Key(column), rest) => (!rest.is_empty()).then_some(column.as_str()),
            _ => None,
        }
    }

    /// The name of the list that the `[*]` behind so many others goes through.
    pub fn list_name(&self, depth: usize) -> String {
        self.text.split("[*]").take(depth + 1).collect::<Vec<_>>().join("[*]")
    }

    /// The same list with the places of these elements of the lists around it: `docs[1].spans`.
    pub fn list_at(&self, each: &[usize]) -> String {
        let mut pieces = self.text.split("[*]");
        let mut name = pieces.next().unwrap_or_default().to_owned();
        for (place, piece) in each.iter().zip(pieces) {
            name += &format!("[{place}]{piece}");
        }
        name
    }

    /// Whether some `[*]` goes through this list.
    pub fn goes_through(&self, list: &str) -> bool {
        self.text.strip_prefix(list).is_some_and(|rest| rest.starts_with("[*]"))
    }

    /// A column of the whole name comes first, so that names with dots need no escape.
    fn walk<'r>(
        &self,
        row: &'r Fields,
        parts: &[Part],
        each: &[usize],
    ) -> Result<Option<Found<'r>>, String> {
        if parts.len() == self.parts.len()
            && let Some(value) = row.get(&self.text)
        {
            return Ok(Some(Found::of(value)));
        }
        match parts.split_first() {
            Some((Part::Key(column), rest)) => self.descend(row.get(column), rest, each),
            _ => Ok(None),
        }
    }

    fn descend<'r>(
        &self,
        value: Option<&'r Value>,
        parts: &[Part],
        each: &[usize],
    ) -> Result<Option<Found<'r>>, String> {
        let Some(value) = value else { return Ok(None) };
        let Some((part, rest)) = parts.split_first() else { return Ok(Some(Found::of(value))) };
        if !matches!(part, Part::Key(_))
            && let Some(list) = self.split_up(value)
        {
            return self.descend_owned(&list, parts, each);
        }
        match (value, part) {
            (Value::Null, _) => Ok(Some(Found::of(value))),
            // A cell of CSV may hold JSON, or what Python writes.
            (Value::String(text), _) => {
                let Some(cell) = structured(text)? else { return Ok(None) };
                let found = self.descend_owned(&cell.value, parts, each)?;
                let is_mended = |found: &Found| found.is_mended || cell.is_mended;
                Ok(found.map(|found| Found { is_mended: is_mended(&found), ..found }))
            }
            (_, Part::Key(key)) => self.descend(value.get(key), rest, each),
            (Value::Array(list), Part::Index(index)) => {
                let found = place(*index, list.len()).and_then(|place| list.get(place));
                self.descend(found, rest, each)
            }
            (Value::Array(list), Part::Slice(first, end)) => {
                let at = |end: &Option<i64>, open| match end {
                    None => open,
                    Some(end) => place(*end, list.len()).unwrap_or(0).min(list.len()),
                };
                let (first, end) = (at(first, 0), at(end, list.len()));
                let slice = Value::from(list[first.min(end)..end].to_vec());
                self.descend_owned(&slice, rest, each)
            }
            (_, Part::Index(_) | Part::Slice(..)) => Ok(None),
            (_, Part::Each) => match each.split_first() {
                Some((here, deeper)) => self.descend(value.get(*here), rest, deeper),
                None => Ok(None),
            },
        }
    }

    /// Into a value that the row itself does not hold.
    fn descend_owned<'r>(
        &self,
        value: &Value,
        parts: &[Part],
        each: &[usize],
    ) -> Result<Option<Found<'r>>, String> {
        Ok(self.descend(Some(value), parts, each)?.map(Found::into_owned))
    }
}

/// What a path leads to.
#[derive(Debug, PartialEq)]
pub(crate) struct Found<'r> {
    pub value: Cow<'r, Value>,
    /// Whether halves of surrogate pairs were replaced in a cell on the way.
    pub is_mended: bool,
}

impl<'r> Found<'r> {
    fn of(value: &'r Value) -> Self {
        Self { value: Cow::Borrowed(value), is_mended: false }
    }

    fn into_owned(self) -> Found<'static> {
        Found { value: Cow::Owned(self.value.into_owned()), ..self }
    }
}

/// Parts of a piece between dots: `answers[0][1]`.
fn parts(piece: &str) -> Option<Vec<Part>> {
    let (key, mut rest) = piece.split_at(piece.find('[').unwrap_or(piece.len()));
    let mut parts = vec![Part::Key(key.to_owned())];
    while !rest.is_empty() {
        let (index, after) = rest.strip_prefix('[')?.split_once(']')?;
        let end = |text: &str| match text {
            "" => Some(None),
            text => text.parse().ok().map(Some),
        };
        parts.push(match index.split_once(':') {
            Some((first, last)) => Part::Slice(end(first)?, end(last)?),
            None if index == "*" => Part::Each,
            None => Part::Index(index.parse().ok()?),
        });
        rest = after;
    }
    (!key.is_empty()).then_some(parts)
}

/// A place in a list of this length, counted from its end if negative.
fn place(index: i64, length: usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

/// The elements of a text, without the white space around them. Where white space is between them,
/// any amount of it is; a text of nothing is a list of nothing.
fn split_list(text: &str, split: &str) -> Value {
    let elements: Vec<&str> = match split.trim().is_empty() {
        true if split == "\t" => text.split('\t').collect(),
        true => text.split_whitespace().collect(),
        false => text.split(split).collect(),
    };
    if text.trim().is_empty() {
        return Value::Array(Vec::new());
    }
    elements.into_iter().map(|element| Value::String(element.trim().to_owned())).collect()
}

/// All paths of a row down to one level, for messages.
fn paths(row: &Fields) -> Vec<String> {
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
fn closest<'a>(wrong: &str, candidates: &'a [String]) -> Option<&'a str> {
    let distance =
        |known: &String| strsim::damerau_levenshtein(&wrong.to_lowercase(), &known.to_lowercase());
    let nearest = candidates.iter().min_by_key(|known| distance(known))?;
    (distance(nearest) <= 1 + wrong.chars().count() / 4).then_some(nearest.as_str())
}

/// Columns that a message lists.
const MOST_NAMES: usize = 60;

/// That a row has no column or path of this name. Not cheap: it looks for one that was meant.
pub(super) fn no_column(row: &Row, path: &str) -> ImportError {
    let known = paths(&row.fields);
    let hint = match closest(path, &known) {
        Some(close) => format!(" (did you mean `{close}`?)"),
        None => String::new(),
    };
    let names = known.iter().take(MOST_NAMES).map(|path| format!("`{path}`"));
    let mut names = names.collect::<Vec<_>>().join(", ");
    if known.len() > MOST_NAMES {
        names.push_str(", ...");
    }
    let expected = format!("among the columns {names}{hint}");
    row.place.wrong(path, expected, "no such column")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(row: &Value) -> Fields {
        row.as_object().unwrap().clone().into()
    }

    fn find(path: &str, row: Value, each: &[usize]) -> Option<Value> {
        let found = Path::parse(path).unwrap();
        found.find(&fields(&row), each).unwrap().map(|found| found.value.into_owned())
    }

    #[test]
    fn paths_reach_into_json_and_json_in_cells() {
        let row = json!({ "a": { "b": [{ "c": 1 }, { "c": 2 }] } });
        assert_eq!(find("a.b[1].c", row.clone(), &[]), Some(json!(2)));
        assert_eq!(find("a.b[*].c", row.clone(), &[0]), Some(json!(1)));
        assert_eq!(find("a.x", row.clone(), &[]), None);
        assert_eq!(find("a.b[7].c", row, &[]), None);
        assert_eq!(find("a.b", json!({ "a": "{\"b\": 3}" }), &[]), Some(json!(3)));
        assert_eq!(find("a.b", json!({ "a": null }), &[]), Some(json!(null)));
        assert_eq!(find("a.b", json!({ "a.b": 4, "a": { "b": 5 } }), &[]), Some(json!(4)));
    }

    #[test]
    fn cells_that_are_damaged_are_told_and_not_missing() {
        let find = |cell: &str| {
            let row = fields(&json!({ "a": cell }));
            Path::parse("a.b").unwrap().find(&row, &[]).map(|found| found.map(Found::into_owned))
        };
        let nan = "NaN is not JSON (Python writes it for a missing value), at column 11";
        assert_eq!(find("{\"b\": [1, NaN]}").unwrap_err(), nan);
        assert!(find("{'b': ").unwrap_err().contains("expected a value at byte 5"));
        let mended = Found { value: Cow::Owned(json!("\u{fffd}")), is_mended: true };
        assert_eq!(find("{\"b\": \"\\ud83d\"}"), Ok(Some(mended)));
        assert_eq!(find("w1"), Ok(None));
        assert_eq!(find("{\"c\": 1}"), Ok(None));
        let each = Path::parse("a[*].b").unwrap();
        let row = json!({ "a": "[{\"b\": 1}, {" });
        assert!(each.list(&fields(&row), &[]).unwrap_err().contains("EOF"));
    }

    #[test]
    fn names_with_brackets_and_dots_are_columns() {
        for name in ["score [1-5]", "a[x", "No. of words", "a[0]b", ".5"] {
            assert_eq!(find(name, json!({ name: 1 }), &[]), Some(json!(1)), "{name}");
            assert_eq!(find(name, json!({ "a": [1] }), &[]), None, "{name}");
        }
    }

    #[test]
    fn broken_paths_are_explained() {
        assert!(Path::parse(" ").unwrap_err().contains("it is empty"));
    }

    /// Field 50 and 54.
    #[test]
    fn paths_reach_the_last_all_but_the_last_and_lists_in_lists() {
        let row = json!({ "a": [{ "b": [1, 2] }, { "b": [3] }, { "b": [] }], "n": null });
        let at = |path: &str, each: &[usize]| find(path, row.clone(), each);
        assert_eq!(at("a[-2].b[-1]", &[]), Some(json!(3)));
        assert_eq!(at("a[-4].b", &[]), None);
        assert_eq!(at("a[1:]", &[]), Some(json!([{ "b": [3] }, { "b": [] }])));
        assert_eq!(at("a[:-2].b", &[]), None);
        assert_eq!(at("a[:-2]", &[]), Some(json!([{ "b": [1, 2] }])));
        assert_eq!(at("a[2:1]", &[]), Some(json!([])));
        assert_eq!(at("a[-9:9]", &[]).unwrap().as_array().unwrap().len(), 3);
        assert_eq!(at("n[:-1]", &[]), Some(json!(null)));
        assert_eq!(at("a[*].b[*]", &[0, 1]), Some(json!(2)));
        assert_eq!(at("a[*].b[*]", &[1, 1]), None);
        let list = |each: &[usize]| {
            let path = Path::parse("a[*].b[*]").unwrap();
            path.list(&fields(&row), each).unwrap().map(Cow::into_owned)
        };
        assert_eq!(list(&[]).unwrap().as_array().unwrap().len(), 3);
        assert_eq!(list(&[1]), Some(json!([3])));
        assert_eq!(list(&[1, 0]), None);
    }
}
