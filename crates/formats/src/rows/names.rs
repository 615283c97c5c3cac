//! Are the columns of a schema, and the fields within each, of different names? Of two of one name, the
//! first would vanish.

use crate::ImportError;
use crate::rows::refusal::unfit;
use std::collections::HashSet;
use std::path::Path;

/// Names of columns, and of the fields within each.
pub(crate) struct Names(pub Vec<(String, Names)>);

impl Names {
    /// # Errors
    /// A name stands twice among the columns, or among the fields of one.
    pub fn check(&self, file: &Path) -> Result<(), ImportError> {
        self.twice().map_or(Ok(()), |path| {
            Err(unfit(file, "columns of different names", &format!("`{path}` twice")))
        })
    }

    fn twice(&self) -> Option<String> {
        let mut known = HashSet::new();
        self.0.iter().find_map(|(name, inner)| match known.insert(name) {
            true => inner.twice().map(|path| format!("{name}.{path}")),
            false => Some(name.clone()),
        })
    }
}
