//! Where is a value between that of chance and the best?

use medley_evaluation::ReferenceValues;

/// What rounding leaves of a difference, as a share of the larger number.
const ROUNDING: f64 = 1e-9;

/// `100 (value - uniform) / (best - uniform)`; none where best is not above uniform, by more than rounding.
pub(crate) fn normalized(value: f64, best: f64, uniform: f64) -> Option<f64> {
    if best - uniform <= ROUNDING * best.abs().max(uniform.abs()) {
        return None;
    }
    let scale = ReferenceValues::new(uniform, best).ok()?;
    scale.normalized(value).ok().map(|normalized| 100.0 * normalized)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_scale_without_a_difference() {
        let check = |value, best, uniform, expect| {
            assert_eq!(normalized(value, best, uniform), expect, "{best} {uniform}");
        };
        check(3.0, 5.0, 1.0, Some(50.0));
        check(-1.0, 5.0, 1.0, Some(-50.0));
        check(-200.0, -200.0, -200.0, None);
        check(-200.0, -200.0 * (1.0 - 1e-13), -200.0, None);
        check(0.0, 1.0, 2.0, None);
        check(0.0, f64::NAN, 2.0, None);
    }
}
