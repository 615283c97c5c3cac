use super::*;
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const BOTH: [Optimization; 2] = [Optimization::BestOfN, Optimization::ReinforcementLearning];

fn policies(of: &dyn Fn(f64) -> f64, distances: &[f64]) -> Vec<OptimizedPolicy> {
    distances.iter().map(|d| OptimizedPolicy { kl: d * d, reward: of(*d) }).collect()
}

/// x = d, y = d^2 at d = 1, 2, 3; gains 1, 1, 0. xx = 14, xy = 36, yy = 98, xr = 3, yr = 5;
/// determinant 76; alpha = (98 * 3 - 36 * 5) / 76 = 1.5, beta = (36 * 3 - 14 * 5) / 76 = 0.5: an exact
/// curve. With gains 1, 1, 1: xr = 6, yr = 14, alpha = (588 - 504) / 76, beta = (216 - 196) / 76.
#[test]
fn least_squares_by_hand() {
    let fit = |gains: [f64; 3]| {
        let at = |(d, gain): (f64, f64)| OptimizedPolicy { kl: d * d, reward: 10.0 + gain };
        let policies: Vec<_> = [1.0, 2.0, 3.0].into_iter().zip(gains).map(at).collect();
        fit_overoptimization(Optimization::BestOfN, &policies, 10.0).unwrap()
    };
    let exact = fit([1.0, 1.0, 0.0]);
    assert!((exact.alpha - 1.5).abs() < 1e-9 && (exact.beta - 0.5).abs() < 1e-9, "{exact:?}");
    assert!(exact.residual_sd < 1e-9);
    let rough = fit([1.0; 3]);
    assert!((rough.alpha - 84.0 / 76.0).abs() < 1e-9 && (rough.beta - 20.0 / 76.0).abs() < 1e-9);
    // Residuals 1 - 64/76, 1 - 88/76, 1 - 72/76: squares (144 + 144 + 16) / 5776 = 1/19, and one
    // degree of freedom.
    let errors = rough.errors.unwrap();
    assert!((rough.residual_sd - (1.0 / 19.0_f64).sqrt()).abs() < 1e-9, "{rough:?}");
    assert!((errors.alpha - (98.0 / 76.0 / 19.0_f64).sqrt()).abs() < 1e-9, "{errors:?}");
    assert!((errors.beta - (14.0 / 76.0 / 19.0_f64).sqrt()).abs() < 1e-9);
}

/// At a distance of 0 both terms and the residual are 0; counted, it made errors smaller, and gave two other
/// policies errors of 1e-14.
#[test]
fn the_initial_policy_changes_nothing() {
    for optimization in BOTH {
        let fit = |policies: &[OptimizedPolicy]| {
            fit_overoptimization(optimization, policies, 10.0).unwrap()
        };
        let check = |distances: &[f64]| {
            let own = policies(&|d| 10.0 + d.sin(), distances);
            let with =
                [&policies(&|_| 10.0, &[0.0]), &own[..], &policies(&|_| 10.0, &[0.0])].concat();
            let (found, expect) = (fit(&with), fit(&own));
            assert_eq!(
                (found.errors, found.n),
                (expect.errors, distances.len()),
                "{optimization:?}"
            );
            assert_eq!(found.residual_sd.to_bits(), expect.residual_sd.to_bits());
            assert_eq!((found.alpha, found.beta), (expect.alpha, expect.beta));
        };
        check(&[1.0, 2.0]);
        check(&[0.5, 1.0, 2.0, 3.0]);
        assert_eq!(fit(&policies(&|d| 10.0 + d, &[0.0, 1.0, 2.0])).errors, None);
    }
}

#[test]
fn standard_errors_are_the_spread_of_fits() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let distances: Vec<f64> = (1..=12).map(|i| f64::from(i) / 3.0).collect();
    for optimization in BOTH {
        let truth = OveroptimizationFit {
            optimization,
            alpha: 2.0,
            beta: 0.6,
            errors: None,
            residual_sd: 0.0,
            n: 0,
        };
        let peak = truth.peak().unwrap();
        let (mut within, mut at_peak) = (0, 0);
        for _ in 0..10_000 {
            // The sum of twelve uniform draws has variance 1.
            let mut noise = || 0.2 * ((0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0);
            let noisy: Vec<OptimizedPolicy> = distances
                .iter()
                .map(|d| OptimizedPolicy { kl: d * d, reward: truth.gain(*d) + noise() })
                .chain([OptimizedPolicy { kl: 0.0, reward: 0.0 }])
                .collect();
            let fit = fit_overoptimization(optimization, &noisy, 0.0).unwrap();
            let errors = fit.errors.unwrap();
            // 95 % of Student's t with 10 degrees of freedom.
            within += usize::from((fit.alpha - 2.0).abs() < 2.228 * errors.alpha);
            within += usize::from((fit.beta - 0.6).abs() < 2.228 * errors.beta);
            let found = fit.peak().unwrap();
            let reach = 2.228 * found.distance_error.unwrap();
            at_peak += usize::from((found.distance - peak.distance).abs() < reach);
        }
        println!(
            "{optimization:?}: {within} of 20000 hold the number, {at_peak} of 10000 the peak"
        );
        assert!((18_860..=19_140).contains(&within), "{optimization:?}: {within} of 20000");
        // The delta method is a first order.
        assert!((9150..=9600).contains(&at_peak), "{optimization:?}: {at_peak} of 10000");
    }
}

proptest! {
    #[test]
    fn exact_curves_are_found_again(
        alpha in -3.0_f64..3.0,
        beta in -2.0_f64..2.0,
        initial in -5.0_f64..5.0,
        distances in prop::collection::vec(0.1_f64..6.0, 3..9),
    ) {
        prop_assume!(distances.iter().any(|d| (d - distances[0]).abs() > 0.2));
        for optimization in BOTH {
            let truth =
                OveroptimizationFit { optimization, alpha, beta, errors: None, residual_sd: 0.0, n: 0 };
            let on_it = policies(&|d| initial + truth.gain(d), &distances);
            let fit = fit_overoptimization(optimization, &on_it, initial).unwrap();
            prop_assert!((fit.alpha - alpha).abs() < 1e-6 && (fit.beta - beta).abs() < 1e-6, "{fit:?}");
            if let Some(peak) = truth.peak() {
                let (at, near) = (peak.reward, 1e-3 * peak.distance);
                prop_assert!(at >= truth.gain(peak.distance - near) && at >= truth.gain(peak.distance + near));
            }
        }
    }
}

#[test]
fn not_every_curve_has_a_peak() {
    let fit = |optimization, alpha, beta| OveroptimizationFit {
        optimization,
        alpha,
        beta,
        errors: None,
        residual_sd: 0.0,
        n: 0,
    };
    let [best_of, learned] = BOTH;
    assert_eq!(fit(best_of, 1.0, 0.0).peak(), None);
    assert_eq!(fit(best_of, -1.0, 1.0).peak(), None);
    assert_eq!(fit(learned, 1.0, -1.0).peak(), None);
    assert_eq!(fit(learned, 1.0, 1e-9).peak(), None);
    // The slope of d ln d is minus infinity at 0, so that this one rises at first whatever alpha is.
    assert!(fit(learned, -1.0, 1.0).peak().unwrap().distance < 1.0);
    assert_eq!((fit(learned, 2.0, 1.0).gain(0.0), fit(best_of, 2.0, 1.0).gain(0.0)), (0.0, 0.0));
}

#[test]
fn what_has_no_curve_is_named() {
    let error = |kls: &[f64], reward| {
        let policies: Vec<_> = kls.iter().map(|kl| OptimizedPolicy { kl: *kl, reward }).collect();
        fit_overoptimization(BOTH[0], &policies, 0.0).unwrap_err().to_string()
    };
    assert_eq!(error(&[1.0, -0.5], 1.0), "policy 1 has a KL of -0.5: at least 0 nats, and finite");
    assert_eq!(error(&[1.0], f64::NAN), "policy 0 has a reward of NaN");
    let few = "there have to be policies at two different distances above 0";
    assert_eq!(error(&[], 1.0), few);
    assert_eq!(error(&[0.0, 4.0], 1.0), few);
    assert_eq!(error(&[4.0, 4.0, 4.0], 1.0), few);
    let initial = fit_overoptimization(BOTH[1], &[], f64::NAN).unwrap_err().to_string();
    assert_eq!(initial, "the initial policy has a reward of NaN");
    let two = policies(&|d| d, &[1.0, 2.0]);
    assert_eq!(fit_overoptimization(BOTH[1], &two, 0.0).unwrap().errors, None);
}
