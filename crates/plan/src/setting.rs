//! A point of a grid: values that stand in place of those in the file.
//!
//! Dotted keys are set on the TOML table before it becomes a spec, so that every key of an
//! experiment can be varied, and a wrong one is an error at the line of the grid that names it.
//! `[sweep]` and `[tuning]` set keys so, and runs and tables have a place for the setting; other data
//! (`[ablation.data]`) stand there too.

use crate::ExperimentSpec;
use crate::read::{moved, uncounted};
use medley_toml_file::{SpecError, parse_table};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// Values by dotted key, like `training.learning-rate`. Empty for an experiment as written.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Setting(pub BTreeMap<String, toml::Value>);

/// As tables have it: `training.epochs = 3, training.learning-rate = 0.01`.
impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written: Vec<String> =
            self.0.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        f.write_str(&written.join(", "))
    }
}

impl Setting {
    /// The setting with each of the values at a further key.
    pub(crate) fn with_each(&self, key: &str, values: &[toml::Value]) -> Vec<Self> {
        let with = |value: &toml::Value| {
            let mut longer = self.clone();
            longer.0.insert(key.to_owned(), value.clone());
            longer
        };
        values.iter().map(with).collect()
    }

    /// The keys at which both have the same value, with these values.
    pub(crate) fn common(&self, other: &Self) -> Self {
        let has = |(key, value): &(&String, &toml::Value)| other.0.get(*key) == Some(*value);
        Self(self.0.iter().filter(has).map(|(key, value)| (key.clone(), value.clone())).collect())
    }
}

/// The text of an experiment, and where in it a key of its sweep stands.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a> {
    /// The file.
    pub file: &'a Path,
    /// Its text.
    pub text: &'a str,
    /// Keys down to a value of the setting, of its dotted key.
    pub place_of: &'a dyn Fn(&str) -> Vec<String>,
}

impl Written<'_> {
    /// The experiment that `table` writes, with `setting` in place of what it says.
    ///
    /// # Errors
    /// A mistake in the table, or a key or value of the setting that an experiment cannot have; the
    /// latter points to the line of the grid.
    pub fn with_setting(
        &self,
        table: &toml::Table,
        setting: &Setting,
    ) -> Result<ExperimentSpec, Box<SpecError>> {
        let mut table = table.clone();
        for (key, value) in &setting.0 {
            set(&mut table, key, value.clone()).map_err(|message| self.at(key, message))?;
        }
        if let Some((path, message)) = moved(&table).or_else(|| uncounted(&table)) {
            return Err(self.at(&path.join("."), message));
        }
        parse_table(self.file, self.text, table, |path| {
            let at_fault = |key: &&String| {
                let keys: Vec<&str> = key.split('.').collect();
                path.starts_with(&keys) || (!path.is_empty() && keys.starts_with(path))
            };
            setting.0.keys().find(at_fault).map(|key| (self.place_of)(key))
        })
    }

    /// A mistake at a key of the setting.
    pub fn at(&self, key: &str, message: String) -> Box<SpecError> {
        let place = (self.place_of)(key);
        let keys: Vec<&str> = place.iter().map(String::as_str).collect();
        Box::new(SpecError::at(self.file, self.text, &keys, message))
    }
}

/// What a table has at a dotted key.
pub(crate) fn at<'a>(table: &'a toml::Table, key: &str) -> Option<&'a toml::Value> {
    let mut keys = key.split('.');
    let first = keys.next().and_then(|key| table.get(key));
    keys.fold(first, |found, key| found?.get(key))
}

/// Sets a dotted key, with the tables that it leads through.
///
/// # Errors
/// What stands in its way.
pub(crate) fn set(table: &mut toml::Table, key: &str, value: toml::Value) -> Result<(), String> {
    let Some((first, rest)) = key.split_once('.') else {
        table.insert(key.to_owned(), value);
        return Ok(());
    };
    let inner = table.entry(first).or_insert_with(|| toml::Table::new().into());
    match inner {
        toml::Value::Table(inner) => set(inner, rest, value),
        other => Err(format!(
            "`{key}` leads through `{first}`, expected a table, found {}",
            other.type_str()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"name = "x"
feedback.a.adapter.comparison = {}
[dataset]
path = "data"
encoder.steps = {}
[training]
epochs = 3
[grid]
"training.learning-rate" = 0.01
"reward-model.members" = 4
"training.epoks" = 5
"training.patience" = "long"
"name.short" = 1
"training.checkpoint-secs" = 1.0
"#;

    fn with(keys: &[&str]) -> Result<ExperimentSpec, Box<SpecError>> {
        let file = Path::new("x.toml");
        let mut table = medley_toml_file::table(file, TEXT).unwrap();
        let Some(toml::Value::Table(grid)) = table.remove("grid") else { panic!("no grid") };
        let chosen = grid.into_iter().filter(|(key, _)| keys.contains(&key.as_str()));
        let setting = Setting(chosen.collect());
        let place_of = |key: &str| vec!["grid".to_owned(), key.to_owned()];
        Written { file, text: TEXT, place_of: &place_of }.with_setting(&table, &setting)
    }

    #[test]
    fn a_setting_takes_the_place_of_what_is_written_and_of_defaults() {
        let spec = with(&["training.learning-rate", "reward-model.members"]).unwrap();
        assert_eq!((spec.training.learning_rate, spec.training.epochs), (0.01, 3));
        assert_eq!(spec.reward_model.members, 4);
        assert_eq!(with(&[]).unwrap().reward_model.members, 1);
    }

    #[test]
    fn a_wrong_key_or_value_is_an_error_at_the_line_of_the_grid() {
        let key = with(&["training.epoks"]).unwrap_err();
        assert_eq!((key.line, key.help.as_deref()), (11, Some("did you mean `epochs`?")));
        assert_eq!(with(&["training.patience"]).unwrap_err().line, 12);
        let through = with(&["name.short"]).unwrap_err();
        assert_eq!(through.line, 13);
        let moved = with(&["training.checkpoint-secs"]).unwrap_err();
        assert_eq!(moved.line, 14);
        assert!(moved.message.contains("stands under `[execution]` now"), "{}", moved.message);
        assert!(through.message.contains("leads through `name`, expected a table, found string"));
    }

    #[test]
    fn tables_show_a_setting_in_one_line() {
        let values = [("training.epochs", 3.into()), ("device", "flex".into())];
        let setting = Setting(values.map(|(key, value)| (key.to_owned(), value)).into());
        assert_eq!(setting.to_string(), "device = \"flex\", training.epochs = 3");
        assert_eq!(Setting::default().to_string(), "");
    }
}
