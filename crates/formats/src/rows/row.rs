//! A row of a source: its fields, and where it stands.

use crate::rows::known_fields::known_fields;
use crate::rows::named::Fields;
use crate::rows::place::shortened;
use crate::{ImportError, Place};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// What the report says of a value, beside the records that it went into.
#[derive(Clone, Debug)]
pub(crate) enum Aside {
    /// It was kept in another form.
    Kept(String),
    /// It is not kept.
    Dropped(String),
}

/// One row: its fields by name, and where it stands. Cells of CSV and TSV are strings; [`crate::number`]
/// and its like read both.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where it stands.
    pub place: Place,
    /// Its fields.
    pub fields: Fields,
    /// Fields that hold something and that the type asked for does not have.
    unread: RefCell<BTreeSet<String>>,
    /// What the report says of values in it, by their place, so that one that is read twice is told once.
    asides: RefCell<BTreeMap<String, Vec<Aside>>>,
    /// Whether it is of a table, whose cells can hold nothing but texts.
    pub(crate) is_of_table: bool,
    /// What was mended in it.
    pub(crate) mended: Option<&'static str>,
    /// Why it may be no row at all.
    pub(crate) doubt: Option<String>,
    /// Whether a field that was asked for was there and could be read.
    is_one: Cell<bool>,
}

impl Row {
    /// A row of these fields.
    pub fn new(place: Place, fields: impl Into<Fields>) -> Self {
        Self {
            place,
            fields: fields.into(),
            unread: RefCell::default(),
            asides: RefCell::default(),
            is_of_table: false,
            mended: None,
            doubt: None,
            is_one: Cell::default(),
        }
    }

    /// The row as a type. A field that the type does not have is no error, even if the type denies
    /// unknown fields; the import counts it. Only one that looks like a misspelling of a field that
    /// is absent is refused.
    ///
    /// # Errors
    /// A field is missing, misspelt or of another type; the message has its path.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ImportError> {
        let Some(known) = known_fields::<T>() else { return self.read(&self.fields) };
        let is_known = |name: &String| known.contains(&name.as_str());
        let is_plain =
            |value: &Value| !holds_nothing(value) && !value.is_array() && !value.is_object();
        if self.fields.iter().any(|(name, value)| is_known(name) && is_plain(value)) {
            self.is_read();
        }
        if self.fields.keys().all(is_known) {
            return self.read(&self.fields);
        }
        let (fields, others): (Map<String, Value>, Map<String, Value>) =
            self.fields.to_map().into_iter().partition(|(name, _)| is_known(name));
        others.keys().try_for_each(|name| self.check_spelling(name, known))?;
        let read =
            self.read(&Fields::from(fields)).map_err(|error| with_unknown(error, &others))?;
        let told = others.into_iter().filter(|(_, value)| !holds_nothing(value));
        self.unread.borrow_mut().extend(told.map(|(name, _)| name));
        Ok(read)
    }

    /// That a field is kept after all, though the type asked for does not have it.
    pub(crate) fn keep(&self, name: &str) {
        self.unread.borrow_mut().remove(name);
    }

    /// Notes that a field that was asked for was there and could be read: it is a row.
    pub(crate) fn is_read(&self) {
        self.is_one.set(true);
    }

    /// Takes over what was noted of the same row with other fields.
    pub(crate) fn take_notes(&self, of: &Self) {
        self.unread.borrow_mut().extend(of.unread());
        self.asides.borrow_mut().extend(of.asides.borrow().clone());
        self.is_one.set(self.is_one.get() || of.is_one.get());
    }

    /// Why it may be no row at all, unless something of it could be read.
    pub(crate) fn doubt(&self) -> Option<&str> {
        self.doubt.as_deref().filter(|_| !self.is_one.get())
    }

    /// Fields that were not asked for, so far.
    pub(crate) fn unread(&self) -> BTreeSet<String> {
        self.unread.borrow().clone()
    }

    /// Remembers what the report says of the value at a place of the row.
    pub(crate) fn tell(&self, place: String, asides: Vec<Aside>) {
        self.asides.borrow_mut().insert(place, asides);
    }

    /// What the report says of values in it.
    pub(crate) fn asides(&self) -> Vec<Aside> {
        self.asides.borrow().values().flatten().cloned().collect()
    }

    /// Refuses the name of a field that is one or two letters from one that is absent.
    pub(crate) fn check_spelling(&self, name: &str, known: &[&str]) -> Result<(), ImportError> {
        let absent = known.iter().filter(|known| !self.fields.contains_key(known));
        let most = |known: &str| if known.len() < 8 { 1 } else { 2 };
        let near = |known: &&&str| {
            known.len() > 4 && strsim::damerau_levenshtein(name, known) <= most(known)
        };
        match absent.into_iter().find(near) {
            Some(meant) => Err(self.place.wrong(
                "name of a column",
                format!("one of {}", known.join(", ")),
                format!("{name}; is `{meant}` meant?"),
            )),
            None => Ok(()),
        }
    }

    fn read<T: DeserializeOwned>(&self, fields: &Fields) -> Result<T, ImportError> {
        // Most rows are sound, and keeping account of the path takes longer than reading them.
        if let Ok(read) = T::deserialize(fields.reader()) {
            return Ok(read);
        }
        serde_path_to_error::deserialize(fields.reader()).map_err(|error| ImportError::Parse {
            place: self.place.clone(),
            path: error.path().to_string(),
            message: shortened(&error.inner().to_string()),
        })
    }
}

/// The error of a row whose other fields may tell why.
fn with_unknown(error: ImportError, others: &Map<String, Value>) -> ImportError {
    match error {
        ImportError::Parse { place, path, message } => {
            let names: Vec<String> = others.keys().map(|name| format!("`{name}`")).collect();
            let message = format!("{message}; unknown field {}", names.join(", "));
            ImportError::Parse { place, path, message: shortened(&message) }
        }
        other => other,
    }
}

fn holds_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// What is found in a file, in its order.
pub(crate) enum Found {
    /// A row, or the error of one whose neighbours can still be read.
    Row(Result<Row, ImportError>),
    /// Something that is no row and is left out, by reason.
    Left(&'static str),
    /// How the file was read, where that had to be told from its content.
    Note(String),
}

/// Takes what is found.
pub(crate) type Take<'a> = &'a mut dyn FnMut(Found) -> Result<(), ImportError>;
