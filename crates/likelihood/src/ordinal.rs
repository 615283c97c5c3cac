//! Which level of an ordered scale was given?
//!
//! A noisy location falls between two cutpoints, and the cutpoints belong to the annotator: "my 3
//! is your 4" is a shift of cutpoints, not of reward. Regression on the number of the level
//! assumes that levels are equally spaced and the same for everyone; see [`crate::gaussian`] for
//! that baseline.
//!
//! ```text
//! P(y <= k) = sigmoid(c_k - x)
//! P(y = k) = sigmoid(a) - sigmoid(b) = sigmoid(a) sigmoid(-b) (1 - e^(b - a)),
//!            a = c_k - x,  b = c_(k-1) - x
//! ```
//!
//! McCullagh (1980), *Regression models for ordinal data* (the proportional-odds model);
//! with annotator-specific cutpoints, the graded response model of Samejima (1969). The product
//! is taken in logs, since the difference of two sigmoids is 0 in `f32` from 17 nats on.

use crate::cutpoints::Cutpoints;
use crate::log_space::log_one_minus_exp;
use crate::shape::assert_parameter;
use burn::tensor::{Tensor, activation::log_sigmoid};

/// Log-probabilities of the levels, lowest first, in nats.
///
/// Cutpoints have to increase, as those of [`crate::cutpoints`] do; decreasing ones give NaN
/// and not a probability. A gap of 0 gives the level between e^-69 instead of 0. A level keeps the
/// digits of its gap however narrow it is and wherever it lies; see [`Cutpoints`].
///
/// # Shapes
///
/// - `location`: `[member, batch]`, return in units of the cutpoints
/// - `cutpoints`: `[member, batch, level - 1]` by annotator, or `[member, 1, level - 1]` shared
/// - output: `[member, batch, level]`
pub fn cumulative_logit(location: Tensor<2>, cutpoints: Cutpoints) -> Tensor<3> {
    let [member, batch] = location.dims();
    let [rows, columns, cuts] = cutpoints.dims();
    assert_parameter("cutpoints", [rows, columns], [member, batch]);

    let distance = cutpoints.values() - location.unsqueeze_dim::<3>(2); // [member, batch, level - 1]
    let below = log_sigmoid(distance.clone()); // log P(y <= k)
    let above = log_sigmoid(distance.neg()); // log P(y > k)
    let lowest = below.clone().narrow(2, 0, 1);
    let highest = above.clone().narrow(2, cuts - 1, 1);
    let Some(gaps) = cutpoints.gaps() else {
        return Tensor::cat(vec![lowest, highest], 2);
    };
    let inner = cuts - 1;
    let between = below.narrow(2, 1, inner) + above.narrow(2, 0, inner) + log_one_minus_exp(gaps);
    Tensor::cat(vec![lowest, between, highest], 2)
}

/// Log-probabilities of `[down, up]`, in nats: `P(up) = sigmoid(x - threshold)`.
///
/// Thumbs are a two-level scale; the threshold is the level an annotator expects.
///
/// # Shapes
///
/// - `location`: `[member, batch]`
/// - `threshold`: `[member, 1]`, or `[member, batch]` if annotators differ
/// - output: `[member, batch, 2]`
pub fn approval(location: Tensor<2>, threshold: Tensor<2>) -> Tensor<3> {
    assert_parameter("threshold", threshold.dims(), location.dims());
    cumulative_logit(location, Cutpoints::from_values(threshold.unsqueeze_dim::<3>(2)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, assert_probabilities, tensor, values};

    fn quartiles() -> Cutpoints {
        cutpoints(&[-(3f64.ln()), 3f64.ln()], [1, 1, 2])
    }

    fn cutpoints(values: &[f64], shape: [usize; 3]) -> Cutpoints {
        Cutpoints::from_values(tensor(values, shape))
    }

    #[test]
    fn cumulative_logit_by_hand() {
        // x = 0: sigmoid(-log 3) = 1/4 and sigmoid(log 3) = 3/4.
        // x = log 3: sigmoid(-2 log 3) = 1/10 and sigmoid(0) = 1/2.
        let location = tensor(&[0.0, 3f64.ln()], [1, 2]);
        let log = cumulative_logit(location, quartiles());
        assert_probabilities(log, &[0.25, 0.5, 0.25, 0.1, 0.4, 0.5]);
    }

    #[test]
    fn each_record_can_have_its_annotators_cutpoints() {
        // The same x = 0 is the middle of one scale and the bottom of another.
        let low = [-(3f64.ln()), 3f64.ln()];
        let high = [9f64.ln(), 99f64.ln()];
        let both = cutpoints(&[low, high].concat(), [1, 2, 2]);
        let log = cumulative_logit(tensor(&[0.0, 0.0], [1, 2]), both);
        assert_probabilities(log, &[0.25, 0.5, 0.25, 0.9, 0.09, 0.01]);
    }

    #[test]
    fn far_levels_keep_their_logarithm() {
        // P(y = middle) = e^-x (e^c2 - e^c1) for large x, so the log is -x + log(3 - 1/3).
        let log = cumulative_logit(tensor(&[500.0], [1, 1]), quartiles());
        assert_close(log.narrow(2, 1, 1), &[-500.0 + (8f64 / 3.0).ln()], 1e-9);
        // At -1e4 the difference of the sigmoids is 1 - 1 = 0, whose log is minus infinity.
        let log = cumulative_logit(tensor(&[-1e4], [1, 1]), quartiles());
        assert_close(log.narrow(2, 1, 1), &[-1e4 + (8f64 / 3.0).ln()], 1e-9);
    }

    #[test]
    fn shifting_location_and_cutpoints_changes_nothing() {
        let location = tensor(&[0.3, -1.1], [1, 2]);
        let log = cumulative_logit(location.clone(), quartiles());
        let shifted = cumulative_logit(
            location.add_scalar(2.5),
            quartiles().shift(tensor(&[2.5], [1, 1, 1])),
        );
        assert_close(shifted, &values(log), 1e-12);
    }

    #[test]
    fn decreasing_cutpoints_give_no_number() {
        let falling = cutpoints(&[3f64.ln(), -(3f64.ln())], [1, 1, 2]);
        let log = cumulative_logit(tensor(&[0.0], [1, 1]), falling);
        assert!(values(log)[1].is_nan());
    }

    #[test]
    fn approval_by_hand() {
        // sigmoid(log 3 - 0) = 3/4; sigmoid(log 3 - log 3) = 1/2.
        let location = tensor(&[3f64.ln(), 3f64.ln()], [1, 2]);
        let log = approval(location, tensor(&[0.0, 3f64.ln()], [1, 2]));
        assert_probabilities(log, &[0.25, 0.75, 0.5, 0.5]);
    }

    #[test]
    #[should_panic(expected = "cutpoints has shape [3, 1], but returns of shape [1, 3]")]
    fn cutpoints_of_the_wrong_axis_are_refused() {
        cumulative_logit(tensor(&[0.0; 3], [1, 3]), cutpoints(&[0.0; 3], [3, 1, 1]));
    }
}
