//! Numbers of rliable, SciPy and statsmodels. `scripts/against_rliable.py` writes them, and says how.

use serde::Deserialize;

use super::stratified::ResampledInterval;
use super::student::{two_sided_quantile, two_sided_tail};
use super::*;
use crate::interval::Bootstrap;

#[derive(Deserialize)]
struct Golden {
    x: Vec<Vec<f64>>,
    y: Vec<Vec<f64>>,
    thresholds: Vec<f64>,
    aggregates: [Estimated; 2],
    profiles: [Profiled; 2],
    improvement: Estimated,
    trimmed: Vec<Trimmed>,
    student: Student,
    paired: Paired,
    corrections: Vec<Corrected>,
}

#[derive(Deserialize)]
struct Estimated {
    values: Vec<f64>,
    /// `[statistic][low, high]`
    ends: Vec<[f64; 2]>,
    errors: Vec<[f64; 2]>,
}

#[derive(Deserialize)]
struct Profiled {
    shares: Vec<f64>,
    of_means: Vec<f64>,
    ends: Vec<[f64; 2]>,
}

#[derive(Deserialize)]
struct Trimmed {
    list: Vec<f64>,
    mean: f64,
}

#[derive(Deserialize)]
struct Student {
    quantiles: Vec<Quantile>,
    tails: Vec<Tail>,
}

#[derive(Deserialize)]
struct Quantile {
    degrees: f64,
    confidence: f64,
    t: f64,
}

#[derive(Deserialize)]
struct Tail {
    degrees: f64,
    t: f64,
    p: f64,
}

#[derive(Deserialize)]
struct Paired {
    mean: f64,
    this_data: f64,
    new_sample: f64,
    low: f64,
    high: f64,
    p: f64,
    effect: f64,
    p_of_flips: f64,
}

#[derive(Deserialize)]
struct Corrected {
    p: Vec<f64>,
    holm: Vec<f64>,
    benjamini_hochberg: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../../tests/against_rliable.json")).unwrap()
}

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found}, not {expected}");
}

/// Each end within five standard errors of the difference of two bootstraps, of which the scale is
/// known from few repeats only, and one step of a statistic that moves in steps.
fn same_interval(found: ResampledInterval, ends: [f64; 2], errors: [f64; 2], step: f64) {
    let (low, high) = found.ends().unwrap();
    let largest = errors[0].max(errors[1]);
    close(low, ends[0], 7.0 * largest + step);
    close(high, ends[1], 7.0 * largest + step);
}

#[test]
fn aggregates() {
    let golden = golden();
    for (scores, expected) in [&golden.x, &golden.y].into_iter().zip(&golden.aggregates) {
        let scores = RunScores::complete(scores).unwrap();
        let bootstrap = Bootstrap::OF_RUNS;
        let found = [
            iqm(&scores, &bootstrap),
            mean_of_tasks(&scores, &bootstrap),
            median_of_tasks(&scores, &bootstrap),
            optimality_gap(&scores, 1.0, &bootstrap).unwrap(),
        ];
        for (i, found) in found.into_iter().enumerate() {
            close(found.value, expected.values[i], 1e-14);
            // Scores have two decimals: of the 16 in the middle, and of 30 or 10 in a mean.
            let step = [0.01 / 16.0, 0.01 / 30.0, 0.01 / 10.0, 0.01 / 30.0][i];
            same_interval(found.interval, expected.ends[i], expected.errors[i], step);
        }
    }
}

#[test]
fn interquartile_means() {
    for Trimmed { list, mean } in golden().trimmed {
        let scores: Vec<Vec<f64>> = list.iter().map(|score| vec![*score]).collect();
        let scores = RunScores::complete(&scores).unwrap();
        close(iqm(&scores, &Bootstrap { replicates: 0, seed: 0 }).value, mean, 1e-15);
    }
}

#[test]
fn improvement() {
    let golden = golden();
    let [x, y] = [&golden.x, &golden.y].map(|scores| RunScores::complete(scores).unwrap());
    let found = probability_of_improvement(&x, &y, &Bootstrap::OF_RUNS).unwrap();
    let expected = golden.improvement;
    close(found.probability, expected.values[0], 1e-14);
    same_interval(found.interval, expected.ends[0], expected.errors[0], 0.5 / 300.0);
}

#[test]
fn profiles() {
    let golden = golden();
    let bootstrap = Bootstrap { replicates: 20_000, seed: 0 };
    for (scores, expected) in [&golden.x, &golden.y].into_iter().zip(&golden.profiles) {
        let scores = RunScores::complete(scores).unwrap();
        let found = performance_profile(&scores, &golden.thresholds, &bootstrap).unwrap();
        for (point, (share, ends)) in
            found.points.iter().zip(expected.shares.iter().zip(&expected.ends))
        {
            close(point.share, *share, 1e-15);
            let constant = ends[0] == ends[1];
            let (low, high) = point.interval.ends().unwrap();
            // Shares move in thirtieths. Where rliable gives a point, ours is Wilson's.
            assert!(!constant || low < ends[0] || high > ends[1], "{point:?}");
            if !constant {
                same_interval(point.interval, *ends, [0.0; 2], 1.0 / 30.0 + 1e-12);
            }
        }
        let means = mean_profile(&scores, &golden.thresholds, &bootstrap).unwrap();
        let shares: Vec<f64> = means.points.iter().map(|point| point.share).collect();
        for (share, expected) in shares.iter().zip(&expected.of_means) {
            close(*share, *expected, 1e-15);
        }
    }
}

#[test]
fn student() {
    let Student { quantiles, tails } = golden().student;
    for Quantile { degrees, confidence, t } in quantiles {
        close(two_sided_quantile(confidence, degrees), t, 1e-9 * t);
    }
    for Tail { degrees, t, p } in tails {
        close(two_sided_tail(t, degrees), p, 1e-9 * p);
    }
}

#[test]
fn paired() {
    let golden = golden();
    let first_task =
        |scores: &[Vec<f64>]| scores.iter().map(|run| Some(run[0])).collect::<Vec<_>>();
    let (x, y) = (first_task(&golden.x), first_task(&golden.y));
    let found = paired_difference(&x, &y, &PairedSettings::new(80, 20)).unwrap();
    let Spread::Known { this_data, new_sample, effect } = found.spread else { panic!() };
    let expected = golden.paired;
    close(found.mean, expected.mean, 1e-14);
    close(this_data.standard_error, expected.this_data, 1e-14);
    close(new_sample.standard_error, expected.new_sample, 1e-14);
    close(new_sample.low, expected.low, 1e-13);
    close(new_sample.high, expected.high, 1e-13);
    close(new_sample.p, expected.p, 1e-12);
    close(effect, expected.effect, 1e-13);
    close(found.test.p, expected.p_of_flips, 1e-15);
}

#[test]
fn corrections() {
    for Corrected { p, holm: strict, benjamini_hochberg: expected } in golden().corrections {
        for (found, expected) in holm(&p).unwrap().into_iter().zip(strict) {
            close(found, expected, 1e-12);
        }
        for (found, expected) in benjamini_hochberg(&p).unwrap().into_iter().zip(expected) {
            close(found, expected, 1e-12);
        }
    }
}
