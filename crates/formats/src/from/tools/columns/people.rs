//! People of a mapping: which cell names a person, and which cells say what is known of them.

use super::cell::Cell;
use super::halt::Halt;
use super::reader::Reader;
use crate::filled;
use medley_dataset::PersonValue;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// `[import.columns.people]`: `annotator`, and a cell for each attribute under its name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
pub(super) struct PeopleForm {
    annotator: Cell,
    attributes: Vec<(String, Attribute)>,
}

/// A cell as it is, or the number that it says.
#[derive(Clone, Debug)]
enum Attribute {
    Cell(Cell),
    Number(Cell),
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
            let attribute = Attribute::try_from(value);
            let attribute = attribute.map_err(|error| format!("people: `{name}`: {error}"))?;
            attributes.push((name, attribute));
        }
        // TOML does not say in which order keys come.
        attributes.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(Self { annotator, attributes })
    }
}

impl From<PeopleForm> for Map<String, Value> {
    fn from(form: PeopleForm) -> Self {
        let attributes = form.attributes.into_iter().map(|(name, attribute)| {
            let value = match attribute {
                Attribute::Cell(cell) => cell.into(),
                Attribute::Number(cell) => serde_json::json!({ "number": Value::from(cell) }),
            };
            (name, value)
        });
        std::iter::once(("annotator".to_owned(), form.annotator.into())).chain(attributes).collect()
    }
}

impl TryFrom<Value> for Attribute {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        match value {
            Value::Object(mut fields) if fields.len() == 1 && fields.contains_key("number") => {
                let cell = fields.remove("number").unwrap_or_default();
                Cell::try_from(cell).map(Self::Number)
            }
            other => Cell::try_from(other).map(Self::Cell),
        }
    }
}

impl PeopleForm {
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        let attributes = self.attributes.iter().map(|(_, attribute)| match attribute {
            Attribute::Cell(cell) | Attribute::Number(cell) => cell,
        });
        std::iter::once(&self.annotator).chain(attributes)
    }

    /// What a row tells of a person; nothing if it names nobody.
    pub fn read(&self, cells: &Reader<'_>) -> Result<Option<Person<'_>>, Halt> {
        let Some(id) = cells.optional_text(Some(&self.annotator))? else { return Ok(None) };
        let mut attributes = Vec::new();
        for (name, attribute) in &self.attributes {
            attributes.push((name.as_str(), value(cells, attribute)?));
        }
        Ok(Some((id, attributes)))
    }
}

/// A name, and what is known by the names of the columns.
type Person<'a> = (String, Vec<(&'a str, Option<PersonValue>)>);

fn value(cells: &Reader<'_>, attribute: &Attribute) -> Result<Option<PersonValue>, Halt> {
    let cell = match attribute {
        Attribute::Number(cell) => {
            return Ok(cells.optional_number(Some(cell))?.map(PersonValue::Number));
        }
        Attribute::Cell(cell) => cell,
    };
    Ok(match cells.optional(Some(cell))? {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => filled(&text).map(PersonValue::Text),
        Some(Value::Number(number)) => number.as_f64().map(PersonValue::Number),
        Some(Value::Bool(truth)) => Some(PersonValue::Text(truth.to_string())),
        Some(other) => return Err(cells.wrong(cell, "a text or a number", &other)),
    })
}
