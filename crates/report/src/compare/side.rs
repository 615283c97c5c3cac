//! What is compared with what, and on which statements were its runs judged?

use std::collections::BTreeMap;

use crate::{MeasurementRow, Tables};

/// One of the two that are compared.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// What it is called.
    pub name: String,
    /// Its tables.
    pub tables: Tables,
    /// Only runs of this setting; all of them if none is given.
    pub setting: Option<String>,
    /// The test part of each run by its id, or why it is not known.
    pub parts: BTreeMap<String, Result<TestPart, String>>,
}

/// What a run was judged on, as far as it takes to know that two were judged on the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TestPart {
    /// The data: hash of a dataset, or what makes it.
    pub data: String,
    /// Shares and what the split keeps whole.
    pub split: String,
    /// Seed of the split.
    pub split_seed: u64,
    /// Size of the test part over that of the training part.
    pub test_over_train: f64,
    /// Which records each source has and whose answers, as text.
    pub sources: BTreeMap<String, String>,
}

impl Side {
    /// Numbers of trained models that are compared.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &MeasurementRow> {
        let is_meant = |row: &&MeasurementRow| {
            row.estimator == crate::MODEL
                && self.setting.as_ref().is_none_or(|setting| *setting == row.setting)
        };
        self.tables.measurements.iter().filter(is_meant)
    }

    /// The settings of these numbers, in order of first mention.
    pub(crate) fn settings(&self) -> Vec<&str> {
        let mut known: Vec<&str> = Vec::new();
        for row in self.rows() {
            if known.last() != Some(&row.setting.as_str()) && !known.contains(&row.setting.as_str())
            {
                known.push(&row.setting);
            }
        }
        known
    }
}

impl TestPart {
    /// Why the statements of a source under this part are not those under another; none if they are.
    pub(crate) fn differs(&self, other: &TestPart, source: &str) -> Option<String> {
        let found = |what: &str, a: &str, b: &str| Some(format!("{what} differs: {a} and {b}"));
        if self.data != other.data {
            return found("the dataset", &short(&self.data), &short(&other.data));
        }
        if self.split != other.split {
            return found("the split", &self.split, &other.split);
        }
        if self.split_seed != other.split_seed {
            let [a, b] = [self, other].map(|part| part.split_seed.to_string());
            return found("the seed of the split", &a, &b);
        }
        match (self.sources.get(source), other.sources.get(source)) {
            (Some(a), Some(b)) if a != b => {
                found(&format!("what source {source} selects or whose answers it has"), a, b)
            }
            _ => None,
        }
    }
}

/// The beginning of a hash.
fn short(data: &str) -> String {
    match data.len() > 64 || data.contains('\n') {
        true => data.lines().next().unwrap_or_default().chars().take(60).collect(),
        false => data.chars().take(12).collect(),
    }
}
