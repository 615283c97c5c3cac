//! Why is a record not made: is it an error, or left out and counted?

use super::mapping::{Mapping, Missing};
use crate::{Draft, ImportError};

/// Why a record is not made.
pub(super) enum Halt {
    Wrong(ImportError),
    /// A cell that the record needs is empty.
    Empty {
        path: String,
        error: Box<ImportError>,
    },
    /// The mapping says so for this value.
    Skipped {
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
    /// An error, or a count of what is left out.
    pub fn settle(self, draft: &mut Draft<'_>, mapping: &Mapping) -> Result<(), ImportError> {
        let kind = mapping.form.kind();
        match self {
            Self::Wrong(error) => return Err(error),
            Self::Empty { error, .. } if mapping.who.missing == Missing::Error => {
                return Err(*error);
            }
            Self::Empty { path, .. } => draft.drop(&format!("{kind} without `{path}`")),
            Self::Skipped { path, value } => {
                draft.drop(&format!("{kind} whose `{path}` is {value:?}: skipped"));
            }
        }
        Ok(())
    }
}
