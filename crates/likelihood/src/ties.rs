//! Which of two was preferred, if ties are possible?
//!
//! Two models of ties, with `d = R_1 - R_2`. Davidson's treats a tie like a third choice whose
//! return is the mean of the two; Rao and Kupper's is a just noticeable difference. Counting a tie
//! as half a preference each way, as is common, is neither: it does not model how often people
//! tie. For more than two, see [`crate::davidson_luce`].

use crate::log_space::{log_one_minus_exp, softplus};
use crate::shape::assert_parameter;
use burn::tensor::Tensor;
use burn::tensor::activation::{log_sigmoid, log_softmax};

/// Log-probabilities of `[first, tie, second]`, in nats, by Davidson.
///
/// ```text
/// P(tie) = nu sqrt(e^R1 e^R2) / (e^R1 + e^R2 + nu sqrt(e^R1 e^R2))
///        = softmax(d / 2, log nu, -d / 2)_2
/// ```
///
/// Davidson (1970), *On extending the Bradley-Terry model to accommodate ties in paired
/// comparison experiments*. It becomes Bradley-Terry as `log nu` goes to minus infinity.
///
/// # Shapes
///
/// - `difference`: `[member, batch]`
/// - `log_nu`: `[member, 1]`, or `[member, batch]` if annotators differ
/// - output: `[member, batch, 3]`
pub fn davidson(difference: Tensor<2>, log_nu: Tensor<2>) -> Tensor<3> {
    let shape = difference.dims();
    assert_parameter("log_nu", log_nu.dims(), shape);
    let half = difference.mul_scalar(0.5);
    let logits = vec![half.clone(), log_nu.expand(shape), half.neg()];
    log_softmax(Tensor::stack::<3>(logits, 2), 2)
}

/// Log-probabilities of `[first, tie, second]`, in nats, by Rao and Kupper.
///
/// ```text
/// P(first) = sigmoid(d - t),  P(second) = sigmoid(-d - t),
/// P(tie) = (e^2t - 1) P(first) P(second),   t = log theta = softplus(free) >= 0
/// ```
///
/// Rao and Kupper (1967), *Ties in paired-comparison experiments: a generalization of the
/// Bradley-Terry model*; the weak comparison of APReL is the same with `t = delta`.
/// The tie is computed as `sigmoid(t - d) sigmoid(t + d) (1 - e^-2t)`,
/// which is equal and does not overflow.
///
/// # Shapes
///
/// - `difference`: `[member, batch]`
/// - `free`: `[member, 1]`, or `[member, batch]` if annotators differ; any real number
/// - output: `[member, batch, 3]`
pub fn rao_kupper(difference: Tensor<2>, free: Tensor<2>) -> Tensor<3> {
    let shape = difference.dims();
    assert_parameter("free", free.dims(), shape);
    let log_theta = softplus(free).expand(shape);
    let above = difference.clone() - log_theta.clone();
    let below = difference + log_theta.clone();
    let first = log_sigmoid(above.clone());
    let second = log_sigmoid(below.clone().neg());
    let tie = log_sigmoid(above.neg())
        + log_sigmoid(below)
        + log_one_minus_exp(log_theta.mul_scalar(2.0));
    Tensor::stack(vec![first, tie, second], 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::bradley_terry;
    use crate::testing::{assert_close, assert_probabilities, tensor, values};

    #[test]
    fn davidson_by_hand() {
        // e^(d/2) = 2, nu = 1.5: weights 2, 1.5, 0.5 of 4.
        let log = davidson(tensor(&[2.0 * 2f64.ln()], [1, 1]), tensor(&[1.5f64.ln()], [1, 1]));
        assert_probabilities(log, &[0.5, 0.375, 0.125]);
    }

    #[test]
    fn rao_kupper_by_hand() {
        // free = 0: t = log 2, theta = 2. e^d = 4: first 4 / (4 + 2), second 1 / (1 + 2 * 4),
        // and the tie is what remains, 2/9.
        let log = rao_kupper(tensor(&[4f64.ln()], [1, 1]), tensor(&[0.0], [1, 1]));
        assert_probabilities(log, &[2.0 / 3.0, 2.0 / 9.0, 1.0 / 9.0]);
    }

    #[test]
    fn rao_kupper_tie_is_the_published_product() {
        let (d, free) = (0.8f64, -0.3f64);
        let p = values(rao_kupper(tensor(&[d], [1, 1]), tensor(&[free], [1, 1])).exp());
        let t = free.exp().ln_1p();
        assert!((p[1] - ((2.0 * t).exp() - 1.0) * p[0] * p[2]).abs() < 1e-12);
    }

    #[test]
    fn rare_ties_give_bradley_terry() {
        let d = tensor(&[-1.3, 0.4], [1, 2]);
        let expected = values(bradley_terry(d.clone()));
        for log in [
            davidson(d.clone(), tensor(&[-80.0], [1, 1])),
            rao_kupper(d.clone(), tensor(&[-40.0], [1, 1])),
        ] {
            let log = values(log);
            let sides = tensor(&[log[0], log[2], log[3], log[5]], [4]);
            assert_close(sides, &expected, 1e-12);
        }
    }

    #[test]
    fn swapping_the_sides_mirrors_the_outcomes() {
        let parameter = || tensor(&[-0.4], [1, 1]);
        for model in [davidson, rao_kupper] {
            let log = model(tensor(&[1.7], [1, 1]), parameter());
            let swapped = model(tensor(&[-1.7], [1, 1]), parameter());
            assert_close(swapped, &values(log.flip([2])), 1e-15);
        }
    }

    #[test]
    fn records_can_have_their_own_parameter() {
        let d = tensor(&[0.0, 0.0], [1, 2]);
        // At d = 0: 1 / (2 + nu).
        let log = davidson(d, tensor(&[1.0, 2.0].map(f64::ln), [1, 2]));
        let third = 1.0 / 3.0;
        assert_probabilities(log, &[third, third, third, 0.25, 0.5, 0.25]);
    }
}
