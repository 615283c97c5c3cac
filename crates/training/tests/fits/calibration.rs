//! Does calibration reach its optimum on what people answered?
//!
//! On the carried answers about `datasets/qa_feedback`, under a fixed reward. The likelihoods are
//! written out once more, on numbers instead of tensors, and their optimum is looked for by a method
//! that is slow and knows no gradient: one parameter after the other, by golden section.

use burn::tensor::{DType, Device, Tensor};
use medley_adapter::{
    Adapter, Comparison, Correction, Critique, Objective, Scorer, Select, Selection,
};
use medley_dataset::Dataset;
use medley_encoder::{Encoder, HashedNgrams};
use medley_reward_model::{HeadLayout, Placement, Returns, RewardModel, SegmentBatch};
use medley_training::{CalibrationOptions, calibrate};
use std::path::Path;

/// Some reward of the named features.
struct Fixed(HeadLayout);

const WEIGHTS: [f32; 7] = [0.8, 2.0, -0.5, -1.5, 0.4, 0.1, 0.6];

impl RewardModel for Fixed {
    fn members(&self) -> usize {
        1
    }

    fn layout(&self) -> &HeadLayout {
        &self.0
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        let weights = batch.place().tensor(WEIGHTS.to_vec(), [1, 7, 1]);
        batch.spread(batch.rows().unsqueeze::<3>().matmul(weights))
    }
}

/// A statement: the return, or the difference of returns, that it is about, and what was said.
struct Said {
    value: f64,
    observed: Vec<f64>,
    log_probabilities: Vec<f64>, // at the fitted values
}

/// Checks a fit against `log_probabilities` of a statement by the flat parameters.
fn check(adapter: &dyn Adapter, by_hand: impl Fn(&[f64], &[f64], &Said) -> Vec<f64>) {
    let dataset = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/qa_feedback");
    let dataset = Dataset::open(&dataset).unwrap();
    let encoder = HashedNgrams { dimensions: 0, length: true, ..HashedNgrams::default() };
    let features = encoder.encode(&dataset).unwrap();
    let objective = adapter
        .bind(&Selection {
            source: "people",
            dataset: &dataset,
            features: &features,
            standardizer: None,
            select: &Select::default(),
            partition: None,
            layout: &HeadLayout::shared(),
            seed: 0,
        })
        .unwrap();
    let everything = all(objective.as_ref());
    let model = Fixed(HeadLayout::shared());
    let place = Placement { device: Device::flex(), dtype: DType::F64 };
    let scorer = Scorer::new(&model, &features, Returns::Mean, &place);
    let fit = calibrate(objective.as_ref(), &everything, &scorer, &CalibrationOptions::default());
    assert!(fit.converged && fit.iterations < 60, "{fit:?}");

    let said: Vec<Said> = objective
        .judge(&scorer, &fit.response, &everything)
        .into_iter()
        .map(|judgement| Said {
            value: judgement.predicted_value.unwrap(),
            observed: judgement.answer.observed,
            log_probabilities: judgement.log_probabilities,
        })
        .collect();
    let fitted =
        flat(objective.as_ref(), |name| fit.response.get(name).into_data().iter::<f64>().collect());
    let loss = |at: &[f64]| {
        let surprise = |said: &Said| -> f64 {
            let logs = by_hand(at, &fitted, said);
            said.observed.iter().zip(logs).map(|(share, log)| -share * log).sum()
        };
        let total: f64 = said.iter().map(surprise).sum();
        (total + penalty(objective.as_ref(), at)) / said.len() as f64
    };
    let found = fit.objective_nats_per_statement;
    assert!((loss(&fitted) - found).abs() < 1e-9, "{} {found}", loss(&fitted));

    let initial = flat(objective.as_ref(), |name| {
        let parameters = objective.parameters(&everything);
        let parameter = parameters.iter().find(|parameter| parameter.name == name).unwrap();
        parameter.initial.iter().copied().map(f64::from).collect()
    });
    let least = one_by_one(initial, &loss);
    assert!((found - least).abs() < 1e-6, "{found} of {} is not {least}", loss(&fitted));
}

fn all(objective: &dyn Objective) -> Vec<usize> {
    (0..objective.statements().len()).collect()
}

fn flat(objective: &dyn Objective, values: impl Fn(&str) -> Vec<f64>) -> Vec<f64> {
    objective
        .parameters(&all(objective))
        .iter()
        .flat_map(|parameter| values(&parameter.name))
        .collect()
}

fn penalty(objective: &dyn Objective, at: &[f64]) -> f64 {
    let parameters = objective.parameters(&all(objective));
    let priors = parameters.iter().flat_map(|p| p.initial.iter().map(|_| p.prior.unwrap()));
    let z = |(prior, value): (medley_adapter::Prior, &f64)| {
        (value - f64::from(prior.mean)) / f64::from(prior.sd)
    };
    priors.zip(at).map(z).map(|z| 0.5 * z * z).sum()
}

/// The least value, moving one parameter at a time and then along the way of the whole round (Hooke
/// and Jeeves 1961), until a round gains less than 1e-10.
fn one_by_one(mut at: Vec<f64>, loss: &dyn Fn(&[f64]) -> f64) -> f64 {
    let mut least = loss(&at);
    for _ in 0..200 {
        let before = at.clone();
        for i in 0..at.len() {
            let mut moved = at.clone();
            at[i] = golden_section(-12.0, 12.0, &mut |value| {
                moved[i] = value;
                loss(&moved)
            });
        }
        let along = |share: f64| -> Vec<f64> {
            before.iter().zip(&at).map(|(before, at)| before + share * (at - before)).collect()
        };
        at = along(golden_section(0.0, 200.0, &mut |share| loss(&along(share))));
        let gained = least - loss(&at);
        least -= gained;
        if gained < 1e-10 {
            return least;
        }
    }
    panic!("no optimum in 200 rounds");
}

fn golden_section(mut low: f64, mut high: f64, f: &mut dyn FnMut(f64) -> f64) -> f64 {
    // What overflows is too far to the right.
    let mut f = |x: f64| Some(f(x)).filter(|value| !value.is_nan()).unwrap_or(f64::INFINITY);
    const SHARE: f64 = 0.618_033_988_749_894_9;
    let (mut left, mut right) = (high - SHARE * (high - low), low + SHARE * (high - low));
    let (mut at_left, mut at_right) = (f(left), f(right));
    while high - low > 1e-7 {
        if at_left <= at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - SHARE * (high - low);
            at_left = f(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + SHARE * (high - low);
            at_right = f(right);
        }
    }
    0.5 * (low + high)
}

fn log_sigmoid(x: f64) -> f64 {
    if x < 0.0 { x - x.exp().ln_1p() } else { -(-x).exp().ln_1p() }
}

#[test]
fn comparisons_with_ties_and_an_offset() {
    check(&Comparison::default(), |at, _, said| {
        let [log_beta, offset, tie] = at else { panic!("{at:?}") };
        let half = 0.5 * (log_beta.exp() * said.value + offset);
        let logits = [half, *tie, -half];
        let total = logits.iter().map(|logit| logit.exp()).sum::<f64>().ln();
        logits.iter().map(|logit| logit - total).collect()
    });
}

#[test]
fn corrections() {
    check(&Correction::default(), |at, _, said| {
        let gain = at[0].exp() * said.value;
        vec![log_sigmoid(-gain), log_sigmoid(gain)]
    });
}

#[test]
fn critiques_with_a_cutpoint_for_each_class() {
    check(&Critique::default(), |at, fitted, said| {
        // Whether it is about a step or a whole answer shows in the cutpoint it was fitted with.
        let [blamed, fine] = said.log_probabilities[..] else { panic!("two levels") };
        let cutpoint = blamed - fine + fitted[0].exp() * said.value;
        let away = |class: &usize| (fitted[*class] - cutpoint).abs();
        let class = (1..fitted.len()).min_by(|a, b| away(a).total_cmp(&away(b))).unwrap();
        let below = at[class] - at[0].exp() * said.value;
        vec![log_sigmoid(below), log_sigmoid(-below)]
    });
}
