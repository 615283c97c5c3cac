//! Laws that every distance has, and each canonical form against its definition.

use proptest::prelude::*;

use super::fixtures::{World, changed, world, worlds};
use super::starc::canonical;
use super::{Canonicalization, RewardDistance, RewardDistanceError, dard, epic, starc};
use crate::reward::tabular::{CoverageDistribution, TabularReward, TabularShape, TransitionModel};

const ALL: [&str; 4] = ["EPIC", "DARD", "STARC-VAL", "STARC-minimal"];

fn distance(name: &str, world: &World, x: &TabularReward, y: &TabularReward) -> RewardDistance {
    let World { model, coverage, discount, .. } = world;
    let starc = |c| starc(x, y, model, *discount, c);
    match name {
        "EPIC" => epic(x, y, coverage, *discount),
        "DARD" => dard(x, y, model, coverage, *discount),
        "STARC-VAL" => starc(Canonicalization::ValueAdjusted),
        _ => starc(Canonicalization::Minimal),
    }
    .unwrap()
}

fn times(reward: &TabularReward, factor: f64) -> TabularReward {
    TabularReward::from_fn(reward.shape(), |s, a, n| factor * reward.at(s, a, n)).unwrap()
}

fn zero(world: &World) -> TabularReward {
    TabularReward::from_fn(world.shape, |_, _, _| 0.0).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn potentials_units_and_constants_are_nothing(
        world in worlds(),
        log_scale in -3.0_f64..3.0,
        shift in -5.0_f64..5.0,
    ) {
        let [x, y, _] = &world.rewards;
        let same = changed(x, &world, 10_f64.powf(log_scale), shift);
        for name in ALL {
            let to_itself = distance(name, &world, &same, x);
            prop_assert!(to_itself.distance < 1e-9, "{name}: {to_itself:?}");
            prop_assert_eq!(to_itself.trivial, [false; 2], "{}", name);
            let apart = distance(name, &world, &same, y).distance - distance(name, &world, x, y).distance;
            prop_assert!(apart.abs() < 1e-9, "{name}: {apart}");
        }
    }

    #[test]
    fn negation_is_the_farthest(world in worlds()) {
        let x = &world.rewards[0];
        for name in ALL {
            let against = distance(name, &world, &changed(&times(x, -3.0), &world, 1.0, 0.5), x);
            prop_assert!((against.distance - 1.0).abs() < 1e-9, "{name}: {against:?}");
        }
    }

    #[test]
    fn it_is_a_distance(world in worlds()) {
        let [x, y, z] = &world.rewards;
        for name in ALL {
            let of = |a, b| distance(name, &world, a, b).distance;
            prop_assert_eq!(of(x, y), of(y, x), "{}", name);
            prop_assert_eq!(of(x, x), 0.0, "{}", name);
            prop_assert!((0.0..=1.0).contains(&of(x, y)), "{}", name);
            prop_assert!(of(x, z) <= of(x, y) + of(y, z) + 1e-12, "{name}");
        }
    }

    #[test]
    fn a_trivial_reward_is_half_way_to_all(world in worlds(), shift in -5.0_f64..5.0) {
        let shaped = changed(&zero(&world), &world, 1.0, shift);
        let x = &world.rewards[0];
        for name in ALL {
            for nothing in [&shaped, &zero(&world), &times(&changed(&zero(&world), &world, 1.0, 9.0), 1e6)] {
                let to_it = distance(name, &world, x, nothing);
                prop_assert_eq!(to_it.trivial, [false, true], "{}", name);
                prop_assert!((to_it.distance - 0.5).abs() < 1e-12, "{name}: {to_it:?}");
                let between = distance(name, &world, nothing, &zero(&world));
                prop_assert_eq!(between, RewardDistance { distance: 0.0, trivial: [true; 2] }, "{}", name);
            }
        }
    }

    /// Only STARC averages over the next states first.
    #[test]
    fn starc_does_not_ask_which_next_state_pays(world in worlds()) {
        let [x, y, _] = &world.rewards;
        let moved = |s, a, n| {
            let mean = world.model.mean_after(s, a, y.row(s, a));
            x.at(s, a, n) + y.at(s, a, n) - mean
        };
        let moved = TabularReward::from_fn(world.shape, moved).unwrap();
        for name in &ALL[2..] {
            let apart = distance(name, &world, &moved, x).distance;
            prop_assert!(apart < 1e-9, "{name}: {apart}");
        }
        prop_assert!(distance("EPIC", &world, &moved, x).distance > 1e-6);
    }

    #[test]
    fn epic_and_dard_are_as_defined(world in worlds()) {
        for name in &ALL[..2] {
            let [x, y, _] = &world.rewards;
            let got = distance(name, &world, x, y).distance;
            let of = |reward| by_definition(name, &world, reward);
            let expect = ((1.0 - correlation(&of(x), &of(y), world.coverage.transitions())) / 2.0).sqrt();
            prop_assert!((got - expect).abs() < 1e-9, "{name}: {got} for {expect}");
        }
    }

    /// The minimal form has no potential left: it is at a right angle to each of them.
    #[test]
    fn no_potential_makes_the_minimal_form_smaller(world in worlds()) {
        let World { model, discount, potential, shape, .. } = &world;
        let reward = &world.rewards[0];
        let residual = canonical(reward, model, *discount, Canonicalization::Minimal).values;
        let pairs = (0..shape.states).flat_map(|s| (0..shape.actions).map(move |a| (s, a)));
        let dot: f64 = pairs
            .zip(&residual)
            .map(|((s, a), r)| r * (discount * model.mean_after(s, a, potential) - potential[s]))
            .sum();
        prop_assert!(dot.abs() < 1e-9, "{dot}");
    }

    /// Under the policy that takes all actions alike, advantages of a state are 0 on average.
    #[test]
    fn value_adjusted_rewards_are_advantages(world in worlds()) {
        let World { model, discount, shape, .. } = &world;
        let reward = &world.rewards[1];
        let form = canonical(reward, model, *discount, Canonicalization::ValueAdjusted).values;
        for advantages in form.chunks(shape.actions) {
            prop_assert!(advantages.iter().sum::<f64>().abs() < 1e-9, "{advantages:?}");
        }
    }
}

/// Expectations as sums over all that can be drawn.
fn by_definition(name: &str, world: &World, reward: &TabularReward) -> Vec<f64> {
    let World { shape, model, coverage, discount, .. } = world;
    let (states, actions) = (coverage.states(), coverage.actions());
    let after = |s: usize, a: usize| -> Vec<f64> {
        let mut row = vec![0.0; shape.states];
        model.successors(s, a).for_each(|(next, p)| row[next] = p);
        row
    };
    let canonical = |s: usize, a: usize, n: usize| {
        let mut sum = 0.0;
        for (b, w) in actions.iter().enumerate() {
            for i in 0..shape.states {
                for j in 0..shape.states {
                    sum += if name == "EPIC" {
                        // S is i, S' is j.
                        w * states[i]
                            * states[j]
                            * (discount * reward.at(n, b, j)
                                - reward.at(s, b, j)
                                - discount * reward.at(i, b, j))
                    } else {
                        // S' is i, S'' is j.
                        w * after(s, b)[i]
                            * after(n, b)[j]
                            * (discount * reward.at(n, b, j)
                                - reward.at(s, b, i)
                                - discount * reward.at(i, b, j))
                    };
                }
            }
        }
        reward.at(s, a, n) + sum
    };
    let (states, actions) = (shape.states, shape.actions);
    let places = (0..states)
        .flat_map(|s| (0..actions).flat_map(move |a| (0..states).map(move |n| (s, a, n))));
    places.map(|(s, a, n)| canonical(s, a, n)).collect()
}

fn correlation(x: &[f64], y: &[f64], weights: &[f64]) -> f64 {
    let mean = |of: &dyn Fn(usize) -> f64| -> f64 {
        weights.iter().enumerate().map(|(at, w)| w * of(at)).sum()
    };
    let (mx, my) = (mean(&|at| x[at]), mean(&|at| y[at]));
    let covariance =
        |a: &[f64], ma: f64, b: &[f64], mb: f64| mean(&|at| (a[at] - ma) * (b[at] - mb));
    covariance(x, mx, y, my) / (covariance(x, mx, x, mx) * covariance(y, my, y, my)).sqrt()
}

/// Two states and two actions, "stay" and "switch". R1 pays for being in state 1, R2 for switching.
/// Under all actions alike `V1 = r + gamma (V1(0) + V1(1)) / 2`, so that advantages of R1 are
/// `gamma (V(s') - mean of V)` = -+ gamma / 2, in order (stay 0, switch 0, stay 1, switch 1) the signs
/// -, +, +, -. Those of R2 are -, +, -, + times 1/2. Cosine 0: distance sqrt(2) / 2.
#[test]
fn starc_by_hand() {
    let shape = TabularShape { states: 2, actions: 2 };
    let model = TransitionModel::deterministic(shape, |s, a| (s + a) % 2).unwrap();
    let in_1 = TabularReward::of_states(2, &[0.0, 1.0]).unwrap();
    let switch = TabularReward::from_fn(shape, |_, a, _| a as f64).unwrap();
    for c in [Canonicalization::ValueAdjusted, Canonicalization::Minimal] {
        let got = starc(&in_1, &switch, &model, 0.9, c).unwrap();
        assert!((got.distance - 0.5_f64.sqrt()).abs() < 1e-12, "{c:?}: {got:?}");
    }
}

#[test]
fn epic_by_hand() {
    // One action, uniform coverage, no discount. x pays 1 from 0 to 1: means 1/2 at 0 and 0 at 1. Up to a
    // constant C is (0, 1, 0, 0) + (1/2, 0, 1/2, 0) - (1/2, 1/2, 0, 0) = (0, 1/2, 1/2, 0). y pays 1 from
    // 0 to 0, with the same means: (1, -1/2, 1/2, 0). Times 4 and centred, (-1, 1, 1, -1) and
    // (3, -3, 1, -1): the correlation is (-3 - 3 + 1 + 1) / sqrt(4 * 20) = -1 / sqrt(5).
    let shape = TabularShape { states: 2, actions: 1 };
    let reward = |values: &[f64]| TabularReward::new(shape, values.to_vec()).unwrap();
    let coverage = CoverageDistribution::uniform(shape).unwrap();
    let (x, y) = (reward(&[0.0, 1.0, 0.0, 0.0]), reward(&[1.0, 0.0, 0.0, 0.0]));
    let got = epic(&x, &y, &coverage, 1.0).unwrap().distance;
    assert!((got - ((1.0 + 0.2_f64.sqrt()) / 2.0).sqrt()).abs() < 1e-12, "{got}");
}

#[test]
fn a_long_horizon_leaves_nothing_of_a_potential() {
    let mut world = world(6, 3, 3);
    world.discount = 0.99999;
    let nothing = changed(&zero(&world), &world, 1.0, 4.0);
    for name in &ALL[2..] {
        let [x, ..] = &world.rewards;
        assert_eq!(distance(name, &world, x, &nothing).trivial, [false, true], "{name}");
    }
}

#[test]
fn what_cannot_be_compared_is_named() {
    let World { model, coverage, rewards: [x, ..], .. } = world(3, 2, 1);
    let other = TabularReward::of_states(2, &[0.0; 4]).unwrap();
    let check = |result: Result<RewardDistance, RewardDistanceError>, expect: &str| {
        assert_eq!(result.unwrap_err().to_string(), expect);
    };
    let shapes = "the first reward is of 3 states and 2 actions, the second reward of 4 and 2";
    check(epic(&x, &other, &coverage, 0.9), shapes);
    check(dard(&x, &other, &model, &coverage, 0.9), shapes);
    check(starc(&x, &other, &model, 0.9, Canonicalization::Minimal), shapes);
    let coverages = "the first reward is of 4 states and 2 actions, the coverage of 3 and 2";
    check(epic(&other, &other, &coverage, 0.9), coverages);
    check(epic(&x, &x, &coverage, f64::NAN), "the discount has to be in [0, 1], found NaN");
    let endless = starc(&x, &x, &model, 1.0, Canonicalization::ValueAdjusted);
    check(endless, "the discount has to be in [0, 1), found 1");
    let huge = times(&x, 1.7e308);
    let overflow = "the second reward is too large: its canonical form is infinite";
    check(epic(&x, &huge, &coverage, 0.9), overflow);
    let small = distance("EPIC", &world(3, 2, 1), &times(&x, 1e-300), &x);
    assert!(small.distance < 1e-9 && small.trivial == [false; 2], "{small:?}");
}
