//! How likely is a number on an interval scale?
//!
//! ```text
//! log p(y) = -(y - x)^2 / (2 s^2) - log s - log(2 pi) / 2
//! ```
//!
//! Normal errors of constant deviation around the return. With `s` fixed this is the squared
//! error that multi-type-feedback (MTF, ICLR 2025) minimizes for ratings
//! and descriptions: `(y - x)^2 = -2 s^2 (log p + log s + log(2 pi) / 2)`, an affine map,
//! so the minimizer is the same. A learned `s` makes it commensurable with the choices of other
//! sources. A density can exceed 1, so a positive log-density is not a mistake.

use crate::shape::{assert_parameter, assert_same};
use burn::tensor::Tensor;

/// Log-density of the observed numbers, in nats per unit of `observed`.
///
/// # Shapes
///
/// - `location`: `[member, batch]`
/// - `observed`: `[batch]`
/// - `log_sd`: `[member, 1]`, or `[member, batch]` if annotators differ
/// - output: `[member, batch]`
pub fn log_density(location: Tensor<2>, observed: Tensor<1>, log_sd: Tensor<2>) -> Tensor<2> {
    let [member, batch] = location.dims();
    assert_same("observed", observed.dims(), [batch]);
    assert_parameter("log_sd", log_sd.dims(), [member, batch]);
    let half_log_two_pi = 0.5 * std::f64::consts::TAU.ln();
    let standardized = (location - observed.unsqueeze_dim::<2>(0)) * log_sd.clone().neg().exp();
    let square = standardized.clone() * standardized;
    (square.mul_scalar(0.5) + log_sd).add_scalar(half_log_two_pi).neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, tensor};

    #[test]
    fn log_density_by_hand() {
        // x = 1, y = 3, s = 2: -1/2 - log 2 - 0.9189385332 = -2.1120857138.
        let log =
            log_density(tensor(&[1.0], [1, 1]), tensor(&[3.0], [1]), tensor(&[2f64.ln()], [1, 1]));
        assert_close(log, &[-2.112_085_713_8], 1e-9);
    }

    #[test]
    fn squared_error_is_an_affine_map_of_it() {
        let (x, y, sd) = ([0.4, -1.0, 7.0], [1.0, 2.0, 3.0], 0.6f64);
        let squared: Vec<f64> = x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).collect();
        let log = log_density(tensor(&x, [1, 3]), tensor(&y, [3]), tensor(&[sd.ln()], [1, 1]));
        let half_log_two_pi = 0.918_938_533_204_672_7;
        let mapped = log.add_scalar(sd.ln() + half_log_two_pi).mul_scalar(-2.0 * sd * sd);
        assert_close(mapped, &squared, 1e-12);
    }

    #[test]
    fn members_meet_every_record_once() {
        let log = log_density(
            tensor(&[0.0, 0.0, 1.0, 1.0], [2, 2]),
            tensor(&[0.0, 1.0], [2]),
            tensor(&[0.0, 0.0], [2, 1]),
        );
        let (peak, one_off) = (-0.918_938_533_204_672_7, -1.418_938_533_204_672_7);
        assert_close(log, &[peak, one_off, one_off, peak], 1e-12);
    }
}
