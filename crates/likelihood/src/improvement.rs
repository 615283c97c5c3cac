//! Was the correction an improvement?
//!
//! A correction is a choice between the original and the person's edit of it (improvement, Jeon,
//! Milli and Dragan 2020):
//!
//! ```text
//! P(corrected) = sigmoid(d - margin),   d = R_corrected - R_original
//! ```
//!
//! The margin is what an edit must gain before it is worth making, such as its effort; with margin
//! 0 this is [`crate::comparison::bradley_terry`]. It is the margin loss of Touvron et al. (2023),
//! *Llama 2*, section 3.2.2, with "left as it is" kept as an answer, so it is normalized, and
//! people who do not edit count as well.

use burn::tensor::{Tensor, activation::log_sigmoid};

/// Log-probabilities of `[original, corrected]`, in nats.
///
/// # Shapes
///
/// - `difference`: `[member, batch]`, return of the corrected minus that of the original
/// - `margin`: `[1, batch]`, or `[member, batch]` if it is learned; units of the return
/// - output: `[member, batch, 2]`
pub fn improvement(difference: Tensor<2>, margin: Tensor<2>) -> Tensor<3> {
    let [member, batch] = difference.dims();
    let found = margin.dims();
    assert!(
        found == [1, batch] || found == [member, batch],
        "margin has shape {found:?}, but returns of shape [{member}, {batch}] need \
         [1, {batch}] or [{member}, {batch}]"
    );
    let gain = difference - margin;
    let original = log_sigmoid(gain.clone().neg());
    let corrected = log_sigmoid(gain);
    Tensor::stack(vec![original, corrected], 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_probabilities, tensor};

    #[test]
    fn improvement_by_hand() {
        // log 6 - log 2 = log 3: sigmoid = 3/4; without a margin 6/7.
        let d = tensor(&[6f64.ln(), 6f64.ln()], [1, 2]);
        let log = improvement(d, tensor(&[2f64.ln(), 0.0], [1, 2]));
        assert_probabilities(log, &[0.25, 0.75, 1.0 / 7.0, 6.0 / 7.0]);
    }

    #[test]
    fn one_margin_serves_every_member() {
        let d = tensor(&[3f64.ln(), 4f64.ln()], [2, 1]);
        let log = improvement(d, tensor(&[0.0], [1, 1]));
        assert_probabilities(log, &[0.25, 0.75, 0.2, 0.8]);
    }

    #[test]
    #[should_panic(expected = "margin has shape [3, 1], but returns of shape [1, 3]")]
    fn margin_column_is_refused() {
        improvement(tensor(&[0.0; 3], [1, 3]), tensor(&[0.0; 3], [3, 1]));
    }
}
