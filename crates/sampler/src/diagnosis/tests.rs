//! Beside another implementation, and by hand.

use super::*;
use medley_random::{normals, stream};

/// An autoregression by noise of four uniform numbers of a linear congruential generator, so that other
/// languages have the same bits; each chain is moved by `shift` against the one before.
fn autoregression(rho: f64, chains: usize, draws: usize, shift: f64) -> Vec<Vec<f64>> {
    let mut state = 1_u64;
    let mut uniform = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut chain = |number: usize| {
        let mut x = 0.0;
        let mut next = || {
            x = rho * x + (0..4).map(|_| uniform()).sum::<f64>() - 2.0;
            x + shift * number as f64
        };
        (0..draws).map(|_| next()).collect()
    };
    (0..chains).map(&mut chain).collect()
}

/// R-hat, bulk and tail effective sample size, standard error of the mean.
fn check(chains: &[Vec<f64>], expect: [f64; 4]) {
    let of = Diagnosis::of("x", chains).unwrap();
    let found = [of.r_hat, of.bulk_ess, of.tail_ess, of.standard_error];
    for (found, expect) in found.iter().zip(expect) {
        assert!((found / expect - 1.0).abs() < 1e-9, "{found} {expect}");
    }
}

#[test]
fn as_arviz() {
    // arviz-stats 0.8.0: rhat (rank), ess (bulk), ess (tail), mcse (mean).
    check(
        &autoregression(0.0, 4, 500, 0.0),
        [0.9989738121311446, 2224.3033842411223, 2015.4302701871688, 0.012139658515459659],
    );
    check(
        &autoregression(0.9, 4, 500, 0.0),
        [1.025169177701936, 109.03784967642648, 233.41654850264217, 0.11718770773363013],
    );
    check(
        &autoregression(-0.5, 3, 301, 0.0),
        [0.9998829482983064, 2658.8182584953925, 928.9901292057451, 0.012951491963783146],
    );
    check(
        &autoregression(0.5, 4, 500, 0.5),
        [1.361692494625104, 9.170997512937, 52.135675085564536, 0.2824635057494087],
    );
}

#[test]
fn an_autoregression_is_worth_what_theory_says() {
    // The mean of n draws of correlation rho^lag has variance (1 + rho) / (1 - rho) / n.
    for rho in [0.0, 0.5, 0.8, -0.4] {
        let (chains, draws) = (4, 20_000);
        let chain = |number: usize| {
            let mut noise = vec![0.0; draws];
            normals(&mut stream(5, &format!("autoregression/{number}")), &mut noise);
            let mut x = noise[0] / f64::sqrt(1.0 - rho * rho);
            noise[1..]
                .iter()
                .map(|noise| {
                    x = rho * x + noise;
                    x
                })
                .collect::<Vec<f64>>()
        };
        let chains: Vec<Vec<f64>> = (0..chains).map(chain).collect();
        let expect = (1.0 - rho) / (1.0 + rho) * (4 * draws) as f64;
        let found = effective_size(&chains);
        assert!((found / expect - 1.0).abs() < 0.1, "{rho}: {found} {expect}");
        assert!((r_hat(&chains) - 1.0).abs() < 2e-3);
    }
}

#[test]
fn quantiles_by_hand() {
    for (share, expect) in [(0.0, 1.0), (0.5, 2.5), (0.25, 1.75), (1.0, 10.0)] {
        assert_eq!(quantile(&[10.0, 2.0, 1.0, 3.0], share), expect);
    }
}

#[test]
fn chains_of_one_mean_and_two_widths_have_not_mixed() {
    let narrow = autoregression(0.0, 2, 400, 0.0);
    let wide = narrow.iter().map(|chain| chain.iter().rev().map(|x| 4.0 * x).collect());
    let chains: Vec<Vec<f64>> = narrow.iter().cloned().chain(wide).collect();
    assert!(r_hat(&chains) > 1.2, "{}", r_hat(&chains));
}

#[test]
fn what_has_not_mixed_is_said() {
    let of = |chains: &[Vec<f64>]| Report {
        quantities: vec![Diagnosis::of("weight 3", chains).unwrap()],
        chains: chains.len(),
        draws: 2000,
        divergences: 7,
        cut: 0,
        leapfrogs: 0,
    };
    of(&autoregression(0.0, 4, 500, 0.0)).check(&Limits::default()).unwrap();
    let error = of(&autoregression(0.5, 4, 500, 0.5)).check(&Limits::default()).unwrap_err();
    let told = error.to_string();
    for part in ["`weight 3`", "at most 1.01", "at least 400", "7 of 2000", "1 of 1 quantities"] {
        assert!(told.contains(part), "{told}");
    }
    // A chain that never moves is no mixture, though its R-hat is no number.
    let stuck = of(&[vec![1.0; 50], vec![1.0; 50]]);
    assert!(stuck.worst_r_hat().is_nan());
    assert_eq!(stuck.mixing(), "largest R-hat unknown, smallest effective sample size unknown");
    let moving = of(&autoregression(0.5, 2, 50, 0.5)).quantities;
    // Whatever the sign of its NaN and the place among others.
    for (sign, at) in [(1.0, 0), (-1.0, 0), (1.0, 1), (-1.0, 1)] {
        let mut both = stuck.clone();
        both.quantities[0].r_hat = f64::NAN.copysign(sign);
        both.quantities[0].name = "still".to_owned();
        both.quantities.insert(at, moving[0].clone());
        assert!(both.worst_r_hat().is_nan());
        let told = both.check(&Limits::default()).unwrap_err().to_string();
        assert!(told.contains("`still` has an R-hat of unknown"), "{told}");
    }
}

#[test]
fn draws_that_cannot_be_judged_are_refused() {
    fn check(chains: &[Vec<f64>], expect: &str) {
        assert_eq!(Diagnosis::of("x", chains).unwrap_err().to_string(), expect);
    }
    check(&[], "draws of `x`: expected at least one chain, found none");
    check(&[vec![1.0; 7]], "draws of `x`: expected at least 8 draws a chain, found 7");
    check(
        &[vec![1.0; 9], vec![1.0; 8]],
        "draws of `x`: expected 9 draws of each chain, found 8 of chain 1",
    );
    let mut broken = vec![1.0; 9];
    broken[4] = f64::NAN;
    check(&[broken], "draws of `x`: expected finite numbers, found NaN in chain 0");
}
