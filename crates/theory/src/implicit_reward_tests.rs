use super::*;
use crate::gibbs;
use proptest::prelude::*;

const REFERENCE: [f64; 4] = [0.1, 0.2, 0.3, 0.4];

/// Every pair, so often in each direction that Bradley-Terry has an optimum.
fn statements() -> Vec<Preferred> {
    let times =
        [(0, 1, 3), (1, 0, 1), (1, 2, 2), (2, 1, 1), (2, 3, 4), (3, 2, 2), (0, 3, 5), (3, 0, 1)];
    let repeat = |(winner, loser, count)| std::iter::repeat_n(Preferred { winner, loser }, count);
    times.into_iter().flat_map(repeat).collect()
}

fn near(found: &[f64], expect: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expect.len());
    let fits = found.iter().zip(expect).all(|(a, b)| (a - b).abs() < tolerance);
    assert!(fits, "{found:?}, {expect:?}");
}

/// Descends to a slope of 0, by steps of one over the largest curvature.
fn minimize(start: usize, step: f64, of: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let mut at = vec![0.0; start];
    for _ in 0..200_000 {
        let slope = of(&at);
        if slope.iter().all(|slope| slope.abs() < 1e-13) {
            break;
        }
        at.iter_mut().zip(slope).for_each(|(at, slope)| *at -= step * slope);
    }
    at
}

proptest! {
    #[test]
    fn dpo_is_bradley_terry_of_the_implicit_reward(
        logits in prop::collection::vec(-8.0_f64..8.0, 4), beta in 0.05_f64..5.0
    ) {
        let implicit = ImplicitReward::new(&REFERENCE, beta).unwrap();
        let dpo = implicit.dpo(&logits, &statements()).unwrap();
        let rewards = implicit.rewards(&logits).unwrap();
        let explicit = bradley_terry_loss(&rewards, &statements()).unwrap();
        prop_assert!((dpo.loss - explicit.loss).abs() < 1e-12 * (1.0 + dpo.loss));
        // d r(y) / d logit(k) = beta (1 if y = k, less pi(k)); the slopes by rewards sum to 0.
        let shift = log_total(&logits);
        let total: f64 = explicit.slope.iter().sum();
        for (k, slope) in dpo.slope.iter().enumerate() {
            let chained = beta * (explicit.slope[k] - (logits[k] - shift).exp() * total);
            prop_assert!((slope - chained).abs() < 1e-12, "{slope} {chained}");
        }
    }

    #[test]
    fn the_policy_is_best_for_the_reward_that_it_implies(
        logits in prop::collection::vec(-5.0_f64..5.0, 4), beta in 0.05_f64..5.0
    ) {
        let implicit = ImplicitReward::new(&REFERENCE, beta).unwrap();
        let best = gibbs(&REFERENCE, &implicit.rewards(&logits).unwrap(), beta).unwrap();
        let shift = log_total(&logits);
        for (found, logit) in best.probabilities.iter().zip(&logits) {
            prop_assert!((found - (logit - shift).exp()).abs() < 1e-12);
        }
    }

    #[test]
    fn slopes_are_those_of_the_losses(
        logits in prop::collection::vec(-3.0_f64..3.0, 4), beta in 0.1_f64..2.0
    ) {
        let implicit = ImplicitReward::new(&REFERENCE, beta).unwrap();
        let at = |place: usize, by: f64| {
            let mut logits = logits.clone();
            logits[place] += by;
            logits
        };
        let found = implicit.dpo(&logits, &statements()).unwrap().slope;
        for (place, slope) in found.iter().enumerate() {
            let loss = |by| implicit.dpo(&at(place, by), &statements()).unwrap().loss;
            prop_assert!((slope - (loss(1e-5) - loss(-1e-5)) / 2e-5).abs() < 1e-8);
        }
    }
}

#[test]
fn the_optimum_of_dpo_recovers_that_of_bradley_terry() {
    let check = |implicit: ImplicitReward, beta: f64| {
        let all = statements();
        let logits = minimize(4, 2.0 / (beta * beta), |at| implicit.dpo(at, &all).unwrap().slope);
        let rewards = minimize(4, 2.0, |at| bradley_terry_loss(at, &all).unwrap().slope);
        let implied = implicit.rewards(&logits).unwrap();
        // Preferences see differences only.
        let from_first = |values: &[f64]| values.iter().map(|v| v - values[0]).collect::<Vec<_>>();
        near(&from_first(&implied), &from_first(&rewards), 1e-9);
    };
    check(ImplicitReward::new(&REFERENCE, 0.5).unwrap(), 0.5);
    check(ImplicitReward::without_reference(4, 1.0).unwrap(), 1.0);
}

#[test]
fn without_a_reference_rewards_are_logits_up_to_a_constant() {
    let implicit = ImplicitReward::without_reference(3, 2.0).unwrap();
    let rewards = implicit.rewards(&[1.0, 0.0, -0.5]).unwrap();
    near(&[rewards[0] - rewards[1], rewards[1] - rewards[2]], &[2.0, 1.0], 1e-12);
}

#[test]
fn kto_by_hand() {
    let even = ImplicitReward::new(&[0.5, 0.5], 1.0).unwrap();
    let weights = KtoWeights { up: 1.0, down: 2.0 };
    let thumbs = [Thumb { response: 0, up: true }, Thumb { response: 1, up: false }];
    // At the reference: u = z = 0, half of each weight.
    let found = even.kto(&[0.0, 0.0], &thumbs, weights).unwrap();
    near(&[found.loss], &[(0.5 + 1.0) / 2.0], 1e-12);
    // Each pushes by weight / 4 / 2, and by half of that back through the normalization.
    near(&found.slope, &[-(0.125 + 0.25) / 2.0, (0.125 + 0.25) / 2.0], 1e-12);
    // pi = (0.8, 0.2): u = (ln 1.6, ln 0.4), z = 0.8 ln 1.6 + 0.2 ln 0.4.
    let (up, down) = (1.6_f64.ln(), 0.4_f64.ln());
    let z = 0.8 * up + 0.2 * down;
    let found = even.kto(&[4.0_f64.ln(), 0.0], &thumbs, weights).unwrap();
    let expect = (1.0 - sigmoid(up - z) + 2.0 * (1.0 - sigmoid(z - down))) / 2.0;
    near(&[found.loss], &[expect], 1e-12);
}

#[test]
fn the_slope_of_kto_is_that_at_a_fixed_divergence() {
    let implicit = ImplicitReward::new(&REFERENCE, 0.7).unwrap();
    let weights = KtoWeights { up: 1.3, down: 0.8 };
    let thumbs: Vec<Thumb> =
        (0..6).map(|i| Thumb { response: (i * 3) % 4, up: i % 3 != 0 }).collect();
    let logits = [0.3, -0.2, 1.0, -1.1];
    let shift = log_total(&logits);
    let kl: f64 =
        (0..4).map(|y| (logits[y] - shift).exp() * (logits[y] - shift - REFERENCE[y].ln())).sum();
    let loss = |logits: [f64; 4]| -> f64 {
        let shift = log_total(&logits);
        let one = |thumb: &Thumb| {
            let y = thumb.response;
            let off = 0.7 * (logits[y] - shift - REFERENCE[y].ln() - kl);
            match thumb.up {
                true => 1.3 * (1.0 - sigmoid(off)),
                false => 0.8 * (1.0 - sigmoid(-off)),
            }
        };
        thumbs.iter().map(one).sum::<f64>() / 6.0
    };
    let found = implicit.kto(&logits, &thumbs, weights).unwrap();
    assert!((found.loss - loss(logits)).abs() < 1e-12);
    for (place, slope) in found.slope.iter().enumerate() {
        let (mut high, mut low) = (logits, logits);
        high[place] += 1e-5;
        low[place] -= 1e-5;
        let expect = (loss(high) - loss(low)) / 2e-5;
        assert!((slope - expect).abs() < 1e-9, "{slope} {expect}");
    }
}

#[test]
fn what_fits_no_set_is_refused() {
    let check = |found: Result<LossAndSlope, ImplicitRewardError>, expect: &str| {
        let found = found.unwrap_err().to_string();
        assert!(found.contains(expect), "{found}");
    };
    let fair = ImplicitReward::new(&[0.5, 0.5], 1.0).unwrap();
    let one = [Preferred { winner: 0, loser: 1 }];
    check(fair.dpo(&[0.0], &one), "expected 2 finite numbers, found 1 of them");
    check(fair.dpo(&[0.0, f64::NAN], &one), "found NaN");
    check(fair.dpo(&[0.0, 0.0], &[]), "there is no statement");
    check(
        fair.dpo(&[0.0, 0.0], &[Preferred { winner: 1, loser: 1 }]),
        "statement 0 is about responses 1 and 1, in a set of 2",
    );
    let thumb = [Thumb { response: 2, up: true }];
    check(fair.kto(&[0.0; 2], &thumb, KtoWeights { up: 1.0, down: 1.0 }), "about response 2");
    check(fair.kto(&[0.0; 2], &thumb, KtoWeights { up: 0.0, down: 1.0 }), "`up` has to be above 0");
    let refused = |reference: &[f64], beta| {
        ImplicitReward::new(reference, beta).map(|_| LossAndSlope { loss: 0.0, slope: vec![] })
    };
    check(refused(&[], 1.0), "no response");
    check(refused(&[1.0, 0.0], 1.0), "response 1 a probability of 0");
    check(refused(&[0.5, 0.6], 1.0), "sum to 1.1");
    check(refused(&[0.5, 0.5], f64::INFINITY), "`beta` has to be above 0");
}
