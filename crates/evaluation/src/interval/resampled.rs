//! Intervals of any other number, by the bootstrap that the metrics use: the same draws, and the
//! same rule for statements that depend on several clusters.

use std::collections::BTreeSet;

use crate::interval::bootstrap::{Basis, Bootstrap, ClusterIndex, Estimate};

/// The sets of clusters that statements depend on.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterSets(ClusterIndex);

impl ClusterSets {
    /// One set a statement, of names in any order; a name may be repeated.
    pub fn new<S: AsRef<[u32]>>(names: impl IntoIterator<Item = S>) -> Self {
        Self(ClusterIndex::new(names))
    }

    /// The set of each statement, as a position in what [`Bootstrap::estimate`] hands out.
    pub fn of(&self) -> &[usize] {
        &self.0.of
    }

    /// Number of distinct sets.
    pub fn len(&self) -> usize {
        self.0.sets.len()
    }

    /// Whether there is no statement.
    pub fn is_empty(&self) -> bool {
        self.0.of.is_empty()
    }

    /// Number of clusters that are drawn.
    pub fn clusters(&self) -> usize {
        self.0.clusters
    }
}

impl Bootstrap {
    /// A statistic of the weights of sets, with its interval; `None` where it is undefined.
    ///
    /// The value is that of weights 1. There is no interval with fewer than five statements or clusters, or where
    /// every resample gives the same value.
    pub fn estimate(
        &self,
        sets: &ClusterSets,
        statistic: impl Fn(&[f64]) -> Option<f64>,
    ) -> Option<Estimate> {
        let value = statistic(&sets.0.once())?;
        let basis = Basis { statements: sets.0.of.len(), clusters: sets.0.clusters };
        let (low, high) = self.interval(self.replicates(&sets.0, statistic)).ends(value, basis);
        Some(Estimate { value, low, high, n: basis.statements, clusters: basis.clusters })
    }

    /// A share: the sum of `hits` over the sum of `trials`, one of each for every statement. `None`
    /// without trials.
    ///
    /// Where no resample differs, as when all hit, the interval is Wilson's with one trial a
    /// cluster: a point would look certain.
    ///
    /// # Panics
    /// `parts` has another length than `sets` has statements.
    pub fn share(&self, sets: &ClusterSets, parts: &[(f64, f64)]) -> Option<Estimate> {
        let index = &sets.0;
        assert_eq!(parts.len(), index.of.len(), "parts and statements");
        let mut sums = vec![(0.0, 0.0); index.sets.len()];
        for (&set, &(hits, trials)) in index.of.iter().zip(parts) {
            sums[set].0 += hits;
            sums[set].1 += trials;
        }
        let share = |weights: &[f64]| {
            let (mut hits, mut trials) = (0.0, 0.0);
            for (weight, sum) in weights.iter().zip(&sums) {
                hits += weight * sum.0;
                trials += weight * sum.1;
            }
            (trials > 0.0).then(|| hits / trials)
        };
        let value = share(&index.once())?;
        let counted: BTreeSet<usize> = (0..sums.len()).filter(|&set| sums[set].1 > 0.0).collect();
        let independent = index.independent(&counted);
        let interval = self.interval(self.replicates(index, share));
        let n = parts.iter().map(|part| part.1).sum::<f64>() as usize;
        let basis = Basis { statements: n, clusters: index.clusters };
        let (low, high) = interval.ends_of_share(value, independent, basis);
        Some(Estimate { value, low, high, n, clusters: index.clusters })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::tests::{comparison, judged};
    use crate::{Metric, Options, measure};

    #[test]
    fn sets_are_numbered_in_rising_order() {
        let sets = ClusterSets::new([vec![5, 2, 5], vec![5], vec![2], vec![9, 2]]);
        assert_eq!((sets.of(), sets.clusters()), (&[1, 3, 0, 2][..], 3));
        let together = ClusterSets::new([vec![1, 2], vec![3, 4], vec![3, 4]]);
        assert_eq!((together.of(), together.clusters()), (&[0, 1, 1][..], 2));
    }

    #[test]
    fn a_share_has_the_interval_of_the_metric() {
        // 40 prompts of three statements; "first" wins where 7 i mod 10 is below 6.
        let wins = |i: u32| f64::from(u8::from(7 * i % 10 < 6));
        let observed = |i| [wins(i), 1.0 - wins(i)];
        let judgements = (0..120).map(|i| judged(i / 3, &[0.7, 0.3], &observed(i))).collect();
        let measured = measure(&comparison(judgements), &Options::default());
        let metric = measured.iter().find(|of| of.metric == Metric::Accuracy).unwrap();
        let sets = ClusterSets::new((0..120).map(|i| vec![i / 3]));
        let parts: Vec<(f64, f64)> = (0..120).map(|i| (wins(i), 1.0)).collect();
        assert_eq!(Bootstrap::default().share(&sets, &parts), Some(metric.estimate));
    }

    #[test]
    fn a_share_of_all_is_not_certain() {
        let sets = ClusterSets::new((0..5).map(|i| vec![i]));
        let all = Bootstrap::default().share(&sets, &[(1.0, 1.0); 5]).unwrap();
        // Wilson for 5 of 5: 1 / (1 + z^2 / 5) = 0.5655.
        assert!(all.value == 1.0 && all.high == 1.0 && (all.low - 0.5655).abs() < 5e-5, "{all:?}");
        let one = ClusterSets::new([vec![3], vec![3]]);
        let one = Bootstrap::default().share(&one, &[(1.0, 1.0), (0.0, 1.0)]).unwrap();
        assert!(one.value == 0.5 && !one.has_interval());
        let none = ClusterSets::new([[0_u32; 0]; 0]);
        assert_eq!(Bootstrap::default().share(&none, &[]), None);
    }
}
