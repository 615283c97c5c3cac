//! What chains ask: the log-density of a fit, and of the width of its prior where that is learned too.

use crate::laplace::{weight_sds, weights_of_blocks};
use crate::{Target, Task};
use medley_sampler::LogDensity;
use std::ops::Range;

/// The target of a fit. A vector is that of the target, and behind it, where widths are learned, the
/// logarithm of each over where it starts.
pub struct Density<'a> {
    target: Target<'a>,
    prior: Prior,
}

impl<'a> Density<'a> {
    /// Under a prior at which the return of a typical segment has a standard deviation of `return_sd`
    /// nats, or that starts there.
    pub fn new(task: &'a Task<'a>, return_sd: f64, learn_width: bool) -> Self {
        let blocks = weights_of_blocks(task);
        let widths = blocks.iter().zip(weight_sds(task, return_sd));
        let sds: Vec<f64> =
            widths.flat_map(|(weights, sd)| std::iter::repeat_n(sd, weights.len())).collect();
        let mut target = Target::new(task, 1.0);
        target.set_prior(&sds);
        Self { target, prior: Prior { sds, learned: if learn_width { blocks } else { vec![] } } }
    }

    /// Length of the vector of the target.
    pub fn of_target(&self) -> usize {
        self.target.dim()
    }

    /// Where training would start, with weights of 0, and how far around it chains do: weights within one
    /// standard deviation of their prior, the others within a half.
    pub fn start(&self) -> Vec<(f64, f64)> {
        let response = self.target.start().split_off(self.prior.sds.len());
        let weights = self.prior.sds.iter().map(|&sd| (0.0, sd));
        let widths = std::iter::repeat_n(0.0, self.prior.learned.len());
        weights.chain(response.into_iter().chain(widths).map(|at| (at, 0.5))).collect()
    }
}

impl LogDensity for Density<'_> {
    fn dim(&self) -> usize {
        self.of_target() + self.prior.learned.len()
    }

    fn log_density(&mut self, position: &[f64], gradient: &mut [f64]) -> f64 {
        let (at, widths) = position.split_at(self.of_target());
        let (slope, of_widths) = gradient.split_at_mut(at.len());
        if widths.is_empty() {
            return self.target.log_density(at, slope);
        }
        let Some(sds) = self.prior.at(widths) else { return f64::NAN };
        self.target.set_prior(&sds);
        let added = self.prior.of_widths(&sds, at, widths, of_widths);
        self.target.log_density(at, slope) + added
    }
}

/// A Gaussian prior on weights, whose widths may be learned:
///
/// ```text
/// w_i ~ N(0, (s_b exp(u_b))^2) for the weights i of block b,    u_b ~ N(0, 1)
/// ```
struct Prior {
    /// `s`, of each weight.
    sds: Vec<f64>,
    /// Weights of each block whose width is learned.
    learned: Vec<Range<usize>>,
}

impl Prior {
    /// Standard deviation of each weight at widths; none where one is 0 or beyond all numbers.
    fn at(&self, widths: &[f64]) -> Option<Vec<f64>> {
        let mut sds = self.sds.clone();
        for (weights, width) in self.learned.iter().zip(widths) {
            sds[weights.clone()].iter_mut().for_each(|sd| *sd *= width.exp());
        }
        sds.iter().all(|sd| (sd * sd).is_normal()).then_some(sds)
    }

    /// What depends on widths beside the squares of weights, which the target knows: logarithms of the
    /// prior's normalization and of the density of the widths. Slopes of all by widths go to `slopes`.
    fn of_widths(&self, sds: &[f64], at: &[f64], widths: &[f64], slopes: &mut [f64]) -> f64 {
        let mut added = 0.0;
        for ((weights, &width), slope) in self.learned.iter().zip(widths).zip(slopes) {
            let count = weights.len() as f64;
            let within = sds[weights.clone()].iter().zip(&at[weights.clone()]);
            let squares = within.map(|(sd, weight)| (weight / sd).powi(2)).sum::<f64>();
            *slope = squares - count - width;
            added -= count * width + 0.5 * width * width;
        }
        added
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `log N(x; 0, sd^2)`, without the constant.
    fn normal(x: f64, sd: f64) -> f64 {
        -0.5 * (x / sd).powi(2) - sd.ln()
    }

    /// Of a prior over two blocks, with what the target knows of it.
    fn log_density(prior: &Prior, at: &[f64], widths: &[f64]) -> (f64, Vec<f64>) {
        let sds = prior.at(widths).unwrap();
        let mut slopes = vec![0.0; widths.len()];
        let added = prior.of_widths(&sds, at, widths, &mut slopes);
        let squares = sds.iter().zip(at).map(|(sd, x)| (x / sd).powi(2)).sum::<f64>();
        (added - 0.5 * squares, slopes)
    }

    #[test]
    fn weights_and_widths_have_the_density_that_is_written() {
        let prior = Prior { sds: vec![2.0, 2.0, 0.5], learned: vec![0..2, 2..3] };
        let (at, from, to) = ([1.0, -3.0, 0.2], [0.0, 0.0], [-0.7, 0.4]);
        let expect = |widths: &[f64; 2]| {
            let of = [0, 0, 1].map(|block: usize| widths[block].exp());
            let weights = (0..3).map(|i| normal(at[i], prior.sds[i] * of[i])).sum::<f64>();
            weights + widths.iter().map(|&width| normal(width, 1.0)).sum::<f64>()
        };
        let found = log_density(&prior, &at, &to).0 - log_density(&prior, &at, &from).0;
        assert!((found - (expect(&to) - expect(&from))).abs() < 1e-12, "{found}");
        for block in 0..2 {
            let beside = |by: f64| {
                let mut widths = to;
                widths[block] += by;
                expect(&widths)
            };
            let slope = (beside(1e-5) - beside(-1e-5)) / 2e-5;
            let found = log_density(&prior, &at, &to).1[block];
            assert!((found - slope).abs() < 1e-6, "{found} {slope}");
        }
    }

    #[test]
    fn widths_without_a_density_have_none() {
        let prior = Prior { sds: vec![1.0], learned: std::iter::once(0..1).collect() };
        for width in [-1e3, -400.0, 400.0, 1e3, f64::NAN] {
            assert_eq!(prior.at(&[width]), None, "{width}");
        }
        assert_eq!(prior.at(&[1.0]), Some(vec![1.0_f64.exp()]));
    }
}
