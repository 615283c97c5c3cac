//! What is the value of each subset of sources under each seed, and of no feedback at all?

use std::collections::{BTreeMap, BTreeSet};

use medley_evaluation::{MOST_SOURCES, OrderedValue, ShapleyError, SubsetValues, ordered_shapley};

use crate::metrics::ORDER;
use crate::over_seeds::mean;
use crate::subsets_run::SubsetsRun;
use crate::{MAJORITY, MODEL, MeasurementRow};

/// Why sources have no Shapley values.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Unvalued {
    /// The table of subsets would be too large.
    #[error(
        "{sources} sources have too many subsets (at most {MOST_SOURCES} sources); sample them by \
         `feedback = {{ orders = 30 }}`"
    )]
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
    /// A mix of the sampled orders was not run, or never completed.
    #[error("every mix of the sampled orders is needed, and {subset} has no value under any seed")]
    NoMix {
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
    #[error("no seed has the value of every subset that is needed and of no feedback")]
    NoSeed,
    /// What should be orders are none.
    #[error("the sampled orders cannot be read: {0}")]
    Orders(ShapleyError),
}

/// Values of subsets by one metric of one judged source.
pub(crate) struct Values<'a> {
    pub run: &'a SubsetsRun,
    /// Of the mixes.
    pub rows: Vec<&'a MeasurementRow>,
    /// The first of each mix under a seed.
    of_mix: BTreeMap<(&'a str, u64), &'a MeasurementRow>,
    /// Of the majority answer, by seed.
    majority: BTreeMap<u64, Vec<&'a MeasurementRow>>,
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
        let mut majority: BTreeMap<u64, Vec<&MeasurementRow>> = BTreeMap::new();
        for row in judged.iter().copied().filter(of_baseline) {
            majority.entry(row.seed).or_default().push(row);
        }
        let mut of_mix = BTreeMap::new();
        for row in rows.iter().copied() {
            of_mix.entry((&*row.mix, row.seed)).or_insert(row);
        }
        let seeds: BTreeSet<u64> = here.map(|row| row.seed).collect();
        let seeds = seeds.into_iter().collect();
        (!rows.is_empty()).then_some(Self { run, rows, of_mix, majority, seeds })
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
        let complete = self.complete(&subsets, |subset| Unvalued::NoSubset { subset })?;
        let tables = complete.seeds.iter().filter_map(|seed| self.table(&subsets, *seed)).collect();
        Ok(Valued { tables, complete })
    }

    /// Values by the beginnings of these orders, each of all sources, under the seeds that have them.
    pub fn ordered(
        &self,
        orders: &[Vec<usize>],
    ) -> Result<(Vec<OrderedValue>, Complete), Unvalued> {
        let beginnings = |order: &Vec<usize>| -> Vec<Vec<usize>> {
            let held = |last: usize| {
                let mut held = order[..=last].to_vec();
                held.sort_unstable();
                held
            };
            (0..order.len()).map(held).collect()
        };
        let subsets: BTreeSet<Vec<usize>> = orders.iter().flat_map(beginnings).collect();
        let subsets: Vec<Vec<usize>> = subsets.into_iter().collect();
        let complete = self.complete(&subsets, |subset| Unvalued::NoMix { subset })?;
        let value = |subset: &[usize], seed: usize| match (subset, complete.seeds[seed]) {
            ([], seed) => self.nothing(seed),
            (subset, seed) => self.value(subset, seed),
        };
        let found = ordered_shapley(&self.run.sources, orders, complete.seeds.len(), value);
        match found {
            Ok(values) => Ok((values, complete)),
            Err(error) => Err(Unvalued::Orders(error)),
        }
    }

    /// Which seeds have a value of no feedback and of each of these subsets; `missing` says that no
    /// seed has one.
    fn complete(
        &self,
        subsets: &[Vec<usize>],
        missing: fn(String) -> Unvalued,
    ) -> Result<Complete, Unvalued> {
        subsets.iter().try_for_each(|subset| self.check_subset(subset, missing))?;
        if !self.seeds.iter().any(|seed| self.nothing(*seed).is_some()) {
            let (source_name, metric) = (self.rows[0].source.clone(), self.rows[0].metric.clone());
            return Err(Unvalued::NoMajority { source_name, metric });
        }
        let has_all = |seed: &u64| {
            self.nothing(*seed).is_some()
                && subsets.iter().all(|subset| self.value(subset, *seed).is_some())
        };
        let (seeds, incomplete): (Vec<u64>, Vec<u64>) =
            self.seeds.iter().partition(|seed| has_all(seed));
        let all: Vec<usize> = (0..self.run.sources.len()).collect();
        let ends = |of: &dyn Fn(u64) -> Option<f64>| {
            mean(&seeds.iter().filter_map(|seed| of(*seed)).collect::<Vec<_>>())
        };
        let ends = (ends(&|seed| self.nothing(seed)), ends(&|seed| self.value(&all, seed)));
        match seeds.is_empty() {
            true => Err(Unvalued::NoSeed),
            false => Ok(Complete { seeds, ends, incomplete }),
        }
    }

    fn check_subset(
        &self,
        subset: &[usize],
        missing: fn(String) -> Unvalued,
    ) -> Result<(), Unvalued> {
        let labels: Vec<String> = self.run.labels(subset).map(str::to_owned).collect();
        let subset_name = || self.run.name(subset);
        if labels.len() > 1 {
            return Err(Unvalued::Repeated { subset: subset_name(), labels });
        }
        match self.seeds.iter().any(|seed| self.value(subset, *seed).is_some()) {
            true => Ok(()),
            false => Err(missing(subset_name())),
        }
    }

    /// All values under a seed.
    fn table(&self, subsets: &[Vec<usize>], seed: u64) -> Option<SubsetValues> {
        let names = |subset: &Vec<usize>| {
            subset.iter().map(|place| self.run.sources[*place].as_str()).collect::<Vec<_>>()
        };
        let mut values = vec![(Vec::new(), self.nothing(seed)?)];
        for subset in subsets {
            values.push((names(subset), self.value(subset, seed)?));
        }
        let sources: Vec<&str> = self.run.sources.iter().map(String::as_str).collect();
        // Each subset is there once and finite.
        SubsetValues::new(&sources, &values).ok()
    }

    /// The value of a subset under a seed; none where it has none that is finite.
    pub fn value(&self, subset: &[usize], seed: u64) -> Option<f64> {
        Some(self.row(subset, seed)?.value).filter(|value| value.is_finite())
    }

    /// What was measured of a subset under a seed; none where it stands twice.
    pub fn row(&self, subset: &[usize], seed: u64) -> Option<&'a MeasurementRow> {
        let mut labels = self.run.labels(subset);
        let label = labels.next().filter(|_| labels.next().is_none())?;
        self.of_mix.get(&(label, seed)).copied()
    }

    /// The value of no feedback under a seed.
    pub fn nothing(&self, seed: u64) -> Option<f64> {
        // Without feedback there is no order, and its correlation is 0.
        if self.rows[0].metric == ORDER {
            return Some(0.0);
        }
        let of_seed = self.majority.get(&seed)?;
        let own = of_seed.iter().find(|row| row.setting == self.run.setting);
        let row = own.or(of_seed.first())?;
        Some(row.value).filter(|value| value.is_finite())
    }

    /// Full mix minus the full mix without a source.
    pub fn left_out(&self, place: usize, seed: u64) -> Option<f64> {
        let all: Vec<usize> = (0..self.run.sources.len()).collect();
        let without: Vec<usize> = all.iter().copied().filter(|other| *other != place).collect();
        Some(self.value(&all, seed)? - self.value(&without, seed)?)
    }

    /// What two sources reach together beyond what each does alone.
    pub fn synergy(&self, (first, second): (usize, usize), seed: u64) -> Option<f64> {
        let alone = self.value(&[first], seed)? + self.value(&[second], seed)?;
        Some(self.value(&[first, second], seed)? - alone + self.nothing(seed)?)
    }

    pub fn over_seeds(&self, of: impl Fn(u64) -> Option<f64>) -> Vec<f64> {
        self.seeds.iter().filter_map(|seed| of(*seed)).collect()
    }
}

/// What exact Shapley values are made of.
pub(crate) struct Valued {
    /// One for each complete seed.
    pub tables: Vec<SubsetValues>,
    /// Which these are.
    pub complete: Complete,
}

/// Seeds with every value that is needed.
pub(crate) struct Complete {
    /// Rising.
    pub seeds: Vec<u64>,
    /// Of no feedback and of all sources, means over these seeds.
    pub ends: (f64, f64),
    /// The other seeds.
    pub incomplete: Vec<u64>,
}
