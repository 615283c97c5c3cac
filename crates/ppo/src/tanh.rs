//! The hyperbolic tangent of many numbers at once.
//!
//! A quotient of two polynomials, as Eigen and XLA have it: relative error below 4e-7, and a tenth of the
//! time that the C library takes, which was two thirds of an update. No multiply-add is fused, so that
//! the bits are the same whatever a processor can do.

use macerator::AutoArch;

/// Beyond it the quotient, like the tangent, is 1 in single precision.
const FARTHEST: f32 = 7.905_311;

/// Of odd powers, from 1 on.
const ABOVE: [f32; 7] = [
    4.893_524_6e-3,
    6.372_619_3e-4,
    1.485_722_4e-5,
    5.122_297_3e-8,
    -8.604_672e-11,
    2.000_188e-13,
    -2.760_768_4e-16,
];

/// Of even powers, from 0 on.
const BELOW: [f32; 4] = [4.893_525_3e-3, 2.268_434_6e-3, 1.185_347_1e-4, 1.198_258_4e-6];

/// Puts the tangent of each number in its place.
pub(crate) fn tanh(values: &mut [f32]) {
    AutoArch::new().dispatch(|| values.iter_mut().for_each(|value| *value = one(*value)));
}

#[inline(always)]
fn one(value: f32) -> f32 {
    let x = value.clamp(-FARTHEST, FARTHEST);
    let square = x * x;
    let sum = |of: &[f32]| of.iter().rev().fold(0.0, |sum, factor| sum * square + factor);
    x * sum(&ABOVE) / sum(&BELOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_tangent_to_seven_digits() {
        let near = (-12_000..=12_000).map(|i| i as f32 / 1_000.0);
        let small = (0..30).flat_map(|power| [0.1_f32.powi(power), -0.3_f32.powi(power)]);
        let inputs: Vec<f32> = near.chain(small).collect();
        let mut found = inputs.clone();
        tanh(&mut found);
        for (x, found) in inputs.into_iter().zip(found) {
            let expected = f64::from(x).tanh();
            let off = (f64::from(found) - expected).abs();
            assert!(off <= 4e-7 * expected.abs() && found.abs() <= 1.0, "{x}: {found} {expected}");
            assert_eq!(found.to_bits(), one(x).to_bits(), "{x}, without wide registers");
        }
    }

    #[test]
    fn what_is_no_number_stays_none() {
        let mut values = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0];
        tanh(&mut values);
        assert!(values[0].is_nan());
        assert_eq!(
            values[1..].iter().map(|x| x.to_bits()).collect::<Vec<_>>(),
            [1.0_f32.to_bits(), (-1.0_f32).to_bits(), (-0.0_f32).to_bits()]
        );
    }
}
