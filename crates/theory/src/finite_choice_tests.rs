use super::*;
use crate::{best_of_n, kl_best_of_n};
use proptest::prelude::*;

/// Every sequence of n draws, with its probability; ties share.
fn by_enumeration(initial: &[f64], scores: &[f64], n: u32) -> Vec<f64> {
    let size = initial.len();
    let mut probabilities = vec![0.0; size];
    for sequence in 0..size.pow(n) {
        let draws: Vec<usize> = (0..n).map(|i| sequence / size.pow(i) % size).collect();
        let chance: f64 = draws.iter().map(|draw| initial[*draw]).product();
        let best = draws.iter().map(|draw| scores[*draw]).fold(f64::NEG_INFINITY, f64::max);
        let winners: Vec<usize> = draws.into_iter().filter(|draw| scores[*draw] == best).collect();
        for winner in &winners {
            probabilities[*winner] += chance / winners.len() as f64;
        }
    }
    probabilities
}

fn distribution(weights: &[f64]) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

fn responses() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    // Few distinct scores, so that most cases have ties; some responses are never drawn.
    let response = (prop_oneof![Just(0.0), 0.05_f64..1.0], (0_i8..4).prop_map(f64::from));
    let some = |list: &Vec<(f64, f64)>| list.iter().any(|(weight, _)| *weight > 0.0);
    prop::collection::vec(response, 1..5).prop_filter("one is drawn", some).prop_map(|list| {
        let (weights, scores): (Vec<f64>, Vec<f64>) = list.into_iter().unzip();
        (distribution(&weights), scores)
    })
}

proptest! {
    #[test]
    fn the_best_of_n_is_that_of_all_sequences((initial, scores) in responses(), n in 1_u32..6) {
        let policy = best_of_n_policy(&initial, &scores, n).unwrap();
        let expect = by_enumeration(&initial, &scores, n);
        for (got, expect) in policy.probabilities.iter().zip(&expect) {
            prop_assert!((got - expect).abs() < 1e-12, "{policy:?} for {expect:?}");
        }
        prop_assert!(policy.kl <= kl_best_of_n(n as usize) + 1e-12, "{policy:?}");
    }

    /// No other policy does better, as near or as far as it may be.
    #[test]
    fn nothing_beats_the_gibbs_policy(
        (initial, scores) in responses(),
        temperature in 0.05_f64..5.0,
        others in prop::collection::vec(0.0_f64..1.0, 5),
    ) {
        let policy = gibbs(&initial, &scores, temperature).unwrap();
        let of = |p: &FinitePolicy| p.expected(&scores) - temperature * p.kl;
        let best = of(&policy);
        // What it comes to is `temperature ln Z`.
        let z: f64 = initial.iter().zip(&scores).map(|(q, s)| q * (s / temperature).exp()).sum();
        prop_assert!((best - temperature * z.ln()).abs() < 1e-9, "{best}");
        let other: Vec<f64> = initial.iter().zip(&others).map(|(q, w)| q * w).collect();
        prop_assume!(other.iter().sum::<f64>() > 1e-6);
        let other = super::policy(distribution(&other), &initial);
        prop_assert!(of(&other) <= best + 1e-9, "{other:?} beats {policy:?}");
        let chosen = best_of_n_policy(&initial, &scores, 3).unwrap();
        prop_assert!(of(&chosen) <= best + 1e-9);
    }

    #[test]
    fn shifts_of_the_score_change_nothing((initial, scores) in responses(), shift in -50.0_f64..50.0) {
        let shifted: Vec<f64> = scores.iter().map(|score| score + shift).collect();
        let (a, b) = (gibbs(&initial, &scores, 0.7).unwrap(), gibbs(&initial, &shifted, 0.7).unwrap());
        for (a, b) in a.probabilities.iter().zip(&b.probabilities) {
            prop_assert!((a - b).abs() < 1e-9);
        }
    }
}

/// With many distinct responses, drawing with replacement from them is drawing from the policy: the
/// estimate from samples comes to the exact expectation as samples become the set many times over.
#[test]
fn the_estimate_from_samples_comes_to_it() {
    let scores = [0.3, 0.9, 0.1, 0.5];
    let gold = [1.0, -2.0, 4.0, 3.0];
    let policy = best_of_n_policy(&[0.25; 4], &scores, 3).unwrap();
    let repeat = |list: &[f64]| list.repeat(5000);
    let sampled = best_of_n(&repeat(&scores), &repeat(&gold), 3).unwrap();
    assert!(
        (policy.expected(&gold) - sampled).abs() < 1e-3,
        "{} {sampled}",
        policy.expected(&gold)
    );
}

#[test]
fn extremes_are_the_initial_policy_and_the_best() {
    let (initial, scores) = ([0.5, 0.3, 0.2, 0.0], [1.0, 2.0, 2.0, 99.0]);
    let check = |policy: FinitePolicy, expect: [f64; 4], kl: f64| {
        for (got, expect) in policy.probabilities.iter().zip(expect) {
            assert!((got - expect).abs() < 1e-9, "{policy:?}");
        }
        assert!((policy.kl - kl).abs() < 1e-9, "{policy:?}");
    };
    // What is never drawn is never chosen, however high its score.
    check(gibbs(&initial, &scores, 1e-300).unwrap(), [0.0, 0.6, 0.4, 0.0], 2_f64.ln());
    check(gibbs(&initial, &scores, 1e12).unwrap(), initial, 0.0);
    check(best_of_n_policy(&initial, &scores, 1).unwrap(), initial, 0.0);
    check(best_of_n_policy(&initial, &scores, 100_000).unwrap(), [0.0, 0.6, 0.4, 0.0], 2_f64.ln());
    // p(0) = 0.25 / (0.25 + 0.5 e), by hand for two responses at temperature 1.
    let two = gibbs(&[0.5, 0.5], &[1.0, 2.0], 1.0).unwrap();
    let e = std::f64::consts::E;
    assert!((two.probabilities[1] - e / (1.0 + e)).abs() < 1e-12);
}

#[test]
fn caution_by_hand() {
    let members = [vec![1.0, 5.0], vec![2.0, 5.0], vec![3.0, 2.0]];
    let check = |pessimism: Pessimism, expect: [f64; 2]| {
        let got = pessimism.scores(&members).unwrap();
        assert!(
            got.iter().zip(expect).all(|(g, e)| (g - e).abs() < 1e-12),
            "{pessimism:?}: {got:?}"
        );
    };
    check(Pessimism::Mean, [2.0, 4.0]);
    check(Pessimism::Minimum, [1.0, 2.0]);
    // Standard deviations 1 and sqrt(3).
    check(Pessimism::MeanMinusSd { k: 2.0 }, [0.0, 4.0 - 2.0 * 3_f64.sqrt()]);
    check(Pessimism::MeanMinusSd { k: 0.0 }, [2.0, 4.0]);
}

#[test]
fn what_has_no_policy_is_named() {
    let check = |error: FiniteChoiceError, expect: &str| assert_eq!(error.to_string(), expect);
    let scores =
        |pessimism: Pessimism, members: &[Vec<f64>]| pessimism.scores(members).unwrap_err();
    check(scores(Pessimism::Mean, &[]), "there is no response, or no member to score any");
    let ragged = scores(Pessimism::Mean, &[vec![1.0], vec![]]);
    check(ragged, "member 1 scores 0 responses, member 0 scores 1");
    let nan = scores(Pessimism::Minimum, &[vec![1.0, f64::NAN]]);
    check(nan, "member 0 gives response 1 a score of NaN");
    let one = scores(Pessimism::MeanMinusSd { k: 1.0 }, &[vec![1.0]]);
    check(one, "one member has no standard deviation: take more members, or the mean");
    let bold = scores(Pessimism::MeanMinusSd { k: -1.0 }, &[vec![1.0], vec![1.0]]);
    check(bold, "k has to be at least 0 and finite, found -1");
    check(gibbs(&[1.0], &[], 1.0).unwrap_err(), "there are 1 responses and 0 scores");
    let sum = gibbs(&[0.5, 0.25], &[0.0; 2], 1.0).unwrap_err();
    check(sum, "the probabilities of the initial policy sum to 0.75, not to 1");
    let negative = best_of_n_policy(&[1.5, -0.5], &[0.0; 2], 2).unwrap_err();
    check(negative, "the initial policy gives response 1 a probability of -0.5");
    let cold = gibbs(&[1.0], &[0.0], 0.0).unwrap_err();
    check(cold, "a temperature has to be above 0 and finite, found 0");
    let infinite = gibbs(&[1.0], &[f64::INFINITY], 1.0).unwrap_err();
    check(infinite, "member 0 gives response 0 a score of inf");
    let none = best_of_n_policy(&[1.0], &[0.0], 0).unwrap_err();
    check(none, "the best of 0 responses does not exist");
}
