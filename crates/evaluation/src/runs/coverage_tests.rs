//! Do intervals cover what they claim to cover, as often as they claim?
//!
//! Each case draws data of which the truth is known and says whether the interval holds it. A quick
//! count is always made. The large one, whose shares are the measured ones:
//!
//!     cargo test --release -p medley-evaluation coverage -- --ignored --nocapture

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::stratified::mean;
use super::student::two_sided_quantile;
use super::*;
use crate::interval::Bootstrap;
use crate::{Orders, sampled_shapley};

/// A case: whether the interval from these data holds the truth.
type Holds = fn(&mut ChaCha8Rng, Bootstrap) -> bool;

/// Name, case, and the share of data sets in which the interval holds the truth, as measured over
/// 5,000 data sets and 1,000 resamples.
const CASES: [(&str, Holds, f64); 9] = [
    ("interquartile mean, 10 runs", iqm_of_ten, 0.93),
    ("interquartile mean, 3 runs", iqm_of_three, 0.85),
    ("mean, 10 runs", mean_of_ten, 0.92),
    ("improvement, 10 runs", improvement_of_ten, 0.94),
    ("profile, 10 runs", profile_of_ten, 0.95),
    ("new sample, corrected t", new_sample, 0.92),
    ("this data, t", this_data, 0.94),
    ("new sample by the error over this data", new_sample_by_this_data, 0.67),
    ("sampled orders", shapley_of_runways, 0.95),
];

fn check(data_sets: u64, replicates: usize, tolerance: f64) {
    let mut wrong = Vec::new();
    for (name, holds, expected) in CASES {
        let held = (0..data_sets).filter(|&seed| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            holds(&mut rng, Bootstrap { replicates, seed })
        });
        let share = held.count() as f64 / data_sets as f64;
        println!("{name}: {share:.4}");
        if (share - expected).abs() > tolerance {
            wrong.push(format!("{name}: {share}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Four standard errors of a share of 0.93 over 400 data sets; seeds are fixed.
#[test]
fn coverage_of_few_data_sets() {
    check(400, 300, 0.055);
}

#[test]
#[ignore = "a minute of processor time: see the top of this file"]
fn coverage_of_many_data_sets() {
    check(5000, 1000, 0.015);
}

/// Under no difference, p values of the sign-flip test are no smaller than chance.
#[test]
fn coverage_of_sign_flips() {
    let mut below = [0, 0];
    for seed in 0..1000 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for (below, splits) in below.iter_mut().zip([10, 20]) {
            let scores =
                |rng: &mut ChaCha8Rng| (0..splits).map(|_| Some(normal(rng))).collect::<Vec<_>>();
            let settings = PairedSettings { flips: 199, ..PairedSettings::new(80, 20) };
            let found = paired_difference(&scores(&mut rng), &scores(&mut rng), &settings).unwrap();
            *below += u32::from(found.test.p <= 0.05);
        }
    }
    // 50 expected; three standard errors of 6.9.
    assert!(below.iter().all(|below| (29..=71).contains(below)), "{below:?}");
}

/// Three tasks with means -1, 0 and 1 and standard deviation 1: symmetric about 0.
fn scores(rng: &mut ChaCha8Rng, runs: usize, better: f64) -> RunScores {
    let run =
        |rng: &mut ChaCha8Rng| [-1.0, 0.0, 1.0].map(|task| task + better + normal(rng)).to_vec();
    RunScores::complete(&(0..runs).map(|_| run(rng)).collect::<Vec<_>>()).unwrap()
}

fn within(interval: ResampledInterval, truth: f64) -> bool {
    let (low, high) = interval.ends().unwrap();
    low <= truth && truth <= high
}

fn iqm_of_ten(rng: &mut ChaCha8Rng, bootstrap: Bootstrap) -> bool {
    within(iqm(&scores(rng, 10, 0.0), &bootstrap).interval, 0.0)
}

fn iqm_of_three(rng: &mut ChaCha8Rng, bootstrap: Bootstrap) -> bool {
    within(iqm(&scores(rng, 3, 0.0), &bootstrap).interval, 0.0)
}

fn mean_of_ten(rng: &mut ChaCha8Rng, bootstrap: Bootstrap) -> bool {
    within(mean_of_tasks(&scores(rng, 10, 0.0), &bootstrap).interval, 0.0)
}

/// `P(x > y)` of normal scores half a standard deviation apart: the normal integral to 0.5 / sqrt(2).
fn improvement_of_ten(rng: &mut ChaCha8Rng, bootstrap: Bootstrap) -> bool {
    let (x, y) = (scores(rng, 10, 0.5), scores(rng, 10, 0.0));
    let found = probability_of_improvement(&x, &y, &bootstrap).unwrap();
    within(found.interval, 0.638_163_195)
}

fn profile_of_ten(rng: &mut ChaCha8Rng, bootstrap: Bootstrap) -> bool {
    let profile = performance_profile(&scores(rng, 10, 0.0), &[0.0], &bootstrap).unwrap();
    within(profile.points[0].interval, 0.5)
}

/// Predicting what was seen on average against predicting 0: a difference of squared errors, over 15
/// splits of 60 data.
struct Split {
    difference: f64,
    of_this_data: f64,
    spread: Spread,
}

const DATA: usize = 60;
const TRAIN: usize = 50;
const SPLITS: usize = 15;
const MIDDLE: f64 = 0.5;

impl Split {
    fn draw(rng: &mut ChaCha8Rng) -> Self {
        let mut data: Vec<f64> = (0..DATA).map(|_| MIDDLE + normal(rng)).collect();
        let all = mean(&data);
        let variance = data.iter().map(|y| (y - all).powi(2)).sum::<f64>() / (DATA - 1) as f64;
        let errors: Vec<[Option<f64>; 2]> =
            (0..SPLITS).map(|_| Self::errors(&mut data, rng)).collect();
        let mode = |mode: usize| errors.iter().map(|errors| errors[mode]).collect::<Vec<_>>();
        let settings = PairedSettings::new(TRAIN, DATA - TRAIN);
        let found = paired_difference(&mode(0), &mode(1), &settings).unwrap();
        // Mean over all splits of m^2 - 2 m m', the means of the training and test parts, which are
        // drawn without replacement.
        let of_mean = variance / TRAIN as f64 * (1.0 - TRAIN as f64 / DATA as f64);
        let of_this_data = of_mean * (1.0 + 2.0 * TRAIN as f64 / (DATA - TRAIN) as f64) - all * all;
        Self { difference: found.mean, of_this_data, spread: found.spread }
    }

    fn errors(data: &mut [f64], rng: &mut ChaCha8Rng) -> [Option<f64>; 2] {
        for i in (1..data.len()).rev() {
            data.swap(i, rng.random_range(0..=i));
        }
        let (train, test) = data.split_at(TRAIN);
        let error =
            |guess: f64| mean(&test.iter().map(|y| (y - guess).powi(2)).collect::<Vec<_>>());
        [Some(error(mean(train))), Some(error(0.0))]
    }

    /// Of predictions for data not seen.
    fn truth() -> f64 {
        1.0 / TRAIN as f64 - MIDDLE * MIDDLE
    }

    fn known(&self) -> (ThisData, NewSample) {
        match self.spread {
            Spread::Known { this_data, new_sample, .. } => (this_data, new_sample),
            other => panic!("{other:?}"),
        }
    }

    fn within_this_data(&self, truth: f64) -> bool {
        let half = two_sided_quantile(0.95, (SPLITS - 1) as f64) * self.known().0.standard_error;
        (self.difference - truth).abs() <= half
    }
}

fn new_sample(rng: &mut ChaCha8Rng, _: Bootstrap) -> bool {
    let (_, new_sample) = Split::draw(rng).known();
    new_sample.low <= Split::truth() && Split::truth() <= new_sample.high
}

fn this_data(rng: &mut ChaCha8Rng, _: Bootstrap) -> bool {
    let split = Split::draw(rng);
    split.within_this_data(split.of_this_data)
}

/// The mistake that the two types are there to prevent.
fn new_sample_by_this_data(rng: &mut ChaCha8Rng, _: Bootstrap) -> bool {
    Split::draw(rng).within_this_data(Split::truth())
}

/// The airport game of five sources: the last is worth `1/5 + 1/4 + 1/3 + 1/2 + 1`.
fn shapley_of_runways(rng: &mut ChaCha8Rng, bootstrap: Bootstrap) -> bool {
    let runway = |subset: &[usize]| Some(subset.last().map_or(0.0, |longest| (longest + 1) as f64));
    let orders = Orders { count: 60, seed: rng.random(), bootstrap };
    let found = sampled_shapley(&["a", "b", "c", "d", "e"], runway, &orders).unwrap();
    within(found.values[4].interval, 137.0 / 60.0)
}

/// A standard normal number (Box and Muller 1958).
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let (radius, angle): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}
