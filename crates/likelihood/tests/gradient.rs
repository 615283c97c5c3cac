//! Is the gradient of every likelihood its derivative?
//!
//! Central differences in `f64`, with respect to returns and response-model parameters at
//! once. Points include ties, where a maximum or an absolute value has a corner.
#![allow(clippy::unwrap_used)]

mod support;

use burn::tensor::{Tensor, TensorData};
use medley_likelihood::{
    choice, comparison, cutpoints, davidson_luce, gaussian, improvement, ordinal, outcome, ranking,
    stop, strength, tie_orders::TieOrders, ties,
};
use support::{check_gradient, like, part};

/// Two members and three records, one of them a tie.
const RETURNS: [f64; 6] = [0.0, 0.7, -1.3, 2.1, 0.0, -0.4];

fn with(parameters: &[f64]) -> Vec<f64> {
    [&RETURNS[..], parameters].concat()
}

#[test]
fn bradley_terry() {
    check_gradient(&RETURNS, |x| comparison::bradley_terry(part(&x, 0, [2, 3])));
}

#[test]
fn presentation_offset() {
    check_gradient(&with(&[0.3, -0.2]), |x| {
        let side = like(&x, &[1.0, -1.0, 0.0], [3]);
        let offset = part(&x, 6, [2, 1]);
        comparison::bradley_terry(comparison::with_offset(part(&x, 0, [2, 3]), offset, side))
    });
}

#[test]
fn davidson() {
    check_gradient(&with(&[0.3, -0.8]), |x| {
        ties::davidson(part(&x, 0, [2, 3]), part(&x, 6, [2, 1]))
    });
}

#[test]
fn davidson_luce() {
    check_gradient(&with(&[0.3, -0.8, 0.5, 1.1]), |x| {
        davidson_luce::davidson_luce(part(&x, 0, [2, 1, 3]), part(&x, 6, [2, 2]))
    });
}

#[test]
fn rao_kupper() {
    check_gradient(&with(&[0.3, -0.8]), |x| {
        ties::rao_kupper(part(&x, 0, [2, 3]), part(&x, 6, [2, 1]))
    });
}

#[test]
fn ordered_ratings() {
    check_gradient(&with(&[-1.0, 0.2, -0.5, -0.7, 0.0, 1.5]), |x| {
        let shared = cutpoints::ordered(part(&x, 6, [2, 3]));
        ordinal::cumulative_logit(part(&x, 0, [2, 3]), shared)
    });
}

#[test]
fn ratings_with_cutpoints_by_record() {
    let cuts: Vec<f64> = (0..6).flat_map(|i| [-0.3 * f64::from(i), 0.9]).collect();
    check_gradient(&with(&cuts), |x| {
        let cuts = cutpoints::Cutpoints::from_values(part(&x, 6, [2, 3, 2]));
        ordinal::cumulative_logit(part(&x, 0, [2, 3]), cuts)
    });
}

#[test]
fn ratings_with_personal_location_and_scale() {
    // Free cutpoints of two classes, then location and log-scale of each of three records.
    let first = [-1.0, 0.2, -0.5, -0.7, 0.0, 1.5];
    let second = [0.4, -0.3, 0.0, -0.6, 0.9, 0.1];
    let location = [1.2, 0.7, -1.0, 0.0, -0.3, 0.8];
    let log_scale = [0.1, -0.2, 0.3, 0.0, 0.4, -0.5];
    check_gradient(&with(&[first, second, location, log_scale].concat()), |x| {
        let classes = cutpoints::Cutpoints::stack(vec![
            cutpoints::ordered(part(&x, 6, [2, 3])),
            cutpoints::ordered(part(&x, 12, [2, 3])),
        ]);
        let rows = Tensor::from_data(TensorData::from([1i32, 0, 1]), &x.device());
        let scale = part(&x, 24, [2, 3, 1]).exp();
        let cuts = classes.select(rows).scale(scale).shift(part(&x, 18, [2, 3, 1]));
        ordinal::cumulative_logit(part(&x, 0, [2, 3]), cuts)
    });
}

#[test]
fn approval() {
    check_gradient(&with(&[0.3, -0.8]), |x| {
        ordinal::approval(part(&x, 0, [2, 3]), part(&x, 6, [2, 1]))
    });
}

#[test]
fn ordinal_strength() {
    for levels in [5, 6] {
        check_gradient(&with(&[0.3, -0.8, 0.1, 0.2]), |x| {
            strength::ordinal_strength(part(&x, 0, [2, 3]), part(&x, 6, [2, 2]), levels)
        });
    }
}

#[test]
fn gaussian() {
    check_gradient(&with(&[0.3, -0.8]), |x| {
        let observed = like(&x, &[0.5, 1.0, -2.0], [3]);
        gaussian::log_density(part(&x, 0, [2, 3]), observed, part(&x, 6, [2, 1]))
    });
}

#[test]
fn improvement() {
    check_gradient(&with(&[0.3, 0.0, 0.7]), |x| {
        improvement::improvement(part(&x, 0, [2, 3]), part(&x, 6, [1, 3]))
    });
}

#[test]
fn boltzmann() {
    check_gradient(&RETURNS, |x| {
        let mask = like(&x, &[1.0, 1.0, 1.0], [1, 3]);
        choice::boltzmann(part(&x, 0, [2, 1, 3]), mask)
    });
    check_gradient(&RETURNS, |x| {
        let mask = like(&x, &[1.0, 0.0, 1.0], [1, 3]);
        choice::boltzmann(part(&x, 0, [2, 1, 3]), mask)
    });
}

#[test]
fn plackett_luce() {
    check_gradient(&[0.0; 6], |x| {
        let mask = like(&x, &[1.0, 1.0, 1.0], [1, 3]);
        ranking::plackett_luce(part(&x, 0, [2, 1, 3]), mask)
    });
    check_gradient(&RETURNS, |x| {
        let mask = like(&x, &[1.0, 1.0, 0.0], [1, 3]);
        ranking::plackett_luce(part(&x, 0, [2, 1, 3]), mask)
    });
}

#[test]
fn plackett_luce_with_ties() {
    let returns = [&RETURNS[..], &[0.3, 0.3, 0.1, -0.6, 0.2, 0.9]].concat();
    check_gradient(&returns, |x| {
        let ranks = [vec![1, 1, 2], vec![2, 1]];
        let orders = TieOrders::new(&ranks, 3, &x.device()).unwrap();
        let mask = like(&x, &[1.0, 1.0, 1.0, 1.0, 1.0, 0.0], [2, 3]);
        ranking::plackett_luce_ties(part(&x, 0, [2, 2, 3]), mask, &orders)
    });
}

#[test]
fn stop() {
    let point = [1.0, 0.4, 2.0, 0.2, 0.7, 0.1, 3.0, 1.0, -0.3, 0.5];
    check_gradient(&point, |x| {
        let mask = like(&x, &[1.0, 1.0, 1.0, 0.0], [1, 4]);
        let regret = stop::discounted_regret(part(&x, 0, [2, 1, 4]), mask.clone(), 0.6);
        stop::stop(regret, mask, part(&x, 8, [2, 1]))
    });
}

#[test]
fn label_noise_and_cross_entropy() {
    check_gradient(&RETURNS, |x| {
        let log = comparison::bradley_terry(part(&x, 0, [2, 3]));
        let votes = like(&x, &[0.25, 0.75, 1.0, 0.0, 0.5, 0.5], [3, 2]);
        outcome::cross_entropy(outcome::label_noise(log, 0.1), votes)
    });
}
