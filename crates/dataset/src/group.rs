//! Groups: the prompts or episodes that segments belong to, which a split keeps whole.

use crate::DatasetError;
use crate::name_index::NameIndex;

/// The groups of a dataset, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    rows: Vec<Group>,
    index: NameIndex,
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
        let mut index = NameIndex::default();
        for place in 0..rows.len() {
            if !index.insert(place, |place| &rows[place].id) {
                let id = rows[place].id.clone();
                return Err(DatasetError::Duplicate { what: "group", id });
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
        self.index.find(id, |place| &self.rows[place].id).map(|place| place as u32)
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
