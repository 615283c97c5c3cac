//! `[ablation.data]`: the same experiment on data that are made in other ways.
//!
//! A variant is a table that is laid over `[dataset.generator]` before that is read, so that people, their
//! distortions or the world can be varied and nothing has to be written twice. Everything else is as
//! the file says: what differs between a run and its variant differs because of the data. Held-out
//! feedback changes with the people who gave it, so that variants are compared by the true reward alone.

use crate::error::to_toml;
use crate::{ExperimentSpec, PlanError, Setting};
use medley_toml_file::{Problem, Tagged, parse_table};
use medley_world::Generator;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

/// How tables name the key that variants differ in.
const DATA: &str = "data";

/// Where a run of a variant stands in tables, at a point that stands at `of` among its like.
pub(crate) fn setting_in(variant: Option<&String>, of: Setting) -> Setting {
    let own = variant.map(|name| (DATA.to_owned(), toml::Value::String(name.clone())));
    Setting(of.0.into_iter().chain(own).collect())
}

impl ExperimentSpec {
    /// The experiment as written, then on each variant of its data.
    ///
    /// # Errors
    /// A variant that no generator could be, at its key; one that says what the file says already.
    pub(crate) fn variants(&self) -> Result<Vec<Self>, PlanError> {
        let mut found = vec![self.clone()];
        for (name, over) in &self.ablation.data {
            let at = |problem: Problem| problem.within(name).within("data").within("ablation");
            let generator = self.varied(over).map_err(at)?;
            let mut spec = self.clone();
            spec.dataset.generator = Some(generator);
            spec.dataset.variant = Some(name.clone());
            found.push(spec);
        }
        Ok(found)
    }

    /// Whether variants can be made and compared.
    ///
    /// # Errors
    /// The first reason why not.
    pub(crate) fn check_variants(&self) -> Result<(), PlanError> {
        if self.ablation.data.is_empty() {
            return Ok(());
        }
        let refused = |message: &str| Err(PlanError::spec(&["ablation", "data"], message));
        if self.ablation.curve.is_some() {
            return refused("expected other data or a `curve`, found both; leave one out");
        }
        if self.evaluation.truth.is_none() {
            return refused(
                "what is learned from other data is compared by the true reward: expected \
                 `[evaluation.truth]`, which may be empty, found none",
            );
        }
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for spec in self.variants()? {
            let name = spec.dataset.variant.unwrap_or_default();
            if name.contains(['"', '\\']) || name.contains(char::is_control) {
                let message =
                    format!("a name without quotes and backslashes is needed, found `{name}`");
                return Err(PlanError::spec(&["ablation", "data", &name], message));
            }
            let text = to_toml(&spec.dataset.generator)?;
            if let Some(other) = known.insert(text, name.clone()) {
                let same = match other.as_str() {
                    "" => "what `dataset.generator` says already".to_owned(),
                    other => format!("what `{other}` says already"),
                };
                let message = format!("expected data that are made in another way, found {same}");
                return Err(PlanError::spec(&["ablation", "data", &name], message));
            }
        }
        Ok(())
    }

    /// The generator with `over` laid over it.
    fn varied(&self, over: &toml::Table) -> Result<Tagged<dyn Generator>, Problem> {
        let whole = |message: String| Problem { path: Vec::new(), message };
        let Some(written) = &self.dataset.generator else {
            let message = "other data are made by a `dataset.generator`, and there is none";
            return Err(whole(message.to_owned()));
        };
        let mut table = toml::Table::try_from(written).map_err(|error| whole(error.to_string()))?;
        lay_over(&mut table, over);
        let generator: Tagged<dyn Generator> = read(table)?;
        let name = generator.typetag_name();
        generator.check().map_err(|problem| problem.within(name))?;
        Ok(generator)
    }
}

/// Tables are laid over tables; any other value takes the place of what is there.
fn lay_over(table: &mut toml::Table, over: &toml::Table) {
    for (key, value) in over {
        match (table.get_mut(key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(over)) => lay_over(inner, over),
            _ => {
                table.insert(key.clone(), value.clone());
            }
        }
    }
}

/// The generator that a table writes; a mistake has the keys that lead to it.
fn read(table: toml::Table) -> Result<Tagged<dyn Generator>, Problem> {
    let path = RefCell::new(Vec::new());
    let note = |keys: &[&str]| {
        let mut found: Vec<String> = keys.iter().map(ToString::to_string).collect();
        // An unknown key is the end of the path already, and named again.
        found.dedup();
        path.replace(found);
        None
    };
    let read = parse_table(Path::new(""), "", table, note);
    read.map_err(|error| {
        // The lines after the first name tables, as the path does.
        let message = error.message.lines().next().unwrap_or_default().to_owned();
        Problem { path: path.take(), message }
    })
}
