//! Do the laws of each likelihood hold at random points?
//!
//! Probabilities sum to 1, swapping the sides swaps the outcomes, a constant added to all
//! returns changes nothing, and a tie is the sum of its orders.
#![allow(clippy::unwrap_used)]

mod support;

use burn::tensor::{Device, Tensor};
use medley_likelihood::{
    choice, comparison, cutpoints, davidson_luce, improvement, ordinal, outcome, ranking, stop,
    strength,
    tie_orders::{TieOrders, consistent_orders},
    ties,
};
use proptest::prelude::*;
use support::{check_normalized, plain, values};

const REACH: std::ops::Range<f64> = -30.0..30.0;

fn numbers(size: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(REACH, size)
}

fn assert_same<const D: usize>(left: Tensor<D>, right: Tensor<D>) {
    let (left, right) = (values(left), values(right));
    assert_eq!(left.len(), right.len());
    for (l, r) in left.iter().zip(&right) {
        assert!((l - r).abs() <= 1e-9 * (1.0 + l.abs()), "{left:?} {right:?}");
    }
}

/// Likelihood of one ranking of the given returns, by their ranks.
fn ranked(returns: &[f64], ranks: &[u32]) -> f64 {
    let items = returns.len();
    let orders = TieOrders::new(&[ranks.to_vec()], items, &Device::flex()).unwrap();
    let mask = plain(&vec![1.0; items], [1, items]);
    let log = ranking::plackett_luce_ties(plain(returns, [1, 1, items]), mask, &orders);
    values(log)[0].exp()
}

/// Likelihood of one strict order, best first.
fn ordered(returns: &[f64], order: &[usize]) -> f64 {
    let sorted: Vec<f64> = order.iter().map(|i| returns[*i]).collect();
    let mask = plain(&vec![1.0; order.len()], [1, order.len()]);
    values(ranking::plackett_luce(plain(&sorted, [1, 1, order.len()]), mask))[0].exp()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn responses_to_a_pair_are_normalized(d in numbers(4), free in numbers(2), margin in numbers(2)) {
        let d = plain(&d, [2, 2]);
        let free = plain(&free, [2, 1]);
        check_normalized(comparison::bradley_terry(d.clone()));
        check_normalized(ties::davidson(d.clone(), free.clone()));
        check_normalized(ties::rao_kupper(d.clone(), free.clone()));
        check_normalized(strength::ordinal_strength(d.clone(), free.clone(), 4));
        check_normalized(ordinal::approval(d.clone(), free));
        check_normalized(improvement::improvement(d, plain(&margin, [1, 2])));
    }

    #[test]
    fn ratings_are_normalized_and_shift_with_their_scale(
        x in numbers(4), free in numbers(8), shift in REACH
    ) {
        let x = plain(&x, [2, 2]);
        let cuts = cutpoints::ordered(plain(&free, [2, 4]));
        let log = ordinal::cumulative_logit(x.clone(), cuts.clone());
        check_normalized(log.clone());
        check_normalized(outcome::label_noise(log, 0.3));
        let moved = cuts.clone().shift(plain(&[shift], [1, 1, 1]));
        let moved = ordinal::cumulative_logit(x.clone().add_scalar(shift), moved);
        assert_same(moved, ordinal::cumulative_logit(x, cuts));
    }

    #[test]
    fn choices_are_normalized_and_shift_invariant(returns in numbers(6), shift in REACH, offered in 0usize..3) {
        let returns = plain(&returns, [2, 1, 3]);
        let mut mask = [1.0; 3];
        mask[offered] = 0.0;
        let mask = plain(&mask, [1, 3]);
        let log = choice::boltzmann(returns.clone(), mask.clone());
        check_normalized(log.clone());
        check_normalized(outcome::label_noise(log.clone(), 0.3));
        assert_same(choice::boltzmann(returns.add_scalar(shift), mask), log);
    }

    #[test]
    fn tied_choices_are_normalized_and_shift_invariant(
        returns in numbers(8), log_delta in numbers(6), shift in REACH
    ) {
        let returns = plain(&returns, [2, 1, 4]);
        let log_delta = plain(&log_delta, [2, 3]);
        let log = davidson_luce::davidson_luce(returns.clone(), log_delta.clone());
        check_normalized(log.clone());
        assert_same(davidson_luce::davidson_luce(returns.add_scalar(shift), log_delta), log);
    }

    #[test]
    fn stops_are_normalized(
        regret in prop::collection::vec(0.0..5.0, 10), log_lambda in -3.0..3.0, discount in 0.0..=1.0, length in 1usize..=5
    ) {
        let regret = plain(&regret, [2, 1, 5]);
        let mask: Vec<f64> = (0..5).map(|t| f64::from(u8::from(t < length))).collect();
        let mask = plain(&mask, [1, 5]);
        let regret = stop::discounted_regret(regret, mask.clone(), discount);
        check_normalized(stop::stop(regret, mask, plain(&[log_lambda; 2], [2, 1])));
    }

    #[test]
    fn swapping_the_sides_swaps_the_outcomes(d in numbers(4), free in numbers(2), levels in 5usize..=6) {
        let d = plain(&d, [2, 2]);
        let one = plain(&free, [2, 1]);
        let two = plain(&[&free[..], &free].concat(), [2, 2]);
        let models: [&dyn Fn(Tensor<2>) -> Tensor<3>; 4] = [
            &comparison::bradley_terry,
            &|d| ties::davidson(d, one.clone()),
            &|d| ties::rao_kupper(d, one.clone()),
            &|d| strength::ordinal_strength(d, two.clone(), levels),
        ];
        for model in models {
            assert_same(model(d.clone().neg()), model(d.clone()).flip([2]));
        }
    }

    #[test]
    fn strict_orders_sum_to_one_and_shift(returns in numbers(4), shift in REACH) {
        let orders = consistent_orders(&[1; 4]).unwrap();
        let total: f64 = orders.iter().map(|order| ordered(&returns, order)).sum();
        prop_assert!((total - 1.0).abs() < 1e-9, "{total}");
        let shifted: Vec<f64> = returns.iter().map(|x| x + shift).collect();
        let (p, q) = (ordered(&returns, &orders[5]), ordered(&shifted, &orders[5]));
        prop_assert!((p.ln() - q.ln()).abs() < 1e-9);
    }

    #[test]
    fn tie_is_the_sum_of_its_orders(returns in numbers(4), ranks in prop::collection::vec(1u32..4, 4)) {
        let orders = consistent_orders(&ranks).unwrap();
        let total: f64 = orders.iter().map(|order| ordered(&returns, order)).sum();
        let tied = ranked(&returns, &ranks);
        prop_assert!((tied - total).abs() <= 1e-9 * total, "{tied} {total}");
    }

    #[test]
    fn order_of_the_batch_does_not_matter(d in numbers(3), free in numbers(3)) {
        let swap = |x: &[f64]| [x[2], x[0], x[1]];
        let log = ties::davidson(plain(&d, [1, 3]), plain(&free, [1, 3]));
        let swapped = ties::davidson(plain(&swap(&d), [1, 3]), plain(&swap(&free), [1, 3]));
        let expected = Tensor::cat(vec![log.clone().narrow(1, 2, 1), log.narrow(1, 0, 2)], 1);
        assert_same(swapped, expected);
    }
}
