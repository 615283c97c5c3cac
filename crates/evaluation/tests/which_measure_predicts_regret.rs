//! Rewards that are wrong in known ways, in random worlds that are solved exactly: do the measures say how
//! much is lost by optimizing them?
//!
//!     cargo test --release -p medley-evaluation --test which_measure_predicts_regret -- --nocapture
//!
//! prints the table of `docs/MEASURES.md`.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use medley_evaluation::{
    Bootstrap, Canonicalization, CoverageDistribution, MeasuredRun, ReferenceValues,
    RegretPrediction, TabularReward, TabularShape, TransitionModel, dard, epic, pearson,
    regret_predictions, starc,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const SHAPE: TabularShape = TabularShape { states: 20, actions: 4 };
const DISCOUNT: f64 = 0.9;
const WORLDS: u32 = 6;
const REWARDS: u32 = 40;

struct World {
    /// `[state][action]`, of three next states with their probabilities.
    next: Vec<Vec<[(usize, f64); 3]>>,
    model: TransitionModel,
    along: CoverageDistribution,
    truth: TabularReward,
}

/// How a learned reward is wrong.
#[derive(Clone, Copy)]
struct Fault {
    /// Add a potential, which is no fault at all.
    shaped: bool,
    /// Put noise on transitions that cannot happen, which is none either.
    impossible: bool,
}

fn centred(rng: &mut ChaCha8Rng) -> f64 {
    rng.random::<f64>() - 0.5
}

fn world(rng: &mut ChaCha8Rng) -> World {
    let states = SHAPE.states;
    let mut pair = || {
        let weights: [f64; 3] = [rng.random(), rng.random(), rng.random()];
        let sum: f64 = weights.iter().sum();
        let first = rng.random_range(0..states);
        // Three that differ.
        let at = |i: usize| ((first + i * 7) % states, weights[i] / sum);
        [at(0), at(1), at(2)]
    };
    let next: Vec<Vec<[(usize, f64); 3]>> =
        (0..states).map(|_| (0..SHAPE.actions).map(|_| pair()).collect()).collect();
    let mut probabilities = vec![0.0; states * SHAPE.actions * states];
    for (row, successors) in probabilities.chunks_mut(states).zip(next.iter().flatten()) {
        successors.iter().for_each(|(state, p)| row[*state] = *p);
    }
    let model = TransitionModel::new(SHAPE, probabilities).unwrap();
    let even = |count: usize| vec![1.0 / count as f64; count];
    let along = CoverageDistribution::along(&model, even(states), even(SHAPE.actions)).unwrap();
    let truth = random_reward(rng, |_, _, _| true);
    World { next, model, along, truth }
}

fn random_reward(
    rng: &mut ChaCha8Rng,
    is_there: impl Fn(usize, usize, usize) -> bool,
) -> TabularReward {
    let of_pairs: Vec<f64> = (0..SHAPE.states * SHAPE.actions).map(|_| centred(rng)).collect();
    let of = |s: usize, a: usize, n: usize| {
        f64::from(u8::from(is_there(s, a, n))) * of_pairs[s * SHAPE.actions + a]
    };
    TabularReward::from_fn(SHAPE, of).unwrap()
}

impl World {
    fn learned(&self, fault: Fault, rng: &mut ChaCha8Rng) -> TabularReward {
        let angle = std::f64::consts::FRAC_PI_2 * rng.random::<f64>();
        let noise = random_reward(rng, |_, _, _| true);
        let is_possible =
            |s: usize, a: usize, n: usize| self.next[s][a].iter().any(|(state, _)| *state == n);
        let elsewhere = random_reward(rng, |s, a, n| fault.impossible && !is_possible(s, a, n));
        let height = if fault.shaped { 8.0 * rng.random::<f64>() } else { 0.0 };
        let potential: Vec<f64> = (0..SHAPE.states).map(|_| height * centred(rng)).collect();
        let of = |s: usize, a: usize, n: usize| {
            let wrong = angle.cos() * self.truth.at(s, a, n) + angle.sin() * noise.at(s, a, n);
            wrong + 4.0 * elsewhere.at(s, a, n) + DISCOUNT * potential[n] - potential[s]
        };
        TabularReward::from_fn(SHAPE, of).unwrap()
    }

    /// `Q(s, a)` of values, `[state][action]`.
    fn backed_up(&self, reward: &TabularReward, values: &[f64]) -> Vec<Vec<f64>> {
        let of = |s: usize, a: usize| {
            let terms = self.next[s][a].iter();
            terms.map(|(n, p)| p * (reward.at(s, a, *n) + DISCOUNT * values[*n])).sum()
        };
        (0..SHAPE.states).map(|s| (0..SHAPE.actions).map(|a| of(s, a)).collect()).collect()
    }

    /// By iteration until gamma^k is below 1e-13.
    fn iterated(&self, reward: &TabularReward, choose: impl Fn(usize, &[f64]) -> f64) -> Vec<f64> {
        let mut values = vec![0.0; SHAPE.states];
        for _ in 0..300 {
            let backed = self.backed_up(reward, &values);
            values = backed.iter().enumerate().map(|(s, of)| choose(s, of)).collect();
        }
        values
    }

    /// The value, from states alike, by the true reward of the best policy for another.
    fn value_of_best_for(&self, reward: &TabularReward) -> f64 {
        let highest = |of: &[f64]| of.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let best = self.backed_up(reward, &self.iterated(reward, |_, of| highest(of)));
        let action = |of: &Vec<f64>| of.iter().position(|q| *q == highest(of)).unwrap();
        let policy: Vec<usize> = best.iter().map(action).collect();
        mean(&self.iterated(&self.truth, |s, of| of[policy[s]]))
    }

    fn references(&self) -> ReferenceValues {
        let uniform = mean(&self.iterated(&self.truth, |_, of| mean(of)));
        ReferenceValues::new(uniform, self.value_of_best_for(&self.truth)).unwrap()
    }

    fn measures(&self, learned: &TabularReward) -> BTreeMap<String, f64> {
        let (x, y, uniform) = (learned, &self.truth, CoverageDistribution::uniform(SHAPE).unwrap());
        let starc = |c| starc(x, y, &self.model, DISCOUNT, c).unwrap().distance;
        // Over transitions that can happen, each once.
        let on_support = |reward: &TabularReward| -> Vec<f64> {
            let places = (0..SHAPE.states).flat_map(|s| (0..SHAPE.actions).map(move |a| (s, a)));
            places.flat_map(|(s, a)| self.next[s][a].map(|(n, _)| reward.at(s, a, n))).collect()
        };
        let dard = dard(x, y, &self.model, &self.along, DISCOUNT).unwrap().distance;
        [
            ("EPIC, all transitions", epic(x, y, &uniform, DISCOUNT).unwrap().distance),
            ("EPIC, possible transitions", epic(x, y, &self.along, DISCOUNT).unwrap().distance),
            ("DARD", dard),
            ("STARC-VAL", starc(Canonicalization::ValueAdjusted)),
            ("STARC-minimal", starc(Canonicalization::Minimal)),
            ("Pearson", pearson(&on_support(x), &on_support(y)).unwrap()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Worlds and their rewards, all with one kind of fault.
fn table(fault: Fault) -> Vec<RegretPrediction> {
    let mut runs = Vec::new();
    for number in 0..WORLDS {
        let mut rng = ChaCha8Rng::seed_from_u64(u64::from(number));
        let world = world(&mut rng);
        let references = world.references();
        for reward in 0..REWARDS {
            let learned = world.learned(fault, &mut rng);
            let regret = references.normalized_regret(world.value_of_best_for(&learned)).unwrap();
            assert!(regret >= -1e-9, "nothing is better than the best: {regret}");
            runs.push(MeasuredRun {
                run: format!("reward-{reward}"),
                world: format!("world-{number}"),
                cluster: number * REWARDS + reward,
                regret,
                measures: world.measures(&learned),
            });
        }
    }
    regret_predictions(&runs, &Bootstrap::default()).unwrap()
}

/// Rank correlation with regret, by name.
fn of(fault: Fault, heading: &str) -> BTreeMap<String, f64> {
    println!("{heading}");
    let show = |row: RegretPrediction| {
        let rho = row.rank_correlation.unwrap();
        println!("  {:27} {:6.3} [{:6.3}, {:6.3}]", row.measure, rho.value, rho.low, rho.high);
        (row.measure, rho.value)
    };
    table(fault).into_iter().map(show).collect()
}

#[test]
fn each_measure_is_blind_to_what_it_should_be() {
    let plain = of(Fault { shaped: false, impossible: false }, "noise only");
    for (name, rho) in &plain {
        assert!(rho.abs() > 0.8, "{name}: {rho}");
    }
    let shaped = of(Fault { shaped: true, impossible: false }, "noise and a potential");
    // The potential changes no regret, and nothing that knows of potentials.
    for name in ["EPIC, all transitions", "DARD", "STARC-VAL", "STARC-minimal"] {
        assert!(shaped[name] > 0.8, "{name}: {}", shaped[name]);
    }
    assert!(shaped["Pearson"].abs() < 0.6, "{shaped:?}");
    let impossible = of(
        Fault { shaped: false, impossible: true },
        "noise, and rewards of transitions that cannot happen",
    );
    for name in ["STARC-VAL", "STARC-minimal", "Pearson"] {
        assert!(impossible[name].abs() > 0.8, "{name}: {}", impossible[name]);
    }
    assert!(impossible["EPIC, all transitions"] < 0.6, "{impossible:?}");
}
