//! The lower bound of the evidence, as a function of means and standard deviations.

use crate::laplace::{weight_sds, weights_of_blocks};
use crate::map::initial_response;
use crate::{Target, Task, stream};
use burn::tensor::DType;
use medley_random::normal;
use medley_reward_model::{ModelShape, Placement};
use rand_chacha::ChaCha8Rng;
use std::ops::Range;

/// A Gaussian for each parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Factors {
    /// Means.
    pub mean: Vec<f64>,
    /// Logarithms of standard deviations.
    pub log_sd: Vec<f64>,
}

impl Factors {
    /// Of a list with means first.
    pub fn of(flat: &[f64]) -> Self {
        let (mean, log_sd) = flat.split_at(flat.len() / 2);
        Self { mean: mean.to_vec(), log_sd: log_sd.to_vec() }
    }

    /// One list, means first.
    pub fn flat(&self) -> Vec<f64> {
        [self.mean.as_slice(), &self.log_sd].concat()
    }

    /// A point.
    pub fn draw(&self, rng: &mut ChaCha8Rng) -> Vec<f64> {
        let factors = self.mean.iter().zip(&self.log_sd);
        factors.map(|(mean, log_sd)| mean + log_sd.exp() * normal(rng)).collect()
    }
}

/// The bound of a task under draws that stay the same.
pub(super) struct Bound<'a> {
    /// As many members as there are draws, in double precision.
    target: Target<'a>,
    /// Number of weights of one member, which come first in a point.
    weights: usize,
    responses: Vec<f64>,
    /// Weights whose prior has one width, and where it starts; `[block]`.
    blocks: Vec<Range<usize>>,
    start_sds: Vec<f64>,
    sds: Vec<f64>,
    /// Standard normal numbers, `[draw][parameter]`; every second is minus the one before.
    noise: Vec<Vec<f64>>,
}

/// Calls `act` with the bound of `task`, whose mean is over so many draws.
pub(super) fn with_bound<T>(
    task: &Task<'_>,
    draws: usize,
    return_sd: f64,
    act: impl FnOnce(Bound<'_>) -> T,
) -> T {
    let one = ModelShape { members: 1, ..task.shape.clone() };
    let many = ModelShape { members: draws, ..task.shape.clone() };
    let place = Placement { dtype: DType::F64, ..task.place.clone() };
    let alone = Task { shape: &one, place: &place, ..*task };
    let wide = Task { shape: &many, ..alone };
    let weights = one.features * one.layout.len();
    let responses = initial_response(&alone).read();
    let start_sds = weight_sds(task, return_sd);
    let noise = noise(draws, weights + responses.len(), task.seed);
    let mut bound = Bound {
        noise,
        target: Target::new(&wide, start_sds[0]),
        weights,
        responses,
        blocks: weights_of_blocks(&alone),
        sds: start_sds.clone(),
        start_sds,
    };
    bound.set_prior();
    act(bound)
}

/// Standard normal numbers in pairs of opposite sign, `[draw][parameter]`, whose squares have mean 1 for
/// each parameter: in a quadratic, means and standard deviations then come out exactly, whatever the
/// number of draws.
fn noise(draws: usize, parameters: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut rng = stream(seed, "variational-bound");
    let mut half: Vec<Vec<f64>> =
        (0..draws / 2).map(|_| (0..parameters).map(|_| normal(&mut rng)).collect()).collect();
    for parameter in 0..parameters {
        let square: f64 = half.iter().map(|noise| noise[parameter].powi(2)).sum();
        let length = (square / half.len() as f64).sqrt();
        half.iter_mut().for_each(|noise| noise[parameter] /= length);
    }
    let mirrored = |noise: Vec<f64>| {
        let other = noise.iter().map(|x| -x).collect();
        [noise, other]
    };
    half.into_iter().flat_map(mirrored).collect()
}

impl Bound<'_> {
    /// At the prior's mean, and as wide as the prior; response parameters where training starts.
    pub fn start(&self) -> Factors {
        let mut mean = vec![0.0; self.weights];
        mean.extend(&self.responses);
        let mut log_sd = vec![0.0; self.weights];
        for (places, sd) in self.blocks.iter().zip(&self.sds) {
            log_sd[places.clone()].fill(sd.ln() - 1.0);
        }
        log_sd.extend(self.responses.iter().map(|_| -1.0));
        Factors { mean, log_sd }
    }

    /// Minus the bound at `flat`, up to a constant, in nats, and its gradient.
    pub fn energy(&mut self, flat: &[f64], slope: &mut [f64]) -> f64 {
        let Factors { mean, log_sd } = Factors::of(flat);
        let sd: Vec<f64> = log_sd.iter().map(|log_sd| log_sd.exp()).collect();
        let point = |noise: &Vec<f64>| -> Vec<f64> {
            mean.iter().zip(&sd).zip(noise).map(|((mean, sd), noise)| mean + sd * noise).collect()
        };
        let points: Vec<Vec<f64>> = self.noise.iter().map(point).collect();
        let (density, gradients) = self.target.at_points(&points, self.weights);
        let share = 1.0 / points.len() as f64;
        let (of_mean, of_log_sd) = slope.split_at_mut(mean.len());
        of_mean.fill(0.0);
        of_log_sd.fill(-1.0);
        for (gradient, noise) in gradients.iter().zip(&self.noise) {
            for (place, slope) in gradient.iter().enumerate() {
                of_mean[place] -= share * slope;
                of_log_sd[place] -= share * slope * noise[place] * sd[place];
            }
        }
        -share * density - log_sd.iter().sum::<f64>()
    }

    /// Takes the width of the prior to where the bound is largest, with two weights' worth of the start
    /// as under `inference.laplace`; the largest relative change.
    pub fn widen(&mut self, factors: &Factors) -> f64 {
        let mut change = 0.0_f64;
        for ((places, start), sd) in self.blocks.iter().zip(&self.start_sds).zip(&mut self.sds) {
            let square =
                |place: usize| factors.mean[place].powi(2) + (2.0 * factors.log_sd[place]).exp();
            let sum: f64 = places.clone().map(square).sum();
            let variance = (sum + 2.0 * start * start) / (places.len() as f64 + 2.0);
            let next = variance.sqrt();
            change = change.max((next / *sd - 1.0).abs());
            *sd = next;
        }
        self.set_prior();
        change
    }

    fn set_prior(&mut self) {
        let mut of_member = vec![1.0; self.weights];
        for (places, &sd) in self.blocks.iter().zip(&self.sds) {
            of_member[places.clone()].fill(sd);
        }
        self.target.set_prior(&of_member.repeat(self.noise.len()));
    }
}
