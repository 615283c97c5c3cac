//! Which one out of a set was chosen?
//!
//! ```text
//! P(c) = exp(R_c) / sum over c' in C of exp(R_c')
//! ```
//!
//! Reward-rational choice (Jeon, Milli and Dragan 2020), with the rationality already in the
//! returns; the choice axiom of Luce (1959). Demonstrations use it over what could have been done
//! instead. Without the normalizer, which APReL's demonstration likelihood omits, a larger scale
//! of the features would always look better.

use crate::log_space::STRUCTURAL_ZERO;
use crate::shape::absent;
use burn::tensor::{Tensor, activation::log_softmax};

/// Log-probabilities of the options, in nats; an absent one is a structural zero.
///
/// Every record needs at least one available option: otherwise there is nothing to normalize, and
/// all of its outcomes are structural zeros.
///
/// # Shapes
///
/// - `returns`: `[member, batch, option]`
/// - `mask`: `[batch, option]`, 1 where the option was available, 0 where it is padding
/// - output: `[member, batch, option]`
pub fn boltzmann(returns: Tensor<3>, mask: Tensor<2>) -> Tensor<3> {
    let absent = absent(mask, returns.dims());
    let offered = returns.mask_fill(absent.clone(), STRUCTURAL_ZERO);
    log_softmax(offered, 2).mask_fill(absent, STRUCTURAL_ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::bradley_terry;
    use crate::testing::{assert_close, assert_probabilities, tensor, values};

    #[test]
    fn boltzmann_by_hand() {
        // Weights 1 and 2 of 3; the 5 is not on offer.
        let returns = tensor(&[1.0, 2.0, 5.0].map(f64::ln), [1, 1, 3]);
        let log = boltzmann(returns, tensor(&[1.0, 1.0, 0.0], [1, 3]));
        assert_eq!(values(log.clone())[2], STRUCTURAL_ZERO);
        assert_probabilities(log, &[1.0 / 3.0, 2.0 / 3.0, 0.0]);
    }

    #[test]
    fn padding_does_not_change_the_others() {
        let mask = tensor(&[1.0, 1.0, 0.0], [1, 3]);
        for padding in [0.0, 1e4, -1e4] {
            let returns = tensor(&[0.3, -0.4, padding], [1, 1, 3]);
            let log = boltzmann(returns, mask.clone()).narrow(2, 0, 2);
            let pair = bradley_terry(tensor(&[0.7], [1, 1]));
            assert_close(log, &values(pair), 1e-12);
        }
    }

    #[test]
    #[should_panic(expected = "mask has shape [3, 1], but the returns need [1, 3]")]
    fn mask_of_the_wrong_axis_is_refused() {
        boltzmann(tensor(&[0.0; 3], [1, 1, 3]), tensor(&[1.0; 3], [3, 1]));
    }
}
