//! Do narrow levels keep their digits in `f32`, wherever on the scale they lie?
//!
//! Against the same free parameters in `f64`, where a difference of cutpoints has digits to spare.
#![allow(clippy::unwrap_used)]

mod support;

use burn::tensor::{DType, Device, Tensor};
use medley_likelihood::{cutpoints, ordinal, strength};
use support::{part, tensor, value_and_gradient, values};

/// `log(e^gap - 1)`, rounded to what `f32` can say.
fn free(gap: f64) -> f64 {
    f64::from(gap.exp_m1().ln() as f32)
}

/// Log-probability of the level between two cutpoints of an ordered scale, `[location, free..]`.
fn middle(x: Tensor<1>) -> Tensor<3> {
    let cuts = cutpoints::ordered(part(&x, 1, [1, 2]));
    ordinal::cumulative_logit(part(&x, 0, [1, 1]), cuts).narrow(2, 1, 1)
}

/// Largest error of `f32`, relative to `f64`, of the log-probability and of its derivatives.
fn errors(point: &[f64], likelihood: impl Fn(Tensor<1>) -> Tensor<3>) -> (f64, Vec<f64>) {
    let (value, gradient) = value_and_gradient(point, DType::F32, &likelihood);
    let (exact, slopes) = value_and_gradient(point, DType::F64, &likelihood);
    let relative = |found: f64, exact: f64| ((found - exact) / exact).abs();
    let slopes = gradient.iter().zip(&slopes).map(|(&found, &exact)| relative(found, exact));
    (relative(value[0], exact[0]), slopes.collect())
}

/// Differences of cutpoints: what was lost, and that these cases can tell.
fn naive(x: Tensor<1>) -> Tensor<3> {
    let cuts = cutpoints::Cutpoints::from_values(cutpoints::ordered(part(&x, 1, [1, 2])).values());
    ordinal::cumulative_logit(part(&x, 0, [1, 1]), cuts).narrow(2, 1, 1)
}

#[test]
fn a_narrow_level_far_from_0_keeps_its_probability_and_its_gradient() {
    for (first, gap) in [(51.0, 3e-4), (-4.5, 1.4e-5), (0.25, 1e-7)] {
        let point = [first + 0.5, first, free(gap)];
        let (value, slopes) = errors(&point, middle);
        assert!(value < 1e-6, "gap {gap} at {first}: log p is off by {value}");
        // The derivative to the gap, the last, was off by 2 % and more.
        assert!(slopes[2] < 1e-5, "gap {gap} at {first}: {slopes:?}");
        let (lost, _) = errors(&point, naive);
        assert!(lost > 10.0 * value, "gap {gap} at {first}: the difference is off by {lost}");
    }
}

#[test]
fn a_level_narrower_than_one_rounding_still_has_a_gradient() {
    // 51 + 1e-7 is 51 in f32, and the difference of the cutpoints 0: e^-69 without a gradient.
    let point = [51.0, 51.0, free(1e-7)];
    let (value, gradient) = value_and_gradient(&point, DType::F32, |x| middle(x) * 2.0);
    // log(sigmoid(0)^2 (1 - e^-gap)), and its derivative to log gap is 1 but for 5e-8.
    let expected = 0.25f64.ln() + 1e-7f64.ln();
    assert!((value[0] / 2.0 - expected).abs() < 1e-4, "{} {expected}", value[0] / 2.0);
    assert!((gradient[2] - 0.5 * 2.0).abs() < 1e-4, "{gradient:?}");
    let (_, lost) = value_and_gradient(&point, DType::F32, naive);
    assert!(lost[2].abs() < 1e-6, "{lost:?}");
}

#[test]
fn grades_of_strength_keep_their_gaps_too() {
    // Cutpoints 40 and 40 + 3e-4 and their mirror images; the grade between the upper two.
    let grade = |x: Tensor<1>| {
        strength::ordinal_strength(part(&x, 0, [1, 1]), part(&x, 1, [1, 2]), 5).narrow(2, 3, 1)
    };
    let (value, slopes) = errors(&[40.5, 40.0, free(3e-4)], grade);
    assert!(value < 1e-6 && slopes[2] < 1e-5, "{value} {slopes:?}");
}

#[test]
fn a_personal_scale_keeps_them() {
    // Half as wide around 7: a gap of 1e-5 becomes 5e-6 at 7 + 20.
    let log = |dtype| {
        let device = Device::flex();
        let single = |value: f64| tensor(&[value], [1, 1, 1], &device, dtype);
        let cuts = cutpoints::ordered(tensor(&[40.0, free(1e-5)], [1, 2], &device, dtype));
        let cuts = cuts.scale(single(0.5)).shift(single(7.0));
        let x = tensor(&[27.5], [1, 1], &device, dtype);
        values(ordinal::cumulative_logit(x, cuts))[1]
    };
    let (found, exact) = (log(DType::F32), log(DType::F64));
    assert!((found - exact).abs() < 1e-5, "{found} {exact}");
}
