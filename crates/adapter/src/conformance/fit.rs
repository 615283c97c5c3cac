//! A small fit of reward and response model, for the law of recovery.

use super::linear::Numbers;
use super::probe::{Probe, Slope};
use burn::tensor::DType;
use medley_reward_model::{AdamW, AdamWOptions};

const STEPS: usize = 300;
const RATE: f64 = 0.03;

/// Numbers after full-batch descent from a reward of 0 on all statements and the priors.
pub(super) fn fitted(probe: &Probe<'_>) -> Numbers {
    let parameters = probe.parameters();
    let count = probe.setting.features.feature_count() * probe.layout.len();
    let start = probe.numbers_at_start(1, 0);
    let mut numbers = Numbers { weights: vec![0.0; count], shift: 0.0, ..start };
    let priors: Vec<_> = parameters
        .iter()
        .flat_map(|parameter| std::iter::repeat_n(parameter.prior, parameter.initial.len()))
        .collect();
    let options = AdamWOptions { weight_decay: 0.0, ..AdamWOptions::default() };
    let mut optimizer = AdamW::new(count + priors.len(), &options);
    let mut flat: Vec<f32> = values(&numbers).map(|&x| x as f32).collect();
    let statements = probe.all().len() as f64;
    for _ in 0..STEPS {
        let Slope { weights, response, .. } = probe.slope(&numbers, DType::F32);
        let mut slope: Vec<f64> = weights;
        slope.extend(response.into_iter().flat_map(|(_, slope)| slope));
        for ((slope, prior), &value) in slope[count..].iter_mut().zip(&priors).zip(&flat[count..]) {
            if let Some(prior) = prior {
                *slope += f64::from((value - prior.mean) / prior.sd / prior.sd);
            }
        }
        let slope: Vec<f32> = slope.iter().map(|slope| (slope / statements) as f32).collect();
        optimizer.step(&mut flat, &slope, RATE);
        set(&mut numbers, &flat);
    }
    numbers
}

fn values(numbers: &Numbers) -> impl Iterator<Item = &f64> {
    numbers.weights.iter().chain(numbers.response.iter().flat_map(|(_, values)| values))
}

fn set(numbers: &mut Numbers, flat: &[f32]) {
    let response = numbers.response.iter_mut().flat_map(|(_, values)| values);
    let all = numbers.weights.iter_mut().chain(response);
    all.zip(flat).for_each(|(value, &new)| *value = f64::from(new));
}
