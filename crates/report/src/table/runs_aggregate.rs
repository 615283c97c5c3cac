//! Which mix is better over seeds than the best source alone, and how sure is that?
//!
//! The interquartile mean, probability of improvement and their stratified bootstrap are those of
//! rliable (Agarwal et al. 2021) with one task, the judged source. All mixes of a seed share its split,
//! so that differences and p are by pairs. p is about these splits: tables of measurements do not hold
//! the sizes of the split, which a p for a new sample needs.

use std::collections::{BTreeMap, BTreeSet};

use medley_evaluation::{
    Bootstrap, Failures, Improvement, PValueError, PairedError, PairedSettings, RunEstimate,
    RunScores, Spread, benjamini_hochberg, holm, iqm, paired_difference,
    probability_of_improvement,
};

use crate::measurement_checks::check;
use crate::metrics::FIRST;
use crate::mix::{distinct, judged_sources, mixes};
use crate::over_seeds::{LEAST_SEEDS, by_seed, mean};
use crate::{MODEL, MeasurementRow, Mix, ReportError};

/// Enough for two decimals of the ends. Of thousands of seeds fewer do, whose estimates vary less, and of
/// hundreds of settings there is no time for more.
fn bootstrap(seeds: usize, settings: usize) -> Bootstrap {
    let most = (MOST_SETTINGS_IN_FULL / settings.max(1)).clamp(1, 10) * 1_000;
    Bootstrap { replicates: (MOST_DRAWN / seeds.max(1)).clamp(1_000, most), seed: 0 }
}

/// Scores that a bootstrap draws in all.
const MOST_DRAWN: usize = 5_000_000;
/// Ten times the settings of a grid that have all replicates.
const MOST_SETTINGS_IN_FULL: usize = 1_000;

/// What all mixes reach on one judged source.
#[derive(Clone, Debug, PartialEq)]
pub struct RunsAggregate {
    /// Point of the grid; empty without a grid.
    pub setting: String,
    /// Judged source.
    pub source: String,
    /// Key of the metric, higher for better.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Seeds of the setting.
    pub seeds: u64,
    /// The mix of one source with the highest mean, by these same runs.
    pub best: Option<String>,
    /// In the order of every table.
    pub mixes: Vec<MixRuns>,
}

/// What the runs of one mix reach.
#[derive(Clone, Debug, PartialEq)]
pub struct MixRuns {
    /// Label of the mix.
    pub mix: String,
    /// Mean over seeds.
    pub mean: f64,
    /// Interquartile mean, and how many runs completed or have no (finite) value.
    pub iqm: RunEstimate,
    /// Against [`RunsAggregate::best`]; none for itself, and where no seed has both.
    pub against_best: Option<AgainstBest>,
}

/// A mix against the best source alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AgainstBest {
    /// That a run of the mix scores higher than a run of the best source.
    pub improvement: Improvement,
    /// Mean difference on the same seeds, in the unit of the metric.
    pub difference: f64,
    /// Cohen's d_z of these differences; none where they do not vary.
    pub effect: Option<f64>,
    /// Two-sided p of the sign-flip test of these differences, after Holm's correction over the mixes.
    pub p: f64,
    /// The same p after Benjamini and Hochberg's correction over the mixes: of the mixes with a q of at
    /// most some level, the expected share of false findings is at most that level.
    pub q: f64,
}

/// The runs of every mix on every judged source by the first of rank correlation, accuracy and
/// log-likelihood that there is; ordered by judged source, then by setting. Settings with fewer than
/// [`LEAST_SEEDS`] seeds are left out.
///
/// # Errors
/// A seed that stands twice, a metric with two units or directions, or a mix with two lists of sources.
pub fn aggregate_runs(rows: &[MeasurementRow]) -> Result<Vec<RunsAggregate>, ReportError> {
    check(rows)?;
    let mixes = mixes(rows);
    let mut found = Vec::new();
    for source in judged_sources(rows) {
        let of = |metric: &&str| -> Vec<&MeasurementRow> {
            rows.iter().filter(|row| row.source == source && row.metric == *metric).collect()
        };
        let is_judged = |rows: &Vec<&MeasurementRow>| rows.iter().any(|row| row.estimator == MODEL);
        let Some(judged) = FIRST.iter().map(of).find(is_judged) else { continue };
        let settings = distinct(judged.iter().map(|row| &row.setting));
        let mut of_setting: BTreeMap<&str, Vec<&MeasurementRow>> = BTreeMap::new();
        for row in judged {
            of_setting.entry(&row.setting).or_default().push(row);
        }
        for setting in &settings {
            let here = of_setting.remove(setting.as_str()).unwrap_or_default();
            found.extend(Judged::new(here, settings.len()).aggregate(&mixes)?);
        }
    }
    Ok(found)
}

/// Rows of one setting, judged source and metric.
struct Judged<'a> {
    rows: Vec<&'a MeasurementRow>,
    /// Rising.
    seeds: Vec<u64>,
    /// How many settings there are.
    settings: usize,
}

/// The scores of a mix.
struct Scored<'a> {
    mix: &'a Mix,
    mean: f64,
    /// `[seed]`
    by_seed: Vec<Option<f64>>,
    runs: RunScores,
}

impl<'a> Judged<'a> {
    fn new(rows: Vec<&'a MeasurementRow>, settings: usize) -> Self {
        let seeds: BTreeSet<u64> = rows.iter().map(|row| row.seed).collect();
        Self { rows, seeds: seeds.into_iter().collect(), settings }
    }

    fn aggregate(&self, mixes: &[Mix]) -> Result<Option<RunsAggregate>, ReportError> {
        let scored: Vec<Scored> = mixes.iter().filter_map(|mix| self.scored(mix)).collect();
        if self.seeds.len() < LEAST_SEEDS || scored.is_empty() {
            return Ok(None);
        }
        let alone = scored.iter().filter(|of| of.mix.sources.len() == 1);
        // Of equals the first, whatever the order of the rows.
        let best = alone.rev().max_by(|a, b| a.mean.total_cmp(&b.mean));
        let mut mixes = scored
            .iter()
            .map(|of| mix_runs(of, best, self.settings))
            .collect::<Result<Vec<_>, _>>()?;
        correct(&mut mixes)?;
        let MeasurementRow { setting, source, metric, unit, .. } = self.rows[0];
        Ok(Some(RunsAggregate {
            setting: setting.clone(),
            source: source.clone(),
            metric: metric.clone(),
            unit: unit.clone(),
            seeds: self.seeds.len() as u64,
            best: best.map(|of| of.mix.label.clone()),
            mixes,
        }))
    }

    /// None where no run has a value.
    fn scored<'m>(&self, mix: &'m Mix) -> Option<Scored<'m>> {
        let of_mix = |row: &&&MeasurementRow| {
            row.estimator == MODEL && row.mix == mix.label && row.value.is_finite()
        };
        let rows = self.rows.iter().filter(of_mix);
        let by_seed = by_seed(rows.map(|row| (row.seed, row.value)), &self.seeds);
        let values: Vec<f64> = by_seed.iter().copied().flatten().collect();
        let runs: Vec<Vec<Option<f64>>> = by_seed.iter().map(|score| vec![*score]).collect();
        // The only thing that can be wrong is that none completed.
        let runs = RunScores::new(&runs, Failures::LeftOut).ok()?;
        Some(Scored { mix, mean: mean(&values), by_seed, runs })
    }
}

fn mix_runs(of: &Scored, best: Option<&Scored>, settings: usize) -> Result<MixRuns, ReportError> {
    let other = best.filter(|best| best.mix.label != of.mix.label);
    Ok(MixRuns {
        mix: of.mix.label.clone(),
        mean: of.mean,
        iqm: iqm(&of.runs, &bootstrap(of.by_seed.len(), settings)),
        against_best: other.map(|best| against(of, best, settings)).transpose()?.flatten(),
    })
}

/// With p and q still to be corrected.
fn against(
    of: &Scored,
    best: &Scored,
    settings: usize,
) -> Result<Option<AgainstBest>, ReportError> {
    // Sizes of the split are only for a new sample, which is not shown.
    let sizes = PairedSettings::new(1, 1);
    let found = match paired_difference(&of.by_seed, &best.by_seed, &sizes) {
        Ok(found) => found,
        Err(PairedError::NoPair { .. }) => return Ok(None),
        Err(error) => return Err(ReportError::Comparison(error.to_string())),
    };
    let bootstrap = bootstrap(of.by_seed.len(), settings);
    let improvement = probability_of_improvement(&of.runs, &best.runs, &bootstrap)
        .map_err(|error| ReportError::Comparison(error.to_string()))?;
    let effect = match found.spread {
        Spread::Known { effect, .. } => Some(effect),
        Spread::OneSplit | Spread::Constant => None,
    };
    Ok(Some(AgainstBest {
        improvement,
        difference: found.mean,
        effect,
        p: found.test.p,
        q: found.test.p,
    }))
}

fn correct(mixes: &mut [MixRuns]) -> Result<(), ReportError> {
    let mut compared: Vec<&mut AgainstBest> =
        mixes.iter_mut().filter_map(|mix| mix.against_best.as_mut()).collect();
    let p: Vec<f64> = compared.iter().map(|of| of.p).collect();
    let wrong = |error: PValueError| ReportError::Comparison(error.to_string());
    let (strict, rates) = (holm(&p).map_err(wrong)?, benjamini_hochberg(&p).map_err(wrong)?);
    for (of, (p, q)) in compared.iter_mut().zip(strict.into_iter().zip(rates)) {
        (of.p, of.q) = (p, q);
    }
    Ok(())
}

#[cfg(test)]
#[path = "runs_aggregate_tests.rs"]
mod tests;
