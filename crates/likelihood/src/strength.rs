//! How strongly was one of two preferred?
//!
//! "Much better" is a level of an ordered scale on the difference `d = R_1 - R_2`, not a
//! margin to subtract or a weight to multiply: margins leave the probabilities of the other
//! answers undefined. The scale is mirrored, since "strongly first" becomes "strongly
//! second" when the sides are swapped.
//!
//! ```text
//! P(y <= k) = sigmoid(c_k - d),   c_k = -c_(levels - 1 - k)
//! ```
//!
//! McCullagh (1980); Agresti (1992), *Analysis of ordinal paired comparison data*.

use crate::cutpoints::symmetric;
use crate::ordinal::cumulative_logit;
use burn::tensor::Tensor;

/// Log-probabilities of the levels, from strongly second to strongly first, in nats.
///
/// Swapping the sides mirrors the levels to the last bit. Three levels are the model of
/// [`crate::ties::rao_kupper`] in opposite order.
///
/// # Shapes
///
/// - `difference`: `[member, batch]`, return of first minus return of second
/// - `free`: `[member, (levels - 1) / 2]`, see [`symmetric`]
/// - output: `[member, batch, levels]`
///
/// # Panics
///
/// If `levels` is below 3 or does not fit `free`.
pub fn ordinal_strength(difference: Tensor<2>, free: Tensor<2>, levels: usize) -> Tensor<3> {
    cumulative_logit(difference, symmetric(free, levels))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, assert_probabilities, tensor, values};
    use crate::ties::rao_kupper;

    #[test]
    fn strength_by_hand() {
        // Four levels, free = 0: cutpoints -log 2, 0, log 2. At d = 0 the cumulative
        // probabilities are 1/3, 1/2, 2/3.
        let log = ordinal_strength(tensor(&[0.0], [1, 1]), tensor(&[0.0], [1, 1]), 4);
        let sixth = 1.0 / 6.0;
        assert_probabilities(log, &[1.0 / 3.0, sixth, sixth, 1.0 / 3.0]);
    }

    #[test]
    fn higher_difference_moves_every_cumulative_probability_down() {
        let d = tensor(&[-1.0, 0.5, 3.0], [1, 3]);
        let log = ordinal_strength(d, tensor(&[0.0, 0.0], [1, 2]), 5);
        let below = values(log.exp().cumsum(2));
        for level in 0..4 {
            let by_difference = [below[level], below[5 + level], below[10 + level]];
            assert!(by_difference.is_sorted_by(|low, high| low > high), "{below:?}");
        }
    }

    #[test]
    fn swapping_the_sides_mirrors_the_levels_exactly() {
        for levels in [5, 6] {
            let free = || tensor(&[0.3, -0.7], [1, 2]);
            let log = ordinal_strength(tensor(&[1.37], [1, 1]), free(), levels);
            let swapped = ordinal_strength(tensor(&[-1.37], [1, 1]), free(), levels);
            assert_eq!(values(swapped), values(log.flip([2])));
        }
    }

    #[test]
    fn three_levels_are_rao_kupper() {
        let d = || tensor(&[0.9, -0.2], [1, 2]);
        let free = || tensor(&[-0.6], [1, 1]);
        let ties = rao_kupper(d(), free()).flip([2]);
        assert_close(ordinal_strength(d(), free(), 3), &values(ties), 1e-12);
    }
}
