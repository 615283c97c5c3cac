//! Do loss and gradient stay finite in `f32` at any return a reward model gives?
//!
//! Returns of +-1e4 are what an untrained model gives over a long episode. Each test has the
//! textbook formula beside it where that one breaks.
#![allow(clippy::unwrap_used)]

mod support;

use burn::tensor::{DType, Device, Tensor, activation};
use medley_likelihood::log_space::STRUCTURAL_ZERO;
use medley_likelihood::{
    choice, comparison, cutpoints, davidson_luce, gaussian, improvement, ordinal, outcome, ranking,
    stop, strength, tie_orders::TieOrders, ties,
};
use support::{check_finite, check_normalized, like, part, tensor, value_and_gradient, values};

const EXTREME: [f64; 5] = [-1e4, -90.0, 0.0, 90.0, 1e4];

fn single(x: f64) -> Tensor<2> {
    tensor(&[x], [1, 1], &Device::flex(), DType::F32)
}

/// Every pair of an extreme return and an extreme parameter.
fn each_pair(check: impl Fn(&[f64])) {
    for x in EXTREME {
        for parameter in EXTREME {
            check(&[x, parameter]);
        }
    }
}

#[test]
fn naive_log_of_a_sigmoid_is_lost_and_ours_is_not() {
    let naive = |x: Tensor<1>| activation::sigmoid(x).log();
    let (value, gradient) = value_and_gradient(&[-1e4], DType::F32, naive);
    assert_eq!(value, [f64::NEG_INFINITY]);
    assert!(gradient[0].is_nan(), "{gradient:?}");

    let first = |x: Tensor<1>| comparison::bradley_terry(part(&x, 0, [1, 1])).narrow(2, 0, 1);
    let (value, gradient) = value_and_gradient(&[-1e4], DType::F32, first);
    assert_eq!(value, [-1e4]);
    // The weight of the first outcome is 0.5 and the slope of log sigmoid there is 1.
    assert_eq!(gradient, [0.5]);
}

#[test]
fn naive_difference_of_sigmoids_is_lost_and_ours_is_not() {
    let cuts = tensor(&[-1.0, 1.0], [1, 1, 2], &Device::flex(), DType::F32);
    let cuts = cutpoints::Cutpoints::from_values(cuts);
    let naive = activation::sigmoid(single(101.0)) - activation::sigmoid(single(99.0));
    assert_eq!(values(naive.log()), [f64::NEG_INFINITY]);
    // -100 + log(e^1 - e^-1) = -100 + 0.8545...
    let ours = values(ordinal::cumulative_logit(single(-100.0), cuts))[1];
    assert!((ours + 99.145_4).abs() < 1e-3, "{ours}");
}

#[test]
fn naive_weak_comparison_overflows_and_ours_does_not() {
    // P(tie) = (e^2t - 1) P(first) P(second), with t = 90 in f32.
    let naive = single(180.0).exp().sub_scalar(1.0).log();
    assert_eq!(values(naive), [f64::INFINITY]);
    let ours = values(ties::rao_kupper(single(0.0), single(90.0)));
    assert!(ours[1].abs() < 1e-6 && (ours[0] + 90.0).abs() < 1e-4, "{ours:?}");
}

#[test]
fn comparisons() {
    each_pair(|point| {
        check_finite(point, |x| {
            let side = like(&x, &[1.0], [1]);
            let d = comparison::with_offset(part(&x, 0, [1, 1]), part(&x, 1, [1, 1]), side);
            comparison::bradley_terry(d)
        });
        check_finite(point, |x| improvement::improvement(part(&x, 0, [1, 1]), part(&x, 1, [1, 1])));
    });
}

#[test]
fn ties_with_any_parameter() {
    each_pair(|point| {
        for model in [ties::davidson, ties::rao_kupper] {
            check_finite(point, |x| model(part(&x, 0, [1, 1]), part(&x, 1, [1, 1])));
            check_normalized(model(single(point[0]), single(point[1])));
        }
    });
}

#[test]
fn ties_of_several_with_any_parameter() {
    each_pair(|point| {
        let tied = |x: Tensor<1>| {
            let rest = like(&x, &[0.0, 90.0], [1, 1, 2]);
            let returns = Tensor::cat(vec![part(&x, 0, [1, 1, 1]), rest], 2);
            let log_delta = Tensor::cat(vec![part(&x, 1, [1, 1]), like(&x, &[0.3], [1, 1])], 1);
            davidson_luce::davidson_luce(returns, log_delta)
        };
        check_finite(point, tied);
        check_normalized(tied(tensor(point, [2], &Device::flex(), DType::F32)));
    });
}

#[test]
fn ordinal_scales_with_any_gap() {
    each_pair(|point| {
        let ratings = |x: Tensor<1>| {
            let first = like(&x, &[0.0], [1, 1]);
            let free = Tensor::cat(vec![first, part(&x, 1, [1, 1])], 1);
            ordinal::cumulative_logit(part(&x, 0, [1, 1]), cutpoints::ordered(free))
        };
        check_finite(point, ratings);
        check_normalized(ratings(tensor(point, [2], &Device::flex(), DType::F32)));
        for levels in [3, 4] {
            check_finite(point, |x| {
                strength::ordinal_strength(part(&x, 0, [1, 1]), part(&x, 1, [1, 1]), levels)
            });
        }
        check_finite(point, |x| ordinal::approval(part(&x, 0, [1, 1]), part(&x, 1, [1, 1])));
    });
}

#[test]
fn numbers() {
    each_pair(|point| {
        check_finite(point, |x| {
            let log_sd = like(&x, &[-3.0], [1, 1]);
            gaussian::log_density(part(&x, 0, [1, 1]), part(&x, 1, [1]), log_sd)
        });
    });
}

#[test]
fn choices_and_rankings() {
    each_pair(|point| {
        for last in [1.0, 0.0] {
            check_finite(&[point[0], point[1], 1e4], |x| {
                choice::boltzmann(part(&x, 0, [1, 1, 3]), like(&x, &[1.0, 1.0, last], [1, 3]))
            });
            check_finite(&[point[0], point[1], 1e4], |x| {
                ranking::plackett_luce(part(&x, 0, [1, 1, 3]), like(&x, &[1.0, 1.0, last], [1, 3]))
            });
        }
        check_finite(&[point[0], point[1], -1e4], |x| {
            let orders = TieOrders::new(&[vec![2, 1, 2]], 3, &x.device()).unwrap();
            let mask = like(&x, &[1.0; 3], [1, 3]);
            ranking::plackett_luce_ties(part(&x, 0, [1, 1, 3]), mask, &orders)
        });
    });
}

#[test]
fn stops() {
    for regret in [0.0, 1e-20, 1.0, 1e4] {
        for log_lambda in [-20.0, 0.0, 20.0] {
            check_finite(&[regret, 0.0, 1e4, log_lambda], |x| {
                let mask = like(&x, &[1.0; 3], [1, 3]);
                let regret = stop::discounted_regret(part(&x, 0, [1, 1, 3]), mask.clone(), 0.9);
                stop::stop(regret, mask, part(&x, 3, [1, 1]))
            });
        }
    }
}

#[test]
fn losses() {
    for x in EXTREME {
        check_finite(&[x], |x| {
            let log = comparison::bradley_terry(part(&x, 0, [1, 1]));
            outcome::cross_entropy(outcome::label_noise(log, 0.1), like(&x, &[0.5, 0.5], [1, 2]))
        });
    }
}

#[test]
fn impossible_outcome_has_no_gradient() {
    let loss = |x: Tensor<1>| {
        let log = choice::boltzmann(part(&x, 0, [1, 1, 2]), like(&x, &[1.0, 0.0], [1, 2]));
        outcome::cross_entropy(outcome::label_noise(log, 0.1), like(&x, &[1.0, 0.0], [1, 2]))
    };
    let (value, gradient) = value_and_gradient(&[1e4, -1e4], DType::F32, loss);
    assert!(value[0].abs() < 1e-6, "the only option is certain: {value:?}");
    assert_eq!(gradient, [0.0, 0.0]);

    // Also where the impossible log-probability is itself a parameter.
    let loss = |x: Tensor<1>| {
        outcome::cross_entropy(part(&x, 0, [1, 1, 2]), like(&x, &[1.0, 0.0], [1, 2]))
    };
    let (value, gradient) = value_and_gradient(&[-0.5, STRUCTURAL_ZERO], DType::F32, loss);
    assert_eq!((value, gradient), (vec![0.5], vec![-0.5, 0.0]));
}
