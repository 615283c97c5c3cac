//! The text of an experiment to its spec, with keys that have moved named by their new place.

use crate::{ExperimentSpec, PlanError};
use medley_toml_file::{SpecError, parse, table};
use std::path::Path;

/// Keys of earlier versions, and where they stand now.
const MOVED: [(&[&str], &str); 3] = [
    (&["training", "checkpoint-secs"], "checkpoint-secs"),
    (&["dataset", "memory-mib"], "memory-mib"),
    (&["dataset", "encoder", "sentence", "cache"], "cache"),
];

/// The first key of an earlier version in `table`, and what to say of it.
pub(crate) fn moved(table: &toml::Table) -> Option<(&'static [&'static str], String)> {
    let is_there = |path: &[&str]| {
        let first = table.get(path[0]);
        path[1..].iter().fold(first, |value, key| value?.get(key)).is_some()
    };
    let &(path, now) = MOVED.iter().find(|(path, _)| is_there(path))?;
    let message = format!(
        "`{}` stands under `[execution]` now, as `{now}`: no number depends on it",
        path.join(".")
    );
    Some((path, message))
}

/// What is wrong with a family of mixes whose number of orders does not stand as one.
pub(crate) fn uncounted(table: &toml::Table) -> Option<(&'static [&'static str], String)> {
    let found = match table.get("ablation")?.get("feedback")? {
        toml::Value::String(family) if family == "orders" => "`orders` alone".to_owned(),
        toml::Value::Table(family) if family.len() != 1 => format!("{} keys", family.len()),
        _ => return None,
    };
    let message =
        format!("expected how many orders, as in `feedback = {{ orders = 30 }}`, found {found}");
    Some((&["ablation", "feedback"], message))
}

impl ExperimentSpec {
    /// Reads the experiment that `text` of `file` writes.
    ///
    /// # Errors
    /// Broken TOML, unknown or missing keys, wrong types, or a key that has moved.
    pub fn read(file: &Path, text: &str) -> Result<Self, PlanError> {
        let table = table(file, text)?;
        if let Some((path, message)) = moved(&table).or_else(|| uncounted(&table)) {
            return Err(Box::new(SpecError::at(file, text, path, message)).into());
        }
        Ok(parse(file, text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(more: &str) -> String {
        let text = format!("name = \"x\"\n{more}");
        ExperimentSpec::read(Path::new("x.toml"), &text).unwrap_err().to_string()
    }

    #[test]
    fn a_key_that_has_moved_is_named_with_its_new_place() {
        assert_eq!(
            refused("[training]\nepochs = 3\ncheckpoint-secs = 5.0"),
            "x.toml:4:19: `training.checkpoint-secs` stands under `[execution]` now, as \
             `checkpoint-secs`: no number depends on it"
        );
        assert!(refused("[dataset]\nmemory-mib = 64").starts_with("x.toml:3:14: `dataset.memory-"));
        let cache = refused("[dataset]\nencoder.sentence = { model = \"m\", cache = \"c\" }");
        assert!(cache.contains("stands under `[execution]` now, as `cache`"), "{cache}");
    }
}
