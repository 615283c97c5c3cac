//! How does reward rise, and fall again, as a policy is optimized away from where it started?
//!
//! Gao et al. (2023, "Scaling laws for reward model overoptimization") find that gold
//! reward over the distance `d = sqrt(KL(policy || initial))` follows two curves of two numbers each.
//! Both are linear in these, so that least squares has a closed form and standard errors; no search and
//! no first guess.

use serde::{Deserialize, Serialize};

use super::optimized_policy::{OptimizedPolicy, OveroptimizationError, check};

/// How the policy was optimized, and so which curve its reward follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Optimization {
    /// The best of n samples: `R(d) = d (alpha - beta d)`.
    BestOfN,
    /// Reinforcement learning: `R(d) = d (alpha - beta ln d)`, 0 at 0.
    ReinforcementLearning,
}

/// A fitted curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OveroptimizationFit {
    /// Which curve.
    pub optimization: Optimization,
    /// What the first step gains: reward for each root of a nat.
    pub alpha: f64,
    /// How fast that is lost: of the best of n, reward for each nat; of reinforcement learning, for each
    /// root of a nat.
    pub beta: f64,
    /// Standard errors; none with two policies at distances above 0, which any curve goes through.
    pub errors: Option<FitErrors>,
    /// Root of the mean squared residual, over [`n`](Self::n) less 2; NaN with two.
    pub residual_sd: f64,
    /// Policies that the curve was fitted to: those at distances above 0.
    pub n: usize,
}

/// How sure a fit is, if residuals are independent and alike.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FitErrors {
    /// Standard error of alpha.
    pub alpha: f64,
    /// Standard error of beta.
    pub beta: f64,
    /// Covariance of the two.
    pub covariance: f64,
}

/// Where a curve is highest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    /// `sqrt(KL)`, roots of nats.
    pub distance: f64,
    /// Standard error of the distance, by the delta method; none where the fit has none.
    pub distance_error: Option<f64>,
    /// Reward above that of the initial policy.
    pub reward: f64,
}

/// Fits the curve to policies, whose rewards count from that of the initial policy.
///
/// Minimizes `sum (R_i - initial - alpha x_i + beta y_i)^2` with `x = d` and `y = d^2` or `d ln d`;
/// standard errors are those of ordinary least squares. At a distance of 0 every curve is 0: the initial
/// policy says nothing of either number, and is not counted. Policies along one run are not independent: then
/// errors over several runs say more than these.
///
/// ```
/// use medley_evaluation::{Optimization, OptimizedPolicy, fit_overoptimization};
/// let at = |d: f64| OptimizedPolicy { kl: d * d, reward: 7.0 + d * (2.0 - 0.5 * d) };
/// let curve = fit_overoptimization(Optimization::BestOfN, &[at(1.0), at(2.0), at(3.0)], 7.0).unwrap();
/// let peak = curve.peak().unwrap();
/// assert!((peak.distance - 2.0).abs() < 1e-9 && (peak.reward - 2.0).abs() < 1e-9);
/// ```
///
/// # Errors
/// A KL is negative, NaN or infinite, a reward is NaN or infinite, or fewer than two policies are at
/// different distances above 0.
pub fn fit_overoptimization(
    optimization: Optimization,
    policies: &[OptimizedPolicy],
    initial: f64,
) -> Result<OveroptimizationFit, OveroptimizationError> {
    if !initial.is_finite() {
        return Err(OveroptimizationError::Initial { reward: initial });
    }
    for (index, &OptimizedPolicy { kl, reward }) in policies.iter().enumerate() {
        check(index, kl, reward)?;
    }
    let moved = || policies.iter().filter(|policy| policy.kl > 0.0);
    let mut sums = [0.0; 5];
    for &OptimizedPolicy { kl, reward } in moved() {
        let [x, y] = optimization.terms(kl.sqrt());
        let gain = reward - initial;
        let terms = [x * x, x * y, y * y, x * gain, y * gain];
        sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
    }
    let [xx, xy, yy, xr, yr] = sums;
    let determinant = xx * yy - xy * xy;
    if determinant.is_nan() || determinant <= 1e-12 * xx * yy {
        return Err(OveroptimizationError::TooFew);
    }
    let (alpha, beta) = ((yy * xr - xy * yr) / determinant, (xy * xr - xx * yr) / determinant);
    let n = moved().count();
    let fit =
        OveroptimizationFit { optimization, alpha, beta, errors: None, residual_sd: f64::NAN, n };
    if n == 2 {
        return Ok(fit);
    }
    let residual = |of: &OptimizedPolicy| (of.reward - initial - fit.gain(of.kl.sqrt())).powi(2);
    let variance = moved().map(residual).sum::<f64>() / (n - 2) as f64;
    let errors = FitErrors {
        alpha: (variance * yy / determinant).sqrt(),
        beta: (variance * xx / determinant).sqrt(),
        // Of alpha and *minus* the coefficient of y, so without the sign of the inverse.
        covariance: variance * xy / determinant,
    };
    Ok(OveroptimizationFit { errors: Some(errors), residual_sd: variance.sqrt(), ..fit })
}

impl Optimization {
    /// What alpha and minus beta are multiplied by.
    fn terms(self, d: f64) -> [f64; 2] {
        match self {
            Self::BestOfN => [d, d * d],
            Self::ReinforcementLearning if d == 0.0 => [0.0, 0.0],
            Self::ReinforcementLearning => [d, d * d.ln()],
        }
    }
}

impl OveroptimizationFit {
    /// Reward above that of the initial policy at a distance `d = sqrt(KL)`; NaN below 0.
    pub fn gain(&self, d: f64) -> f64 {
        let [x, y] = self.optimization.terms(d);
        self.alpha * x - self.beta * y
    }

    /// Where the curve is highest: `d = alpha / (2 beta)` of the best of n, `exp(alpha / beta - 1)` of
    /// reinforcement learning. None where it rises for ever (`beta <= 0`) or falls from the start.
    ///
    /// It may lie beyond the policies that were fitted to, where nothing was measured.
    pub fn peak(&self) -> Option<Peak> {
        let OveroptimizationFit { alpha, beta, .. } = *self;
        let falls_at_once = self.optimization == Optimization::BestOfN && alpha <= 0.0;
        if beta <= 0.0 || falls_at_once {
            return None;
        }
        let (distance, slopes) = match self.optimization {
            Optimization::BestOfN => {
                (alpha / (2.0 * beta), [0.5 / beta, -alpha / (2.0 * beta * beta)])
            }
            Optimization::ReinforcementLearning => {
                let d = (alpha / beta - 1.0).exp();
                (d, [d / beta, -d * alpha / (beta * beta)])
            }
        };
        let error = |of: FitErrors| {
            let [a, b] = slopes;
            let squares = (a * of.alpha).powi(2) + (b * of.beta).powi(2);
            (squares + 2.0 * a * b * of.covariance).max(0.0).sqrt()
        };
        let distance_error = self.errors.map(error);
        distance.is_finite().then(|| Peak { distance, distance_error, reward: self.gain(distance) })
    }
}

#[cfg(test)]
#[path = "overoptimization_tests.rs"]
mod tests;
