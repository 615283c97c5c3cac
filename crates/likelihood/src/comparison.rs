//! Which of two was preferred, if ties are not possible?
//!
//! Bradley and Terry (1952), *Rank analysis of incomplete block designs I*:
//!
//! ```text
//! P(first) = exp(R_1) / (exp(R_1) + exp(R_2)) = sigmoid(d),   d = R_1 - R_2
//! ```
//!
//! It is reward-rational choice out of two. For ties see [`crate::ties`], for graded answers
//! [`crate::strength`].

use crate::shape::{assert_parameter, assert_same};
use burn::tensor::{Tensor, activation::log_sigmoid};

/// Log-probabilities of `[first, second]`, in nats.
///
/// # Shapes
///
/// - `difference`: `[member, batch]`, return of first minus return of second
/// - output: `[member, batch, 2]`
pub fn bradley_terry(difference: Tensor<2>) -> Tensor<3> {
    let first = log_sigmoid(difference.clone());
    let second = log_sigmoid(difference.neg());
    Tensor::stack(vec![first, second], 2)
}

/// Adds a position bias: `d + offset * side`.
///
/// A score per segment cannot represent a constant advantage of the left side, so a model without
/// an offset compensates by shrinking its scale.
///
/// # Shapes
///
/// - `difference`: `[member, batch]`
/// - `offset`: `[member, 1]`, or `[member, batch]` if annotators differ; units of the return
/// - `side`: `[batch]`, +1 where first was on the favoured side, -1 where second was, 0 if unknown
/// - output: `[member, batch]`
pub fn with_offset(difference: Tensor<2>, offset: Tensor<2>, side: Tensor<1>) -> Tensor<2> {
    let [member, batch] = difference.dims();
    assert_parameter("offset", offset.dims(), [member, batch]);
    assert_same("side", side.dims(), [batch]);
    difference + offset * side.unsqueeze_dim::<2>(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, assert_probabilities, tensor, values};

    #[test]
    fn bradley_terry_by_hand() {
        // e^d = 3: 3 / (3 + 1) = 0.75; e^d = 1: 0.5.
        let log = bradley_terry(tensor(&[3f64.ln(), 0.0], [1, 2]));
        assert_probabilities(log, &[0.75, 0.25, 0.5, 0.5]);
    }

    #[test]
    fn members_stay_apart() {
        let log = bradley_terry(tensor(&[3f64.ln(), 4f64.ln()], [2, 1]));
        assert_probabilities(log, &[0.75, 0.25, 0.8, 0.2]);
    }

    #[test]
    fn swapping_the_sides_swaps_the_probabilities() {
        let log = values(bradley_terry(tensor(&[1.7], [1, 1])));
        let swapped = values(bradley_terry(tensor(&[-1.7], [1, 1])));
        assert_eq!([log[1], log[0]], swapped[..]);
    }

    #[test]
    fn offset_by_hand() {
        let d = tensor(&[1.0, 1.0, 1.0, 2.0, 2.0, 2.0], [2, 3]);
        let shifted = with_offset(d, tensor(&[0.5, 0.25], [2, 1]), tensor(&[1.0, -1.0, 0.0], [3]));
        assert_close(shifted, &[1.5, 0.5, 1.0, 2.25, 1.75, 2.0], 1e-12);
    }

    #[test]
    #[should_panic(expected = "offset has shape [3, 1], but returns of shape [1, 3]")]
    fn offset_of_the_wrong_axis_is_refused() {
        with_offset(
            tensor(&[1.0, 1.0, 1.0], [1, 3]),
            tensor(&[0.5, 0.5, 0.5], [3, 1]),
            tensor(&[1.0, -1.0, 0.0], [3]),
        );
    }
}
