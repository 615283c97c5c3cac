//! How far would a number move with other seeds on the same tasks?
//!
//! The stratified bootstrap of Agarwal et al. (2021): for each task, as many runs as it has are drawn
//! with replacement, independently of other tasks; the interval is that of percentiles. Tasks are
//! drawn neither here nor by default in rliable: they were chosen, not sampled.
//!
//! Runs of a task that failed are not drawn, unless they count as a score: resamples are of equal
//! size, and a task never loses its last score.
//!
//! With few runs a task, a percentile interval covers less than it says: that of the interquartile mean
//! 93 % with 10 runs of three tasks, 85 % with 3 runs (`coverage_tests.rs`). It is too narrow by about
//! `sqrt((n - 1) / n)`, which more tasks do not mend.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::scores::{RunCount, RunScores};
use crate::interval::bootstrap::{Basis, Bootstrap, Interval};

/// A number over runs, with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunEstimate {
    /// Of the runs as they are.
    pub value: f64,
    /// Over other seeds, on the same tasks.
    pub interval: ResampledInterval,
    /// The runs that it comes from.
    pub runs: RunCount,
}

/// A 95 % interval, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResampledInterval {
    /// The interval, both ends included.
    Ends {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Something has only so many draws to offer, and they are fewer than 2 (scores of a task,
    /// permutations): a resample would be the sample, and a point would look certain.
    TooFew {
        /// 0 or 1.
        count: usize,
    },
    /// Every resample gives the same value. That is no certainty.
    Constant,
    /// No resamples were asked for.
    NotAsked,
}

impl ResampledInterval {
    /// Lower and upper end, if there are any.
    pub fn ends(self) -> Option<(f64, f64)> {
        match self {
            Self::Ends { low, high } => Some((low, high)),
            _ => None,
        }
    }
}

impl Bootstrap {
    /// As rliable does by default for aggregates: 50,000 resamples.
    pub const OF_RUNS: Self = Self { replicates: 50_000, seed: 0 };

    /// Calls `visit` with every resample.
    ///
    /// # Shapes
    /// `strata`: `[stratum][draw]`, each in rising order; so is what `visit` gets.
    pub(crate) fn visit_resamples(&self, strata: &[&[f64]], mut visit: impl FnMut(&[Vec<f64>])) {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut drawn: Vec<Vec<f64>> =
            strata.iter().map(|of| Vec::with_capacity(of.len())).collect();
        let mut times = Vec::new();
        for _ in 0..self.replicates {
            for (stratum, drawn) in strata.iter().zip(&mut drawn) {
                draw(stratum, &mut rng, &mut times, drawn);
            }
            visit(&drawn);
        }
    }

    /// The interval of replicates from these strata.
    pub(crate) fn interval_over(
        &self,
        strata: &[&[f64]],
        replicates: Vec<f64>,
    ) -> ResampledInterval {
        self.outcome(strata, |bootstrap| bootstrap.interval(replicates))
    }

    /// As [`Bootstrap::interval_over`], for a share of successes that varies no more than that of so
    /// many independent trials: Wilson's where no resample differs.
    pub(crate) fn interval_of_share(
        &self,
        strata: &[&[f64]],
        replicates: Vec<f64>,
        share: f64,
        trials: usize,
    ) -> ResampledInterval {
        self.outcome(strata, |bootstrap| {
            let (low, high) =
                bootstrap.interval(replicates).ends_of_share(share, trials, Basis::RUNS);
            Interval::Ends(low, high)
        })
    }

    fn outcome(&self, strata: &[&[f64]], of: impl FnOnce(&Self) -> Interval) -> ResampledInterval {
        let count = strata.iter().map(|stratum| stratum.len()).min().unwrap_or(0);
        if count < 2 {
            return ResampledInterval::TooFew { count };
        }
        if self.replicates == 0 {
            return ResampledInterval::NotAsked;
        }
        match of(self) {
            Interval::Ends(low, high) => ResampledInterval::Ends { low, high },
            Interval::Constant => ResampledInterval::Constant,
            Interval::Absent => unreachable!("a statistic of finite scores is a number"),
        }
    }
}

/// Draws as many as there are, with replacement. Counting how often each was drawn keeps them in
/// rising order without sorting.
fn draw(stratum: &[f64], rng: &mut ChaCha8Rng, times: &mut Vec<usize>, drawn: &mut Vec<f64>) {
    times.clear();
    times.resize(stratum.len(), 0);
    for _ in stratum {
        times[rng.random_range(0..stratum.len())] += 1;
    }
    drawn.clear();
    for (value, times) in stratum.iter().zip(times) {
        drawn.extend(std::iter::repeat_n(*value, *times));
    }
}

/// A statistic of the scores with its interval.
pub(crate) fn estimate(
    scores: &RunScores,
    bootstrap: &Bootstrap,
    statistic: impl Fn(&[Vec<f64>]) -> f64,
) -> RunEstimate {
    let strata = scores.strata();
    let value = statistic(&strata.iter().map(|of| of.to_vec()).collect::<Vec<_>>());
    let mut replicates = Vec::with_capacity(bootstrap.replicates);
    bootstrap.visit_resamples(&strata, |drawn| replicates.push(statistic(drawn)));
    let interval = bootstrap.interval_over(&strata, replicates);
    RunEstimate { value, interval, runs: scores.count() }
}

/// Mean of a list that is not empty.
pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scores: &[Vec<f64>], bootstrap: &Bootstrap) -> RunEstimate {
        let scores = RunScores::complete(scores).unwrap();
        estimate(&scores, bootstrap, |tasks| mean(&tasks.concat()))
    }

    #[test]
    fn resamples_are_drawn_within_tasks_and_rising() {
        let (a, b): (&[f64], &[f64]) = (&[1.0, 2.0, 3.0], &[10.0, 20.0]);
        let mut seen = 0;
        Bootstrap { replicates: 50, seed: 1 }.visit_resamples(&[a, b], |drawn| {
            assert_eq!((drawn[0].len(), drawn[1].len()), (3, 2));
            assert!(drawn.iter().all(|task| task.is_sorted()));
            assert!(
                drawn[0].iter().all(|x| a.contains(x)) && drawn[1].iter().all(|x| b.contains(x))
            );
            seen += 1;
        });
        assert_eq!(seen, 50);
    }

    #[test]
    fn the_interval_of_a_mean_matches_the_normal_one() {
        // Two tasks of 200 runs, 0 to 1 in steps: standard error sqrt(1 / 12 / 400) = 0.01443.
        let scores: Vec<Vec<f64>> = (0..200).map(|i| vec![f64::from(i) / 199.0; 2]).collect();
        let settings = Bootstrap { replicates: 4000, seed: 3 };
        let (low, high) = of(&scores, &settings).interval.ends().unwrap();
        assert!((low - (0.5 - 1.96 * 0.01443)).abs() < 0.002, "{low}");
        assert!((high - (0.5 + 1.96 * 0.01443)).abs() < 0.002, "{high}");
        assert_eq!(of(&scores, &settings), of(&scores, &settings));
        let other = Bootstrap { seed: 4, ..settings };
        assert_ne!(of(&scores, &settings).interval, of(&scores, &other).interval);
    }

    #[test]
    fn the_type_says_why_there_is_no_interval() {
        let few = Bootstrap { replicates: 20, seed: 0 };
        let interval = |scores: &[Vec<f64>], settings| of(scores, settings).interval;
        let one = ResampledInterval::TooFew { count: 1 };
        assert_eq!(interval(&[vec![1.0, 2.0]], &few), one);
        let same = [vec![1.0, 2.0], vec![1.0, 2.0]];
        assert_eq!(interval(&same, &few), ResampledInterval::Constant);
        let none = Bootstrap { replicates: 0, seed: 0 };
        assert_eq!(interval(&same, &none), ResampledInterval::NotAsked);
        assert_eq!(ResampledInterval::Constant.ends(), None);
    }
}
