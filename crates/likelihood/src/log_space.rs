//! Which sums and complements of probabilities can be taken without leaving log space?
//!
//! `log(sigmoid(x))` is minus infinity in `f32` from x = -104 on, and its gradient NaN. The
//! functions here stay finite, forward and backward, at any return a reward model gives.

use burn::tensor::{Tensor, activation};

/// Log-probability, in nats, of an impossible outcome.
///
/// It is finite, so 0 times it is 0; with infinity the product would be NaN.
pub const STRUCTURAL_ZERO: f64 = -1e30;

/// Smallest gap that [`log_one_minus_exp`] distinguishes from 0: its logarithm is -69 nats, and
/// the reciprocal, which is the gradient, is still finite in `f32`.
const SMALLEST_GAP: f64 = 1e-30;

/// Half of [`STRUCTURAL_ZERO`]: anything below is not the probability of a possible outcome.
const IMPOSSIBLE_BELOW: f64 = 0.5 * STRUCTURAL_ZERO;

/// `log(1 - exp(-gap))`, elementwise, for `gap >= 0`, in nats.
///
/// Computed as `log(tanh(gap / 2)) + log1p(exp(-gap))`. It is the same function, because
/// `tanh(g / 2) = (1 - e^-g) / (1 + e^-g)`, and loses no digits at small gaps, where
/// `1 - e^-g` cancels. Maechler (2012), *Accurately computing log(1 - exp(-|a|))*, switches
/// between `expm1` and `log1p` at `log 2` instead; Burn has no `expm1`.
///
/// A gap of exactly 0 gives -69 nats with gradient 0, instead of minus infinity. A negative
/// gap gives NaN: the caller's probabilities would not sum to 1.
pub fn log_one_minus_exp<const D: usize>(gap: Tensor<D>) -> Tensor<D> {
    let closed = gap.clone().greater_equal_elem(0.0).bool_and(gap.clone().lower_elem(SMALLEST_GAP));
    let gap = gap.mask_fill(closed, SMALLEST_GAP);
    gap.clone().mul_scalar(0.5).tanh().log() + gap.neg().exp().log1p()
}

/// `log(sum(exp(x)))` over one axis, which stays with size 1, in nats.
///
/// The maximum is subtracted first and detached, since it cancels from the gradient.
pub fn log_sum_exp<const D: usize>(x: Tensor<D>, dim: usize) -> Tensor<D> {
    let largest = x.clone().detach().max_dim(dim);
    (x - largest.clone()).exp().sum_dim(dim).log() + largest
}

/// `log(1 + exp(x))`, elementwise: a positive number from a free one.
///
/// Burn's default threshold of 20 is exact for `f32` only; 40 is exact for `f64` as well.
pub fn softplus<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    activation::softplus_with_threshold(x, 1.0, 40.0)
}

/// Where an outcome is a [`STRUCTURAL_ZERO`].
pub(crate) fn impossible<const D: usize>(
    log_probabilities: Tensor<D>,
) -> Tensor<D, burn::tensor::Bool> {
    log_probabilities.lower_elem(IMPOSSIBLE_BELOW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, tensor, values};

    #[test]
    fn complement_by_hand() {
        // 1 - e^-ln 2 = 1/2 and 1 - e^-ln 4 = 3/4.
        let gap = tensor(&[2f64.ln(), 4f64.ln()], [1, 2]);
        assert_close(log_one_minus_exp(gap), &[0.5f64.ln(), 0.75f64.ln()], 1e-12);
    }

    #[test]
    fn complement_keeps_its_digits_at_small_gaps() {
        // 1 - e^-g = g - g^2 / 2 + ..., where the naive form has no digit left.
        let small: f64 = 1e-18;
        assert_eq!(1.0 - (-small).exp(), 0.0);
        let gap = tensor(&[small], [1, 1]);
        assert_close(log_one_minus_exp(gap), &[small.ln()], 1e-12);
    }

    #[test]
    fn closed_gap_is_finite_and_a_negative_one_is_no_number() {
        let closed = values(log_one_minus_exp(tensor(&[0.0, -0.5], [1, 2])));
        assert!((closed[0] - 1e-30f64.ln()).abs() < 1e-3, "{closed:?}");
        assert!(closed[1].is_nan());
    }

    #[test]
    fn log_sum_exp_by_hand() {
        // log(1 + 2 + 5) = log 8, also where exp would overflow.
        let logs = [0.0, 2f64.ln(), 5f64.ln()];
        let shifted = logs.map(|x| x + 1e4);
        let x = tensor(&[logs, shifted].concat(), [2, 3]);
        assert_close(log_sum_exp(x, 1), &[8f64.ln(), 8f64.ln() + 1e4], 1e-9);
    }

    #[test]
    fn softplus_by_hand() {
        let x = tensor(&[0.0, -50.0, 1e4], [1, 3]);
        // log 2; log(1 + e^-50) = e^-50 to first order; 1e4.
        assert_close(softplus(x), &[2f64.ln(), (-50f64).exp(), 1e4], 1e-15);
    }
}
