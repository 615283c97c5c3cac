//! How are the cells of one row read, as the mapping says?

use super::cell::{Cell, Path, no_column};
use super::halt::Halt;
use super::lost::Lost;
use super::mapping::{Cells, Condition, Conditions};
use super::value::{count, is_among, key, number, says_missing, spoken, text, translation};
use crate::place::shortened;
use crate::spoken::Spoken;
use crate::structured::{MENDED, structured};
use crate::{Aside, ImportError, Row, filled, person};
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
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub row: &'a Row,
    pub each: &'a [usize],
    pub seen: &'a RefCell<Seen>,
    /// Whether an answer may be a text without a word.
    pub keeps_empty: bool,
}

/// The elements that `[*]` goes through.
pub(super) struct Elements {
    /// Places in the lists, from the outermost on.
    pub places: Vec<Vec<usize>>,
    /// Places in the outer lists alone, from the outermost list on.
    around: Vec<Vec<Vec<usize>>>,
    /// Lists without an element.
    pub empty: Vec<EmptyList>,
}

/// A list without an element.
pub(super) struct EmptyList {
    /// The elements that it is within, of the lists around it.
    pub each: Vec<usize>,
    /// Whether it is the list that the last `[*]` of the mapping goes through, and stands in the row.
    pub is_innermost: bool,
    /// As the mapping names it, for counts.
    name: String,
    /// With the places of the elements that it is within.
    at: String,
    found: &'static str,
}

impl Elements {
    /// Places in the list that the `[*]` behind so many others goes through.
    fn of_list(&self, depth: usize) -> &[Vec<usize>] {
        self.around.get(depth).unwrap_or(&self.places)
    }
}

impl<'a> Reader<'a> {
    /// Of a whole row.
    pub fn of(row: &'a Row, seen: &'a RefCell<Seen>) -> Self {
        Self { row, each: &[], seen, keeps_empty: false }
    }

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

    pub fn elements_of(&self, path: &Path) -> Result<Elements, Halt> {
        let mut places = vec![Vec::new()];
        let (mut around, mut empty) = (Vec::new(), Vec::new());
        for depth in 0..path.depth() {
            let mut deeper = Vec::new();
            for each in &places {
                let list = path.list(&self.row.fields, each);
                let list = list.map_err(|why| self.broken(path, why))?;
                let (count, found) = match list.as_deref() {
                    None if depth == 0 => return Err(self.without(path)),
                    Some(Value::Null) if depth == 0 => return Err(self.empty(path)),
                    None | Some(Value::Null) => (0, "nothing"),
                    Some(Value::Array(list)) => (list.len(), "an empty list"),
                    Some(other) => {
                        let expected = a_list(other);
                        return Err(self.row.place.wrong(&path.text, expected, other).into());
                    }
                };
                if count == 0 {
                    empty.push(EmptyList {
                        is_innermost: depth + 1 == path.depth() && found != "nothing",
                        name: path.list_name(depth),
                        at: path.list_at(each),
                        each: each.clone(),
                        found,
                    });
                }
                deeper.extend((0..count).map(|place| [each.as_slice(), &[place]].concat()));
            }
            if depth > 0 {
                around.push(places);
            }
            places = deeper;
        }
        self.met(path);
        if !around.is_empty() {
            self.row.is_read();
        }
        Ok(Elements { places, around, empty })
    }

    /// Lists that are used together have the same length, as deep as both go. Elements whose own list
    /// is empty are elements none the less.
    fn check_alike(
        &self,
        (path, deepest): (&Path, &Elements),
        (other, found): (&Path, &Elements),
    ) -> Result<(), Halt> {
        for depth in 0..other.depth() {
            let (expected, found) = (deepest.of_list(depth), found.of_list(depth));
            let longest = expected.len().max(found.len());
            let Some(differs) = (0..longest).find(|&i| expected.get(i) != found.get(i)) else {
                continue;
            };
            let within =
                expected.get(differs).or(found.get(differs)).map_or(&[][..], |it| &it[..depth]);
            let count =
                |places: &[Vec<usize>]| places.iter().filter(|it| it.starts_with(within)).count();
            let expected =
                format!("as many elements as `{}`, {}", path.list_at(within), count(expected));
            return Err(self.row.place.wrong(other.list_at(within), expected, count(found)).into());
        }
        Ok(())
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
        self.missing(&path.text, "nothing")
    }

    fn missing(&self, path: &str, found: impl std::fmt::Display) -> Halt {
        let expected = "filled in (`missing = \"skip\"` leaves such records out)";
        let error = self.row.place.wrong(path, expected, found);
        Halt::Empty { path: path.to_owned(), error: Box::new(error) }
    }

    /// That a cell is no number; where it says that it is missing, that it is empty.
    pub fn no_number(&self, cell: &Cell, expected: &str, found: &Value) -> Halt {
        match (says_missing(found), cell) {
            (true, Cell::Column { path, .. }) => self.missing(&path.text, found),
            _ => self.wrong(cell, expected, found),
        }
    }

    /// That a rank is no number, or missing.
    pub fn no_rank(&self, found: &Value) -> Halt {
        match says_missing(found) {
            true => self.missing("ranks", found),
            false => self.row.place.wrong("ranks", "numbers", found).into(),
        }
    }

    /// What stands at a cell, before `values` translate it.
    fn found(&self, path: &Path) -> Result<Option<Cow<'a, Value>>, Halt> {
        let found = path.find(&self.row.fields, self.each);
        let found = found.map_err(|why| self.broken(path, why))?;
        if let Some(found) = &found {
            self.met(path);
            if found.is_mended {
                self.tell("cell", &path.text, vec![Aside::Kept(MENDED.to_owned())]);
            }
        }
        Ok(found.map(|found| found.value))
    }

    /// What the report says of something at a cell, however often it is read.
    fn tell(&self, what: &str, cell: &str, asides: Vec<Aside>) {
        if !asides.is_empty() {
            self.row.tell(format!("{what} {cell} {:?}", self.each), asides);
        }
    }

    /// A cell that begins as JSON does and is none.
    fn broken(&self, path: &Path, message: String) -> Halt {
        let place = self.row.place.clone();
        ImportError::Parse { place, path: path.text.clone(), message }.into()
    }

    /// Place in a list, as a text.
    fn position(&self, list: &str) -> Value {
        let depth = list.matches("[*]").count();
        self.each.get(depth).map_or(Value::Null, |place| Value::String(place.to_string()))
    }

    /// A list of a row that has no element.
    pub fn without_element(&self, list: &EmptyList) -> Halt {
        let expected = "a list with an element (`missing = \"skip\"` leaves such rows out)";
        let error = self.row.place.wrong(&list.at, expected, list.found);
        Halt::Empty { path: format!("{}[*]", list.name), error: Box::new(error) }
    }

    pub fn needed<'v>(&'v self, cell: &'v Cell) -> Result<Cow<'v, Value>, Halt> {
        match cell {
            Cell::Constant(value) => Ok(Cow::Borrowed(value)),
            Cell::Position { list } => Ok(Cow::Owned(self.position(list))),
            Cell::Column { path, values } => {
                let found = self.found(path)?.ok_or_else(|| self.without(path))?;
                self.translated(path, values.as_ref(), found)
            }
        }
    }

    /// As `values` translates it, or as it stands where `values` says nothing of it.
    pub fn needed_as_it_stands<'v>(&'v self, cell: &'v Cell) -> Result<Cow<'v, Value>, Halt> {
        let Cell::Column { path, values: Some(values) } = cell else { return self.needed(cell) };
        let found = self.found(path)?.ok_or_else(|| self.without(path))?;
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
        let Some(found) = self.found(path)? else {
            self.without(path);
            return Ok(None);
        };
        match self.translated(path, values.as_ref(), found) {
            Ok(value) => Ok(Some(value)),
            Err(Halt::Empty { .. } | Halt::Skipped { .. }) => Ok(None),
            Err(wrong) => Err(wrong),
        }
    }

    /// Notes which paths the row has: where a record is left out at its first cell, the others are there
    /// none the less, and a column that this row alone has is no slip of the pen.
    pub fn meet<'c>(&self, cells: impl Iterator<Item = &'c Cell>) {
        for cell in cells {
            if let Cell::Column { path, .. } = cell {
                // A cell that is damaged is there as well.
                let _ = self.found(path);
            }
        }
    }

    /// The first condition that does not hold here, with what was found in its place. Conditions about
    /// elements of lists say nothing of what is around the lists.
    pub fn unmet<'c>(&self, conditions: &'c Conditions) -> Result<Option<(&'c str, String)>, Halt> {
        let is_here = |condition: &&Condition| condition.path.depth() <= self.each.len();
        for condition in conditions.0.iter().filter(is_here) {
            let found = self.found(&condition.path)?.unwrap_or_else(|| {
                self.without(&condition.path);
                Cow::Owned(Value::Null)
            });
            if !is_among(&condition.wanted, &found) {
                return Ok(Some((&*condition.path.text, key(&found).into_owned())));
            }
        }
        Ok(None)
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
            (Some(_), None) if says_missing(&found) => Err(self.missing(&path.text, &found)),
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
        self.row.place.wrong(name(cell), expected, found).into()
    }

    /// A text or messages.
    pub fn spoken(&self, cell: &Cell) -> Result<Spoken, Halt> {
        self.read(cell, &*self.needed(cell)?)
    }

    fn read(&self, cell: &Cell, value: &Value) -> Result<Spoken, Halt> {
        let (spoken, asides) = spoken(value).map_err(|why| {
            let found = format!("{} ({why})", shortened(&value.to_string()));
            self.wrong(cell, "a text or messages", &found)
        })?;
        if let Cell::Column { path, .. } = cell {
            self.tell("said", &path.text, asides);
        }
        self.row.is_read();
        Ok(spoken)
    }

    /// A text as a response: what the assistant said, without its role if it is one turn.
    pub fn text(&self, cell: &Cell) -> Result<String, Halt> {
        Ok(self.answer(cell)?.response())
    }

    /// A text or messages where an answer is.
    pub fn answer(&self, cell: &Cell) -> Result<Spoken, Halt> {
        self.read(cell, &*self.answered(cell)?)
    }

    /// What stands where an answer is, which may be a text without a word if these are kept. An empty
    /// cell of a table is one; a null is not, since it says nothing of the answer.
    fn answered<'v>(&'v self, cell: &'v Cell) -> Result<Cow<'v, Value>, Halt> {
        match cell {
            Cell::Column { path, values: None } if self.keeps_empty => match self.found(path)? {
                Some(found) if is_blank(&found) => Ok(found),
                _ => self.needed(cell),
            },
            _ => self.needed(cell),
        }
    }

    /// A prompt; none if the row has none.
    pub fn prompt(&self, cell: &Cell) -> Result<Option<Spoken>, Halt> {
        match self.spoken(cell) {
            Ok(spoken) => Ok(Some(spoken)),
            Err(Halt::Empty { .. } | Halt::Absent { .. }) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// A text as a context, with all its roles; none if it says nothing.
    pub fn context(&self, cell: Option<&Cell>) -> Result<Option<String>, Halt> {
        match (cell, self.optional(cell)?) {
            (Some(cell), Some(value)) => Ok(self.read(cell, &value)?.prompt()),
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
        number(&value).ok_or_else(|| self.no_number(cell, "a number", &value))
    }

    pub fn optional_number(&self, cell: Option<&Cell>) -> Result<Option<f64>, Halt> {
        match (cell, self.optional(cell)?) {
            (Some(_), Some(value)) if says_missing(&value) => Ok(None),
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
        Reader { keeps_empty: false, ..*self }.answered_list(cells)
    }

    fn answered_list(&self, cells: &Cells) -> Result<Vec<Value>, Halt> {
        let one = match cells {
            Cells::Many(cells) => {
                let answered = |cell| self.answered(cell).map(Cow::into_owned);
                return cells.iter().map(answered).collect();
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
            let at =
                |each: &Vec<usize>| Reader { each, ..*self }.answered(one).map(Cow::into_owned);
            return places.iter().map(at).collect();
        }
        let found = self.found(path)?.ok_or_else(|| self.without(path))?;
        match self.list_of(one, path, found)?.into_owned() {
            Value::Array(list) if !list.is_empty() => {
                let item = |item: Value| match self.keeps_empty && is_blank(&item) {
                    true => Ok(item),
                    false => self
                        .translated(path, values.as_ref(), Cow::Owned(item))
                        .map(Cow::into_owned),
                };
                list.into_iter().map(item).collect()
            }
            Value::Array(_) | Value::Null => Err(self.empty(path)),
            other => Err(self.wrong(one, a_list(&other), &other)),
        }
    }

    /// All elements of a list; none for those that `values` says to skip.
    pub fn unless_skipped(&self, cell: &Cell) -> Result<Vec<Option<Value>>, Halt> {
        let Cell::Column { path, values } = cell else {
            return Err(self.wrong(cell, "a list", &Value::Null));
        };
        let found = self.found(path)?.ok_or_else(|| self.without(path))?;
        let read = |value| match self.translated(path, values.as_ref(), Cow::Owned(value)) {
            Err(Halt::Skipped { .. }) => Ok(None),
            other => other.map(|value| Some(value.into_owned())),
        };
        match self.list_of(cell, path, found)?.into_owned() {
            Value::Array(list) if !list.is_empty() => list.into_iter().map(read).collect(),
            Value::Array(_) | Value::Null => Err(self.empty(path)),
            other => Err(self.row.place.wrong(&path.text, a_list(&other), &other).into()),
        }
    }

    /// The list that a cell has, in any way of writing one.
    fn list_of<'v>(
        &self,
        cell: &Cell,
        path: &Path,
        found: Cow<'v, Value>,
    ) -> Result<Cow<'v, Value>, Halt> {
        match path.split_up(&found) {
            Some(list) => Ok(Cow::Owned(list)),
            None => self.unpacked(cell, found),
        }
    }

    /// What a cell has, unpacked if it is a list or an object that is written as text.
    pub fn unpacked<'v>(&self, cell: &Cell, found: Cow<'v, Value>) -> Result<Cow<'v, Value>, Halt> {
        let (Value::String(text), Cell::Column { path, .. }) = (&*found, cell) else {
            return Ok(found);
        };
        let listed = structured(text).map_err(|why| self.broken(path, why))?;
        let Some(listed) = listed else { return Ok(found) };
        if listed.is_mended {
            self.tell("cell", &path.text, vec![Aside::Kept(MENDED.to_owned())]);
        }
        Ok(Cow::Owned(listed.value))
    }

    /// All elements of a list, as texts or messages.
    pub fn said(&self, cells: &Cells) -> Result<Vec<Spoken>, Halt> {
        let cell = match cells {
            Cells::One(cell) => name(cell),
            Cells::Many(cells) => cells.first().map_or("texts", name),
        };
        let read = |(number, value): (usize, Value)| match spoken(&value) {
            Ok((spoken, asides)) => {
                self.tell(&format!("said {number}"), cell, asides);
                self.row.is_read();
                Ok(spoken)
            }
            Err(why) => Err(self.row.place.wrong("texts", "texts or messages", why).into()),
        };
        self.answered_list(cells)?.into_iter().enumerate().map(read).collect()
    }
}

/// Whether it is a text without a word.
fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// A cell as messages call it.
fn name(cell: &Cell) -> &str {
    match cell {
        Cell::Column { path, .. } => &path.text,
        Cell::Constant(_) => "constant",
        Cell::Position { list } => list,
    }
}

/// A text may be a list for those who know what its elements are apart by.
fn a_list(found: &Value) -> &'static str {
    match found {
        Value::String(_) => "a list (one that is written as a text needs `split`)",
        _ => "a list",
    }
}
