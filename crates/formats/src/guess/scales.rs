//! Which scale do ratings have, by the least and the greatest of them?

/// Scales that people use, the narrower first.
const SCALES: [[f64; 2]; 12] = [
    [0.0, 1.0],
    [1.0, 3.0],
    [0.0, 4.0],
    [1.0, 5.0],
    [0.0, 5.0],
    [1.0, 6.0],
    [1.0, 7.0],
    [1.0, 10.0],
    [0.0, 10.0],
    [-1.0, 1.0],
    [-3.0, 3.0],
    [0.0, 100.0],
];

/// The narrowest scale that has both as values; one that ends where the values do comes before others.
pub(super) fn scale((low, high): (f64, f64)) -> Option<[f64; 2]> {
    let holds = |[least, most]: &[f64; 2]| *least <= low && high <= *most;
    let ends = |[_, most]: &[f64; 2]| *most == high;
    let mut fitting = SCALES.into_iter().filter(holds);
    let narrowest = fitting.clone().next();
    fitting.find(|scale| ends(scale) && scale[0] <= low).or(narrowest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_scale_that_ends_with_the_values_is_meant() {
        for (range, expect) in [
            ((1.0, 5.0), Some([1.0, 5.0])),
            ((2.0, 4.0), Some([0.0, 4.0])),
            ((0.0, 4.0), Some([0.0, 4.0])),
            ((2.0, 5.0), Some([1.0, 5.0])),
            ((0.2, 0.9), Some([0.0, 1.0])),
            ((1.0, 9.0), Some([1.0, 10.0])),
            ((-2.0, 3.0), Some([-3.0, 3.0])),
            ((-1.0, 1.0), Some([-1.0, 1.0])),
            ((12.0, 96.0), Some([0.0, 100.0])),
            ((-50.0, 3.0), None),
        ] {
            assert_eq!(scale(range), expect, "{range:?}");
        }
    }
}
