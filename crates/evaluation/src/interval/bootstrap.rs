//! How much would a number move if other prompts had been drawn?
//!
//! Statements about one prompt or episode are dependent, so whole clusters are resampled with
//! replacement (Davison and Hinkley 1997, section 3.8). A statement about two episodes depends on
//! both: each cluster is drawn by itself, and a statement counts as often as the product of the
//! times that its clusters were drawn, the pigeonhole bootstrap (Owen 2007). It errs to the wide
//! side where no effect of a cluster is there to be found; counting by one cluster alone errs to
//! the narrow side, by as much as the effect that is shared through the other.
//!
//! A statistic is a function of weights of statements: the same function gives the value (every
//! weight 1) and each replicate, so the two cannot drift apart, and nothing is copied.
//!
//! No interval is offered for fewer than five statements or clusters, of which resamples are too few
//! to say anything. That of a statistic that is the same in every resample would be a point, and look
//! certain. A share then has Wilson's interval
//! with one trial a cluster, which is wide enough as no share varies more than a coin of that mean;
//! anything else has none.

use std::collections::BTreeSet;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::interval::wilson::wilson;

/// Coverage of all intervals of this crate.
pub const CONFIDENCE: f64 = 0.95;

/// How a bootstrap is run. Equal settings give equal intervals on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bootstrap {
    /// Number of resamples; 0 gives no intervals.
    pub replicates: usize,
    /// Seed of the resampling, and of nothing else.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Bootstrap { replicates: 1000, seed: 0 }
    }
}

/// A value with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The metric on the statements as they are.
    pub value: f64,
    /// Lower end; NaN where there is no interval, as with a single cluster or without variation.
    pub low: f64,
    /// Upper end; NaN where there is no interval.
    pub high: f64,
    /// Statements that the metric could use.
    pub n: usize,
    /// Clusters that these statements come from.
    pub clusters: usize,
}

impl Estimate {
    /// Whether `low` and `high` are numbers.
    pub fn has_interval(&self) -> bool {
        !self.low.is_nan() && !self.high.is_nan()
    }
}

impl Bootstrap {
    /// Calls `visit` with the weight of each set of clusters in each resample.
    pub(crate) fn resample(&self, index: &ClusterIndex, mut visit: impl FnMut(&[f64])) {
        if index.clusters < 2 {
            return;
        }
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut drawn = vec![0.0; index.clusters];
        for _ in 0..self.replicates {
            drawn.fill(0.0);
            for _ in 0..index.clusters {
                drawn[rng.random_range(0..index.clusters)] += 1.0;
            }
            visit(&index.weights(&drawn));
        }
    }

    /// The statistic of every resample in which it is defined.
    pub(crate) fn replicates(
        &self,
        index: &ClusterIndex,
        statistic: impl Fn(&[f64]) -> Option<f64>,
    ) -> Vec<f64> {
        let mut values = Vec::with_capacity(self.replicates);
        self.resample(index, |weights| values.extend(statistic(weights)));
        values
    }

    /// The percentile interval of replicates; none when the statistic was undefined in more than
    /// half of the resamples.
    pub(crate) fn interval(&self, mut replicates: Vec<f64>) -> Interval {
        let too_few = replicates.is_empty() || 2 * replicates.len() < self.replicates;
        if too_few || replicates.iter().any(|v| v.is_nan()) {
            return Interval::Absent;
        }
        replicates.sort_by(f64::total_cmp);
        let (least, most) = (replicates[0], replicates[replicates.len() - 1]);
        // The same sum in another order differs in its last bits.
        if least == most || most - least <= 1e-12 * most.abs() {
            return Interval::Constant;
        }
        let tail = (1.0 - CONFIDENCE) / 2.0;
        Interval::Ends(quantile(&replicates, tail), quantile(&replicates, 1.0 - tail))
    }
}

/// What resamples say about a statistic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Interval {
    /// Too few resamples define it.
    Absent,
    /// Every resample gives the same value.
    Constant,
    /// The interval.
    Ends(f64, f64),
}

/// What a number stands on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Basis {
    /// Statements that it could use.
    pub statements: usize,
    /// Clusters that these come from.
    pub clusters: usize,
}

impl Basis {
    /// Where what is drawn are runs, whose number the caller shows.
    pub const RUNS: Self = Self { statements: usize::MAX, clusters: usize::MAX };
}

/// Statements and clusters below which resamples say nothing: with four clusters, one resample in 64
/// is a single cluster.
const FEWEST: usize = 5;

impl Interval {
    /// Both ends around `value`; NaN if there are none, or fewer than five statements or clusters.
    ///
    /// Percentiles of resamples of few statements can lie wholly on one side of the value, as those
    /// of a rank correlation near 1 do. It is what stands in the table, so that it is never left
    /// outside.
    pub(crate) fn ends(self, value: f64, basis: Basis) -> (f64, f64) {
        match self {
            Interval::Ends(low, high) if basis.statements.min(basis.clusters) >= FEWEST => {
                (low.min(value), high.max(value))
            }
            Interval::Ends(..) | Interval::Absent | Interval::Constant => (f64::NAN, f64::NAN),
        }
    }

    /// As [`Interval::ends`], for a mean of values in [0, 1] over so many independent trials.
    pub(crate) fn ends_of_share(self, share: f64, trials: usize, basis: Basis) -> (f64, f64) {
        let trials = trials as f64;
        match self {
            Interval::Constant => wilson(share * trials, trials).unwrap_or((f64::NAN, f64::NAN)),
            other => other.ends(share, basis),
        }
    }
}

/// Linear interpolation between order statistics (Hyndman and Fan 1996, type 7).
fn quantile(sorted: &[f64], level: f64) -> f64 {
    let position = level * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[position.floor() as usize], sorted[position.ceil() as usize]);
    // A model that gives probability 0 has replicates of minus infinity, and inf - inf is NaN.
    if below == above || below.is_infinite() {
        return below;
    }
    below + position.fract() * (above - below)
}

/// The sets of clusters that statements belong to, numbered so that a resample is cheap.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClusterIndex {
    /// Number of the set that each statement belongs to.
    pub of: Vec<usize>,
    /// The distinct sets in rising order, of clusters numbered from 0 in rising order.
    pub sets: NameSets,
    /// How many clusters there are.
    pub clusters: usize,
}

impl ClusterIndex {
    /// One set of names a statement, in any order; a name may be repeated.
    pub(crate) fn new<S: AsRef<[u32]>>(sets: impl IntoIterator<Item = S>) -> Self {
        let named = NameSets::new(sets);
        let mut order: Vec<usize> = (0..named.len()).collect();
        order.sort_unstable_by(|&a, &b| named.get(a).cmp(named.get(b)));
        let mut of = vec![0; named.len()];
        let mut distinct = NameSets::default();
        for statement in order {
            let set = named.get(statement);
            if distinct.is_empty() || distinct.get(distinct.len() - 1) != set {
                distinct.push(set);
            }
            of[statement] = distinct.len() - 1;
        }
        drop(named);
        let numbers = Numbers::new(&distinct);
        let (mut sets, mut members) = (NameSets::default(), Vec::new());
        for names in distinct.iter() {
            members.clear();
            members.extend(names.iter().map(|name| numbers.of(*name)));
            members.sort_unstable();
            members.dedup();
            sets.push(&members);
        }
        ClusterIndex { of, sets, clusters: numbers.count }
    }

    /// The weights of the statements as they are.
    pub(crate) fn once(&self) -> Vec<f64> {
        vec![1.0; self.sets.len()]
    }

    fn weights(&self, drawn: &[f64]) -> Vec<f64> {
        let weight = |set: &[u32]| set.iter().map(|cluster| drawn[*cluster as usize]).product();
        self.sets.iter().map(weight).collect()
    }

    /// How many clusters these sets hold.
    pub(crate) fn clusters_in(&self, sets: &BTreeSet<usize>) -> usize {
        let members = sets.iter().flat_map(|set| self.sets.get(*set));
        members.collect::<BTreeSet<_>>().len()
    }

    /// A bound on how many of these sets are independent: two that share a cluster are not.
    pub(crate) fn independent(&self, sets: &BTreeSet<usize>) -> usize {
        sets.len().min(self.clusters_in(sets))
    }
}

/// Sets of names, one behind the other: a list for each of a million statements would take several
/// times the memory of the names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NameSets {
    names: Vec<u32>,
    /// Where each set ends in `names`.
    ends: Vec<usize>,
}

impl NameSets {
    /// Each set sorted, its names once.
    fn new<S: AsRef<[u32]>>(sets: impl IntoIterator<Item = S>) -> Self {
        let (mut all, mut one) = (Self::default(), Vec::new());
        for set in sets {
            one.clear();
            one.extend_from_slice(set.as_ref());
            one.sort_unstable();
            one.dedup();
            all.push(&one);
        }
        all
    }

    fn push(&mut self, set: &[u32]) {
        self.names.extend_from_slice(set);
        self.ends.push(self.names.len());
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn get(&self, i: usize) -> &[u32] {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.names[start..self.ends[i]]
    }

    fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.len()).map(|i| self.get(i))
    }
}

/// Numbers of the clusters, from 0 in rising order of their names. Clusters that occur only together
/// are one: two episodes that are compared with each other and with nothing else are one draw.
struct Numbers {
    /// The clusters, rising, and their numbers.
    names: Vec<u32>,
    numbers: Vec<u32>,
    /// How many numbers there are.
    count: usize,
}

impl Numbers {
    fn new(sets: &NameSets) -> Self {
        let members = sets.iter().enumerate();
        let mut occurs: Vec<(u32, u32)> =
            members.flat_map(|(at, set)| set.iter().map(move |&name| (name, at as u32))).collect();
        occurs.sort_unstable();
        let (mut names, mut positions) = (Vec::new(), NameSets::default());
        for run in occurs.chunk_by(|one, next| one.0 == next.0) {
            names.push(run[0].0);
            positions.names.extend(run.iter().map(|(_, at)| at));
            positions.ends.push(positions.names.len());
        }
        drop(occurs);
        let mut order: Vec<u32> = (0..names.len() as u32).collect();
        let of = |place: u32| positions.get(place as usize);
        order.sort_unstable_by(|&a, &b| of(a).cmp(of(b)).then(a.cmp(&b)));
        // The first of those that occur together; then its number.
        let mut numbers = vec![0; names.len()];
        for together in order.chunk_by(|&one, &next| of(one) == of(next)) {
            together.iter().for_each(|&place| numbers[place as usize] = together[0]);
        }
        let mut count = 0;
        for place in 0..names.len() {
            let first = numbers[place] as usize;
            numbers[place] = if first == place { count } else { numbers[first] };
            count += u32::from(first == place);
        }
        Self { names, numbers, count: count as usize }
    }

    fn of(&self, name: u32) -> u32 {
        self.numbers[self.names.partition_point(|other| *other < name)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn singles(count: u32) -> ClusterIndex {
        ClusterIndex::new((0..count).collect::<Vec<u32>>().chunks(1))
    }

    #[test]
    fn clusters_are_numbered_in_rising_order() {
        let index = ClusterIndex::new([[7], [3], [7], [900]].iter().map(|names| &names[..]));
        assert_eq!((index.of, index.clusters), (vec![1, 0, 1, 2], 3));
        assert_eq!(index.sets, NameSets::new([[0], [1], [2]]));
    }

    #[test]
    fn a_statement_counts_by_the_product_over_its_clusters() {
        let names: [&[u32]; 4] = [&[5, 2, 5], &[5], &[2], &[9, 2]];
        let index = ClusterIndex::new(names);
        assert_eq!((&index.of[..], index.clusters), (&[1, 3, 0, 2][..], 3));
        assert_eq!(index.weights(&[2.0, 3.0, 0.0]), [2.0, 6.0, 0.0, 3.0]);
        assert_eq!(index.once(), [1.0; 4]);
    }

    #[test]
    fn clusters_that_occur_only_together_are_one() {
        let names: [&[u32]; 3] = [&[1, 2], &[3, 4], &[3, 4]];
        let index = ClusterIndex::new(names);
        assert_eq!((index.of, index.clusters), (vec![0, 1, 1], 2));
        assert_eq!(index.sets, NameSets::new([[0], [1]]));
    }

    #[test]
    fn quantiles_interpolate_and_survive_infinity() {
        let values = [0.0, 1.0, 2.0, 3.0, 4.0];
        assert_eq!(quantile(&values, 0.5), 2.0);
        assert_eq!(quantile(&values, 0.125), 0.5);
        let low = [f64::NEG_INFINITY, f64::NEG_INFINITY, 0.0];
        assert_eq!(quantile(&low, 0.75), f64::NEG_INFINITY);
        assert_eq!(quantile(&low, 0.25), f64::NEG_INFINITY);
    }

    #[test]
    fn the_interval_of_a_mean_matches_the_normal_one() {
        // 400 clusters of 0/1 with mean 0.25: standard error sqrt(0.1875/400) = 0.02165.
        let settings = Bootstrap { replicates: 4000, seed: 3 };
        let mean = |drawn: &[f64]| Some(drawn.iter().step_by(4).sum::<f64>() / 400.0);
        let basis = Basis { statements: 400, clusters: 400 };
        let ends = || settings.interval(settings.replicates(&singles(400), mean)).ends(0.25, basis);
        let (low, high) = ends();
        assert!((low - (0.25 - 1.96 * 0.02165)).abs() < 0.003, "{low}");
        assert!((high - (0.25 + 1.96 * 0.02165)).abs() < 0.003, "{high}");
        assert_eq!((low, high), ends());
        let other = Bootstrap { seed: 4, ..settings };
        assert_ne!(settings.replicates(&singles(400), mean), other.replicates(&singles(400), mean));
    }

    #[test]
    fn there_is_no_interval_without_two_clusters_or_enough_replicates() {
        let settings = Bootstrap::default();
        let none = |interval| interval == Interval::Absent;
        assert!(none(settings.interval(settings.replicates(&singles(1), |_| Some(1.0)))));
        assert!(none(settings.interval(settings.replicates(&singles(3), |_| None))));
        assert!(none(settings.interval(settings.replicates(&singles(3), |_| Some(f64::NAN)))));
    }

    const FIVE: Basis = Basis { statements: 5, clusters: 5 };

    /// Seen: a rank correlation of 7 statements, 0.868 [0.872, 1.000].
    #[test]
    fn an_interval_holds_its_own_value_and_four_have_none() {
        let above = Interval::Ends(0.872, 1.0);
        assert_eq!(above.ends(0.868, FIVE), (0.868, 1.0));
        assert_eq!(Interval::Ends(-1.0, -0.9).ends(-0.8, FIVE), (-1.0, -0.8));
        for few in [Basis { clusters: 4, ..FIVE }, Basis { statements: 4, ..FIVE }] {
            assert!(above.ends(0.9, few).0.is_nan());
            assert!(above.ends_of_share(0.9, 4, few).1.is_nan());
        }
    }

    #[test]
    fn what_never_varies_is_no_certainty() {
        let settings = Bootstrap { replicates: 50, seed: 0 };
        let constant = settings.interval(settings.replicates(&singles(5), |_| Some(1.0)));
        assert_eq!(constant, Interval::Constant);
        let (low, high) = constant.ends_of_share(1.0, 5, FIVE);
        // Wilson's lower end of 5 of 5 is 5 / (5 + 1.96^2).
        assert!((low - 5.0 / (5.0 + 1.959_964_f64.powi(2))).abs() < 1e-6 && high == 1.0, "{low}");
        assert!(constant.ends(1.0, FIVE).0.is_nan());
        let rounding = |weights: &[f64]| Some(0.3 + 1e-17 * weights[0]);
        let rounded = settings.interval(settings.replicates(&singles(5), rounding));
        assert_eq!(rounded, Interval::Constant);
    }
}
