//! Where is the minimum of a smooth function some of whose coordinates are at least 0?
//!
//! The active sets of Lawson and Hanson (1974, *Solving Least Squares Problems*, chapter 23), with
//! quasi-Newton steps where they solve least squares. Coordinates that are held at 0 are let go one by one,
//! the steepest first; one that would pass 0 on the way to the minimum of those that are free stops
//! there and is held. For a convex function that is the minimum under the bounds, whereas striking
//! all negative coordinates of the minimum without bounds may strike one that belongs there.

use crate::minimize::{MinimizeOptions, Minimum, minimize_over};

/// Where a coordinate may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Anywhere.
    None,
    /// To 0 and above.
    AtLeastZero,
}

/// A value, whose gradient is written into the second argument.
type Function<'a> = &'a mut dyn FnMut(&[f64], &mut [f64]) -> f64;

/// How often a coordinate is let go, for each that there is: only where the function is not convex
/// can one be let go again and again.
const ROUNDS: usize = 3;

/// Minimizes `f` from `start`, which keeps the bounds. No coordinate at 0 has a slope below minus the
/// tolerance then; unconverged if that was not reached.
pub(crate) fn minimize_bounded(
    start: &[f64],
    bounds: &[Bound],
    f: Function<'_>,
    options: &MinimizeOptions,
) -> Minimum {
    assert_eq!(start.len(), bounds.len(), "coordinates and bounds");
    let is_free = |(&x, &bound): (&f64, &Bound)| bound == Bound::None || x > 0.0;
    let mut set = Set { free: start.iter().zip(bounds).map(is_free).collect(), bounds };
    let mut found = set.settle(start.to_vec(), f, options);
    for _ in 0..ROUNDS * start.len() {
        let mut slope = vec![0.0; start.len()];
        f(&found.at, &mut slope);
        let falls = |&i: &usize| !set.free[i] && slope[i] < -options.tolerance;
        let steepest =
            (0..start.len()).filter(falls).min_by(|&a, &b| slope[a].total_cmp(&slope[b]));
        let Some(steepest) = steepest else { return found };
        set.free[steepest] = true;
        found = set.settle(found.at, f, options);
    }
    Minimum { converged: false, ..found }
}

/// Which coordinates are free now.
struct Set<'a> {
    free: Vec<bool>,
    bounds: &'a [Bound],
}

impl Set<'_> {
    /// The minimum over what is free. What would pass 0 is held there.
    fn settle(
        &mut self,
        mut here: Vec<f64>,
        f: Function<'_>,
        options: &MinimizeOptions,
    ) -> Minimum {
        loop {
            let found = self.minimize_free(&here, f, options);
            let Some((first, share)) = self.first_at_zero(&here, &found.at) else { return found };
            for (i, (x, &next)) in here.iter_mut().zip(&found.at).enumerate() {
                *x += share * (next - *x);
                // Rounding.
                if self.bounds[i] == Bound::AtLeastZero {
                    *x = x.max(0.0);
                }
            }
            here[first] = 0.0;
            self.free[first] = false;
        }
    }

    /// The free coordinate that is the first to meet 0 on the way, and at which share of it.
    fn first_at_zero(&self, from: &[f64], to: &[f64]) -> Option<(usize, f64)> {
        let meets =
            |&i: &usize| self.free[i] && self.bounds[i] == Bound::AtLeastZero && to[i] <= 0.0;
        let share = |i: usize| if from[i] > 0.0 { from[i] / (from[i] - to[i]) } else { 0.0 };
        let met = (0..from.len()).filter(meets).map(|i| (i, share(i)));
        met.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The minimum over what is free, the rest as in `here`.
    fn minimize_free(&self, here: &[f64], f: Function<'_>, options: &MinimizeOptions) -> Minimum {
        let free: Vec<usize> = (0..here.len()).filter(|&i| self.free[i]).collect();
        minimize_over(&free, here, f, options, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: MinimizeOptions = MinimizeOptions { iterations: 200, tolerance: 1e-9 };

    /// The minimum of `x' A x / 2 - b' x` under bounds.
    fn quadratic(a: [[f64; 3]; 3], b: [f64; 3], start: [f64; 3], bounds: [Bound; 3]) -> Minimum {
        let mut f = |x: &[f64], gradient: &mut [f64]| {
            let mut value = 0.0;
            for i in 0..3 {
                let product: f64 = (0..3).map(|j| a[i][j] * x[j]).sum();
                gradient[i] = product - b[i];
                value += x[i] * (0.5 * product - b[i]);
            }
            value
        };
        minimize_bounded(&start, &bounds, &mut f, &OPTIONS)
    }

    fn check(found: &Minimum, expected: [f64; 3]) {
        assert!(found.converged, "{found:?}");
        for (x, y) in found.at.iter().zip(expected) {
            assert!((x - y).abs() < 1e-7, "{:?} {expected:?}", found.at);
        }
    }

    const APART: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 4.0]];

    #[test]
    fn coordinates_apart_are_cut_at_zero() {
        let above = [Bound::AtLeastZero; 3];
        check(&quadratic(APART, [3.0, -2.0, 4.0], [0.0; 3], above), [3.0, 0.0, 1.0]);
        check(&quadratic(APART, [3.0, -2.0, 4.0], [1.0; 3], above), [3.0, 0.0, 1.0]);
        check(&quadratic(APART, [-3.0, -2.0, -4.0], [1.0; 3], above), [0.0; 3]);
        let mixed = [Bound::None, Bound::AtLeastZero, Bound::None];
        check(&quadratic(APART, [-3.0, -2.0, 4.0], [0.0; 3], mixed), [-3.0, 0.0, 1.0]);
    }

    /// Without bounds the minimum is (-1/2, -9/4, 5/4). Striking both negative coordinates would leave
    /// (0, 0, 3/2), where the slope of the first is -3/2. Under bounds: 2x - z = 0, 2z - x = 3.
    #[test]
    fn one_that_is_negative_for_the_sake_of_another_comes_back() {
        let a = [[2.0, -1.0, -1.0], [-1.0, 2.0, 0.0], [-1.0, 0.0, 2.0]];
        for start in [[0.0; 3], [1.0; 3], [0.1, 5.0, 2.0]] {
            let found = quadratic(a, [0.0, -4.0, 3.0], start, [Bound::AtLeastZero; 3]);
            check(&found, [1.0, 0.0, 2.0]);
        }
    }

    #[test]
    fn no_number_is_no_minimum() {
        let found = quadratic(APART, [f64::NAN; 3], [1.0; 3], [Bound::AtLeastZero; 3]);
        assert!(!found.converged);
    }
}
