//! Mixing by uncertainty: a learned variance for each source divides its losses (Kendall, Gal and
//! Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses", CVPR 2018).
//!
//! ```text
//! sum over sources k and their statements i of  exp(-s_k) l_ki + s_k / 2      l = -log p(y_ki | R)
//! ```
//!
//! with `s_k = log sigma_k^2`, their equation 10 for one statement (their `log sigma` is `s / 2`).
//! Rationalities are 1. Given the reward, the minimum is at `sigma_k^2 = 2 mean(l_k)`: a source weighs
//! the more, the better it is predicted. Each statement brings its own `s / 2`, so that the term
//! counts `n_k` times in an epoch, however the statements fall into steps. Published code takes the
//! mean over a batch in which every task labels every input; here a source of many statements counts
//! for more.
//!
//! A log-likelihood has a scale of its own, so that `sigma_k` is no property of the people: a source
//! whose statements choose among more answers loses more at chance (`ln m` of `m` answers) and weighs
//! less for it, however careful its answers are.
//!
//! Equation 10 approximates a softmax whose logits are divided by `sigma^2`. That likelihood itself
//! is `mixing.joint`: its learned rationality is `1 / sigma^2`.
//!
//! The published form has no minimum where losses reach 0, as of answers that a reward can separate,
//! or lie below it, as log-densities can. So `s = b tanh(u / b)`, with a weak prior `u ~ N(0, b^2)`.

use burn::tensor::Tensor;
use medley::adapter::{ParameterRole, ResponseParameter};
use medley::toml_file::{Problem, above_zero};
use medley::training::{Fit, Mixing, Step};
use serde::{Deserialize, Serialize};

/// Options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct UncertaintyWeighted {
    /// Log-variances lie within this of 0: at 5, the default, weights between 1/148 and 148.
    pub bound: f64,
}

impl Default for UncertaintyWeighted {
    fn default() -> Self {
        Self { bound: 5.0 }
    }
}

fn parameter(source: &str) -> String {
    format!("log-variance/{source}")
}

impl UncertaintyWeighted {
    /// From what is learned, `u`, to log-variances of the same shape.
    fn log_variance(&self, free: Tensor<2>) -> Tensor<2> {
        free.div_scalar(self.bound).tanh().mul_scalar(self.bound)
    }
}

#[typetag::serde(name = "uncertainty-weighted")]
impl Mixing for UncertaintyWeighted {
    fn check(&self, _sources: &[&str]) -> Result<(), Problem> {
        above_zero("bound", self.bound)
    }

    fn parameters(&self, fit: &Fit) -> Vec<ResponseParameter> {
        let sd = self.bound as f32;
        let of =
            |source: &String| ResponseParameter::shrunk(&parameter(source), vec![0.0], 0.0, sd);
        fit.sources.iter().map(of).collect()
    }

    fn frozen(&self, parameter: &ResponseParameter) -> bool {
        parameter.role == ParameterRole::Rationality
    }

    fn total(&self, step: &Step<'_>) -> Tensor<1> {
        let each = step.terms.iter().map(|term| {
            let [_, batch] = term.loss.dims();
            let s = self.log_variance(step.own.get(&parameter(term.source))); // [member, 1]
            let weighed = term.loss.clone() * s.clone().neg().exp();
            weighed.sum() + s.sum().mul_scalar(batch as f64 / 2.0)
        });
        each.reduce(|total, term| total + term).expect("a step has at least one source")
    }

    fn summary(&self) -> &'static str {
        "losses divided by a learned variance of each source (Kendall et al. 2018)"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use medley::adapter::Response;
    use medley::training::Term;
    use medley::training::mixing::conformance::check;

    #[test]
    fn uncertainty_weighted_keeps_all_laws() {
        let report = check(&UncertaintyWeighted::default()).unwrap_or_else(|f| panic!("{f}"));
        assert_eq!(report.skipped, []);
    }

    /// Total of a source of four losses at `u`, and its slope there.
    fn total(losses: [[f32; 4]; 1], u: f32) -> (f64, f64) {
        let device = Device::flex().autodiff();
        let leaf = Tensor::<2>::from_data([[u]], &device).require_grad();
        let own = Response::new([(parameter("a"), leaf.clone())]);
        let loss = Tensor::<2>::from_data(losses, &device);
        let term = Term { source: "a", loss, statements: 9, deviation: None };
        let step = Step { terms: vec![term], own: &own, statements: 9, sources: 1 };
        let total = UncertaintyWeighted::default().total(&step);
        let slope = leaf.grad(&total.clone().backward()).unwrap();
        let number = |data: burn::tensor::TensorData| data.iter::<f64>().sum::<f64>();
        (number(total.into_data()), number(slope.into_data()))
    }

    #[test]
    fn by_hand() {
        // At s = 0: the sum, with slope n / 2 - sum.
        let (value, slope) = total([[0.1, 0.2, 0.3, 0.4]], 0.0);
        assert!((value - 1.0).abs() < 1e-6 && (slope - 1.0).abs() < 1e-6, "{value} {slope}");
        let (_, slope) = total([[1.0, 2.0, 0.5, 1.5]], 0.0);
        assert!((slope + 3.0).abs() < 1e-6, "{slope}");
        // At sigma^2 = 2 mean(l) = 2.5: 5 / 2.5 + 4 ln(2.5) / 2, and flat. u = 5 atanh(ln(2.5) / 5).
        let s = 2.5f64.ln();
        let (value, slope) = total([[1.0, 2.0, 0.5, 1.5]], (5.0 * (s / 5.0).atanh()) as f32);
        assert!((value - (2.0 + 2.0 * s)).abs() < 1e-5 && slope.abs() < 1e-5, "{value} {slope}");
    }

    #[test]
    fn a_weight_is_bounded() {
        // exp(-5) of the losses, and half of 5 for each of four statements.
        let (value, _) = total([[1.0, 2.0, 0.5, 1.5]], 1e9);
        assert!((value - (5.0 * (-5f64).exp() + 10.0)).abs() < 1e-4, "{value}");
        for wrong in [0.0, -1.0, f64::NAN] {
            let problem = UncertaintyWeighted { bound: wrong }.check(&["a"]).unwrap_err();
            assert_eq!(problem.path, ["bound"]);
        }
    }
}
