//! Which one number stands for all runs of all tasks?
//!
//! The interquartile mean by default: unlike the mean it is not ruled by one task of huge scores, and
//! unlike the median of tasks it uses half of all runs, so that it needs fewer of them for the same
//! certainty (Agarwal et al. 2021, section 4.3).
//!
//! Failures that are left out thin out a task. The mean, the median and the optimality gap weigh tasks
//! equally all the same; the interquartile mean is over scores, whatever tasks they are of.

use super::scores::{RunScores, RunScoresError};
use super::stratified::{RunEstimate, estimate, mean};
use crate::interval::bootstrap::Bootstrap;
use crate::median::median;

/// Interquartile mean: of the scores of all runs and tasks, the mean of the middle half.
///
/// Of `n` scores, the `floor(n / 4)` lowest and as many of the highest are left out, as
/// `scipy.stats.trim_mean(scores, 0.25, axis=None)` and rliable's `aggregate_iqm` do. In the unit of
/// the scores.
///
/// ```
/// use medley_evaluation::{Bootstrap, RunScores, iqm};
/// let runs = [vec![0.0, 4.0], vec![1.0, 5.0], vec![2.0, 6.0], vec![3.0, 99.0]];
/// let scores = RunScores::complete(&runs).unwrap();
/// let iqm = iqm(&scores, &Bootstrap::OF_RUNS);
/// assert_eq!(iqm.value, 3.5); // of 2, 3, 4, 5
/// assert!(iqm.interval.ends().is_some());
/// ```
pub fn iqm(scores: &RunScores, bootstrap: &Bootstrap) -> RunEstimate {
    estimate(scores, bootstrap, |tasks| {
        let mut pooled = tasks.concat();
        // Tasks are rising, and a stable sort merges what is.
        pooled.sort_by(f64::total_cmp);
        let cut = pooled.len() / 4;
        mean(&pooled[cut..pooled.len() - cut])
    })
}

/// Mean over tasks of the mean over runs, in the unit of the scores.
pub fn mean_of_tasks(scores: &RunScores, bootstrap: &Bootstrap) -> RunEstimate {
    estimate(scores, bootstrap, |tasks| mean(&task_means(tasks)))
}

/// Median over tasks of the mean over runs, in the unit of the scores. Of an even number of tasks, the
/// mean of the two in the middle.
///
/// Up to half of the tasks could score nothing and leave it where it is.
pub fn median_of_tasks(scores: &RunScores, bootstrap: &Bootstrap) -> RunEstimate {
    estimate(scores, bootstrap, |tasks| median(task_means(tasks)).expect("scores have a task"))
}

/// How far scores fall short of `target`: mean over tasks and runs of `max(target - score, 0)`, in the
/// unit of the scores; 0 where all reach it. Smaller is better. What exceeds the target makes up for
/// nothing (rliable's `aggregate_optimality_gap`, whose `gamma` is 1 by default).
///
/// # Errors
/// `target` is NaN or infinite.
pub fn optimality_gap(
    scores: &RunScores,
    target: f64,
    bootstrap: &Bootstrap,
) -> Result<RunEstimate, RunScoresError> {
    if !target.is_finite() {
        return Err(RunScoresError::Threshold { threshold: target });
    }
    let shortfall = |scores: &Vec<f64>| {
        scores.iter().map(|score| (target - score).max(0.0)).sum::<f64>() / scores.len() as f64
    };
    Ok(estimate(scores, bootstrap, |tasks| {
        tasks.iter().map(shortfall).sum::<f64>() / tasks.len() as f64
    }))
}

fn task_means(tasks: &[Vec<f64>]) -> Vec<f64> {
    tasks.iter().map(|scores| mean(scores)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::scores::{Failures, RunCount};
    use crate::runs::stratified::ResampledInterval;
    use proptest::prelude::*;

    const FEW: Bootstrap = Bootstrap { replicates: 200, seed: 0 };

    /// All four, with targets that move with the scores.
    fn all(runs: &[Vec<f64>], target: f64) -> [RunEstimate; 4] {
        let scores = RunScores::complete(runs).unwrap();
        let gap = optimality_gap(&scores, target, &FEW).unwrap();
        [iqm(&scores, &FEW), mean_of_tasks(&scores, &FEW), median_of_tasks(&scores, &FEW), gap]
    }

    #[test]
    fn by_hand() {
        // Means of tasks: 2, 5, 20. Pooled: 1 2 3 4 5 6 10 20 30, of which 2 fall away on each side.
        let runs = [vec![1.0, 4.0, 30.0], vec![2.0, 5.0, 20.0], vec![3.0, 6.0, 10.0]];
        let [iqm, mean, median, gap] = all(&runs, 5.0);
        assert_eq!((iqm.value, mean.value, median.value), (28.0 / 5.0, 9.0, 5.0));
        // Shortfalls of 5: 4, 3, 2; 1, 0, 0; none.
        assert!((gap.value - 10.0 / 9.0).abs() < 1e-15);
        let [iqm, mean, median, _] = all(&[vec![1.0, 3.0], vec![1.0, 7.0]], 1.0);
        assert_eq!((iqm.value, mean.value, median.value), (2.0, 3.0, 3.0));
        assert_eq!(iqm.runs, RunCount { completed: 4, failed: 0 });
    }

    #[test]
    fn left_out_failures_do_not_weigh_tasks() {
        let runs = [vec![Some(0.0), Some(1.0)], vec![None, Some(2.0)], vec![None, Some(3.0)]];
        let left_out = RunScores::new(&runs, Failures::LeftOut).unwrap();
        let mean = mean_of_tasks(&left_out, &FEW);
        assert_eq!(mean.value, 1.0);
        assert_eq!(mean.interval, ResampledInterval::TooFew { count: 1 });
        assert_eq!(mean.runs, RunCount { completed: 4, failed: 2 });
        assert_eq!(optimality_gap(&left_out, 3.0, &FEW).unwrap().value, 2.0);
        let scored = RunScores::new(&runs, Failures::ScoredAs(-3.0)).unwrap();
        assert_eq!(mean_of_tasks(&scored, &FEW).value, 0.0);
        assert_eq!(mean_of_tasks(&scored, &FEW).runs.failed, 2);
    }

    #[test]
    fn a_gap_needs_a_finite_target() {
        let scores = RunScores::complete(&[vec![1.0]]).unwrap();
        let error = optimality_gap(&scores, f64::INFINITY, &FEW).unwrap_err();
        assert_eq!(error, RunScoresError::Threshold { threshold: f64::INFINITY });
    }

    fn matrices() -> impl Strategy<Value = Vec<Vec<f64>>> {
        (2..8_usize, 1..5_usize).prop_flat_map(|(runs, tasks)| {
            // Quarters: sums with constants are exact, so that ties stay ties.
            let score = (-40..40_i32).prop_map(|quarters| f64::from(quarters) / 4.0);
            prop::collection::vec(prop::collection::vec(score, tasks), runs)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn orders_of_runs_and_tasks_change_no_bit(runs in matrices(), by in 0..8_usize) {
            let mut turned = runs.clone();
            let (rows, columns) = (runs.len(), runs[0].len());
            turned.rotate_left(by % rows);
            turned.iter_mut().for_each(|run| run.rotate_left(by % columns));
            prop_assert_eq!(all(&runs, 1.0), all(&turned, 1.0));
        }

        #[test]
        fn a_constant_moves_what_has_a_place(runs in matrices(), by in -20..20_i32) {
            let by = f64::from(by);
            let moved: Vec<Vec<f64>> =
                runs.iter().map(|run| run.iter().map(|score| score + by).collect()).collect();
            let (before, after) = (all(&runs, 1.0), all(&moved, 1.0 + by));
            for (metric, (before, after)) in before.iter().zip(&after).enumerate() {
                let by = if metric == 3 { 0.0 } else { by };
                prop_assert!((before.value + by - after.value).abs() < 1e-12);
                if let (Some(b), Some(a)) = (before.interval.ends(), after.interval.ends()) {
                    prop_assert!((b.0 + by - a.0).abs() < 1e-12 && (b.1 + by - a.1).abs() < 1e-12);
                }
            }
        }

        #[test]
        fn the_interquartile_mean_does_not_see_extremes(runs in matrices()) {
            let mut pooled = runs.concat();
            prop_assume!(pooled.len() >= 4);
            pooled.sort_by(f64::total_cmp);
            let most = pooled[pooled.len() - 1];
            let mut extreme = runs.clone();
            let at = extreme.iter().position(|run| run.contains(&most)).unwrap();
            let score = extreme[at].iter_mut().find(|score| **score == most).unwrap();
            *score = 1e12;
            prop_assert_eq!(all(&runs, 1.0)[0].value, all(&extreme, 1.0)[0].value);
        }
    }
}
