//! How are the cells of one row read, as the mapping says?

use super::cell::{Cell, Path, closest, paths, unpacked};
use super::halt::Halt;
use super::mapping::Cells;
use super::value::{count, key, number, spoken, text, translation};
use crate::messages::Spoken;
use crate::place::shortened;
use crate::{ImportError, Row, filled};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Columns that a message lists.
const MOST_NAMES: usize = 60;

/// Which optional paths some row had. One that no row has is a slip of the pen.
#[derive(Default)]
pub(super) struct Seen {
    there: BTreeSet<String>,
    absent: BTreeMap<String, ImportError>,
}

impl Seen {
    pub fn verdict(self) -> Result<(), ImportError> {
        let Self { there, absent } = self;
        let never = absent.into_iter().find(|(path, _)| !there.contains(path));
        never.map_or(Ok(()), |(_, error)| Err(error))
    }
}

/// Reads cells of one row, at one element where the mapping goes through a list.
pub(super) struct Reader<'a> {
    pub row: &'a Row,
    pub each: Option<usize>,
    pub seen: &'a RefCell<Seen>,
}

impl Reader<'_> {
    /// How many elements the lists have that `[*]` goes through; none without `[*]`.
    pub fn elements<'c>(
        &self,
        cells: impl Iterator<Item = &'c Cell>,
    ) -> Result<Option<usize>, Halt> {
        let mut first: Option<(usize, &str)> = None;
        for cell in cells {
            let Cell::Column { path, .. } = cell else { continue };
            if !path.each() {
                continue;
            }
            let count = match path.list(&self.row.fields) {
                None => return Err(self.absent(path).into()),
                Some(Value::Array(list)) => list.len(),
                Some(Value::Null) => return Err(self.empty(path)),
                Some(other) => {
                    return Err(self.row.place.wrong(&path.text, "a list", other).into());
                }
            };
            match first {
                Some((known, other)) if known != count => {
                    let expected = format!("as many elements as `{other}`, {known}");
                    return Err(self.row.place.wrong(&path.text, expected, count).into());
                }
                _ => first = Some((count, &path.text)),
            }
        }
        Ok(first.map(|(count, _)| count))
    }

    fn absent(&self, path: &Path) -> ImportError {
        let known = paths(&self.row.fields);
        let hint = match closest(&path.text, &known) {
            Some(close) => format!(" (did you mean `{close}`?)"),
            None => String::new(),
        };
        let names = known.iter().take(MOST_NAMES).map(|path| format!("`{path}`"));
        let mut names = names.collect::<Vec<_>>().join(", ");
        if known.len() > MOST_NAMES {
            names.push_str(", ...");
        }
        let expected = format!("among the columns {names}{hint}");
        self.row.place.wrong(&path.text, expected, "no such column")
    }

    fn empty(&self, path: &Path) -> Halt {
        let expected = "filled in (`missing = \"skip\"` leaves such records out)";
        let error = self.row.place.wrong(&path.text, expected, "nothing");
        Halt::Empty { path: path.text.clone(), error: Box::new(error) }
    }

    pub fn needed(&self, cell: &Cell) -> Result<Value, Halt> {
        match cell {
            Cell::Constant(value) => Ok(value.clone()),
            Cell::Column { path, values } => {
                let found = path.find(&self.row.fields, self.each);
                let found = found.ok_or_else(|| self.absent(path))?;
                self.translated(path, values.as_ref(), found)
            }
        }
    }

    pub fn optional(&self, cell: Option<&Cell>) -> Result<Option<Value>, Halt> {
        let (path, values) = match cell {
            None => return Ok(None),
            Some(Cell::Constant(value)) => return Ok(Some(value.clone())),
            Some(Cell::Column { path, values }) => (path, values),
        };
        let Some(found) = path.find(&self.row.fields, self.each) else {
            let absent = &mut self.seen.borrow_mut().absent;
            absent.entry(path.text.clone()).or_insert_with(|| self.absent(path));
            return Ok(None);
        };
        if !self.seen.borrow().there.contains(&path.text) {
            self.seen.borrow_mut().there.insert(path.text.clone());
        }
        match self.translated(path, values.as_ref(), found) {
            Ok(value) => Ok(Some(value)),
            Err(Halt::Empty { .. } | Halt::Skipped { .. }) => Ok(None),
            Err(wrong) => Err(wrong),
        }
    }

    /// The value as the mapping translates it.
    fn translated(
        &self,
        path: &Path,
        values: Option<&BTreeMap<String, Value>>,
        found: Value,
    ) -> Result<Value, Halt> {
        let blank = match &found {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            _ => false,
        };
        let translation = values.and_then(|values| translation(values, &found));
        match (values, translation) {
            (_, Some(Value::String(word))) if word == "skip" => {
                Err(Halt::Skipped { path: path.text.clone(), value: key(&found) })
            }
            (_, Some(value)) => Ok(value.clone()),
            _ if blank => Err(self.empty(path)),
            (Some(values), None) => {
                let known = values.keys().map(|value| format!("{value:?}")).collect::<Vec<_>>();
                let expected = format!("one of the `values` {}", known.join(", "));
                let found = format!("{:?}", key(&found));
                Err(self.row.place.wrong(&path.text, expected, found).into())
            }
            (None, _) => Ok(found),
        }
    }

    pub fn wrong(&self, cell: &Cell, expected: &str, found: impl std::fmt::Display) -> Halt {
        let name = match cell {
            Cell::Column { path, .. } => &path.text,
            Cell::Constant(_) => "constant",
        };
        self.row.place.wrong(name, expected, found).into()
    }

    fn spoken(&self, cell: &Cell, value: Value) -> Result<Spoken, Halt> {
        spoken(value.clone()).map_err(|why| {
            let found = format!("{} ({why})", shortened(&value.to_string()));
            self.wrong(cell, "a text or messages", &found)
        })
    }

    /// A text as a response: what the assistant said, without its role if it is one turn.
    pub fn text(&self, cell: &Cell) -> Result<String, Halt> {
        Ok(self.spoken(cell, self.needed(cell)?)?.response())
    }

    /// A text as a prompt, with all its roles.
    pub fn prompt(&self, cell: &Cell) -> Result<String, Halt> {
        let prompt = self.spoken(cell, self.needed(cell)?)?.prompt();
        match (prompt, cell) {
            (Some(prompt), _) => Ok(prompt),
            (None, Cell::Column { path, .. }) => Err(self.empty(path)),
            (None, Cell::Constant(_)) => Ok(String::new()),
        }
    }

    /// A text as a context, with all its roles; none if it says nothing.
    pub fn context(&self, cell: Option<&Cell>) -> Result<Option<String>, Halt> {
        match (cell, self.optional(cell)?) {
            (Some(cell), Some(value)) => Ok(self.spoken(cell, value)?.prompt()),
            _ => Ok(None),
        }
    }

    pub fn optional_text(&self, cell: Option<&Cell>) -> Result<Option<String>, Halt> {
        match (cell, self.optional(cell)?) {
            (Some(cell), Some(value)) => match text(&value) {
                Some(text) => Ok(filled(&text)),
                None => Err(self.wrong(cell, "a text", value)),
            },
            _ => Ok(None),
        }
    }

    pub fn number(&self, cell: &Cell) -> Result<f64, Halt> {
        let value = self.needed(cell)?;
        number(&value).ok_or_else(|| self.wrong(cell, "a number", &value))
    }

    pub fn optional_number(&self, cell: Option<&Cell>) -> Result<Option<f64>, Halt> {
        match (cell, self.optional(cell)?) {
            (Some(cell), Some(value)) => match number(&value) {
                Some(number) => Ok(Some(number)),
                None => Err(self.wrong(cell, "a number", &value)),
            },
            _ => Ok(None),
        }
    }

    pub fn optional_count(&self, cell: Option<&Cell>) -> Result<Option<u32>, Halt> {
        match (cell, self.optional_number(cell)?) {
            (Some(cell), Some(number)) => match count(number) {
                Some(count) => Ok(Some(count)),
                None => Err(self.wrong(cell, "a whole number from 0", number)),
            },
            _ => Ok(None),
        }
    }

    /// One of the names of a finite set.
    pub fn word<T: serde::de::DeserializeOwned>(
        &self,
        cell: &Cell,
        value: Value,
        expected: &str,
    ) -> Result<T, Halt> {
        serde_json::from_value(value.clone()).map_err(|_| self.wrong(cell, expected, &value))
    }

    /// All elements of a list.
    pub fn list(&self, cells: &Cells) -> Result<Vec<Value>, Halt> {
        let one = match cells {
            Cells::Many(cells) => return cells.iter().map(|cell| self.needed(cell)).collect(),
            Cells::One(cell) => cell,
        };
        let Cell::Column { path, values } = one else {
            return Err(self.wrong(one, "a list of columns", &Value::Null));
        };
        if path.each() {
            let count = self.elements(std::iter::once(one))?.unwrap_or(0);
            if count == 0 {
                return Err(self.empty(path));
            }
            let at = |each| Reader { each: Some(each), ..*self };
            return (0..count).map(|each| at(each).needed(one)).collect();
        }
        let found = path.find(&self.row.fields, self.each).ok_or_else(|| self.absent(path))?;
        match unpacked(found) {
            Value::Array(list) if !list.is_empty() => {
                list.into_iter().map(|it| self.translated(path, values.as_ref(), it)).collect()
            }
            Value::Array(_) | Value::Null => Err(self.empty(path)),
            other => Err(self.wrong(one, "a list", &other)),
        }
    }

    pub fn texts(&self, cells: &Cells) -> Result<Vec<String>, Halt> {
        let read = |value: Value| match spoken(value) {
            Ok(spoken) => Ok(spoken.response()),
            Err(why) => Err(self.row.place.wrong("texts", "texts or messages", why).into()),
        };
        self.list(cells)?.into_iter().map(read).collect()
    }
}
