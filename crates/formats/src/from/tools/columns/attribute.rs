//! Which cell says what is known of a person or of a text, and whether as a number?

use super::cell::Cell;
use serde_json::Value;

/// A cell as it is, or the number that it says: `{ number = "age" }`.
#[derive(Clone, Debug)]
pub(super) enum Attribute {
    Cell(Cell),
    Number(Cell),
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

impl From<Attribute> for Value {
    fn from(attribute: Attribute) -> Self {
        match attribute {
            Attribute::Cell(cell) => cell.into(),
            Attribute::Number(cell) => serde_json::json!({ "number": Self::from(cell) }),
        }
    }
}

impl Attribute {
    pub fn cell(&self) -> &Cell {
        let (Self::Cell(cell) | Self::Number(cell)) = self;
        cell
    }
}
