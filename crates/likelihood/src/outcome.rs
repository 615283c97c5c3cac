//! What is the loss of an observed response, given the probabilities of all responses?
//!
//! Observations are weights over the response set, not an index, so vote shares, soft labels and
//! "no answer" (all weights 0) are not special cases.

use crate::log_space::{STRUCTURAL_ZERO, impossible, softplus};
use crate::shape::assert_same;
use burn::tensor::Tensor;

/// Cross-entropy of the observed response, in nats: `-sum_k observed_k log p_k`.
///
/// With vote shares its minimum is the entropy of the votes, not 0. An outcome with
/// observed weight 0 adds exactly 0 to the value and to the gradient, whatever its
/// log-probability. Shannon (1948).
///
/// # Shapes
///
/// - `log_probabilities`: `[member, batch, outcome]`
/// - `observed`: `[batch, outcome]`, rows that sum to 1
/// - output: `[member, batch]`
pub fn cross_entropy(log_probabilities: Tensor<3>, observed: Tensor<2>) -> Tensor<2> {
    let shape = log_probabilities.dims();
    let [_, batch, outcome] = shape;
    assert_same("observed", observed.dims(), [batch, outcome]);
    let observed = observed.unsqueeze_dim::<3>(0).expand(shape); // [member, batch, outcome]
    let unobserved = observed.clone().equal_elem(0.0);
    let log_probabilities = log_probabilities.mask_fill(unobserved, 0.0);
    (log_probabilities * observed).sum_dim(2).neg().squeeze_dim(2)
}

/// Probabilities of a person who answers at random, uniformly, with probability `epsilon`:
/// `log((1 - epsilon) p + epsilon / K)`, in nats.
///
/// K counts the possible outcomes of each record; a structural zero stays one, since an option
/// that is not offered cannot be chosen at random. Christiano et al. (2017), section 2.2.3, use
/// 10% of uniform answers; `noise_prob` of `imitation` is the same for two outcomes.
///
/// # Shapes
///
/// `[member, batch, outcome]` to the same.
///
/// # Panics
///
/// If `epsilon` is outside `[0, 1)`.
pub fn label_noise(log_probabilities: Tensor<3>, epsilon: f64) -> Tensor<3> {
    assert!((0.0..1.0).contains(&epsilon), "epsilon is a probability below 1, found {epsilon}");
    if epsilon == 0.0 {
        return log_probabilities;
    }
    let impossible = impossible(log_probabilities.clone());
    let possible = log_probabilities
        .zeros_like()
        .add_scalar(1.0)
        .mask_fill(impossible.clone(), 0.0)
        .sum_dim(2); // [member, batch, 1]
    let log_random = possible.log().neg().add_scalar(epsilon.ln());
    // Anchored at the random answer, which is never small; anchored at p, a p of
    // exp(-1e30) would swallow it.
    let log_considered = log_probabilities.add_scalar((-epsilon).ln_1p());
    (softplus(log_considered - log_random.clone()) + log_random)
        .mask_fill(impossible, STRUCTURAL_ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, assert_probabilities, tensor, values};

    fn three_to_one() -> Tensor<3> {
        tensor(&[0.75f64.ln(), 0.25f64.ln()], [1, 1, 2])
    }

    #[test]
    fn cross_entropy_by_hand() {
        // -(ln 0.75 + ln 0.25) / 2 = (0.2876820724 + 1.3862943611) / 2
        let nats = cross_entropy(three_to_one(), tensor(&[0.5, 0.5], [1, 2]));
        assert_close(nats, &[0.836_988_216_8], 1e-9);
        let nats = cross_entropy(three_to_one(), tensor(&[1.0, 0.0], [1, 2]));
        assert_close(nats, &[0.287_682_072_4], 1e-9);
    }

    #[test]
    fn unobserved_impossible_outcome_costs_nothing() {
        for impossible in [STRUCTURAL_ZERO, f64::NEG_INFINITY] {
            let log = tensor(&[0.0, impossible], [1, 1, 2]);
            let nats = values(cross_entropy(log, tensor(&[1.0, 0.0], [1, 2])));
            assert_eq!(nats, [0.0]);
        }
    }

    #[test]
    fn records_do_not_mix() {
        let log = tensor(&[0.75, 0.25, 0.5, 0.5].map(f64::ln), [1, 2, 2]);
        let observed = tensor(&[1.0, 0.0, 0.0, 1.0], [2, 2]);
        let expected = [0.75, 0.5].map(|p: f64| -p.ln());
        assert_close(cross_entropy(log, observed), &expected, 1e-12);
    }

    #[test]
    #[should_panic(expected = "observed has shape [2, 1], but the returns need [1, 2]")]
    fn column_of_labels_is_refused() {
        cross_entropy(three_to_one(), tensor(&[1.0, 0.0], [2, 1]));
    }

    #[test]
    fn label_noise_by_hand() {
        // 0.8 * 0.75 + 0.2 / 2 = 0.7
        assert_probabilities(label_noise(three_to_one(), 0.2), &[0.7, 0.3]);
        assert_probabilities(label_noise(three_to_one(), 0.0), &[0.75, 0.25]);
    }

    #[test]
    fn random_answers_go_to_what_is_offered() {
        let log = [0.75f64.ln(), 0.25f64.ln(), STRUCTURAL_ZERO];
        let noisy = label_noise(tensor(&log, [1, 1, 3]), 0.2);
        assert_eq!(values(noisy.clone())[2], STRUCTURAL_ZERO);
        assert_probabilities(noisy, &[0.7, 0.3, 0.0]);
    }

    #[test]
    #[should_panic(expected = "epsilon is a probability below 1, found 1")]
    fn noise_alone_is_refused() {
        label_noise(three_to_one(), 1.0);
    }
}
