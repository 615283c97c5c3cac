//! How are the cells of one row read, as the mapping says?

use super::cell::{Cell, Path, no_column, unpacked};
use super::halt::Halt;
use super::lost::Lost;
use super::mapping::{Cells, Conditions};
use super::value::{count, key, number, spoken, text, translation};
use crate::messages::Spoken;
use crate::place::shortened;
use crate::{ImportError, Row, filled, person};
use serde_json::Value;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// What was met over all rows: which paths some row had, where one that no row has is a slip of the pen;
/// and what the answers were of records that were left out.
#[derive(Default)]
pub(super) struct Seen {
    there: BTreeSet<String>,
    absent: BTreeMap<String, ImportError>,
    pub lost: Lost,
}

impl Seen {
    /// What to say of records that were left out.
    ///
    /// # Errors
    /// No row has a path of the mapping.
    pub fn verdict(self) -> Result<Vec<String>, ImportError> {
        let Self { there, absent, lost } = self;
        let never = absent.into_iter().find(|(path, _)| !there.contains(path));
        never.map_or(Ok(lost.notes()), |(_, error)| Err(error))
    }
}

/// Reads cells of one row, at one element of each list where the mapping goes through lists.
pub(super) struct Reader<'a> {
    pub row: &'a Row,
    pub each: &'a [usize],
    pub seen: &'a RefCell<Seen>,
}

/// The elements that `[*]` goes through.
pub(super) struct Elements {
    /// Places in the lists, from the outermost on.
    pub places: Vec<Vec<usize>>,
    /// Lists without an element, by their names.
    pub empty: Vec<String>,
}

impl Reader<'_> {
    /// The elements of the lists that `[*]` goes through; none without `[*]`.
    ///
    /// # Errors
    /// A list is missing, or lists that are used together are not equally long.
    pub fn elements<'c>(
        &self,
        cells: impl Iterator<Item = &'c Cell>,
    ) -> Result<Option<Elements>, Halt> {
        let mut deepest: Option<(&Path, Elements)> = None;
        let mut others: Vec<(&Path, Elements)> = Vec::new();
        for cell in cells {
            let Cell::Column { path, .. } = cell else { continue };
            if !path.each() || others.iter().any(|(known, _)| known.text == path.text) {
                continue;
            }
            let found = self.elements_of(path)?;
            match &deepest {
                Some((known, _)) if known.depth() >= path.depth() => others.push((path, found)),
                _ => others.extend(deepest.replace((path, found))),
            }
        }
        let Some((path, deepest)) = deepest else { return Ok(None) };
        for (other, found) in others {
            self.check_alike((path, &deepest), (other, &found))?;
        }
        Ok(Some(deepest))
    }

    fn elements_of(&self, path: &Path) -> Result<Elements, Halt> {
        let mut places = vec![Vec::new()];
        let mut empty = Vec::new();
        for depth in 0..path.depth() {
            let mut deeper = Vec::new();
            for each in places {
                let list = path.list(&self.row.fields, &each);
                let count = match list.as_deref() {
                    None if depth == 0 => return Err(self.without(path)),
                    Some(Value::Null) if depth == 0 => return Err(self.empty(path)),
                    None | Some(Value::Null) => 0,
                    Some(Value::Array(list)) => list.len(),
                    Some(other) => {
                        return Err(self.row.place.wrong(&path.text, "a list", other).into());
                    }
                };
                if count == 0 {
                    empty.push(path.list_name().to_owned());
                }
                deeper.extend((0..count).map(|place| [each.as_slice(), &[place]].concat()));
            }
            places = deeper;
        }
        self.met(path);
        Ok(Elements { places, empty })
    }

    /// Lists that are used together have the same length, as deep as both go.
    fn check_alike(
        &self,
        (path, deepest): (&Path, &Elements),
        (other, found): (&Path, &Elements),
    ) -> Result<(), Halt> {
        let depth = other.depth();
        let mut expected: Vec<&[usize]> = deepest.places.iter().map(|it| &it[..depth]).collect();
        expected.dedup();
        let is_whole = depth == path.depth();
        let alike = match is_whole {
            true => found.places == expected,
            // Elements whose own list is empty are elements none the less.
            false => expected.iter().all(|each| found.places.iter().any(|it| it == each)),
        };
        if alike {
            return Ok(());
        }
        let expected = format!("as many elements as `{}`, {}", path.text, expected.len());
        Err(self.row.place.wrong(&other.text, expected, found.places.len()).into())
    }

    fn met(&self, path: &Path) {
        if !self.seen.borrow().there.contains(&path.text) {
            self.seen.borrow_mut().there.insert(path.text.clone());
        }
    }

    /// A row that lacks a path: a cell that is missing, if some other row has it.
    fn without(&self, path: &Path) -> Halt {
        let absent = &mut self.seen.borrow_mut().absent;
        if !absent.contains_key(&path.text) {
            absent.insert(path.text.clone(), no_column(self.row, &path.text));
        }
        Halt::Absent { path: path.text.clone() }
    }

    fn empty(&self, path: &Path) -> Halt {
        let expected = "filled in (`missing = \"skip\"` leaves such records out)";
        let error = self.row.place.wrong(&path.text, expected, "nothing");
        Halt::Empty { path: path.text.clone(), error: Box::new(error) }
    }

    /// What stands at a cell, before `values` translate it.
    fn found(&self, path: &Path) -> Option<Cow<'_, Value>> {
        let found = path.find(&self.row.fields, self.each);
        if found.is_some() {
            self.met(path);
        }
        found
    }

    /// Place in a list, as a text.
    fn position(&self, list: &str) -> Value {
        let depth = list.matches("[*]").count();
        self.each.get(depth).map_or(Value::Null, |place| Value::String(place.to_string()))
    }

    /// A list of a row that has no element.
    pub fn without_element(&self, list: &str) -> Halt {
        let path = format!("{list}[*]");
        let expected = "a list with an element (`missing = \"skip\"` leaves such rows out)";
        let error = self.row.place.wrong(&path, expected, "an empty list");
        Halt::Empty { path, error: Box::new(error) }
    }

    pub fn needed<'v>(&'v self, cell: &'v Cell) -> Result<Cow<'v, Value>, Halt> {
        match cell {
            Cell::Constant(value) => Ok(Cow::Borrowed(value)),
            Cell::Position { list } => Ok(Cow::Owned(self.position(list))),
            Cell::Column { path, values } => {
                let found = self.found(path).ok_or_else(|| self.without(path))?;
                self.translated(path, values.as_ref(), found)
            }
        }
    }

    /// As `values` translates it, or as it stands where `values` says nothing of it.
    pub fn needed_as_it_stands<'v>(&'v self, cell: &'v Cell) -> Result<Cow<'v, Value>, Halt> {
        let Cell::Column { path, values: Some(values) } = cell else { return self.needed(cell) };
        let found = self.found(path).ok_or_else(|| self.without(path))?;
        let values = translation(values, &found).is_some().then_some(values);
        self.translated(path, values, found)
    }

    pub fn optional<'v>(&'v self, cell: Option<&'v Cell>) -> Result<Option<Cow<'v, Value>>, Halt> {
        let (path, values) = match cell {
            None => return Ok(None),
            Some(Cell::Constant(value)) => return Ok(Some(Cow::Borrowed(value))),
            Some(Cell::Position { list }) => return Ok(Some(Cow::Owned(self.position(list)))),
            Some(Cell::Column { path, values }) => (path, values),
        };
        let Some(found) = self.found(path) else {
            self.without(path);
            return Ok(None);
        };
        match self.translated(path, values.as_ref(), found) {
            Ok(value) => Ok(Some(value)),
            Err(Halt::Empty { .. } | Halt::Skipped { .. }) => Ok(None),
            Err(wrong) => Err(wrong),
        }
    }

    /// The first condition that does not hold, with what was found in its place.
    pub fn unmet<'c>(&self, conditions: &'c Conditions) -> Option<(&'c str, String)> {
        conditions.0.iter().find_map(|condition| {
            let found = self.found(&condition.path).unwrap_or_else(|| {
                self.without(&condition.path);
                Cow::Owned(Value::Null)
            });
            let wanted = &condition.wanted;
            (translation(wanted, &found).is_none()).then(|| {
                let found = key(&found).into_owned();
                (&*condition.path.text, found)
            })
        })
    }

    /// The value as the mapping translates it.
    fn translated<'v>(
        &self,
        path: &Path,
        values: Option<&'v BTreeMap<String, Value>>,
        found: Cow<'v, Value>,
    ) -> Result<Cow<'v, Value>, Halt> {
        let blank = match &*found {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            _ => false,
        };
        let translation = values.and_then(|values| translation(values, &found));
        match (values, translation) {
            (_, Some(Value::String(word))) if word == "skip" => {
                Err(Halt::Skipped { path: path.text.clone(), value: key(&found).into_owned() })
            }
            (_, Some(value)) => Ok(Cow::Borrowed(value)),
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
            Cell::Position { list } => list,
        };
        self.row.place.wrong(name, expected, found).into()
    }

    fn spoken(&self, cell: &Cell, value: &Value) -> Result<Spoken, Halt> {
        spoken(value).map_err(|why| {
            let found = format!("{} ({why})", shortened(&value.to_string()));
            self.wrong(cell, "a text or messages", &found)
        })
    }

    /// A text as a response: what the assistant said, without its role if it is one turn.
    pub fn text(&self, cell: &Cell) -> Result<String, Halt> {
        Ok(self.spoken(cell, &*self.needed(cell)?)?.into_response())
    }

    /// A text as a prompt, with all its roles.
    pub fn prompt(&self, cell: &Cell) -> Result<String, Halt> {
        let prompt = self.spoken(cell, &*self.needed(cell)?)?.into_prompt();
        match (prompt, cell) {
            (Some(prompt), _) => Ok(prompt),
            (None, Cell::Column { path, .. }) => Err(self.empty(path)),
            (None, _) => Ok(String::new()),
        }
    }

    /// A text as a context, with all its roles; none if it says nothing.
    pub fn context(&self, cell: Option<&Cell>) -> Result<Option<String>, Halt> {
        match (cell, self.optional(cell)?) {
            (Some(cell), Some(value)) => Ok(self.spoken(cell, &value)?.into_prompt()),
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

    /// The name of a person; none if the cell names nobody.
    pub fn person(&self, cell: Option<&Cell>) -> Result<Option<String>, Halt> {
        Ok(self.optional_text(cell)?.as_deref().and_then(person))
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
        value: &Value,
        expected: &str,
    ) -> Result<T, Halt> {
        T::deserialize(value).map_err(|_| self.wrong(cell, expected, value))
    }

    /// All elements of a list.
    pub fn list(&self, cells: &Cells) -> Result<Vec<Value>, Halt> {
        let one = match cells {
            Cells::Many(cells) => {
                let needed = |cell| self.needed(cell).map(Cow::into_owned);
                return cells.iter().map(needed).collect();
            }
            Cells::One(cell) => cell,
        };
        let Cell::Column { path, values } = one else {
            return Err(self.wrong(one, "a list of columns", &Value::Null));
        };
        if path.each() {
            let places = self.elements_of(path)?.places;
            if places.is_empty() {
                return Err(self.empty(path));
            }
            let at = |each: &Vec<usize>| Reader { each, ..*self }.needed(one).map(Cow::into_owned);
            return places.iter().map(at).collect();
        }
        let found = self.found(path).ok_or_else(|| self.without(path))?;
        match unpacked(found).into_owned() {
            Value::Array(list) if !list.is_empty() => {
                let translated = |it| {
                    self.translated(path, values.as_ref(), Cow::Owned(it)).map(Cow::into_owned)
                };
                list.into_iter().map(translated).collect()
            }
            Value::Array(_) | Value::Null => Err(self.empty(path)),
            other => Err(self.wrong(one, "a list", &other)),
        }
    }

    pub fn texts(&self, cells: &Cells) -> Result<Vec<String>, Halt> {
        let read = |value: Value| match spoken(&value) {
            Ok(spoken) => Ok(spoken.into_response()),
            Err(why) => Err(self.row.place.wrong("texts", "texts or messages", why).into()),
        };
        self.list(cells)?.into_iter().map(read).collect()
    }
}
