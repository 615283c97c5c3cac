//! Which mixes of sources an experiment compares.

use crate::{ExperimentSpec, FeedbackAblation, PlanError};
use serde::Serialize;
use std::collections::BTreeSet;

/// A mix of sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mix {
    /// Label in tables and figures.
    pub label: String,
    /// Its sources, sorted.
    pub sources: Vec<String>,
}

impl ExperimentSpec {
    /// The mixes to compare: those with a name, or a family of them, smaller ones first.
    ///
    /// # Errors
    /// A mix without sources or with one that is not there; too many subsets.
    pub fn mixes(&self) -> Result<Vec<Mix>, PlanError> {
        let named = &self.ablation.mixes;
        if !named.is_empty() {
            return named.iter().map(|(label, sources)| self.named(label, sources)).collect();
        }
        let all: Vec<String> = self.feedback.keys().cloned().collect();
        let mut lists = match self.ablation.feedback {
            FeedbackAblation::None => vec![all],
            FeedbackAblation::LeaveOneOut => leave_one_out(&all),
            FeedbackAblation::Subsets => subsets(&all)?,
        };
        lists.sort_by_key(Vec::len);
        Ok(lists.into_iter().map(|sources| Mix { label: sources.join(" + "), sources }).collect())
    }

    fn named(&self, label: &str, sources: &[String]) -> Result<Mix, PlanError> {
        let path = ["ablation", "mixes", label];
        for source in sources {
            self.known(&path, source)?;
        }
        let sources: BTreeSet<String> = sources.iter().cloned().collect();
        if sources.is_empty() {
            return Err(PlanError::spec(&path, "a mix needs at least one source, found none"));
        }
        Ok(Mix { label: label.to_owned(), sources: sources.into_iter().collect() })
    }

    /// Refuses a source that the file does not have.
    pub(crate) fn known(&self, path: &[&str], source: &str) -> Result<(), PlanError> {
        if self.feedback.contains_key(source) {
            return Ok(());
        }
        let names: Vec<String> = self.feedback.keys().map(|name| format!("`{name}`")).collect();
        let message = format!("unknown source `{source}`, expected one of {}", names.join(", "));
        Err(PlanError::spec(path, message))
    }
}

/// The full mix less each source, and the full mix.
fn leave_one_out(all: &[String]) -> Vec<Vec<String>> {
    let without = |out: &String| all.iter().filter(|source| *source != out).cloned().collect();
    let less: Vec<Vec<String>> = all.iter().map(without).collect();
    less.into_iter().filter(|list| !list.is_empty()).chain([all.to_vec()]).collect()
}

const MOST_SOURCES: usize = 10;

fn subsets(all: &[String]) -> Result<Vec<Vec<String>>, PlanError> {
    if all.len() > MOST_SOURCES {
        let message =
            format!("subsets of {} sources are too many; at most {MOST_SOURCES}", all.len());
        return Err(PlanError::spec(&["ablation", "feedback"], message));
    }
    let chosen = |bits: usize| {
        let members = all.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1);
        members.map(|(_, source)| source.clone()).collect()
    };
    Ok((1..1usize << all.len()).map(chosen).collect())
}
