//! People of a mapping: which cell names a person, and which cells say what is known of them.

use super::attribute::Attribute;
use super::cell::Cell;
use super::halt::Halt;
use super::reader::Reader;
use super::value;
use crate::attribute::{GROUP, attribute, exact_number};
use medley_dataset::{PersonColumn, PersonValue};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// `[import.columns.people]`: `annotator`, and a cell for each attribute under its name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
pub(super) struct PeopleForm {
    annotator: Cell,
    attributes: Vec<(String, Attribute)>,
}

impl TryFrom<Map<String, Value>> for PeopleForm {
    type Error = String;

    fn try_from(mut fields: Map<String, Value>) -> Result<Self, String> {
        let Some(annotator) = fields.remove("annotator") else {
            return Err("people: `annotator` has to say whom a row is about".into());
        };
        let annotator = Cell::try_from(annotator)?;
        let mut attributes = Vec::new();
        for (name, value) in fields {
            let wrong = |error: &str| format!("people: `{name}`: {error}");
            PersonColumn::check_name(&name)
                .map_err(|expected| wrong(&format!("a column of people must be {expected}")))?;
            let attribute = Attribute::try_from(value).map_err(|error| wrong(&error))?;
            if name == GROUP && matches!(attribute, Attribute::Number(_)) {
                return Err(wrong("a group is a text, as that of a record is"));
            }
            attributes.push((name, attribute));
        }
        // TOML does not say in which order keys come.
        attributes.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(Self { annotator, attributes })
    }
}

impl From<PeopleForm> for Map<String, Value> {
    fn from(form: PeopleForm) -> Self {
        let attributes =
            form.attributes.into_iter().map(|(name, attribute)| (name, attribute.into()));
        std::iter::once(("annotator".to_owned(), form.annotator.into())).chain(attributes).collect()
    }
}

impl PeopleForm {
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        let attributes = self.attributes.iter().map(|(_, attribute)| attribute.cell());
        std::iter::once(&self.annotator).chain(attributes)
    }

    /// What a row tells of a person; nothing if it names nobody.
    pub fn read(&self, cells: &Reader<'_>) -> Result<Option<Person<'_>>, Halt> {
        let Some(id) = cells.person(Some(&self.annotator))? else { return Ok(None) };
        let mut attributes = Vec::new();
        for (name, attribute) in &self.attributes {
            attributes.push((name.as_str(), value(cells, name, attribute)?));
        }
        Ok(Some((id, attributes)))
    }
}

/// A name, and what is known by the names of the columns.
type Person<'a> = (String, Vec<(&'a str, Option<PersonValue>)>);

fn value(cells: &Reader<'_>, name: &str, source: &Attribute) -> Result<Option<PersonValue>, Halt> {
    let cell = source.cell();
    let Some(found) = cells.optional(Some(cell))? else { return Ok(None) };
    let value = match (source, &*found) {
        (_, Value::Null) => Ok(None),
        (Attribute::Number(_), found) if value::says_missing(found) => Ok(None),
        (Attribute::Number(_), found) => match exact_number(found) {
            Some(number) => Ok(Some(PersonValue::Number(number))),
            None if value::number(found).is_some() => Err("a number up to 2^53"),
            None => Err("a number"),
        },
        (Attribute::Cell(_), Value::Bool(truth)) => Ok(Some(PersonValue::Text(truth.to_string()))),
        (Attribute::Cell(_), found) => attribute(name, found),
    };
    value.map_err(|expected| cells.wrong(cell, expected, &found))
}
