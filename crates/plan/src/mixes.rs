//! Which mixes of sources an experiment compares.

use crate::{ExperimentSpec, FeedbackAblation, PlanError};
use medley_evaluation::{MOST_SOURCES, draw_orders, order_count};
use medley_training::stream;
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
    /// A mix without sources or with one that is not there; too many subsets; more orders than there are.
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
            FeedbackAblation::Orders(_) => beginnings(&all, &self.orders()?),
        };
        lists.sort_by_key(Vec::len);
        Ok(lists.into_iter().map(|sources| Mix { label: sources.join(" + "), sources }).collect())
    }

    /// The orders in which sources are added, by name, where such are sampled; none otherwise. They are
    /// the same under all seeds, and more of them begin with the same ones, whose mixes are then there.
    ///
    /// # Errors
    /// There is only one source, or fewer orders of all than are asked for.
    pub fn orders(&self) -> Result<Vec<Vec<String>>, PlanError> {
        let FeedbackAblation::Orders(count) = self.ablation.feedback else { return Ok(Vec::new()) };
        let names: Vec<&String> = self.feedback.keys().collect();
        let refused =
            |message: String| Err(PlanError::spec(&["ablation", "feedback", "orders"], message));
        if let [only] = names[..] {
            return refused(format!(
                "orders of at least two sources are sampled, found only `{only}`"
            ));
        }
        let most = order_count(names.len());
        if count > most {
            let sources = names.len();
            return refused(format!(
                "{sources} sources have {most} orders, found {count}; `feedback = \"subsets\"` has all \
                 their mixes"
            ));
        }
        let drawn = draw_orders(names.len(), count, &mut stream(0, "ablation/orders"));
        let by_name = |order: Vec<usize>| order.into_iter().map(|at| names[at].clone()).collect();
        Ok(drawn.into_iter().map(by_name).collect())
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

fn subsets(all: &[String]) -> Result<Vec<Vec<String>>, PlanError> {
    if all.len() > MOST_SOURCES {
        let message = format!(
            "subsets of {} sources are too many, at most those of {MOST_SOURCES} are tried; sample them \
             by `feedback = {{ orders = 30 }}`",
            all.len()
        );
        return Err(PlanError::spec(&["ablation", "feedback"], message));
    }
    let chosen = |bits: usize| {
        let members = all.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1);
        members.map(|(_, source)| source.clone()).collect()
    };
    Ok((1..1usize << all.len()).map(chosen).collect())
}

/// What there is after each source of each order, once.
fn beginnings(all: &[String], orders: &[Vec<String>]) -> Vec<Vec<String>> {
    let place = |source: &String| all.iter().position(|other| other == source);
    let mut found = BTreeSet::new();
    for order in orders {
        let mut held = BTreeSet::new();
        for source in order {
            held.extend(place(source));
            found.insert(held.clone());
        }
    }
    let named = |held: BTreeSet<usize>| held.into_iter().map(|at| all[at].clone()).collect();
    found.into_iter().map(named).collect()
}
