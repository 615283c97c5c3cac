//! When was a behaviour stopped?
//!
//! A person watches and stops once the accumulated regret is too much. Stopping is a choice at
//! every step, given that it was not made before, which is a discrete hazard:
//!
//! ```text
//! G_t = discount G_(t-1) + g_t              discounted regret
//! h_t = 1 - exp(-lambda G_t)                hazard
//! P(stop = t) = h_t prod_{u<t} (1 - h_u)    log: log(1 - e^(-lambda G_t)) - lambda sum_{u<t} G_u
//! P(never) = prod_t (1 - h_t)               log: -lambda sum_t G_t
//! ```
//!
//! MAVRL (ICML 2026), with `g_t = max_a Q(s_t, a) - Q(s_t, a_t)`. Never
//! stopping is an answer too: omitting censored records would bias lambda upwards.

use crate::log_space::{STRUCTURAL_ZERO, log_one_minus_exp};
use crate::shape::{absent, assert_parameter};
use burn::tensor::Tensor;

/// Discounted regret `G_t = discount G_(t-1) + g_t`; padded steps are 0.
///
/// The recursion is a scan that doubles its reach, so it takes log2(time) tensor operations and
/// not one per step.
///
/// # Shapes
///
/// - `regret`: `[member, batch, time]`, not negative, in units of the return
/// - `mask`: `[batch, time]`, 1 for a step, 0 for padding at the end
/// - output: `[member, batch, time]`
///
/// # Panics
///
/// If `discount` is outside `[0, 1]`.
pub fn discounted_regret(regret: Tensor<3>, mask: Tensor<2>, discount: f64) -> Tensor<3> {
    assert!((0.0..=1.0).contains(&discount), "discount is within [0, 1], found {discount}");
    let [_, _, time] = regret.dims();
    let absent = absent(mask, regret.dims());
    let mut total = regret.mask_fill(absent.clone(), 0.0);
    let mut reach = 1;
    let mut weight = discount;
    while reach < time {
        total = total.clone() + later(total, reach).mul_scalar(weight);
        reach *= 2;
        weight *= weight;
    }
    total.mask_fill(absent, 0.0)
}

/// Log-probabilities of stopping at each step and, last, of never stopping, in nats.
///
/// Padded steps are structural zeros. A step with regret exactly 0 has hazard e^-69 instead of
/// 0, so an observed stop there has a finite loss; its gradient is 0.
///
/// # Shapes
///
/// - `discounted`: `[member, batch, time]`, from [`discounted_regret`]
/// - `mask`: `[batch, time]`, the same as there
/// - `log_lambda`: `[member, 1]`, or `[member, batch]` if annotators differ; impatience, in
///   nats per unit of discounted regret
/// - output: `[member, batch, time + 1]`
pub fn stop(discounted: Tensor<3>, mask: Tensor<2>, log_lambda: Tensor<2>) -> Tensor<3> {
    let [member, batch, time] = discounted.dims();
    assert_parameter("log_lambda", log_lambda.dims(), [member, batch]);
    let absent = absent(mask, discounted.dims());
    let exposure =
        (discounted * log_lambda.exp().unsqueeze_dim::<3>(2)).mask_fill(absent.clone(), 0.0);
    let through = exposure.clone().cumsum(2);
    // Shifted, not `through - exposure`: a large exposure would cancel the small ones before.
    let before = later(through.clone(), 1);
    let at = (log_one_minus_exp(exposure) - before).mask_fill(absent, STRUCTURAL_ZERO);
    let never = through.narrow(2, time - 1, 1).neg();
    Tensor::cat(vec![at, never], 2)
}

/// The same log-probabilities with never stopping first, and structural zeros up to `longest` steps:
/// outcomes of segments of any length, in one order.
///
/// # Shapes
///
/// - `outcomes`: `[member, batch, time + 1]`, from [`stop`]
/// - output: `[member, batch, longest + 1]`
///
/// # Panics
///
/// If `outcomes` has more steps than `longest`.
pub fn never_first(outcomes: Tensor<3>, longest: usize) -> Tensor<3> {
    let [member, batch, count] = outcomes.dims();
    assert!(count <= longest + 1, "at most {longest} steps, found {}", count - 1);
    let never = outcomes.clone().narrow(2, count - 1, 1);
    let mut parts = vec![never.clone(), outcomes.narrow(2, 0, count - 1)];
    let missing = longest + 1 - count;
    if missing > 0 {
        let zero = never.zeros_like().add_scalar(STRUCTURAL_ZERO);
        parts.push(zero.expand([member, batch, missing]));
    }
    Tensor::cat(parts, 2)
}

/// The same numbers `steps` later along `time`, with zeros in front.
fn later(x: Tensor<3>, steps: usize) -> Tensor<3> {
    let [_, _, time] = x.dims();
    let zeros = x.zeros_like().narrow(2, 0, steps);
    if steps == time {
        return zeros;
    }
    Tensor::cat(vec![zeros, x.narrow(2, 0, time - steps)], 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, assert_probabilities, tensor, values};

    fn all(steps: usize) -> Tensor<2> {
        tensor(&vec![1.0; steps], [1, steps])
    }

    #[test]
    fn discounted_regret_by_hand() {
        // 1; 0.5 + 2; 1.25 + 3
        let regret = tensor(&[1.0, 2.0, 3.0], [1, 1, 3]);
        assert_close(discounted_regret(regret, all(3), 0.5), &[1.0, 2.5, 4.25], 1e-12);
    }

    #[test]
    fn scan_equals_the_recursion() {
        let regret: Vec<f64> = (0..13).map(|t| f64::from(t * t % 7)).collect();
        for discount in [0.0, 0.1, 0.9, 1.0] {
            let mut total = 0.0;
            let expected: Vec<f64> = regret
                .iter()
                .map(|g| {
                    total = discount * total + g;
                    total
                })
                .collect();
            let regret = tensor(&regret, [1, 1, 13]);
            assert_close(discounted_regret(regret, all(13), discount), &expected, 1e-12);
        }
    }

    #[test]
    fn stop_by_hand() {
        // lambda = log 2: survival of a step is 2^-G.
        let log = stop(tensor(&[1.0, 2.0], [1, 1, 2]), all(2), tensor(&[2f64.ln().ln()], [1, 1]));
        // 1/2; 1/2 * 3/4; 1/2 * 1/4
        assert_probabilities(log, &[0.5, 0.375, 0.125]);
    }

    #[test]
    fn one_step_is_stop_or_never() {
        let log = stop(tensor(&[2.0], [1, 1, 1]), all(1), tensor(&[2f64.ln().ln()], [1, 1]));
        assert_probabilities(log, &[0.75, 0.25]);
    }

    #[test]
    fn padding_is_impossible_and_changes_nothing() {
        let regret = tensor(&[1.0, 2.0, 9.0], [1, 1, 3]);
        let mask = tensor(&[1.0, 1.0, 0.0], [1, 3]);
        let lambda = || tensor(&[2f64.ln().ln()], [1, 1]);
        let discounted = discounted_regret(regret, mask.clone(), 0.0);
        let log = stop(discounted, mask, lambda());
        assert_eq!(values(log.clone())[2], STRUCTURAL_ZERO);
        assert_probabilities(log, &[0.5, 0.375, 0.0, 0.125]);
    }

    #[test]
    fn large_regret_does_not_swallow_what_came_before() {
        // P(survive the first step) = 1/2 and then the stop is certain.
        let log = stop(tensor(&[1.0, 1e18], [1, 1, 2]), all(2), tensor(&[2f64.ln().ln()], [1, 1]));
        assert_probabilities(log, &[0.5, 0.5, 0.0]);
    }
}
