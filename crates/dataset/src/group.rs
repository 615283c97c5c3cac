//! Groups: the prompts or episodes that segments belong to, which a split keeps whole.

use crate::DatasetError;
use std::collections::HashMap;

/// The groups of a dataset, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    rows: Vec<Group>,
    index: HashMap<String, u32>,
}

/// One row of the group table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    pub id: String,
    pub prompt: Option<String>,
    pub context: Option<String>,
}

impl Groups {
    pub(crate) fn new(rows: Vec<Group>) -> Result<Self, DatasetError> {
        let mut index = HashMap::new();
        for (place, row) in rows.iter().enumerate() {
            if index.insert(row.id.clone(), place as u32).is_some() {
                return Err(DatasetError::Duplicate { what: "group", id: row.id.clone() });
            }
        }
        Ok(Self { rows, index })
    }

    /// Number of groups.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Position of a group.
    pub fn index(&self, id: &str) -> Option<u32> {
        self.index.get(id).copied()
    }

    /// Name of group `g`. Panics beyond [`Groups::len`], as a slice does.
    pub fn id(&self, g: usize) -> &str {
        &self.rows[g].id
    }

    /// What was asked in group `g`.
    pub fn prompt(&self, g: usize) -> Option<&str> {
        self.rows[g].prompt.as_deref()
    }

    /// What the answer may rest on in group `g`.
    pub fn context(&self, g: usize) -> Option<&str> {
        self.rows[g].context.as_deref()
    }
}
