//! What is the value of each subset of sources under each seed, and of no feedback at all?

use std::collections::BTreeSet;

use medley_evaluation::{MOST_SOURCES, SubsetValues};

use crate::metrics::ORDER;
use crate::over_seeds::mean;
use crate::subsets_run::SubsetsRun;
use crate::{MAJORITY, MODEL, MeasurementRow};

/// Why sources have no Shapley values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unvalued {
    /// The table of subsets would be too large.
    #[error("{sources} sources have too many subsets (at most {MOST_SOURCES} sources)")]
    TooMany {
        /// How many.
        sources: usize,
    },
    /// A subset was not run, or never completed.
    #[error("all subsets of the sources are needed, and {subset} has no value under any seed")]
    NoSubset {
        /// The first one, in braces.
        subset: String,
    },
    /// There are two values where one is expected.
    #[error("{subset} is mixed twice: {}", labels.join(", "))]
    Repeated {
        /// The sources, in braces.
        subset: String,
        /// Labels of the mixes.
        labels: Vec<String>,
    },
    /// There is no value of the empty subset.
    #[error(
        "without feedback there is the majority answer, and {source_name} has no {metric} of it"
    )]
    NoMajority {
        /// The judged source.
        source_name: String,
        /// The metric.
        metric: String,
    },
    /// Every seed lacks a subset.
    #[error("no seed has the value of every subset and of no feedback")]
    NoSeed,
}

/// Values of subsets by one metric of one judged source.
pub(crate) struct Values<'a> {
    pub run: &'a SubsetsRun,
    /// Of the mixes.
    pub rows: Vec<&'a MeasurementRow>,
    /// Of the majority answer.
    majority: Vec<&'a MeasurementRow>,
    /// Every seed of the setting, rising.
    pub seeds: Vec<u64>,
}

impl<'a> Values<'a> {
    /// `judged` are of one judged source and metric; none where no mix of these was judged.
    pub fn new(run: &'a SubsetsRun, judged: &[&'a MeasurementRow]) -> Option<Self> {
        let labels: BTreeSet<&str> = run.all_labels().collect();
        let here = judged.iter().copied().filter(|row| row.setting == run.setting);
        let of_mix = |row: &&MeasurementRow| row.estimator == MODEL && labels.contains(&*row.mix);
        let rows: Vec<&MeasurementRow> = here.clone().filter(of_mix).collect();
        // Baselines hold for several settings where these do not change them.
        let of_baseline = |row: &&MeasurementRow| {
            row.estimator == MAJORITY && (row.setting == run.setting || row.setting.is_empty())
        };
        let majority = judged.iter().copied().filter(of_baseline).collect();
        let seeds: BTreeSet<u64> = here.map(|row| row.seed).collect();
        let seeds = seeds.into_iter().collect();
        (!rows.is_empty()).then_some(Self { run, rows, majority, seeds })
    }

    /// Tables of all subsets, one for each seed that has them.
    pub fn valued(&self) -> Result<Valued, Unvalued> {
        let sources = self.run.sources.len();
        if sources > MOST_SOURCES {
            return Err(Unvalued::TooMany { sources });
        }
        let subsets: Vec<Vec<usize>> = (1..1usize << sources)
            .map(|mask| (0..sources).filter(|place| mask >> place & 1 == 1).collect())
            .collect();
        subsets.iter().try_for_each(|subset| self.check_subset(subset))?;
        if !self.seeds.iter().any(|seed| self.nothing(*seed).is_some()) {
            let (source_name, metric) = (self.rows[0].source.clone(), self.rows[0].metric.clone());
            return Err(Unvalued::NoMajority { source_name, metric });
        }
        let (mut tables, mut ends, mut incomplete) = (Vec::new(), Vec::new(), Vec::new());
        for seed in &self.seeds {
            match self.table(&subsets, *seed) {
                None => incomplete.push(*seed),
                Some((table, of_seed)) => {
                    tables.push(table);
                    ends.push(of_seed);
                }
            }
        }
        let (none, all): (Vec<f64>, Vec<f64>) = ends.into_iter().unzip();
        match tables.is_empty() {
            true => Err(Unvalued::NoSeed),
            false => Ok(Valued { tables, ends: (mean(&none), mean(&all)), incomplete }),
        }
    }

    fn check_subset(&self, subset: &[usize]) -> Result<(), Unvalued> {
        let labels: Vec<String> = self.run.labels(subset).map(str::to_owned).collect();
        let subset_name = || self.run.name(subset);
        if labels.len() > 1 {
            return Err(Unvalued::Repeated { subset: subset_name(), labels });
        }
        match self.seeds.iter().any(|seed| self.value(subset, *seed).is_some()) {
            true => Ok(()),
            false => Err(Unvalued::NoSubset { subset: subset_name() }),
        }
    }

    /// All values under a seed, and those of no feedback and of all sources.
    fn table(&self, subsets: &[Vec<usize>], seed: u64) -> Option<(SubsetValues, (f64, f64))> {
        let names = |subset: &Vec<usize>| {
            subset.iter().map(|place| self.run.sources[*place].as_str()).collect::<Vec<_>>()
        };
        let nothing = self.nothing(seed)?;
        let mut values = vec![(Vec::new(), nothing)];
        for subset in subsets {
            values.push((names(subset), self.value(subset, seed)?));
        }
        let all = values.last()?.1;
        let sources: Vec<&str> = self.run.sources.iter().map(String::as_str).collect();
        // Each subset is there once and finite.
        let table = SubsetValues::new(&sources, &values).ok()?;
        Some((table, (nothing, all)))
    }

    /// The value of a subset under a seed; none where it has none that is finite.
    pub fn value(&self, subset: &[usize], seed: u64) -> Option<f64> {
        Some(self.row(subset, seed)?.value).filter(|value| value.is_finite())
    }

    /// What was measured of a subset under a seed; none where it stands twice.
    pub fn row(&self, subset: &[usize], seed: u64) -> Option<&'a MeasurementRow> {
        let mut labels = self.run.labels(subset);
        let label = labels.next().filter(|_| labels.next().is_none())?;
        self.rows.iter().copied().find(|row| row.seed == seed && row.mix == label)
    }

    /// The value of no feedback under a seed.
    pub fn nothing(&self, seed: u64) -> Option<f64> {
        // Without feedback there is no order, and its correlation is 0.
        if self.rows[0].metric == ORDER {
            return Some(0.0);
        }
        let of_seed = || self.majority.iter().filter(|row| row.seed == seed);
        let own = of_seed().find(|row| row.setting == self.run.setting);
        let row = own.or_else(|| of_seed().next())?;
        Some(row.value).filter(|value| value.is_finite())
    }

    /// Full mix minus the full mix without a source.
    pub fn left_out(&self, place: usize, seed: u64) -> Option<f64> {
        let all: Vec<usize> = (0..self.run.sources.len()).collect();
        let without: Vec<usize> = all.iter().copied().filter(|other| *other != place).collect();
        Some(self.value(&all, seed)? - self.value(&without, seed)?)
    }

    pub fn over_seeds(&self, of: impl Fn(u64) -> Option<f64>) -> Vec<f64> {
        self.seeds.iter().filter_map(|seed| of(*seed)).collect()
    }
}

/// What Shapley values are made of.
pub(crate) struct Valued {
    /// One for each complete seed.
    pub tables: Vec<SubsetValues>,
    /// Of no feedback and of all sources, means over these seeds.
    pub ends: (f64, f64),
    /// The other seeds.
    pub incomplete: Vec<u64>,
}
