//! The dataset of a plan under one split: features, and every source bound to its parts.

use crate::RunError;
use medley_adapter::{BindError, Binding, Objective};
use medley_dataset::{Dataset, Features, Part, Partition, Standardizer};
use medley_plan::{FeedbackSpec, Plan, Protocol, RunSpec};
use medley_saved_model::check_files;
use medley_training::stream;
use rand::seq::SliceRandom;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that runs of the same split share.
pub struct Prepared {
    /// Features of every step as the model sees them.
    pub features: Features,
    /// What brought them to one scale.
    pub standardizer: Option<Standardizer>,
    /// Part of each group or annotator.
    pub partition: Partition,
    /// Aspects that have a head of their own.
    pub aspects: Vec<String>,
    /// Those of each source.
    aspects_of: BTreeMap<String, Vec<String>>,
    /// Sources by name.
    pub sources: BTreeMap<String, BoundSource>,
}

/// A source bound to each part of the split.
pub struct BoundSource {
    /// To learn from.
    pub train: Arc<dyn Objective>,
    /// To choose on; absent if the split leaves none.
    pub validation: Option<Arc<dyn Objective>>,
    /// To report on; absent if the split leaves none.
    pub test: Option<Arc<dyn Objective>>,
}

impl Prepared {
    /// Encodes, splits and binds what `spec` names, a run of `plan` or all of them.
    ///
    /// # Errors
    /// Data that does not fit the spec; see [`RunError`].
    pub fn new(plan: &Plan, spec: &RunSpec) -> Result<Self, RunError> {
        let dataset = &plan.dataset;
        let data = &spec.dataset;
        let partition = data.split.partition(dataset, data.split_seed)?;
        let encoded = data.encoder.encode_within(dataset, plan.spec.execution.budget())?;
        // Afterwards, so that a file that is replaced meanwhile is noticed.
        let expected = data.encoder_fingerprint.as_deref();
        check_files(data.encoder.as_ref(), expected, "the plan was made")?;
        let standardizer = match data.standardize {
            true => Some(Standardizer::fit(&encoded, training_segments(dataset, &partition))?),
            false => None,
        };
        let features = match &standardizer {
            Some(standardizer) => encoded.standardized(standardizer)?,
            None => encoded,
        };
        for names in spec.evaluation.baselines.values() {
            features.project(names)?; // a name that is wrong is wrong before any run
        }
        let binder = Binder {
            plan,
            features: &features,
            standardizer: standardizer.as_ref(),
            partition: &partition,
            split_seed: data.split_seed,
        };
        let mut aspects_of = BTreeMap::new();
        for (name, source) in &spec.feedback {
            let found = source.adapter.aspects(&binder.binding(name, source, None, &[]))?;
            aspects_of.insert(name.clone(), found);
        }
        let aspects = union(aspects_of.values());
        let mut sources = BTreeMap::new();
        for (name, source) in &spec.feedback {
            sources.insert(name.clone(), binder.bind(name, source, &aspects)?);
        }
        Ok(Self { features, standardizer, partition, aspects, aspects_of, sources })
    }

    /// Whether a run of `spec` on this data has the numbers that it has on its own sources alone:
    /// what else is bound here must not add heads to its model.
    pub fn serves(&self, spec: &RunSpec) -> bool {
        let own = spec.feedback.keys().filter_map(|name| self.aspects_of.get(name));
        union(own) == self.aspects
    }

    /// Names of the sources that are judged: those that the spec names, or all that have records in
    /// the test part.
    pub fn judged(&self, spec: &RunSpec) -> Vec<String> {
        let named = !spec.evaluation.sources.is_empty();
        let has_test = |name: &String| self.sources[name].test.is_some();
        spec.judged().into_iter().filter(|name| named || has_test(name)).collect()
    }

    /// Number of statements of each source that a mix may learn from under a run's protocol.
    pub fn budget(&self, spec: &RunSpec, mix: &[String]) -> BTreeMap<String, usize> {
        let available = |source: &String| self.sources[source].train.statements();
        match spec.budget.protocol {
            Protocol::Fixed => mix.iter().map(|s| (s.clone(), available(s))).collect(),
            Protocol::EqualLabels => {
                let total = spec.budget.labels.unwrap_or_else(|| self.largest_common(spec));
                even_shares(total, mix, available)
            }
        }
    }

    /// The first `count` statements of a source's training part in an order drawn from `seed`:
    /// smaller budgets are prefixes of larger ones.
    pub fn choose(&self, source: &str, count: usize, seed: u64) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.sources[source].train.statements()).collect();
        if count < all.len() {
            all.shuffle(&mut stream(seed, &format!("budget/{source}")));
            all.truncate(count);
            all.sort_unstable();
        }
        all
    }

    /// The most statements that every compared mix can fill with even shares.
    fn largest_common(&self, spec: &RunSpec) -> usize {
        let filled = |mix: &Vec<String>| {
            let least = mix.iter().map(|source| self.sources[source].train.statements()).min();
            least.unwrap_or(0) * mix.len()
        };
        spec.budget.compared.iter().map(filled).min().unwrap_or(0)
    }
}

fn union<'a>(aspects: impl Iterator<Item = &'a Vec<String>>) -> Vec<String> {
    let all: BTreeSet<&String> = aspects.flatten().collect();
    all.into_iter().cloned().collect()
}

/// `total` shared evenly; the first sources take what does not divide. A source that has too few
/// gives what it has, and the others do not make up for it.
fn even_shares(
    total: usize,
    mix: &[String],
    available: impl Fn(&String) -> usize,
) -> BTreeMap<String, usize> {
    let (share, rest) = (total / mix.len(), total % mix.len());
    mix.iter()
        .enumerate()
        .map(|(i, source)| {
            let wanted = share + usize::from(i < rest);
            (source.clone(), wanted.min(available(source)))
        })
        .collect()
}

/// Segments all of whose groups are in the training part; all segments if annotators are split.
fn training_segments<'a>(
    dataset: &'a Dataset,
    partition: &'a Partition,
) -> impl Iterator<Item = usize> + 'a {
    let segments = dataset.segments();
    (0..segments.len()).filter(move |&i| match partition {
        Partition::Groups { .. } => partition.of(segments.groups(i)) == Some(Part::Train),
        Partition::Annotators(_) => true,
    })
}

struct Binder<'a> {
    plan: &'a Plan,
    features: &'a Features,
    standardizer: Option<&'a Standardizer>,
    partition: &'a Partition,
    split_seed: u64,
}

impl<'a> Binder<'a> {
    fn binding(
        &self,
        name: &'a str,
        source: &'a FeedbackSpec,
        part: Option<Part>,
        aspects: &'a [String],
    ) -> Binding<'a> {
        Binding {
            source: name,
            dataset: &self.plan.dataset,
            features: self.features,
            standardizer: self.standardizer,
            select: source.select.as_deref(),
            part: part.map(|part| (self.partition, part)),
            aspects,
            seed: self.split_seed,
        }
    }

    fn bind(
        &self,
        name: &'a str,
        source: &'a FeedbackSpec,
        aspects: &'a [String],
    ) -> Result<BoundSource, RunError> {
        let bind = |part| source.adapter.bind(&self.binding(name, source, Some(part), aspects));
        let held_out = |part| match bind(part) {
            Ok(objective) => Ok(Some(Arc::from(objective))),
            Err(BindError::Empty { .. }) => Ok(None),
            Err(error) => Err(error),
        };
        Ok(BoundSource {
            train: Arc::from(bind(Part::Train)?),
            validation: held_out(Part::Validation)?,
            test: held_out(Part::Test)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_even_and_bounded() {
        let mix = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        let shares = even_shares(10, &mix, |source| if source == "b" { 2 } else { 100 });
        assert_eq!(shares.into_values().collect::<Vec<_>>(), [4, 2, 3]);
    }
}
