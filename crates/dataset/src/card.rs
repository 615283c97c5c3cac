//! The card of a dataset: what it is, where it comes from and what its files contain.

use medley_feedback::SCHEMA_VERSION;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Domain {
    /// A step is a sentence; features come from an encoder.
    Text,
    /// A step is an observation and an action, stored as features.
    Control,
}

/// Content of `dataset.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Short name.
    pub name: String,
    /// Version of the folder and record schema, [`SCHEMA_VERSION`].
    pub schema: u32,
    /// What a step is.
    pub domain: Domain,
    /// What a group is called, such as "prompt" or "episode".
    pub groups: String,
    /// Licence, as an SPDX expression where there is one.
    #[serde(default)]
    pub licence: String,
    /// Where the data were obtained.
    #[serde(default)]
    pub source: String,
    /// Whom to name.
    #[serde(default)]
    pub attribution: String,
    /// Names of the stored features, in the order of the columns; empty for text.
    #[serde(default)]
    pub features: Vec<String>,
    /// Blake3 hash of each data file, by its path within the folder. A file that is not listed
    /// is read without a check, so that a folder can be made by hand.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// What the import kept and dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportReport>,
}

impl Card {
    /// A card with name and domain only.
    pub fn new(name: &str, domain: Domain) -> Self {
        let groups = match domain {
            Domain::Text => "prompt",
            Domain::Control => "episode",
        };
        Self {
            name: name.to_owned(),
            schema: SCHEMA_VERSION,
            domain,
            groups: groups.to_owned(),
            licence: String::new(),
            source: String::new(),
            attribution: String::new(),
            features: Vec::new(),
            files: BTreeMap::new(),
            import: None,
        }
    }
}

/// What an import kept, what it dropped and why, and what else a reader should know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportReport {
    /// Number of items kept, by what they are.
    #[serde(default)]
    pub kept: BTreeMap<String, usize>,
    /// Number of items dropped, by reason.
    #[serde(default)]
    pub dropped: BTreeMap<String, usize>,
    /// Remarks for the reader.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl ImportReport {
    /// Counts items that were kept.
    pub fn keep(&mut self, what: &str, count: usize) {
        add(&mut self.kept, what, count);
    }

    /// Counts an item that was dropped.
    pub fn drop(&mut self, reason: &str) {
        add(&mut self.dropped, reason, 1);
    }

    /// Adds the counts and notes of another report.
    pub fn add(&mut self, other: Self) {
        let sum = |into: &mut BTreeMap<String, usize>, counts: BTreeMap<String, usize>| {
            counts.iter().for_each(|(what, count)| add(into, what, *count));
        };
        sum(&mut self.kept, other.kept);
        sum(&mut self.dropped, other.dropped);
        self.notes.extend(other.notes);
    }
}

/// Counts, without a copy of what is counted already.
fn add(counts: &mut BTreeMap<String, usize>, what: &str, count: usize) {
    match counts.get_mut(what) {
        Some(known) => *known += count,
        None => drop(counts.insert(what.to_owned(), count)),
    }
}

impl std::fmt::Display for ImportReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rows = |f: &mut std::fmt::Formatter<'_>, head: &str, rows: &BTreeMap<String, usize>| {
            writeln!(f, "{head}")?;
            if rows.is_empty() {
                return writeln!(f, "  {:>9}", "none");
            }
            rows.iter().try_for_each(|(name, count)| writeln!(f, "  {count:>9}  {name}"))
        };
        rows(f, "kept", &self.kept)?;
        rows(f, "dropped", &self.dropped)?;
        self.notes.iter().try_for_each(|note| writeln!(f, "note: {note}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_is_a_table() {
        let mut report = ImportReport::default();
        report.keep("comparison", 2);
        report.keep("comparison", 1);
        report.drop("identical");
        report.notes.push("look".into());
        assert_eq!(
            report.to_string(),
            "kept\n          3  comparison\ndropped\n          1  identical\nnote: look\n"
        );
    }

    #[test]
    fn card_round_trips_through_toml() {
        let mut card = Card::new("a", Domain::Control);
        card.features = vec!["x".into()];
        card.import = Some(ImportReport::default());
        let text = toml::to_string(&card).unwrap();
        assert_eq!(toml::from_str::<Card>(&text).unwrap(), card);
    }
}
