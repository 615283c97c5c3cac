//! How often does a stable parameter seem to break somewhere? The chance that the largest statistic over
//! all places of a break exceeds what was found.
//!
//! Where `k` parameters are stable, scores summed in the order of a covariate are a tied-down Brownian
//! motion `B`, and the supremum of Lagrange multiplier statistics is that of `|B(t)|^2 / (t (1 - t))` over
//! shares `t` from `from` to `to` (Andrews 1993). With `s = log(t / (1 - t)) / 2` the process
//! `B(t) / sqrt(t (1 - t))` is a stationary Ornstein-Uhlenbeck one (`dX = -X ds + sqrt(2) dW`), so that
//! the chance is that of leaving a ball within the time `log(lambda) / 2`, with
//! `lambda = to (1 - from) / (from (1 - to))`. It is computed from Kolmogorov's equation for the radius,
//! `v_s = v_rr + ((k - 1) / r - r) v_r` with `v = 1` at the edge and 0 within at first, by Crank and
//! Nicolson's steps.
//!
//! `strucchange` and `partykit` take a regression on simulated values instead (Hansen 1997), which is close
//! around the usual levels and less so far out: for 32.36 with `k = 5` and 20 of 192 people at each end it
//! says 0.000158, where the chance is 0.000278.

use crate::gamma::{ln_gamma, log_chi_squared_above};

/// Cells of the coarser of two grids, whose difference tells the error of the finer one.
const CELLS: usize = 400;
/// Beyond this the equation is stiff, and its solution known (Estrella 2003).
const FAR: f64 = 300.0;

/// Logarithm of the chance that the supremum exceeds `x`, for `k` parameters.
pub fn log_supremum_above(x: f64, k: usize, lambda: f64) -> f64 {
    let at_one_place = log_chi_squared_above(x, k as f64);
    if x <= 0.0 || lambda <= 1.0 {
        return at_one_place;
    }
    if x > FAR + k as f64 {
        return far(x, k as f64, lambda).max(at_one_place).min(0.0);
    }
    let [coarse, fine] = [CELLS, 2 * CELLS].map(|cells| within(x, k, 0.5 * lambda.ln(), cells));
    let leaves = fine + (fine - coarse) / 3.0;
    (leaves.max(0.0) + at_one_place.exp()).ln().min(0.0)
}

/// `x^(k/2) e^(-x/2) / (2^(k/2) Gamma(k/2)) ((1 - k/x) log lambda + 2/x)`: the leading terms for large `x`.
fn far(x: f64, k: f64, lambda: f64) -> f64 {
    0.5 * k * (0.5 * x).ln() - 0.5 * x - ln_gamma(0.5 * k)
        + ((1.0 - k / x) * lambda.ln() + 2.0 / x).ln()
}

/// The chance to start within the ball and to leave it within `time`.
fn within(x: f64, k: usize, time: f64, cells: usize) -> f64 {
    let step = x.sqrt() / cells as f64;
    let k = k as f64;
    let log_mass =
        |r: f64| if r > 0.0 { (k - 1.0) * r.ln() - 0.5 * r * r } else { f64::NEG_INFINITY };
    let center = |i: usize| (i as f64 + 0.5) * step;
    // What flows to the cell below and above, for each unit of difference.
    let flow = |i: usize, face: usize| {
        (log_mass(face as f64 * step) - log_mass(center(i))).exp() / (step * step)
    };
    let down: Vec<f64> = (0..cells).map(|i| if i == 0 { 0.0 } else { flow(i, i) }).collect();
    let edge = |i: usize| if i + 1 == cells { 2.0 } else { 1.0 };
    let up: Vec<f64> = (0..cells).map(|i| edge(i) * flow(i, i + 1)).collect();
    let mut v = vec![0.0; cells];
    let steps = cells / 2;
    let length = time / steps as f64;
    // Implicit steps first: they smooth the jump at the edge, which others would carry along.
    for _ in 0..4 {
        advance(&mut v, [&down, &up], 0.5 * length, 1.0);
    }
    for _ in 2..steps {
        advance(&mut v, [&down, &up], length, 0.5);
    }
    let constant = (0.5 * k - 1.0) * std::f64::consts::LN_2 + ln_gamma(0.5 * k);
    let mass = |i: usize| (log_mass(center(i)) - constant).exp() * step;
    v.iter().enumerate().map(|(i, v)| mass(i) * v).sum()
}

/// A step in time, of which a share is implicit; the value beyond the last cell is 1.
fn advance(v: &mut [f64], [down, up]: [&[f64]; 2], length: f64, implicit: f64) {
    let cells = v.len();
    let explicit = (1.0 - implicit) * length;
    let mut right: Vec<f64> = (0..cells)
        .map(|i| {
            let below = if i > 0 { v[i - 1] } else { v[i] };
            let above = if i + 1 < cells { v[i + 1] } else { 1.0 };
            v[i] + explicit * (down[i] * (below - v[i]) + up[i] * (above - v[i]))
        })
        .collect();
    let a = implicit * length;
    right[cells - 1] += a * up[cells - 1];
    // Thomas' algorithm.
    let mut ratio = vec![0.0; cells];
    for i in 0..cells {
        let mut diagonal = 1.0 + a * (down[i] + up[i]);
        if i > 0 {
            diagonal += a * down[i] * ratio[i - 1];
            right[i] += a * down[i] * right[i - 1];
        }
        ratio[i] = -a * up[i] / diagonal;
        right[i] /= diagonal;
    }
    for i in (0..cells - 1).rev() {
        right[i] -= ratio[i] * right[i + 1];
    }
    v.copy_from_slice(&right);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lambda(trim: f64) -> f64 {
        ((1.0 - trim) / trim).powi(2)
    }

    #[test]
    fn the_series_of_kummers_function() {
        // The same chances by the eigenvalues of the ball, zeros of Kummer's function.
        for (k, x, expect) in [
            (1, 7.12, 0.108_063_574_9),
            (1, 8.68, 0.054_236_644_7),
            (1, 12.16, 0.011_170_222_8),
            (5, 16.16, 0.110_530_358_1),
            (5, 18.23, 0.055_352_956_7),
            (5, 22.55, 0.011_536_470_6),
        ] {
            let found = log_supremum_above(x, k, lambda(0.15)).exp();
            assert!((found / expect - 1.0).abs() < 1e-7, "k {k}, {x}: {found} {expect}");
        }
    }

    #[test]
    fn critical_values_of_andrews() {
        // Andrews (2003), Table I, 15 % trimmed: 10, 5 and 1 % points. They were simulated in steps, which
        // miss some of the supremum: they are a little too small.
        for (k, values) in [(1, [7.12, 8.68, 12.16]), (5, [16.16, 18.23, 22.55])] {
            for (x, expect) in values.into_iter().zip([0.1, 0.05, 0.01]) {
                let found = log_supremum_above(x, k, lambda(0.15)).exp();
                assert!((0.98..1.16).contains(&(found / expect)), "k {k}, {x}: {found} {expect}");
            }
        }
    }

    #[test]
    fn one_place_and_far_away() {
        assert_eq!(log_supremum_above(11.0, 3, 1.0), log_chi_squared_above(11.0, 3.0));
        assert_eq!(log_supremum_above(0.0, 3, 50.0), 0.0);
        // A short time hardly adds to one place.
        let short = log_supremum_above(11.0, 3, 1.0 + 1e-7) - log_chi_squared_above(11.0, 3.0);
        assert!((0.0..0.02).contains(&short), "{short}");
        for (x, k) in [(60.0, 1), (90.0, 5), (150.0, 20)] {
            let found = log_supremum_above(x, k, lambda(0.1));
            assert!((found - far(x, k as f64, lambda(0.1))).abs() < 0.02, "{x} {k}: {found}");
        }
        assert!(log_supremum_above(1e4, 5, 80.0).is_finite());
    }

    #[test]
    fn it_falls_with_x_and_grows_with_the_range() {
        let mut before = 0.0;
        for x in 1..80 {
            let here = log_supremum_above(f64::from(x), 4, 40.0);
            assert!(here <= before, "{x}");
            assert!(here <= log_supremum_above(f64::from(x), 4, 80.0) + 1e-9, "{x}");
            before = here;
        }
    }
}
