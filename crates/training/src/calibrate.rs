//! Fitting a response model to held-out feedback with the reward frozen.
//!
//! Mixes of feedback are compared on every source, also on sources that a mix never saw. Then the
//! reward comes from the mix, and only how people turn returns into answers (rationality, offsets,
//! cutpoints) is fitted on the validation part, for all mixes alike. Rationality is positive, so
//! this cannot turn a wrong order into a right one.
//!
//! The fit is the maximum of the posterior, to the tolerance of its gradient, in `f64`: mixes differ
//! by thousandths of a nat, and a fit that stops short of its optimum by as much, each mix at
//! another place, would be read as a difference between them.

use crate::minimize::{MinimizeOptions, Minimum, minimize};
use burn::tensor::{DType, Tensor, TensorData};
use medley_adapter::{Objective, Response, ResponseParameter, Scorer};
use medley_reward_model::{Frozen, Placement};
use medley_toml_file::{Problem, above_zero, at_least};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// When the fit ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", try_from = "Written")]
pub struct CalibrationOptions {
    /// Most iterations.
    pub iterations: u32,
    /// The optimum is found where the gradient of the loss, in nats a statement and summed over
    /// members, is no longer than this. A prior of standard deviation `s` then bounds what is
    /// missing by `statements (tolerance s)^2 / 2`: for 100,000 statements, the widest prior (3)
    /// and the default 5e-9 nats, where the likelihood says nothing at all.
    pub tolerance: f64,
}

impl Default for CalibrationOptions {
    fn default() -> Self {
        Self { iterations: 200, tolerance: 1e-7 }
    }
}

impl CalibrationOptions {
    /// Whether its numbers are in range, wherever they come from.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), Problem> {
        at_least("iterations", u64::from(self.iterations), 1)?;
        above_zero("tolerance", self.tolerance)
    }
}

/// Options as TOML writes them, before they are checked.
#[derive(Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Written {
    iterations: u32,
    tolerance: f64,
    #[serde(flatten)]
    others: BTreeMap<String, IgnoredAny>,
}

impl Default for Written {
    fn default() -> Self {
        let CalibrationOptions { iterations, tolerance } = CalibrationOptions::default();
        Self { iterations, tolerance, others: BTreeMap::new() }
    }
}

impl TryFrom<Written> for CalibrationOptions {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { iterations, tolerance, others } = written;
        if let Some(key) =
            others.keys().find(|key| matches!(key.as_str(), "learning-rate" | "steps"))
        {
            return Err(format!(
                "`{key}` is gone: calibration no longer takes steps of a given size, but goes to its \
                 optimum; leave out `steps`, `learning-rate` and their `tolerance`, which was of the \
                 loss and is now of its gradient"
            ));
        }
        if let Some(key) = others.keys().next() {
            return Err(format!("unknown field `{key}`, expected `iterations` or `tolerance`"));
        }
        Ok(Self { iterations, tolerance })
    }
}

/// A response model fitted under a frozen reward.
#[derive(Clone, Debug)]
pub struct Calibrated {
    /// The fitted values, on the device and in the precision of the scorer.
    pub response: Response,
    /// Iterations taken.
    pub iterations: u32,
    /// Whether the optimum was found. If not, the values are the best of those tried.
    pub converged: bool,
    /// Length of the gradient at the end, as [`CalibrationOptions::tolerance`] measures it.
    pub gradient_norm: f64,
    /// Negative log-likelihood and negative log-prior (up to its constant), mean over members, by
    /// statement.
    pub objective_nats_per_statement: f64,
}

impl Calibrated {
    /// What has to stand beside a number that rests on this fit: nothing, if it reached its optimum.
    pub fn note(&self) -> Option<String> {
        let Self { iterations, gradient_norm, .. } = self;
        (!self.converged).then(|| {
            format!(
                "the calibration ended short of its optimum, after {iterations} iterations with a \
                 gradient of {gradient_norm:.1e} nats a statement"
            )
        })
    }
}

/// Fits the response model of `objective` to `statements` under the reward of `scorer`, from its
/// initial values.
///
/// `scorer` is the one that judges: its models track no gradients, and its place has no autodiff.
/// Judge in `f64`: in `f32`, the values and the likelihood at them are rounded, and the judgement is
/// not that of the optimum found here.
///
/// # Panics
/// If the scorer looks up what was gathered for a step of training.
pub fn calibrate(
    objective: &dyn Objective,
    statements: &[usize],
    scorer: &Scorer<'_>,
    options: &CalibrationOptions,
) -> Calibrated {
    let [model, points] = scorer.models().expect("a scorer that asks models");
    let frozen = |model| Frozen { model, place: scorer.place.inner() };
    let (model, points) = (frozen(model), frozen(points));
    let device = scorer.place.device.clone().autodiff();
    let place = Placement { device, dtype: DType::F64 };
    let tracked = scorer.with_models(&model, &points).at(&place);

    let members = scorer.members();
    let layout = Layout { parameters: objective.parameters(statements), members };
    let count = statements.len().max(1) as f64;
    let options = MinimizeOptions { iterations: options.iterations, tolerance: options.tolerance };
    let mut loss = |at: &[f64], gradient: &mut [f64]| {
        let mut value = layout.penalty(at, gradient);
        for chunk in statements.chunks(STATEMENTS_AT_ONCE) {
            value += layout.add_loss(at, gradient, objective, &tracked, chunk);
        }
        gradient.iter_mut().for_each(|slope| *slope /= count);
        value / count
    };
    let Minimum { at, value, iterations, converged, gradient_norm } =
        minimize(&layout.initial(), &mut loss, &options);
    Calibrated {
        response: layout.response(&layout.tensors(&at, &scorer.place.inner())),
        iterations,
        converged,
        gradient_norm,
        objective_nats_per_statement: value / members as f64,
    }
}

/// Statements in one batch: bounds memory, and changes a sum by no more than rounding.
const STATEMENTS_AT_ONCE: usize = 8192;

/// Response parameters as one flat vector: parameter by parameter, in each member by member.
struct Layout {
    parameters: Vec<ResponseParameter>,
    members: usize,
}

impl Layout {
    fn initial(&self) -> Vec<f64> {
        let repeated = |parameter: &ResponseParameter| parameter.initial.repeat(self.members);
        self.parameters.iter().flat_map(repeated).map(f64::from).collect()
    }

    /// Each parameter with its place in the flat vector.
    fn blocks(&self) -> impl Iterator<Item = (&ResponseParameter, std::ops::Range<usize>)> {
        self.parameters.iter().scan(0, |start, parameter| {
            let block = *start..*start + parameter.initial.len() * self.members;
            *start = block.end;
            Some((parameter, block))
        })
    }

    /// Negative log-density of the priors, up to a constant; its gradient is written.
    fn penalty(&self, at: &[f64], gradient: &mut [f64]) -> f64 {
        gradient.fill(0.0);
        let mut penalty = 0.0;
        for (parameter, block) in self.blocks() {
            let Some(prior) = parameter.prior else { continue };
            let (mean, sd) = (f64::from(prior.mean), f64::from(prior.sd));
            for (value, slope) in at[block.clone()].iter().zip(&mut gradient[block]) {
                let z = (value - mean) / sd;
                penalty += 0.5 * z * z;
                *slope = z / sd;
            }
        }
        penalty
    }

    /// Loss of some statements, summed over them and over members; its gradient is added.
    fn add_loss(
        &self,
        at: &[f64],
        gradient: &mut [f64],
        objective: &dyn Objective,
        scorer: &Scorer<'_>,
        statements: &[usize],
    ) -> f64 {
        let values: Vec<Tensor<2>> =
            self.tensors(at, scorer.place).into_iter().map(Tensor::require_grad).collect();
        let loss = objective.losses(scorer, &self.response(&values), statements).sum();
        let slopes = loss.backward();
        for (value, (_, block)) in values.iter().zip(self.blocks()) {
            // A parameter that no statement here depends on has none.
            if let Some(slope) = value.grad(&slopes) {
                let slope = slope.into_data();
                gradient[block].iter_mut().zip(slope.iter::<f64>()).for_each(|(to, by)| *to += by);
            }
        }
        loss.into_data().iter::<f64>().sum()
    }

    /// The parameters apart, each `[member, value]`.
    fn tensors(&self, at: &[f64], place: &Placement) -> Vec<Tensor<2>> {
        let tensor = |(parameter, block): (&ResponseParameter, std::ops::Range<usize>)| {
            let shape = [self.members, parameter.initial.len()];
            let data = TensorData::new(at[block].to_vec(), shape).convert_dtype(place.dtype);
            Tensor::from_data(data, (&place.device, place.dtype))
        };
        self.blocks().map(tensor).collect()
    }

    fn response(&self, values: &[Tensor<2>]) -> Response {
        let names = self.parameters.iter().map(|parameter| parameter.name.clone());
        Response::new(names.zip(values.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(json: &str) -> Result<CalibrationOptions, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn options_are_checked_where_they_are_read() {
        assert_eq!(parsed("{}"), Ok(CalibrationOptions::default()));
        let some = parsed(r#"{ "iterations": 7 }"#);
        assert_eq!(some, Ok(CalibrationOptions { iterations: 7, tolerance: 1e-7 }));
        for (json, message) in [
            (r#"{ "steps": 300 }"#, "`steps` is gone: calibration no longer"),
            (r#"{ "learning-rate": 0.05 }"#, "goes to its optimum; leave out `steps`"),
            (
                r#"{ "iteration": 3 }"#,
                "unknown field `iteration`, expected `iterations` or `tolerance`",
            ),
        ] {
            let error = parsed(json).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
        for (json, key) in
            [(r#"{ "iterations": 0 }"#, "iterations"), (r#"{ "tolerance": -1e-5 }"#, "tolerance")]
        {
            assert_eq!(parsed(json).unwrap().check().unwrap_err().path, [key]);
        }
        let written = serde_json::to_string(&CalibrationOptions::default()).unwrap();
        assert_eq!(parsed(&written), Ok(CalibrationOptions::default()));
    }

    #[test]
    fn a_fit_that_did_not_end_says_so() {
        let fit = |converged| Calibrated {
            response: Response::default(),
            iterations: 200,
            converged,
            gradient_norm: 3e-6,
            objective_nats_per_statement: 0.5,
        };
        assert_eq!(fit(true).note(), None);
        let note = fit(false).note().unwrap();
        assert!(note.ends_with("after 200 iterations with a gradient of 3.0e-6 nats a statement"));
    }

    #[test]
    fn a_prior_has_its_gradient() {
        // (2 - 1)^2 / (2 * 0.5^2) = 2 for either member, slope 1 / 0.25; the free one has none.
        let parameters = vec![
            ResponseParameter::free("free", vec![0.0, 0.0]),
            ResponseParameter::shrunk("shrunk", vec![2.0], 1.0, 0.5),
        ];
        let layout = Layout { parameters, members: 2 };
        let at = layout.initial();
        assert_eq!(at, [0.0, 0.0, 0.0, 0.0, 2.0, 2.0]);
        let mut gradient = vec![9.0; 6];
        assert_eq!(layout.penalty(&at, &mut gradient), 4.0);
        assert_eq!(gradient, [0.0, 0.0, 0.0, 0.0, 4.0, 4.0]);
    }
}
