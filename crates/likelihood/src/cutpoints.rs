//! How do free parameters become ordered cutpoints?
//!
//! A cutpoint is the boundary between two answers. The optimizer moves unconstrained real numbers,
//! so cutpoints are parameterized by the first one and positive gaps, each the `softplus` of a
//! free number; with sorting or clamping, two of them could meet and stop learning. The inverses
//! are for initial values, on the host.

pub use crate::gaps::Cutpoints;

use crate::log_space::softplus;
use burn::tensor::Tensor;

/// Why numbers cannot be the cutpoints of an ordinal response.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CutpointError {
    /// Two neighbours are equal, decrease, or are not finite.
    #[error("cutpoint {index} is {found}, which does not rise above {previous}")]
    NotIncreasing {
        /// Position of the offending cutpoint.
        index: usize,
        /// The offending cutpoint.
        found: f64,
        /// Its lower neighbour, or the lower bound 0 of a symmetric scale.
        previous: f64,
    },
}

/// Strictly increasing cutpoints: `c_1 = f_1`, `c_k = c_(k-1) + softplus(f_k)`.
///
/// The parameterization of ratings in MAVRL (ICML 2026).
///
/// # Shapes
///
/// `[member, k]`, `k >= 1`, to cutpoints of `[member, 1, k]`.
pub fn ordered(free: Tensor<2>) -> Cutpoints {
    let [member, k] = free.dims();
    assert!(k >= 1, "cutpoints need at least one free parameter, found shape [{member}, {k}]");
    if k == 1 {
        return Cutpoints::with_gaps(row(free), None);
    }
    let first = free.clone().narrow(1, 0, 1);
    let gaps = softplus(free.narrow(1, 1, k - 1));
    let values = Tensor::cat(vec![first, gaps.clone()], 1).cumsum(1);
    Cutpoints::with_gaps(row(values), Some(row(gaps)))
}

/// Cutpoints mirrored around 0, for scales whose two ends are equivalent.
///
/// The `h = (levels - 1) / 2` (rounded down) positive ones are cumulative sums of `softplus`.
/// An odd number of levels has a neutral level around 0, an even one has a cutpoint at 0.
///
/// # Shapes
///
/// `[member, h]` to cutpoints of `[member, 1, levels - 1]`.
///
/// # Panics
///
/// If `levels` is below 3 (two levels have no free cutpoint) or does not fit `free`.
pub fn symmetric(free: Tensor<2>, levels: usize) -> Cutpoints {
    let [member, half] = free.dims();
    assert!(levels >= 3, "a symmetric scale has at least 3 levels, found {levels}");
    assert!(
        half == (levels - 1) / 2,
        "free has shape [{member}, {half}], but {levels} levels need [{member}, {}]",
        (levels - 1) / 2
    );
    let gaps = softplus(free); // from 0 to the first, and on from there
    let upper = gaps.clone().cumsum(1);
    let lower = upper.clone().flip([1]).neg();
    let mirrored = gaps.clone().flip([1]);
    if levels.is_multiple_of(2) {
        let centre = upper.zeros_like().narrow(1, 0, 1);
        let values = Tensor::cat(vec![lower, centre, upper], 1);
        return Cutpoints::with_gaps(row(values), Some(row(Tensor::cat(vec![mirrored, gaps], 1))));
    }
    let neutral = gaps.clone().narrow(1, 0, 1).mul_scalar(2.0);
    let gaps = match half {
        1 => neutral,
        _ => Tensor::cat(
            vec![mirrored.narrow(1, 0, half - 1), neutral, gaps.narrow(1, 1, half - 1)],
            1,
        ),
    };
    Cutpoints::with_gaps(row(Tensor::cat(vec![lower, upper], 1)), Some(row(gaps)))
}

/// One scale that all records share: `[member, k]` to `[member, 1, k]`.
fn row(values: Tensor<2>) -> Tensor<3> {
    values.unsqueeze_dim::<3>(1)
}

/// Free parameters that [`ordered`] turns into these cutpoints.
///
/// # Errors
///
/// If the cutpoints are not finite and strictly increasing.
pub fn free_from_ordered(cutpoints: &[f64]) -> Result<Vec<f64>, CutpointError> {
    let Some((&first, rest)) = cutpoints.split_first() else {
        return Ok(Vec::new());
    };
    check_rise(0, f64::NEG_INFINITY, first)?;
    let mut free = vec![first];
    free.extend(free_gaps(first, rest, 1)?);
    Ok(free)
}

/// Free parameters that [`symmetric`] turns into these positive cutpoints and their mirror.
///
/// # Errors
///
/// If the cutpoints are not finite, positive and strictly increasing.
pub fn free_from_symmetric(positive: &[f64]) -> Result<Vec<f64>, CutpointError> {
    free_gaps(0.0, positive, 0)
}

fn free_gaps(start: f64, rest: &[f64], offset: usize) -> Result<Vec<f64>, CutpointError> {
    let mut previous = start;
    let mut free = Vec::with_capacity(rest.len());
    for (i, &found) in rest.iter().enumerate() {
        check_rise(i + offset, previous, found)?;
        free.push(inverse_softplus(found - previous));
        previous = found;
    }
    Ok(free)
}

fn check_rise(index: usize, previous: f64, found: f64) -> Result<(), CutpointError> {
    if found.is_finite() && found > previous {
        return Ok(());
    }
    Err(CutpointError::NotIncreasing { index, found, previous })
}

/// `log(e^y - 1)`, written so that `e^y` is never taken.
fn inverse_softplus(y: f64) -> f64 {
    y + (-(-y).exp_m1()).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_close, tensor};

    const LN_2: f64 = std::f64::consts::LN_2;

    fn check(cutpoints: &Cutpoints, values: &[f64], gaps: &[f64], tolerance: f64) {
        assert_close(cutpoints.values(), values, tolerance);
        assert_close(cutpoints.gaps().unwrap(), gaps, tolerance);
    }

    #[test]
    fn ordered_by_hand() {
        // softplus(0) = log 2, softplus(log 3) = log 4.
        let cutpoints = ordered(tensor(&[-1.0, 0.0, 3f64.ln()], [1, 3]));
        check(&cutpoints, &[-1.0, -1.0 + LN_2, -1.0 + 3.0 * LN_2], &[LN_2, 2.0 * LN_2], 1e-12);
        let threshold = ordered(tensor(&[-1.0], [1, 1]));
        assert_close(threshold.values(), &[-1.0], 0.0);
        assert!(threshold.gaps().is_none());
    }

    #[test]
    fn symmetric_by_hand() {
        let free = || tensor(&[0.0, 3f64.ln()], [1, 2]);
        let (near, far) = (LN_2, 3.0 * LN_2);
        let (inner, outer) = (LN_2, 2.0 * LN_2);
        let odd = symmetric(free(), 5);
        check(&odd, &[-far, -near, near, far], &[outer, 2.0 * inner, outer], 1e-12);
        let even = symmetric(free(), 6);
        check(&even, &[-far, -near, 0.0, near, far], &[outer, inner, inner, outer], 1e-12);
        let three = symmetric(tensor(&[0.0], [1, 1]), 3);
        check(&three, &[-near, near], &[2.0 * inner], 1e-12);
    }

    #[test]
    fn members_have_their_own_cutpoints() {
        let cutpoints = ordered(tensor(&[0.0, 0.0, 5.0, 0.0], [2, 2]));
        check(&cutpoints, &[0.0, LN_2, 5.0, 5.0 + LN_2], &[LN_2; 2], 1e-12);
    }

    #[test]
    fn inverses_round_trip() {
        let wanted = [-2.5, -2.49, 0.0, 40.0, 900.0];
        let free = free_from_ordered(&wanted).unwrap();
        let gaps = [0.01, 2.49, 40.0, 860.0];
        check(&ordered(tensor(&free, [1, 5])), &wanted, &gaps, 1e-9);

        let positive = [0.01, 2.0];
        let free = free_from_symmetric(&positive).unwrap();
        let wanted = [-2.0, -0.01, 0.01, 2.0];
        check(&symmetric(tensor(&free, [1, 2]), 5), &wanted, &[1.99, 0.02, 1.99], 1e-9);
    }

    #[test]
    fn cutpoints_that_do_not_rise_are_refused() {
        let error = free_from_ordered(&[0.0, 1.0, 1.0]).unwrap_err();
        assert_eq!(error.to_string(), "cutpoint 2 is 1, which does not rise above 1");
        let error = free_from_symmetric(&[-0.5]).unwrap_err();
        assert_eq!(error.to_string(), "cutpoint 0 is -0.5, which does not rise above 0");
        assert!(free_from_ordered(&[0.0, f64::NAN]).is_err());
        assert!(free_from_ordered(&[f64::INFINITY]).is_err());
    }

    #[test]
    #[should_panic(expected = "free has shape [1, 3], but 5 levels need [1, 2]")]
    fn levels_that_do_not_fit_are_refused() {
        symmetric(tensor(&[0.0; 3], [1, 3]), 5);
    }
}
