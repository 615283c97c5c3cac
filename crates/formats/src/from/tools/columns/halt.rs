//! Why is a record not made: is it an error, or left out and counted?

use super::cell::no_column;
use super::mapping::{Mapping, Missing};
use crate::{Draft, ImportError, Row};

/// Why a record is not made.
pub(super) enum Halt {
    Wrong(ImportError),
    /// A cell that the record needs is empty.
    Empty {
        path: String,
        error: Box<ImportError>,
    },
    /// The row lacks a path that the record needs.
    Absent {
        path: String,
    },
    /// The mapping says so for this value.
    Skipped {
        path: String,
        value: String,
    },
    /// A condition of the mapping does not hold.
    Unmet {
        path: String,
        value: String,
    },
}

impl From<ImportError> for Halt {
    fn from(error: ImportError) -> Self {
        Self::Wrong(error)
    }
}

impl Halt {
    /// An error, or why the record is left out, which is counted.
    pub fn settle(
        self,
        draft: &mut Draft<'_>,
        row: &Row,
        mapping: &Mapping,
    ) -> Result<String, ImportError> {
        let kind = mapping.form.kind();
        let reason = match self {
            Self::Wrong(error) => return Err(error),
            Self::Empty { error, .. } if mapping.who.missing == Missing::Error => {
                return Err(*error);
            }
            Self::Absent { path } if mapping.who.missing == Missing::Error => {
                return Err(no_column(row, &path));
            }
            Self::Empty { path, .. } | Self::Absent { path } => {
                format!("{kind} without `{path}`")
            }
            Self::Skipped { path, value } => format!("{kind} whose `{path}` is {value:?}: skipped"),
            Self::Unmet { path, value } => {
                format!("{kind} whose `{path}` is {value:?}, which `where` does not ask for")
            }
        };
        draft.drop(&reason);
        Ok(reason)
    }
}
