//! `[import.columns.segments]`: what is known of the texts in a cell, such as the model that wrote them.
//!
//! It belongs to the cell and not to a record, since several records may be about one text, which is
//! one segment only if all say the same of it.

use super::attribute::Attribute;
use super::cell::Cell;
use super::halt::Halt;
use super::reader::Reader;
use super::value;
use crate::attribute::exact_number;
use medley_dataset::{MetadataColumn, MetadataValue};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Columns of metadata by the cell of the texts that they are about.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
pub(super) struct SegmentsForm(BTreeMap<String, Vec<(String, Attribute)>>);

impl TryFrom<Map<String, Value>> for SegmentsForm {
    type Error = String;

    fn try_from(cells: Map<String, Value>) -> Result<Self, String> {
        let described = cells.into_iter().map(|(cell, columns)| match columns {
            Value::Object(columns) => Ok((cell.clone(), attributes(&cell, columns)?)),
            other => Err(format!(
                "segments: `{cell}`: expected columns, such as {{ model = \"model_a\" }}, found {other}"
            )),
        });
        described.collect::<Result<_, String>>().map(Self)
    }
}

fn attributes(cell: &str, columns: Map<String, Value>) -> Result<Vec<(String, Attribute)>, String> {
    let wrong = |name: &str, error: &str| format!("segments: `{cell}`: `{name}`: {error}");
    let attribute = |(name, value): (String, Value)| {
        MetadataColumn::check_name(&name).map_err(|expected| {
            wrong(&name, &format!("a column of metadata must be {expected}"))
        })?;
        let attribute = Attribute::try_from(value).map_err(|error| wrong(&name, &error))?;
        Ok((name, attribute))
    };
    let mut attributes = columns.into_iter().map(attribute).collect::<Result<Vec<_>, String>>()?;
    // TOML does not say in which order keys come.
    attributes.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(attributes)
}

impl From<SegmentsForm> for Map<String, Value> {
    fn from(form: SegmentsForm) -> Self {
        let columns = |attributes: Vec<(String, Attribute)>| {
            attributes.into_iter().map(|(name, attribute)| (name, attribute.into())).collect()
        };
        form.0.into_iter().map(|(cell, it)| (cell, Value::Object(columns(it)))).collect()
    }
}

impl SegmentsForm {
    /// Cells of texts that something is said of.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// All cells that say something of a text.
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.0.values().flatten().map(|(_, attribute)| attribute.cell())
    }

    /// What is said of the texts of a cell.
    pub fn of(&self, cell: &Cell) -> &[(String, Attribute)] {
        match cell {
            Cell::Column { path, .. } => self.0.get(&path.text).map_or(&[], Vec::as_slice),
            Cell::Constant(_) | Cell::Position { .. } => &[],
        }
    }

    /// What a row says of the text of a cell.
    pub fn read(
        &self,
        text: &Cell,
        cells: &Reader<'_>,
    ) -> Result<Vec<(String, MetadataValue)>, Halt> {
        let mut metadata = Vec::new();
        for (name, attribute) in self.of(text) {
            if let Some(found) = cells.optional(Some(attribute.cell()))? {
                metadata.extend(value(cells, attribute, &found)?.map(|it| (name.clone(), it)));
            }
        }
        Ok(metadata)
    }

    /// What a row says of each of so many texts that stand as a list in one cell: a list of as many
    /// values, or one for all.
    pub fn read_list(
        &self,
        texts: &Cell,
        count: usize,
        cells: &Reader<'_>,
    ) -> Result<Vec<Vec<(String, MetadataValue)>>, Halt> {
        let mut metadata = vec![Vec::new(); count];
        for (name, attribute) in self.of(texts) {
            let cell = attribute.cell();
            let Some(found) = cells.optional(Some(cell))? else { continue };
            let values = match cells.unpacked(cell, found)?.into_owned() {
                Value::Array(list) if list.len() == count => list,
                Value::Array(list) => {
                    let expected = format!("as many values as there are texts, {count}");
                    return Err(cells.wrong(cell, &expected, list.len()));
                }
                one => vec![one; count],
            };
            for (of_text, found) in metadata.iter_mut().zip(values) {
                of_text.extend(value(cells, attribute, &found)?.map(|it| (name.clone(), it)));
            }
        }
        Ok(metadata)
    }
}

/// A number that is not asked for as one is a name, as 7 of "model 7".
fn value(
    cells: &Reader<'_>,
    attribute: &Attribute,
    found: &Value,
) -> Result<Option<MetadataValue>, Halt> {
    let wrong = |expected: &str| Err(cells.wrong(attribute.cell(), expected, found));
    match (attribute, found) {
        (_, Value::Null) => Ok(None),
        (Attribute::Number(_), found) if value::says_missing(found) => Ok(None),
        (Attribute::Number(_), found) => match exact_number(found) {
            Some(number) => Ok(Some(MetadataValue::Number(number))),
            None if value::number(found).is_some() => wrong("a number up to 2^53"),
            None => wrong("a number"),
        },
        (Attribute::Cell(_), found) => match value::text(found) {
            Some(text) => Ok(crate::filled(&text).map(MetadataValue::Text)),
            None => wrong("a text or a number"),
        },
    }
}
