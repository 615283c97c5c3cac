//! Draws against densities that are known; broken densities; chains that were killed.

use crate::testing::{Normals, Of};
use crate::{Chain, Limits, LogDensity, NutsOptions, SamplerError, Samples, sample};

fn short() -> NutsOptions {
    NutsOptions { warmup: 300, ..NutsOptions::default() }
}

fn run(density: &mut impl LogDensity, draws: usize) -> Samples {
    let start = |number: usize| vec![number as f64 - 1.5; density.dim()];
    let starts: Vec<Vec<f64>> = (0..4).map(start).collect();
    sample(density, &starts, &short(), draws, 3).unwrap()
}

/// Means and variances within four standard errors of what they are.
fn check(density: &mut impl LogDensity, expect: &[[f64; 2]]) {
    let mut samples = run(density, 1000);
    let names: Vec<String> = (0..2 * expect.len()).map(|place| place.to_string()).collect();
    for draw in samples.draws.iter_mut().flatten() {
        let squares: Vec<f64> =
            draw.iter().zip(expect).map(|(x, [mean, _])| (x - mean).powi(2)).collect();
        draw.extend(squares);
    }
    let report = samples.report(&names).unwrap();
    report.check(&Limits { r_hat: 1.02, ess: 300.0 }).unwrap();
    assert_eq!(report.divergences, 0);
    let moments = expect.iter().map(|of| of[0]).chain(expect.iter().map(|of| of[1] * of[1]));
    for (of, expect) in report.quantities.iter().zip(moments) {
        let away = (of.mean - expect).abs() / of.standard_error;
        assert!(away < 4.0, "{}: {} {expect}, {away} standard errors", of.name, of.mean);
    }
}

#[test]
fn normal_densities_of_all_widths() {
    let of: Vec<[f64; 2]> = vec![[0.0, 1.0], [5.0, 100.0], [-3.0, 0.01], [0.5, 2.0]];
    check(&mut Normals(of.clone()), &of);
}

#[test]
fn a_correlated_density() {
    // Correlation 0.9 of two coordinates of sd 1: precision [1, -0.9; -0.9, 1] / 0.19.
    let mut density = Of(2, |x: &[f64], slope: &mut [f64]| {
        slope[0] = -(x[0] - 0.9 * x[1]) / 0.19;
        slope[1] = -(x[1] - 0.9 * x[0]) / 0.19;
        0.5 * (x[0] * slope[0] + x[1] * slope[1])
    });
    check(&mut density, &[[0.0, 1.0], [0.0, 1.0]]);
}

#[test]
fn a_density_that_is_not_normal() {
    // The logarithm of a gamma variable of shape 3: mean psi(3), variance psi'(3).
    let mut density = Of(1, |x: &[f64], slope: &mut [f64]| {
        slope[0] = 3.0 - x[0].exp();
        3.0 * x[0] - x[0].exp()
    });
    check(&mut density, &[[0.922_784_335_098_467, f64::sqrt(0.394_934_066_848_226)]]);
}

#[test]
fn two_modes_are_said() {
    // Two normal densities ten apart, between which no trajectory passes.
    let mut density = Of(1, |x: &[f64], slope: &mut [f64]| {
        let mode = if x[0] > 0.0 { 20.0 } else { -20.0 };
        slope[0] = mode - x[0];
        -0.5 * (x[0] - mode).powi(2)
    });
    let report = run(&mut density, 200).report(&["x"]).unwrap();
    let error = report.check(&Limits::default()).unwrap_err();
    assert!(error.unmixed[0].r_hat > 1.5, "{error}");
}

#[test]
fn a_density_that_ends_is_counted() {
    // Half of a normal density: NaN beyond it.
    let mut density = Of(1, |x: &[f64], slope: &mut [f64]| {
        slope[0] = -x[0];
        if x[0] < 0.0 { f64::NAN } else { -0.5 * x[0] * x[0] }
    });
    let starts = vec![vec![1.0], vec![0.5]];
    let samples = sample(&mut density, &starts, &short(), 500, 3).unwrap();
    assert!(samples.draws.iter().flatten().all(|draw| draw[0] >= 0.0));
    assert!(samples.report(&["x"]).unwrap().divergences > 0);
}

#[test]
fn broken_starts_and_options_are_refused() {
    fn refused(start: &[f64], value: f64, slope: f64, options: &NutsOptions, expect: &str) {
        let mut density = Of(2, |_: &[f64], slopes: &mut [f64]| {
            slopes.copy_from_slice(&[1.0, slope]);
            value
        });
        let found = Chain::start(&mut density, start, options, 0, 1).unwrap_err().to_string();
        assert_eq!(found, expect);
    }
    let check = |start: &[f64], value, slope, expect: &str| {
        refused(start, value, slope, &short(), expect);
    };
    let at = |what: &str| format!("chain 1 starts where {what}; expected a finite number");
    check(&[0.0, f64::INFINITY], 0.0, 0.0, &at("coordinate 1 is inf"));
    check(&[0.0, 0.0], f64::NAN, 0.0, &at("the log-density is NaN"));
    check(&[0.0, 0.0], f64::NEG_INFINITY, 0.0, &at("the log-density is -inf"));
    check(&[0.0, 0.0], 0.0, f64::NAN, &at("the slope by coordinate 1 is NaN"));
    check(
        &[0.0],
        0.0,
        0.0,
        "chain 1 starts at 1 numbers, and the density is one of 2; at least one is needed",
    );
    let options = |acceptance, max_depth, warmup| NutsOptions { warmup, acceptance, max_depth };
    for (options, expect) in [
        (options(1.0, 10, 300), "`acceptance`: expected a number from 0.01 to 0.999, found 1"),
        (
            options(f64::NAN, 10, 300),
            "`acceptance`: expected a number from 0.01 to 0.999, found NaN",
        ),
        (options(0.8, 0, 300), "`max-depth`: expected a number from 1 to 20, found 0"),
        (options(0.8, 10, 5), "`warmup`: expected at least 20 transitions, found 5"),
    ] {
        refused(&[0.0, 0.0], 0.0, 0.0, &options, expect);
    }
}

#[test]
fn a_density_without_an_end_has_no_step() {
    // A gradient that promises a rise, and a density that is flat: every step is taken.
    let mut density = Of(1, |_: &[f64], slope: &mut [f64]| {
        slope[0] = 0.0;
        0.0
    });
    let error = Chain::start(&mut density, &[0.0], &short(), 0, 0).unwrap_err();
    assert!(matches!(error, SamplerError::NoStep { .. }), "{error}");
}

#[test]
fn a_chain_that_was_killed_goes_on_with_the_same_bits() {
    let mut density = Normals(vec![[0.0, 1.0], [1.0, 30.0], [2.0, 0.1]]);
    let start = |density: &mut Normals| Chain::start(density, &[0.0; 3], &short(), 9, 2).unwrap();
    let mut whole = start(&mut density);
    let mut cut = start(&mut density);
    // In the first buffer, in the windows, at the end of the warm-up, and behind it.
    for step in 0..400_u64 {
        whole.advance(&mut density).unwrap();
        if [0, 10, 99, 100, 180, 249, 299, 300, 350].contains(&step) {
            cut = Chain::from_bytes(&cut.to_bytes(), &density, &short(), 9, 2).unwrap();
        }
        cut.advance(&mut density).unwrap();
    }
    assert_eq!(whole.to_bytes(), cut.to_bytes());
    // That says something only if chains of other numbers and seeds differ.
    for (seed, number) in [(9, 3), (8, 2)] {
        let bytes = start(&mut density).to_bytes();
        let mut other = Chain::from_bytes(&bytes, &density, &short(), seed, number).unwrap();
        (0..400).for_each(|_| _ = other.advance(&mut density).unwrap());
        assert_ne!(whole.to_bytes(), other.to_bytes());
    }
}

#[test]
fn saved_chains_that_are_broken_are_refused() {
    let mut density = Normals(vec![[0.0, 1.0]; 2]);
    let chain = Chain::start(&mut density, &[0.0; 2], &short(), 0, 0).unwrap();
    let check = |bytes: &[u8], expect: &str| {
        let error = Chain::from_bytes(bytes, &density, &short(), 0, 0).unwrap_err();
        assert_eq!(error.to_string(), format!("the saved state of chain 0 is broken: {expect}"));
    };
    let bytes = chain.to_bytes();
    check(&bytes[..100], "expected 184 bytes for 2 coordinates, found 100 bytes");
    let mut other = bytes.clone();
    other[..6].copy_from_slice(b"nuts-9");
    check(&other, "expected a file that begins with `nuts-1`, found `nuts-9\\u{0}\\u{0}`");
    let mut other = bytes;
    other[8 + 8 * 8..][..8].copy_from_slice(&f64::NAN.to_le_bytes());
    check(&other, "expected finite numbers, found NaN");
}
