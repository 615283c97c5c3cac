//! Numbers with normal errors around an affine function of the return.
//!
//! ```text
//! y ~ Normal(beta R + offset, sd)
//! ```
//!
//! The squared error of multi-type-feedback (MTF, ICLR 2025) with the scale and the origin of the
//! answers learned instead of left to the reward; see [`medley_likelihood::gaussian`].

use crate::{
    BindError, LearnedOr, ParameterRole, ParameterScale, Response, ResponseParameter, Scorer,
    Selection,
};
use burn::tensor::Tensor;
use medley_likelihood::gaussian::log_density;

/// Answers that are numbers, in classes that each have an offset and a standard deviation.
#[derive(Clone, Debug)]
pub struct GaussianResponse {
    sd: LearnedOr,
    /// Of each statement, in order.
    answers: Vec<(usize, f64)>, // (class, value)
    classes: usize,
}

const OFFSET: &str = "offset";
const LOG_SD: &str = "log-sd";

impl GaussianResponse {
    /// Answers of all statements, as `(class, value)`.
    ///
    /// # Errors
    /// If a fixed deviation is not positive, or all values are equal while it is learned.
    pub fn new(
        selection: &Selection<'_>,
        sd: LearnedOr,
        classes: usize,
        answers: Vec<(usize, f64)>,
    ) -> Result<Self, BindError> {
        let all: Vec<f64> = answers.iter().map(|(_, value)| *value).collect();
        let (mean, deviation) = moments(&all).unwrap_or((0.0, 0.0));
        match sd {
            LearnedOr::Fixed(sd) if !(sd > 0.0 && sd.is_finite()) => {
                Err(selection.unfit(format!("`sd` must be positive, found {sd}")))
            }
            LearnedOr::Learned if deviation == 0.0 => Err(selection.unfit(format!(
                "all answers are {mean}, so no deviation can be learned: give `sd` as a number"
            ))),
            _ => Ok(Self { sd, answers, classes }),
        }
    }

    /// What was said.
    pub fn value(&self, statement: usize) -> f64 {
        self.answers[statement].1
    }

    /// Offset and, if learned, logarithm of the deviation, one for each class, from the moments of
    /// `fitted_on`. Those may be constant; the values of all parts then give the scale.
    pub fn parameters(&self, fitted_on: &[usize]) -> Vec<ResponseParameter> {
        let fitted: Vec<(usize, f64)> = fitted_on.iter().map(|&i| self.answers[i]).collect();
        let values = |of: &[(usize, f64)]| of.iter().map(|(_, value)| *value).collect::<Vec<_>>();
        let (mean, here) = moments(&values(&fitted)).unwrap_or((0.0, 0.0));
        let all = moments(&values(&self.answers)).map_or(0.0, |(_, deviation)| deviation);
        let deviation = if here > 0.0 { here } else { all };
        let spread = if deviation > 0.0 { deviation } else { 1.0 };
        let start = |class| {
            let own: Vec<f64> =
                fitted.iter().filter(|(of, _)| *of == class).map(|(_, value)| *value).collect();
            let (mean, deviation) = moments(&own).unwrap_or((mean, spread));
            (mean as f32, deviation.max(0.1 * spread).ln() as f32)
        };
        let (offsets, log_sds): (Vec<f32>, Vec<f32>) = (0..self.classes).map(start).unzip();
        let spread = spread as f32;
        let offset = ResponseParameter::shrunk(OFFSET, offsets, mean as f32, 2.0 * spread)
            .meaning(ParameterRole::Offset, ParameterScale::Linear);
        let log_sd = ResponseParameter::shrunk(LOG_SD, log_sds, spread.ln(), 1.0)
            .meaning(ParameterRole::Spread, ParameterScale::Log);
        match self.sd {
            LearnedOr::Learned => vec![offset, log_sd],
            LearnedOr::Fixed(_) => vec![offset],
        }
    }

    /// Log-density of the observed numbers, in nats per unit of the answer.
    ///
    /// # Shapes
    /// `location` is `[member, batch]`, the return times rationality, one column for each of
    /// `statements`; the same shape comes back.
    pub fn log_density(
        &self,
        scorer: &Scorer<'_>,
        response: &Response,
        location: Tensor<2>,
        statements: &[usize],
    ) -> Tensor<2> {
        let place = scorer.place;
        let observed: Vec<(usize, f64)> = statements.iter().map(|&i| self.answers[i]).collect();
        let class = place.indices(observed.iter().map(|(class, _)| *class as i32).collect());
        let offset = response.get(OFFSET).select(1, class.clone());
        let log_sd = match self.sd {
            LearnedOr::Learned => response.get(LOG_SD).select(1, class),
            LearnedOr::Fixed(sd) => offset.zeros_like().add_scalar(sd.ln()),
        };
        let location = location + offset;
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
    fn constant_answers_borrow_the_scale_of_all() {
        let world = World::new(control(&[("a", "e", &[1.0])]));
        let start = |values: &[f64]| {
            let answers = values.iter().map(|&value| (0, value)).collect();
            GaussianResponse::new(&world.selection(), LearnedOr::Learned, 2, answers)
        };
        let answers = start(&[3.0, 3.0, 3.0, 7.0, 7.0, 7.0]).unwrap();
        let parameters = answers.parameters(&[0, 1]);
        // Class 0 is constant: a tenth of the deviation of 2. Class 1 is absent: that of all.
        assert_eq!(parameters[0].initial, [3.0, 3.0]);
        assert_eq!(parameters[1].initial, [0.2f32.ln(), 2.0f32.ln()]);
        let error = start(&[3.0, 3.0]).unwrap_err().to_string();
        assert!(error.contains("all answers are 3"), "{error}");
    }
}
