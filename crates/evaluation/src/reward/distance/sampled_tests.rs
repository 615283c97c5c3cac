//! Samples against the exact distances.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::fixtures::{World, changed, world, worlds};
use super::{
    Canonicalization, DardSample, EpicSample, RewardDistance, RolloutPair, SampleError,
    StarcSample, TabularTransition, dard, epic, sampled_dard, sampled_epic, sampled_starc, starc,
};
use crate::reward::tabular::{CoverageDistribution, TabularReward, TabularShape, TransitionModel};

fn draw(weights: impl Iterator<Item = (usize, f64)>, rng: &mut ChaCha8Rng) -> usize {
    let (mut at, mut last) = (rng.random::<f64>(), 0);
    for (place, weight) in weights.filter(|(_, weight)| *weight > 0.0) {
        last = place;
        at -= weight;
        if at < 0.0 {
            return place;
        }
    }
    last
}

fn transition(world: &World, at: usize) -> TabularTransition {
    let (states, actions) = (world.shape.states, world.shape.actions);
    let pair = at / states;
    TabularTransition { state: pair / actions, action: pair % actions, next: at % states }
}

fn asked(reward: &TabularReward) -> impl FnMut(&[TabularTransition]) -> Vec<f64> {
    |batch| batch.iter().map(|of| reward.at(of.state, of.action, of.next)).collect()
}

fn listed(list: &[f64]) -> impl Iterator<Item = (usize, f64)> {
    list.iter().copied().enumerate()
}

fn epic_by(world: &World, count: usize, seed: u64, x: &TabularReward, y: &TabularReward) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let coverage = &world.coverage;
    let transitions: Vec<TabularTransition> = (0..count)
        .map(|_| transition(world, draw(listed(coverage.transitions()), &mut rng)))
        .collect();
    let probes: Vec<(usize, usize)> = (0..count)
        .map(|_| {
            (draw(listed(coverage.actions()), &mut rng), draw(listed(coverage.states()), &mut rng))
        })
        .collect();
    let sample =
        EpicSample { transitions: &transitions, probes: &probes, discount: world.discount };
    sampled_epic(&sample, asked(x), asked(y)).unwrap().distance
}

fn dard_by(world: &World, count: usize, seed: u64, x: &TabularReward, y: &TabularReward) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let coverage = &world.coverage;
    let transitions: Vec<TabularTransition> = (0..count)
        .map(|_| transition(world, draw(listed(coverage.transitions()), &mut rng)))
        .collect();
    let actions: Vec<usize> =
        (0..count).map(|_| draw(listed(coverage.actions()), &mut rng)).collect();
    let successors: BTreeMap<usize, Vec<usize>> = (0..world.shape.states)
        .map(|s| {
            (s, actions.iter().map(|a| draw(world.model.successors(s, *a), &mut rng)).collect())
        })
        .collect();
    let discount = world.discount;
    let sample = DardSample {
        transitions: &transitions,
        actions: &actions,
        successors: &successors,
        discount,
    };
    sampled_dard(&sample, asked(x), asked(y)).unwrap().distance
}

fn rollout(
    world: &World,
    state: usize,
    action: Option<usize>,
    rng: &mut ChaCha8Rng,
) -> Vec<TabularTransition> {
    let length = if world.discount < 0.01 { 8 } else { (-20.0 / world.discount.ln()) as usize + 8 };
    let (mut state, mut action, mut steps) = (state, action, Vec::new());
    for _ in 0..length {
        let act = action.take().unwrap_or_else(|| rng.random_range(0..world.shape.actions));
        let next = draw(world.model.successors(state, act), rng);
        steps.push(TabularTransition { state, action: act, next });
        state = next;
    }
    steps
}

fn starc_by(world: &World, count: usize, seed: u64, x: &TabularReward, y: &TabularReward) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let pairs: Vec<RolloutPair> = (0..world.shape.states * world.shape.actions)
        .map(|pair| {
            let (state, action) = (pair / world.shape.actions, pair % world.shape.actions);
            RolloutPair {
                after_action: (0..count)
                    .map(|_| rollout(world, state, Some(action), &mut rng))
                    .collect(),
                after_state: (0..count).map(|_| rollout(world, state, None, &mut rng)).collect(),
            }
        })
        .collect();
    let sample = StarcSample { pairs: &pairs, discount: world.discount };
    sampled_starc(&sample, asked(x), asked(y)).unwrap().distance
}

/// A hundred times the sample is about a tenth of the error.
#[test]
fn samples_come_to_the_exact_distance() {
    let mut world = world(5, 3, 7);
    world.discount = 0.6;
    let [x, y, _] = world.rewards.clone();
    let World { model, coverage, discount, .. } = &world;
    let exact = [
        epic(&x, &y, coverage, *discount),
        dard(&x, &y, model, coverage, *discount),
        starc(&x, &y, model, *discount, Canonicalization::ValueAdjusted),
    ]
    .map(|of| of.unwrap().distance);
    let mean_error = |by: &dyn Fn(u64) -> f64, exact: f64| {
        (0..20).map(|seed| (by(seed) - exact).abs()).sum::<f64>() / 20.0
    };
    for (few, many, place) in [(40, 4000, 0), (40, 4000, 1), (16, 1600, 2)] {
        let of = |count: usize| {
            let by = |seed| match place {
                0 => epic_by(&world, count, seed, &x, &y),
                1 => dard_by(&world, count, seed, &x, &y),
                _ => starc_by(&world, count, seed, &x, &y),
            };
            mean_error(&by, exact[place])
        };
        let (counts, (few, many)) = ((few, many), (of(few), of(many)));
        println!(
            "{}: mean error {few:.4} and {many:.4} of {counts:?} draws",
            ["EPIC", "DARD", "STARC-VAL"][place]
        );
        assert!(
            many < few / 5.0 && many < 0.02,
            "{place}: {few} then {many}, exact {}",
            exact[place]
        );
    }
}

/// In a state that can follow itself, what follows it twice are two draws.
#[test]
fn draws_after_one_state_are_independent() {
    let shape = TabularShape { states: 2, actions: 1 };
    let mut world = world(2, 1, 0);
    (world.shape, world.discount) = (shape, 0.9);
    world.model = TransitionModel::new(shape, vec![0.5, 0.5, 0.0, 1.0]).unwrap();
    world.coverage = CoverageDistribution::uniform(shape).unwrap();
    let reward = |values: [f64; 4]| TabularReward::new(shape, values.to_vec()).unwrap();
    let (x, y) = (reward([3.0, 0.0, 0.0, 1.0]), reward([0.0, 1.0, 2.0, 0.0]));
    let exact = dard(&x, &y, &world.model, &world.coverage, 0.9).unwrap().distance;
    let mean = (0..8).map(|seed| dard_by(&world, 4000, seed, &x, &y)).sum::<f64>() / 8.0;
    assert!((mean - exact).abs() < 0.01, "{mean} for {exact}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Both rewards see the same draws: no sample is too small for a potential to cancel.
    #[test]
    fn potentials_cancel_in_every_sample(world in worlds(), seed in any::<u64>()) {
        let x = &world.rewards[0];
        let same = changed(x, &world, 2.5, 1.5);
        let check = |got: f64, most: f64| {
            prop_assert!(got < most, "{}", got);
            Ok(())
        };
        check(epic_by(&world, 12, seed, &same, x), 1e-9)?;
        check(dard_by(&world, 12, seed, &same, x), 1e-9)?;
        // Rollouts end where gamma^length is about e^-20.
        check(starc_by(&world, 3, seed, &same, x), 1e-5)?;
    }
}

#[test]
fn what_samples_lack_is_named() {
    let at = |state, action, next| TabularTransition { state, action, next };
    let transitions = [at(0, 0, 1), at(1, 1, 2)];
    let epic = EpicSample { transitions: &transitions, probes: &[(0, 1)], discount: 0.9 };
    let zeros = |batch: &[TabularTransition]| vec![0.0; batch.len()];
    let check = |result: Result<RewardDistance, SampleError>, expect: &str| {
        assert_eq!(result.unwrap_err().to_string(), expect);
    };
    let few = EpicSample { transitions: &transitions[..1], ..epic };
    check(sampled_epic(&few, zeros, zeros), "a distance needs at least 2 transitions, found 1");
    let none = EpicSample { probes: &[], ..epic };
    check(sampled_epic(&none, zeros, zeros), "a distance needs at least 1 probes, found 0");
    let nan = |batch: &[TabularTransition]| batch.iter().map(|of| 0.0 / of.action as f64).collect();
    let broken = "the second reward of state 0, action 0, next state 1 is NaN";
    check(sampled_epic(&epic, zeros, nan), broken);
    let short = |_: &[TabularTransition]| vec![0.0];
    let answers = "the first reward gave 1 values for 2 transitions";
    check(sampled_epic(&epic, short, zeros), answers);
    let successors = BTreeMap::from([(0, vec![1, 1]), (1, vec![2])]);
    let dard = DardSample {
        transitions: &transitions,
        actions: &[0, 1],
        successors: &successors,
        discount: 0.9,
    };
    let lacking = "state 1 has 1 successors, and there are 2 actions: one draw for each";
    check(sampled_dard(&dard, zeros, zeros), lacking);
    let pairs = [RolloutPair { after_action: vec![vec![at(0, 0, 1)]], after_state: Vec::new() }];
    let starc = StarcSample { pairs: &pairs, discount: 0.9 };
    check(
        sampled_starc(&starc, zeros, zeros),
        "pair 0 lacks rollouts after its action or after its state",
    );
    let endless = StarcSample { discount: 1.0, ..starc };
    let discount = "the discount has to be in [0, 1), found 1";
    check(sampled_starc(&endless, zeros, zeros), discount);
}
