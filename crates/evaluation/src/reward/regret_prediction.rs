//! Which measure of a learned reward says how much is lost by optimizing it?
//!
//! Measures and regrets of runs are compared by rank, since a distance of 0.4 in one unit and a
//! correlation of 0.9 in another have no common scale. Within worlds, as some are harder than others by
//! both: over all worlds at once, a measure would be credited with telling worlds apart.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::interval::{Bootstrap, ClusterSets, Estimate};
use crate::metric::correlation::Ranked;

/// A run whose reward was measured and optimized.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredRun {
    /// What it is called.
    pub run: String,
    /// The world that it was optimized in.
    pub world: String,
    /// Runs that are drawn together, as those of one seed under several mixes; else a number of its own.
    pub cluster: u32,
    /// What was lost, larger for worse; see
    /// [`ReferenceValues::normalized_regret`](crate::ReferenceValues::normalized_regret).
    pub regret: f64,
    /// By name, in any unit. One that a run lacks is not there.
    pub measures: BTreeMap<String, f64>,
}

/// A row of the table: what one measure says of regret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegretPrediction {
    /// Name of the measure.
    pub measure: String,
    /// Spearman's correlation of the measure with regret, mean over worlds in which it is defined, with
    /// its 95 % interval over clusters of runs. Above 0 for a distance, below 0 for a measure of
    /// agreement. None where it is defined in no world.
    pub rank_correlation: Option<Estimate>,
    /// Absolute correlation of the measure at the head of the table minus that of this one, over the runs
    /// that have both; none for the head itself. Where its interval holds 0, the two cannot be told apart
    /// by these runs.
    pub behind: Option<Estimate>,
    /// Correlation in each world; none where the measure or regret is constant, or fewer than two runs
    /// have it.
    pub worlds: BTreeMap<String, Option<f64>>,
    /// Runs that lack the measure.
    pub missing: usize,
}

/// The table of which measure predicts regret, the measure of the largest absolute correlation first.
///
/// The head of the table was chosen because it came out best, so that its correlation is too large by
/// what luck added, and more so the more measures there are.
///
/// # Errors
/// There is no run, two runs have one name in one world, or a regret or measure is NaN or infinite.
pub fn regret_predictions(
    runs: &[MeasuredRun],
    bootstrap: &Bootstrap,
) -> Result<Vec<RegretPrediction>, RegretPredictionError> {
    check(runs)?;
    let mut sorted: Vec<&MeasuredRun> = runs.iter().collect();
    // One order of sums, whatever that of the rows.
    sorted.sort_by(|a, b| (&a.world, &a.run).cmp(&(&b.world, &b.run)));
    let names: BTreeSet<&str> =
        runs.iter().flat_map(|run| run.measures.keys().map(String::as_str)).collect();
    let mut table: Vec<RegretPrediction> =
        names.into_iter().map(|name| predicted_by(name, &sorted, bootstrap)).collect();
    let strength = |of: &RegretPrediction| of.rank_correlation.map_or(-1.0, |rho| rho.value.abs());
    table.sort_by(|a, b| {
        strength(b).total_cmp(&strength(a)).then_with(|| a.measure.cmp(&b.measure))
    });
    let Some((head, rest)) = table.split_first_mut() else {
        return Ok(table);
    };
    for row in rest {
        row.behind = behind(&head.measure, &row.measure, &sorted, bootstrap);
    }
    Ok(table)
}

fn predicted_by(name: &str, runs: &[&MeasuredRun], bootstrap: &Bootstrap) -> RegretPrediction {
    let having: Vec<&MeasuredRun> =
        runs.iter().copied().filter(|run| run.measures.contains_key(name)).collect();
    let clusters = clusters(&having);
    let ranks = WorldRanks::new(name, &having, &clusters);
    let rank_correlation = bootstrap.estimate(&clusters, |weights| ranks.mean(weights));
    let once = vec![1.0; clusters.len()];
    let all = runs.iter().map(|run| (run.world.clone(), None));
    let mut worlds: BTreeMap<String, Option<f64>> = all.collect();
    worlds.extend(ranks.0.iter().map(|of| (of.world.to_owned(), of.correlation(&once))));
    let (measure, missing) = (name.to_owned(), runs.len() - having.len());
    RegretPrediction { measure, rank_correlation, behind: None, worlds, missing }
}

/// How much stronger the head is than another measure, in the same resamples.
fn behind(
    head: &str,
    other: &str,
    runs: &[&MeasuredRun],
    bootstrap: &Bootstrap,
) -> Option<Estimate> {
    let has_both =
        |run: &&MeasuredRun| run.measures.contains_key(head) && run.measures.contains_key(other);
    let both: Vec<&MeasuredRun> = runs.iter().copied().filter(has_both).collect();
    let clusters = clusters(&both);
    let [head, other] = [head, other].map(|name| WorldRanks::new(name, &both, &clusters));
    bootstrap
        .estimate(&clusters, |weights| Some(head.mean(weights)?.abs() - other.mean(weights)?.abs()))
}

fn clusters(runs: &[&MeasuredRun]) -> ClusterSets {
    ClusterSets::new(runs.iter().map(|run| vec![run.cluster]))
}

/// Measure and regret of the runs of each world.
struct WorldRanks<'a>(Vec<OfWorld<'a>>);

struct OfWorld<'a> {
    world: &'a str,
    ranked: Ranked,
    /// The set of clusters of each run.
    sets: Vec<usize>,
}

impl<'a> WorldRanks<'a> {
    /// Of runs that all have the measure, sorted by world.
    fn new(name: &str, runs: &[&'a MeasuredRun], clusters: &ClusterSets) -> Self {
        let indexed: Vec<(&MeasuredRun, usize)> =
            runs.iter().copied().zip(clusters.of().iter().copied()).collect();
        let of_world = |group: &[(&'a MeasuredRun, usize)]| {
            let measures: Vec<f64> = group.iter().map(|(run, _)| run.measures[name]).collect();
            let regrets: Vec<f64> = group.iter().map(|(run, _)| run.regret).collect();
            OfWorld {
                world: &group[0].0.world,
                ranked: Ranked::new(&measures, &regrets),
                sets: group.iter().map(|(_, set)| *set).collect(),
            }
        };
        Self(indexed.chunk_by(|a, b| a.0.world == b.0.world).map(of_world).collect())
    }

    /// Mean over worlds that have a correlation.
    fn mean(&self, weights: &[f64]) -> Option<f64> {
        let defined: Vec<f64> = self.0.iter().filter_map(|of| of.correlation(weights)).collect();
        (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / defined.len() as f64)
    }
}

impl OfWorld<'_> {
    fn correlation(&self, weights: &[f64]) -> Option<f64> {
        self.ranked.spearman(|run| weights[self.sets[run]])
    }
}

fn check(runs: &[MeasuredRun]) -> Result<(), RegretPredictionError> {
    if runs.is_empty() {
        return Err(RegretPredictionError::NoRuns);
    }
    let mut seen = BTreeSet::new();
    for MeasuredRun { run, world, regret, measures, .. } in runs {
        if !seen.insert((world, run)) {
            let (run, world) = (run.clone(), world.clone());
            return Err(RegretPredictionError::Twice { run, world });
        }
        let regret = ("regret", *regret);
        let values = measures.iter().map(|(name, value)| (name.as_str(), *value));
        if let Some((name, value)) =
            std::iter::once(regret).chain(values).find(|(_, value)| !value.is_finite())
        {
            let (run, world, name) = (run.clone(), world.clone(), name.to_owned());
            return Err(RegretPredictionError::NotFinite { run, world, name, value });
        }
    }
    Ok(())
}

/// Why nothing can be said of what predicts regret.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RegretPredictionError {
    /// There is nothing to rank.
    #[error("there are no runs")]
    NoRuns,
    /// A run would count twice.
    #[error("run {run:?} is there twice in world {world:?}")]
    Twice {
        /// Its name.
        run: String,
        /// Where.
        world: String,
    },
    /// A number is NaN or infinite.
    #[error(
        "run {run:?} in world {world:?}: {name} is {value}; leave out a measure that a run lacks"
    )]
    NotFinite {
        /// Its name.
        run: String,
        /// Where.
        world: String,
        /// The measure, or `regret`.
        name: String,
        /// NaN or an infinity.
        value: f64,
    },
}

#[cfg(test)]
#[path = "regret_prediction_tests.rs"]
mod tests;
