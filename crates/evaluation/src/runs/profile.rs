//! What share of runs exceeds each score?
//!
//! A profile shows the whole distribution where an aggregate shows one number: where two profiles
//! cross, which method is better depends on the score that is asked for (Dolan and Moré 2002; Agarwal
//! et al. 2021, section 4.2). Intervals are pointwise: each holds for its threshold by itself, and a
//! band of them does not cover the whole curve with 95 %.

use serde::{Deserialize, Serialize};

use super::scores::{RunCount, RunScores, RunScoresError};
use super::stratified::{ResampledInterval, mean};
use crate::interval::bootstrap::Bootstrap;

/// A share for each threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// In the order in which thresholds were given.
    pub points: Vec<ProfilePoint>,
    /// The runs that it comes from.
    pub runs: RunCount,
}

/// One point of a [`Profile`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfilePoint {
    /// In the unit of the scores.
    pub threshold: f64,
    /// What exceeds it, in [0, 1].
    pub share: f64,
    /// Over other seeds, on the same tasks.
    pub interval: ResampledInterval,
}

/// Share of runs with a score above each threshold, mean over tasks: rliable's score distribution, the
/// unbiased one of the two.
///
/// Where no resample differs, as above all scores, the interval is Wilson's with one trial a score:
/// rliable gives a point there. Memory: 8 bytes for each threshold in each of the resamples, of which
/// rliable takes 2,000 for profiles.
///
/// # Errors
/// A threshold is NaN.
pub fn performance_profile(
    scores: &RunScores,
    thresholds: &[f64],
    bootstrap: &Bootstrap,
) -> Result<Profile, RunScoresError> {
    let strata = scores.strata();
    let trials = strata.iter().map(|task| task.len()).sum();
    let (shares, replicates) = resampled(&strata, thresholds, bootstrap, share_above)?;
    let points = thresholds.iter().zip(shares).zip(replicates);
    let points = points.map(|((&threshold, share), replicates)| ProfilePoint {
        threshold,
        share,
        interval: bootstrap.interval_of_share(&strata, replicates, share, trials),
    });
    Ok(Profile { points: points.collect(), runs: scores.count() })
}

/// Share of tasks whose mean score over runs is above each threshold: rliable's average score
/// distribution, which is biased where runs are few, as a mean hides how its runs vary.
///
/// Where no resample differs there is no interval: a share of tasks that were not drawn has none.
///
/// # Errors
/// A threshold is NaN.
pub fn mean_profile(
    scores: &RunScores,
    thresholds: &[f64],
    bootstrap: &Bootstrap,
) -> Result<Profile, RunScoresError> {
    let strata = scores.strata();
    let mean_above = |task: &[f64], threshold: f64| f64::from(u8::from(mean(task) > threshold));
    let (shares, replicates) = resampled(&strata, thresholds, bootstrap, mean_above)?;
    let points = thresholds.iter().zip(shares).zip(replicates);
    let points = points.map(|((&threshold, share), replicates)| ProfilePoint {
        threshold,
        share,
        interval: bootstrap.interval_over(&strata, replicates),
    });
    Ok(Profile { points: points.collect(), runs: scores.count() })
}

fn share_above(task: &[f64], threshold: f64) -> f64 {
    let upto = task.partition_point(|score| *score <= threshold);
    (task.len() - upto) as f64 / task.len() as f64
}

/// The mean over tasks of `above`, and its replicates `[threshold][replicate]`. All thresholds see the
/// same resamples, so that a profile never rises.
fn resampled(
    strata: &[&[f64]],
    thresholds: &[f64],
    bootstrap: &Bootstrap,
    above: impl Fn(&[f64], f64) -> f64,
) -> Result<(Vec<f64>, Vec<Vec<f64>>), RunScoresError> {
    if let Some(&threshold) = thresholds.iter().find(|threshold| threshold.is_nan()) {
        return Err(RunScoresError::Threshold { threshold });
    }
    let tasks = strata.len() as f64;
    let share =
        |threshold: f64| strata.iter().map(|task| above(task, threshold)).sum::<f64>() / tasks;
    let mut replicates = vec![Vec::with_capacity(bootstrap.replicates); thresholds.len()];
    bootstrap.visit_resamples(strata, |drawn| {
        for (threshold, replicates) in thresholds.iter().zip(&mut replicates) {
            let sum: f64 = drawn.iter().map(|task| above(task, *threshold)).sum();
            replicates.push(sum / tasks);
        }
    });
    Ok((thresholds.iter().map(|threshold| share(*threshold)).collect(), replicates))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::scores::Failures;

    const FEW: Bootstrap = Bootstrap { replicates: 300, seed: 0 };

    fn scores() -> RunScores {
        RunScores::complete(&[vec![1.0, 5.0], vec![2.0, 6.0], vec![3.0, 10.0]]).unwrap()
    }

    fn shares(profile: &Profile) -> Vec<f64> {
        profile.points.iter().map(|point| point.share).collect()
    }

    #[test]
    fn above_means_strictly_above() {
        let thresholds = [0.0, 1.0, 2.5, 5.0, 10.0];
        let profile = performance_profile(&scores(), &thresholds, &FEW).unwrap();
        let expect = [6.0, 5.0, 4.0, 2.0, 0.0].map(|above| above / 6.0);
        for (share, expect) in shares(&profile).iter().zip(expect) {
            assert!((share - expect).abs() < 1e-15);
        }
        // Means 2 and 7.
        let means = mean_profile(&scores(), &[1.9, 2.0, 6.9, 7.0, 10.0], &FEW).unwrap();
        assert_eq!(shares(&means), [1.0, 0.5, 0.5, 0.0, 0.0]);
        assert_eq!(means.points[4].interval, ResampledInterval::Constant);
    }

    #[test]
    fn what_no_run_exceeds_is_not_impossible() {
        let profile = performance_profile(&scores(), &[10.0], &FEW).unwrap();
        // Wilson for 0 of 6: 1.96^2 / (6 + 1.96^2).
        let (low, high) = profile.points[0].interval.ends().unwrap();
        assert!(low == 0.0 && (high - 0.3903).abs() < 5e-5, "{high}");
    }

    #[test]
    fn neither_profile_nor_ends_rise() {
        let thresholds: Vec<f64> = (0..40).map(|i| f64::from(i) / 4.0).collect();
        let profile = performance_profile(&scores(), &thresholds, &FEW).unwrap();
        assert!(profile.points.is_sorted_by(|a, b| a.share >= b.share));
        let moving = profile.points.iter().filter(|point| point.threshold >= 1.0);
        let ends: Vec<(f64, f64)> =
            moving.filter(|point| point.share > 0.5).filter_map(|p| p.interval.ends()).collect();
        assert!(ends.is_sorted_by(|a, b| a.0 >= b.0 && a.1 >= b.1), "{ends:?}");
    }

    #[test]
    fn order_and_a_constant_change_nothing() {
        let profile = performance_profile(&scores(), &[1.5, 4.0], &FEW).unwrap();
        let turned = [vec![6.0, 2.0], vec![10.0, 3.0], vec![5.0, 1.0]];
        let turned = RunScores::complete(&turned).unwrap();
        assert_eq!(performance_profile(&turned, &[1.5, 4.0], &FEW).unwrap(), profile);
        let means = mean_profile(&scores(), &[1.5, 4.0], &FEW).unwrap();
        assert_eq!(mean_profile(&turned, &[1.5, 4.0], &FEW).unwrap(), means);
        let moved = [vec![11.0, 15.0], vec![12.0, 16.0], vec![13.0, 20.0]];
        let moved = RunScores::complete(&moved).unwrap();
        let moved = performance_profile(&moved, &[11.5, 14.0], &FEW).unwrap();
        for (moved, point) in moved.points.iter().zip(&profile.points) {
            assert_eq!((moved.share, moved.interval), (point.share, point.interval));
        }
    }

    #[test]
    fn a_threshold_is_a_number_and_failures_are_counted() {
        let error = performance_profile(&scores(), &[0.0, f64::NAN], &FEW).unwrap_err();
        assert!(matches!(error, RunScoresError::Threshold { .. }));
        let runs = [vec![Some(1.0)], vec![None], vec![Some(2.0)]];
        let scores = RunScores::new(&runs, Failures::LeftOut).unwrap();
        let profile = performance_profile(&scores, &[1.5, f64::INFINITY], &FEW).unwrap();
        assert_eq!((shares(&profile), profile.runs.failed), (vec![0.5, 0.0], 1));
    }
}
