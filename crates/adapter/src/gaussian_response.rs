//! Numbers with normal errors around an affine function of the return.
//!
//! ```text
//! y ~ Normal(beta R + offset, sd)
//! ```
//!
//! The squared error of multi-type-feedback (MTF, ICLR 2025) with the scale and the origin of the
//! answers learned instead of left to the reward; see [`medley_likelihood::gaussian`].

use crate::{BindError, Binding, LearnedOr, Response, ResponseParameter, Scorer};
use burn::tensor::Tensor;
use medley_likelihood::gaussian::log_density;

/// Offset and standard deviation of each class of statements, and where they start.
#[derive(Clone, Debug)]
pub(crate) struct GaussianResponse {
    sd: LearnedOr,
    mean: f64,
    spread: f64,
    offsets: Vec<f32>, // [class]
    log_sds: Vec<f32>, // [class]
}

const OFFSET: &str = "offset";
const LOG_SD: &str = "log-sd";

impl GaussianResponse {
    /// Starts from the moments of `values`, `(class, value)`, of the bound part. A part may be
    /// constant; the values of all parts, `everywhere`, then give the scale.
    ///
    /// # Errors
    /// If a fixed deviation is not positive, or all values of all parts are equal while it is
    /// learned.
    pub fn new(
        binding: &Binding<'_>,
        sd: LearnedOr,
        classes: usize,
        values: &[(usize, f64)],
        everywhere: &[f64],
    ) -> Result<Self, BindError> {
        let pooled: Vec<f64> = values.iter().map(|(_, value)| *value).collect();
        let (mean, here) = moments(&pooled).unwrap_or((0.0, 0.0));
        let all = moments(everywhere).map_or(0.0, |(_, deviation)| deviation);
        let deviation = if here > 0.0 { here } else { all };
        match sd {
            LearnedOr::Fixed(sd) if !(sd > 0.0 && sd.is_finite()) => {
                return Err(binding.unfit(format!("`sd` must be positive, found {sd}")));
            }
            LearnedOr::Learned if deviation == 0.0 => {
                return Err(binding.unfit(format!(
                    "all answers are {mean}, so no deviation can be learned: give `sd` as a number"
                )));
            }
            _ => {}
        }
        let spread = if deviation > 0.0 { deviation } else { 1.0 };
        let start = |class| {
            let own: Vec<f64> =
                values.iter().filter(|(of, _)| *of == class).map(|(_, value)| *value).collect();
            let (mean, deviation) = moments(&own).unwrap_or((mean, spread));
            (mean as f32, deviation.max(0.1 * spread).ln() as f32)
        };
        let (offsets, log_sds) = (0..classes).map(start).unzip();
        Ok(Self { sd, mean, spread, offsets, log_sds })
    }

    /// Offset and, if learned, logarithm of the deviation, one for each class.
    pub fn parameters(&self) -> Vec<ResponseParameter> {
        let (mean, spread) = (self.mean as f32, self.spread as f32);
        let mut parameters =
            vec![ResponseParameter::shrunk(OFFSET, self.offsets.clone(), mean, 2.0 * spread)];
        if self.sd == LearnedOr::Learned {
            let log_sds = self.log_sds.clone();
            parameters.push(ResponseParameter::shrunk(LOG_SD, log_sds, spread.ln(), 1.0));
        }
        parameters
    }

    /// Log-density of the observed numbers, in nats per unit of the answer.
    ///
    /// # Shapes
    /// `value` is `[member, batch]`, the return without rationality, with one `(class, observed)`
    /// for each column; the same shape comes back.
    pub fn log_density(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        value: Tensor<2>,
        observed: &[(usize, f64)],
    ) -> Tensor<2> {
        let place = scorer.place;
        let class = place.indices(observed.iter().map(|(class, _)| *class as i32).collect());
        let offset = response.get(OFFSET).select(1, class.clone());
        let log_sd = match self.sd {
            LearnedOr::Learned => response.get(LOG_SD).select(1, class),
            LearnedOr::Fixed(sd) => offset.zeros_like().add_scalar(sd.ln()),
        };
        let location = value * response.rationality() + offset;
        let numbers: Vec<f32> = observed.iter().map(|(_, value)| *value as f32).collect();
        let count = numbers.len();
        log_density(location, place.tensor(numbers, [count]), log_sd)
    }
}

/// Mean and population standard deviation; none without values.
fn moments(values: &[f64]) -> Option<(f64, f64)> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (!values.is_empty()).then(|| (mean, variance.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{World, control};

    #[test]
    fn a_constant_part_borrows_the_scale_of_all() {
        let world = World::new(control(&[("a", "e", &[1.0])]));
        let start = |everywhere: &[f64]| {
            let values = [(0, 3.0), (0, 3.0)];
            GaussianResponse::new(&world.binding(), LearnedOr::Learned, 2, &values, everywhere)
        };
        let parameters = start(&[3.0, 3.0, 3.0, 7.0, 7.0, 7.0]).unwrap().parameters();
        // Class 0 is constant: a tenth of the deviation of 2. Class 1 is absent: that of all.
        assert_eq!(parameters[0].initial, [3.0, 3.0]);
        assert_eq!(parameters[1].initial, [0.2f32.ln(), 2.0f32.ln()]);
        let error = start(&[3.0, 3.0]).unwrap_err().to_string();
        assert!(error.contains("all answers are 3"), "{error}");
    }
}
