//! A second table, whose columns come to the rows of the first by a key.
//!
//! The second table is held in memory, and so it has to be the smaller one: of ratings and the texts
//! that they are about, the texts. A key that is there twice would make two rows of one, or choose one
//! of the two unasked, and is an error.

use super::cell::Path as CellPath;
use super::value::text;
use crate::rows::named::FieldNames;
use crate::rows::{Found, each_found};
use crate::{Dialect, Draft, Fields, ImportError, Place, Reading, Row, person};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// `[import.columns.join]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Join {
    /// The second table, beside the first or by its whole path.
    file: PathBuf,
    on: On,
    /// Where its columns stand, so that they are `item.text`; else they keep their names.
    prefix: Option<String>,
    #[serde(default)]
    missing: Partner,
    quoted: Option<bool>,
    member: Option<String>,
    rows: Option<String>,
}

/// The key in each of the tables.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
struct On {
    left: CellPath,
    right: CellPath,
}

/// What becomes of a row whose key the second table does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Partner {
    #[default]
    Error,
    /// It is left out and counted.
    Skip,
    /// The columns of the second table are empty in it.
    Keep,
}

impl TryFrom<Value> for On {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let parse = |text: &str| CellPath::parse(text);
        if let Value::String(both) = &value {
            return Ok(Self { left: parse(both)?, right: parse(both)? });
        }
        let fields = value.as_object().filter(|fields| fields.len() == 2);
        let side = |name: &str| fields.and_then(|fields| fields.get(name)?.as_str());
        match (side("left"), side("right")) {
            (Some(left), Some(right)) => Ok(Self { left: parse(left)?, right: parse(right)? }),
            _ => Err(format!(
                "join: `on` must be the name of a column in both tables, or {{ left = ..., right = \
                 ... }}, found {value}"
            )),
        }
    }
}

impl From<On> for Value {
    fn from(on: On) -> Self {
        serde_json::json!({ "left": on.left.text, "right": on.right.text })
    }
}

/// Bytes that the second table may take.
const MOST_BYTES: usize = 1 << 30;

/// The second table in memory.
pub(super) struct Joined<'a> {
    join: &'a Join,
    file: PathBuf,
    /// Columns and values that the mapping asks for by name.
    asked: BTreeSet<&'a str>,
    rows: HashMap<String, Partnered>,
    columns: BTreeSet<String>,
    /// Keys that some row of the first table had.
    met: RefCell<BTreeSet<String>>,
    /// Names of the row before, which the next one mostly has as well.
    names: RefCell<Arc<FieldNames>>,
}

struct Partnered {
    place: Place,
    fields: Fields,
}

impl Join {
    /// Reads the second table, which lies beside `source`. `asked` are names that the mapping asks
    /// for.
    ///
    /// # Errors
    /// It cannot be read to its end, has a key twice, or is too large.
    pub fn read<'a>(
        &'a self,
        source: &Path,
        asked: BTreeSet<&'a str>,
        reading: &Reading<'_>,
    ) -> Result<Joined<'a>, ImportError> {
        self.read_within(source, asked, reading, MOST_BYTES)
    }

    fn read_within<'a>(
        &'a self,
        source: &Path,
        asked: BTreeSet<&'a str>,
        reading: &Reading<'_>,
        most_bytes: usize,
    ) -> Result<Joined<'a>, ImportError> {
        let beside = if source.is_dir() { Some(source) } else { source.parent() };
        let file = beside.map_or(self.file.clone(), |folder| folder.join(&self.file));
        let reading = Reading {
            quoted: self.quoted.or(reading.quoted),
            member: self.member.as_deref(),
            rows: self.rows.as_deref(),
            ..*reading
        };
        let mut joined = Joined {
            join: self,
            file: file.clone(),
            asked,
            rows: HashMap::new(),
            columns: BTreeSet::new(),
            met: RefCell::default(),
            names: RefCell::default(),
        };
        let mut bytes = 0;
        each_found(&file, Dialect::Quoted, &reading, &mut |found| {
            let Found::Row(row) = found else { return Ok(()) };
            let row = row?;
            bytes += size(&row.fields);
            if bytes > most_bytes {
                let found = format!("more than {most_bytes} bytes up to {}", row.place);
                let expected = "a second table that fits in memory; join the smaller one to the \
                                larger, or drop columns that are not used";
                return Err(unfit(&file, expected, found));
            }
            joined.add(row)
        })?;
        Ok(joined)
    }
}

/// What stands at the place of the key.
fn find<'r>(path: &CellPath, row: &'r Row) -> Result<Option<Cow<'r, Value>>, ImportError> {
    let found = path.find(&row.fields, &[]).map_err(|message| ImportError::Parse {
        place: row.place.clone(),
        path: path.text.clone(),
        message,
    })?;
    Ok(found.map(|found| found.value))
}

impl Joined<'_> {
    fn add(&mut self, row: Row) -> Result<(), ImportError> {
        let right = &self.join.on.right;
        let found = find(right, &row)?;
        let Some(found) = found else {
            let columns = row.fields.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>();
            let expected = format!("among the columns {}", columns.join(", "));
            return Err(row.place.wrong(&right.text, expected, "no such column"));
        };
        let Some(key) = key(&found) else {
            return Err(row.place.wrong(&right.text, "a key", "nothing"));
        };
        if let Some(before) = self.rows.get(&key) {
            let expected = "in one row only";
            let found =
                format!("{key:?}, which {} {} has too", before.place.unit, before.place.number);
            return Err(row.place.wrong(&right.text, expected, found));
        }
        let Row { place, fields, .. } = row;
        for column in fields.keys().filter(|name| !self.columns.contains(*name)).collect::<Vec<_>>()
        {
            self.columns.insert(column.clone());
        }
        self.rows.insert(key, Partnered { place, fields });
        Ok(())
    }

    /// The row with the columns of its partner; none if it is left out, which is counted.
    ///
    /// # Errors
    /// It has no partner, or a column that is asked for is in both tables.
    pub fn with_partner(
        &self,
        draft: &mut Draft<'_>,
        row: &Row,
    ) -> Result<Option<Row>, ImportError> {
        let left = &self.join.on.left;
        let found = find(left, row)?.unwrap_or_default();
        let key = key(&found);
        let partner = key.as_ref().and_then(|key| self.rows.get(key));
        let fields = match (partner, self.join.missing) {
            (Some(partner), _) => {
                self.met.borrow_mut().extend(key);
                let known = partner.fields.iter();
                known.map(|(name, value)| (name.as_str(), value.clone())).collect()
            }
            (None, Partner::Keep) => {
                draft.keep(&format!("row without a partner in {}", self.name()));
                self.columns.iter().map(|name| (name.as_str(), Value::Null)).collect()
            }
            (None, Partner::Skip) => {
                draft.drop(&format!("row whose `{}` is not in {}", left.text, self.name()));
                return Ok(None);
            }
            (None, Partner::Error) => {
                let expected = format!(
                    "one of the {} keys `{}` of {} (`missing = \"skip\"` leaves such rows out, \
                     \"keep\" leaves their cells empty)",
                    self.rows.len(),
                    self.join.on.right.text,
                    self.name()
                );
                return Err(row.place.wrong(&left.text, expected, found));
            }
        };
        self.united(row, fields).map(Some)
    }

    fn united(&self, row: &Row, partner: Vec<(&str, Value)>) -> Result<Row, ImportError> {
        let partner = match &self.join.prefix {
            None => partner,
            Some(prefix) => {
                let fields = partner.into_iter().map(|(name, value)| (name.to_owned(), value));
                vec![(prefix.as_str(), fields.collect())]
            }
        };
        let mut added = Vec::new();
        let On { left, right } = &self.join.on;
        for (name, value) in partner {
            let is_key = name == left.text && name == right.text;
            if !row.fields.contains_key(name) {
                added.push((name, value));
            } else if !is_key && self.asked.contains(name) {
                let expected = format!(
                    "in one of the two tables; with `prefix = \"other\"` that of {} is `other.{name}`",
                    self.name()
                );
                return Err(row.place.wrong(name, expected, "it in both"));
            }
        }
        let fields = row.fields.with(added, &mut self.names.borrow_mut());
        let mut joined = Row::new(row.place.clone(), fields);
        joined.is_of_table = row.is_of_table;
        Ok(joined)
    }

    /// What to say of the table in the report.
    pub fn notes(&self) -> Vec<String> {
        let (rows, met) = (self.rows.len(), self.met.borrow().len());
        let mut notes = vec![format!("joined {rows} rows of {} by a key", self.name())];
        if met < rows {
            notes.push(format!(
                "{} rows of {} are not asked for by any row",
                rows - met,
                self.name()
            ));
        }
        notes
    }

    fn name(&self) -> String {
        self.file.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

fn unfit(file: &Path, expected: &str, found: String) -> ImportError {
    ImportError::File { file: file.to_owned(), expected: expected.to_owned(), found }
}

/// A key as every table writes it, as names of people are; none where a cell is empty.
fn key(value: &Value) -> Option<String> {
    text(value).as_deref().and_then(person)
}

/// Bytes of names and values, without what holds them.
fn size<'f>(fields: impl IntoIterator<Item = (&'f String, &'f Value)>) -> usize {
    fields.into_iter().map(|(name, value)| name.len() + size_of_value(value)).sum()
}

fn size_of_value(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(|value| 16 + size_of_value(value)).sum(),
        Value::Object(fields) => size(fields),
        _ => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_table_beyond_the_limit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("items.csv");
        std::fs::write(&file, "id,text\nq1,Yes.\nq2,No.\n").unwrap();
        let join: Join = toml::from_str("file = \"items.csv\"\non = \"id\"").unwrap();
        let read = |most| {
            let source = folder.path().join("votes.csv");
            let told = join.read_within(&source, BTreeSet::new(), &Reading::default(), most);
            told.map(|joined| joined.rows.len()).map_err(|error| error.to_string())
        };
        // Names of columns and cells: 12 bytes and 11.
        assert_eq!(read(23), Ok(2));
        let error = read(22).unwrap_err();
        assert!(
            error.contains("found more than 22 bytes up to ") && error.ends_with("line 3"),
            "{error}"
        );
    }
}
