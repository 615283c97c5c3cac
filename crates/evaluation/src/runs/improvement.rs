//! How likely is a run of one method to beat a run of another?

use serde::{Deserialize, Serialize};

use super::scores::{RunCount, RunScores, RunScoresError, in_order};
use super::stratified::ResampledInterval;
use crate::interval::bootstrap::Bootstrap;

/// The probability that a run of `x` scores higher than a run of `y`, on a task drawn evenly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Improvement {
    /// In [0, 1]; 0.5 where neither is better. It says nothing of by how much.
    pub probability: f64,
    /// Over other seeds of both, on the same tasks. Where all runs of one are better on each task, no
    /// resample differs, and it is Wilson's.
    pub interval: ResampledInterval,
    /// Runs of `x`.
    pub x: RunCount,
    /// Runs of `y`.
    pub y: RunCount,
}

/// Mean over tasks of `P(x > y) + P(x = y) / 2`: the Mann-Whitney `U / (n m)` of the `n` runs of `x`
/// and the `m` of `y` on the task.
///
/// Runs of both are drawn anew in each resample, independently: run 3 of one has nothing to do with
/// run 3 of the other. Where it has, as with equal splits, use
/// [`paired_difference`](crate::paired_difference), which knows more. The definition is rliable's
/// `probability_of_improvement` (Agarwal et al. 2021, section 4.3; Mann and Whitney 1947).
///
/// ```
/// use medley_evaluation::{Bootstrap, RunScores, probability_of_improvement};
/// let x = RunScores::complete(&[vec![0.7], vec![0.9]]).unwrap();
/// let y = RunScores::complete(&[vec![0.6], vec![0.7], vec![0.8]]).unwrap();
/// let better = probability_of_improvement(&x, &y, &Bootstrap::OF_RUNS).unwrap();
/// assert_eq!(better.probability, 4.5 / 6.0);
/// ```
///
/// # Errors
/// `x` and `y` have different numbers of tasks. They must be the same tasks in the same order, which
/// numbers alone cannot show.
pub fn probability_of_improvement(
    x: &RunScores,
    y: &RunScores,
    bootstrap: &Bootstrap,
) -> Result<Improvement, RunScoresError> {
    if x.tasks() != y.tasks() {
        return Err(RunScoresError::Tasks { x: x.tasks(), y: y.tasks() });
    }
    let mut pairs: Vec<(&[f64], &[f64])> = x.by_task().zip(y.by_task()).collect();
    pairs.sort_by(|a, b| in_order(a.0, b.0).then_with(|| in_order(a.1, b.1)));
    let probability = mean_over(pairs.iter().copied());
    // Disjoint pairs of runs: U varies no more than the share of these that x wins (Hoeffding 1948).
    let trials = pairs.iter().map(|(x, y)| x.len().min(y.len())).sum();
    let strata: Vec<&[f64]> = pairs.iter().flat_map(|(x, y)| [*x, *y]).collect();
    let mut replicates = Vec::with_capacity(bootstrap.replicates);
    bootstrap.visit_resamples(&strata, |drawn| {
        replicates.push(mean_over(drawn.chunks_exact(2).map(|pair| (&pair[0][..], &pair[1][..]))));
    });
    let interval = bootstrap.interval_of_share(&strata, replicates, probability, trials);
    Ok(Improvement { probability, interval, x: x.count(), y: y.count() })
}

fn mean_over<'a>(pairs: impl ExactSizeIterator<Item = (&'a [f64], &'a [f64])>) -> f64 {
    let tasks = pairs.len() as f64;
    pairs.map(|(x, y)| superiority(x, y)).sum::<f64>() / tasks
}

/// `U / (n m)` of two rising lists, in linear time: doubled wins, so that sums are exact.
fn superiority(x: &[f64], y: &[f64]) -> f64 {
    let (mut below, mut upto, mut doubled) = (0, 0, 0_u64);
    for score in x {
        while below < y.len() && y[below] < *score {
            below += 1;
        }
        while upto < y.len() && y[upto] <= *score {
            upto += 1;
        }
        doubled += (below + upto) as u64;
    }
    doubled as f64 / (2 * x.len() * y.len()) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FEW: Bootstrap = Bootstrap { replicates: 200, seed: 0 };

    fn of(x: &[Vec<f64>], y: &[Vec<f64>]) -> Improvement {
        let [x, y] = [x, y].map(|scores| RunScores::complete(scores).unwrap());
        probability_of_improvement(&x, &y, &FEW).unwrap()
    }

    #[test]
    fn ties_are_half_and_tasks_are_equal() {
        // Task 1: 2 > 1, 2 = 2, 2 < 3 and 3 > 1, 3 > 2, 3 = 3: 4 of 6. Task 2: all ties.
        let better = of(
            &[vec![2.0, 0.0], vec![3.0, 0.0]],
            &[vec![1.0, 0.0], vec![2.0, 0.0], vec![3.0, 0.0]],
        );
        assert!((better.probability - (4.0 / 6.0 + 0.5) / 2.0).abs() < 1e-15);
        assert_eq!((better.x.completed, better.y.completed), (4, 6));
    }

    #[test]
    fn certainty_is_not_had_from_few_runs() {
        let better = of(&[vec![2.0], vec![3.0], vec![4.0]], &[vec![1.0], vec![0.0], vec![0.5]]);
        // Wilson for 3 of 3: 3 / (3 + 1.96^2).
        let (low, high) = better.interval.ends().unwrap();
        assert!(better.probability == 1.0 && high == 1.0 && (low - 0.4385).abs() < 5e-5, "{low}");
        let one = of(&[vec![2.0]], &[vec![1.0], vec![0.0]]);
        assert_eq!((one.probability, one.interval), (1.0, ResampledInterval::TooFew { count: 1 }));
    }

    #[test]
    fn tasks_must_be_the_same() {
        let x = RunScores::complete(&[vec![1.0, 2.0]]).unwrap();
        let y = RunScores::complete(&[vec![1.0]]).unwrap();
        let error = probability_of_improvement(&x, &y, &FEW).unwrap_err();
        assert_eq!(error, RunScoresError::Tasks { x: 2, y: 1 });
    }

    fn matrix(tasks: usize) -> impl Strategy<Value = Vec<Vec<f64>>> {
        let score = (0..12_i32).prop_map(f64::from);
        prop::collection::vec(prop::collection::vec(score, tasks), 2..7)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn orders_change_no_bit_and_sides_are_mirrors(
            (x, y) in (1..4_usize).prop_flat_map(|tasks| (matrix(tasks), matrix(tasks))),
            by in 0..8_usize,
        ) {
            let better = of(&x, &y);
            prop_assert!((better.probability + of(&y, &x).probability - 1.0).abs() < 1e-12);
            let turned = |scores: &[Vec<f64>], runs: usize| {
                let mut scores = scores.to_vec();
                let (rows, columns) = (scores.len(), scores[0].len());
                scores.rotate_left(runs % rows);
                scores.iter_mut().for_each(|run| run.rotate_left(by % columns));
                scores
            };
            prop_assert_eq!(of(&turned(&x, by), &turned(&y, by + 1)), better);
            // Any rising map of the scores changes nothing: adding a constant, or the cube.
            let mapped = |scores: &[Vec<f64>]| -> Vec<Vec<f64>> {
                scores.iter().map(|run| run.iter().map(|s| (s + 3.0).powi(3)).collect()).collect()
            };
            prop_assert_eq!(of(&mapped(&x), &mapped(&y)), better);
        }
    }
}
