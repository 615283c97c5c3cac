//! What people look at: segments with true rewards, by the rounds in which they come.

use crate::SimulationError;
use crate::moment::Round;
use crate::untaken::Untaken;
use medley_dataset::{Dataset, Domain, MetadataValue};
use medley_encoder::{Encoder, Features, StoredSteps};
use medley_world::{World, table_features};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Segments, and what is known of the episodes that they are of.
pub(crate) struct Ground {
    /// Without feedback.
    pub dataset: Dataset,
    /// Stored features; none of text.
    pub features: Option<Features>,
    /// Facts of each round.
    pub rounds: Vec<Round>,
    /// For each round the segments of its episodes and of those before, rising.
    pub shown: Vec<Vec<u32>>,
    /// The same by group: those with at least two segments.
    pub groups: Vec<Vec<Vec<u32>>>,
    /// So many of the steps, the first, are of no episode that was made for a source.
    pub lived: usize,
    /// Features and true reward of every state and action of a world that is a table.
    pub table: Vec<(Vec<f32>, f64)>,
    /// What actions would have been worth that nobody took, where the world is none.
    pub untaken: Option<Arc<Untaken>>,
    /// What steps are worth in each hidden context.
    by_context: Vec<Vec<f64>>,
    /// Mean features of each segment; none of text.
    means: Option<Vec<Vec<f64>>>,
}

/// True return and length of an episode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lived {
    pub total: f64,
    pub steps: usize,
}

/// Episodes that count as recent, as in B-Pref.
const RECENT: usize = 10;

impl Ground {
    /// Of a dataset whose groups are episodes, in `rounds` of as many groups each. `episodes` has one
    /// entry for each of the first groups; none: they are what segments cover of their group. Segments
    /// beyond the first `ordinary` ones, and those of further groups, are never shown.
    pub fn new(
        dataset: Dataset,
        episodes: Option<Vec<Lived>>,
        ordinary: usize,
        rounds: usize,
        world: Option<&dyn World>,
    ) -> Result<Self, SimulationError> {
        let segments = dataset.segments();
        let truth = segments
            .true_rewards()
            .ok_or_else(|| SimulationError::NoReward { dataset: dataset.card.name.clone() })?;
        let steps = |episodes: &Vec<Lived>| episodes.iter().map(|lived| lived.steps).sum();
        let lived = episodes.as_ref().map_or(segments.step_count(), steps);
        let episodes = episodes.unwrap_or_else(|| covered(&dataset, truth));
        let count = episodes.len().max(1);
        let round_of = |group: usize| group * rounds / count;
        let facts = (0..rounds).map(|round| {
            let so_far: Vec<&Lived> = episodes
                .iter()
                .enumerate()
                .filter(|(group, _)| round_of(*group) <= round)
                .map(|(_, lived)| lived)
                .collect();
            let recent = &so_far[so_far.len().saturating_sub(RECENT)..];
            let sum: f64 = recent.iter().map(|lived| lived.total).sum();
            Round {
                recent_return: sum / recent.len().max(1) as f64,
                longest_episode: so_far.iter().map(|lived| lived.steps).max().unwrap_or(0),
            }
        });
        let facts = facts.collect();
        let first_seen: Vec<usize> = (0..segments.len())
            .map(|segment| {
                let groups = segments.groups(segment).iter();
                groups.map(|&group| round_of(group as usize)).max().unwrap_or(0)
            })
            .collect();
        let seen_by = |round: usize| -> Vec<u32> {
            let all = first_seen.iter().take(ordinary).enumerate();
            let all = all.filter(|(_, first)| **first <= round);
            all.map(|(segment, _)| segment as u32).collect()
        };
        let shown: Vec<Vec<u32>> = (0..rounds).map(seen_by).collect();
        let groups = shown.iter().map(|seen| by_group(&dataset, seen)).collect();
        let features = match dataset.card.domain {
            Domain::Control => StoredSteps {}.encode(&dataset).ok(),
            Domain::Text => None,
        };
        let means = features.as_ref().map(|features| means(&dataset, features));
        let table = world.map(table).unwrap_or_default();
        let by_context = Vec::new();
        Ok(Self {
            features,
            rounds: facts,
            shown,
            groups,
            lived,
            table,
            untaken: None,
            by_context,
            means,
            dataset,
        })
    }

    /// The same, where people have hidden contexts.
    pub fn with_contexts(self, by_context: Vec<Vec<f64>>) -> Self {
        Self { by_context, ..self }
    }

    /// The same, of a world that can be asked what actions would have been worth.
    pub fn with_untaken(self, untaken: Option<Untaken>) -> Self {
        Self { untaken: untaken.map(Arc::new), ..self }
    }

    /// What steps are worth to somebody in a context, if there are any, or truly.
    pub fn worth(&self, context: Option<usize>) -> Result<&[f64], SimulationError> {
        let truth = self.dataset.segments().true_rewards();
        let none = || SimulationError::NoReward { dataset: self.dataset.card.name.clone() };
        context.map_or_else(|| truth.ok_or_else(none), |context| Ok(&self.by_context[context]))
    }

    /// The policy that acted in the episode of a segment, as its metadata has it.
    pub fn policy_of(&self, segment: u32) -> Option<usize> {
        let column = self.dataset.segments().metadata().column("policy")?;
        match column.value(segment as usize)? {
            MetadataValue::Number(policy) => Some(policy as usize),
            MetadataValue::Text(_) => None,
        }
    }

    /// Euclidean distance of mean features; 1 where there are none.
    pub fn distance(&self, first: u32, second: u32) -> f64 {
        let Some(means) = &self.means else { return 1.0 };
        let both = means[first as usize].iter().zip(&means[second as usize]);
        both.map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    }
}

/// Features and true reward of every state and action; nothing where the world is no table.
fn table(world: &dyn World) -> Vec<(Vec<f32>, f64)> {
    let Some(mdp) = world.mdp() else { return Vec::new() };
    table_features(world, &mdp).zip(mdp.expected_rewards().iter().copied()).collect()
}

fn means(dataset: &Dataset, features: &Features) -> Vec<Vec<f64>> {
    let width = features.feature_count();
    let mean = |segment: usize| {
        let rows = features.segment(segment);
        let mut sums = vec![0.0; width];
        for row in rows.chunks_exact(width.max(1)) {
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += f64::from(*x));
        }
        let steps = (rows.len() / width.max(1)).max(1) as f64;
        sums.into_iter().map(|sum| sum / steps).collect()
    };
    (0..dataset.segments().len()).map(mean).collect()
}

fn by_group(dataset: &Dataset, seen: &[u32]) -> Vec<Vec<u32>> {
    let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for &segment in seen {
        for &group in dataset.segments().groups(segment as usize) {
            groups.entry(group).or_default().push(segment);
        }
    }
    groups.into_values().collect()
}

/// What segments cover of each group.
fn covered(dataset: &Dataset, truth: &[f64]) -> Vec<Lived> {
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); dataset.groups().len()];
    for segment in 0..dataset.segments().len() {
        for &group in dataset.segments().groups(segment) {
            rows[group as usize].extend(dataset.segments().steps(segment));
        }
    }
    let lived = |mut rows: Vec<usize>| {
        rows.sort_unstable();
        rows.dedup();
        Lived { total: rows.iter().map(|&row| truth[row]).sum(), steps: rows.len() }
    };
    rows.into_iter().map(lived).collect()
}
