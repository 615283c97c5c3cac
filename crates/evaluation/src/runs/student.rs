//! Which t leaves so much in the tails of Student's distribution?
//!
//! By the regularized incomplete beta function: `P(|T| > t) = I_x(nu / 2, 1 / 2)` at
//! `x = nu / (nu + t^2)` (Abramowitz and Stegun 1964, 26.7.1), and its inverse by bisection, which
//! needs no good first guess. Written here because no crate in the lock file has it (`statrs` is not
//! one of them) and a dependency for one function of one test would be the largest of this crate.
//! Equal to `scipy.stats.t` to 1e-9, relative (`scripts/against_rliable.py`).

/// `P(|T| > |t|)` with so many degrees of freedom: the two-sided p value.
pub(crate) fn two_sided_tail(t: f64, degrees: f64) -> f64 {
    if t.is_infinite() {
        return 0.0;
    }
    regularized_incomplete_beta(
        degrees / 2.0,
        0.5,
        degrees / (degrees + t * t),
        t * t / (degrees + t * t),
    )
}

/// The `t > 0` with `P(|T| <= t) = confidence`, for a confidence in (0, 1).
pub(crate) fn two_sided_quantile(confidence: f64, degrees: f64) -> f64 {
    assert!(confidence > 0.0 && confidence < 1.0, "confidence {confidence}");
    assert!(degrees > 0.0, "{degrees} degrees of freedom");
    let tail = 1.0 - confidence;
    let mut high = 1.0;
    while two_sided_tail(high, degrees) > tail {
        high *= 2.0;
    }
    let mut low = 0.0;
    // Until no number is left in between.
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return high;
        }
        if two_sided_tail(middle, degrees) > tail {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// `I_x(a, b)`; `y = 1 - x` is given too, as it would lose its digits where x is near 1.
///
/// The continued fraction of Abramowitz and Stegun 26.5.8, on the side where it is quick.
fn regularized_incomplete_beta(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if y <= 0.0 {
        return 1.0;
    }
    let ln_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    let front = (a * x.ln() + b * y.ln() - ln_beta).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * continued_fraction(a, b, x) / a
    } else {
        1.0 - front * continued_fraction(b, a, y) / b
    }
}

/// By the modified method of Lentz (Thompson and Barnett 1986).
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_0 = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_0(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..10_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = fraction;
        for term in [even, odd] {
            d = 1.0 / away_from_0(1.0 + term * d);
            c = away_from_0(1.0 + term / c);
            fraction *= c * d;
        }
        if (fraction - before).abs() <= 1e-16 * fraction.abs() {
            break;
        }
    }
    fraction
}

/// The approximation of Lanczos (1964) with g = 7 and nine terms, to 1e-14 for positive arguments.
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let base = x + 7.5;
    let series = TERMS[0] + (1..9).map(|i| TERMS[i] / (x + i as f64)).sum::<f64>();
    0.5 * std::f64::consts::TAU.ln() + (x + 0.5) * base.ln() - base + series.ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn published_quantiles() {
        // To the digits of R's `qt` (and scipy's `t.ppf`), of which tables print three.
        let published = [
            (0.95, 1.0, 12.706_204_736_174_7),
            (0.95, 2.0, 4.302_652_729_911_28),
            (0.95, 3.0, 3.182_446_305_284_26),
            (0.95, 4.0, 2.776_445_105_197_79),
            (0.95, 5.0, 2.570_581_835_636_31),
            (0.95, 9.0, 2.262_157_162_740_99),
            (0.95, 10.0, 2.228_138_851_964_94),
            (0.95, 30.0, 2.042_272_456_301_24),
            (0.95, 100.0, 1.983_971_518_523_55),
            (0.99, 1.0, 63.656_741_162_871_6),
            (0.99, 10.0, 3.169_272_667_175_84),
        ];
        for (confidence, degrees, t) in published {
            let quantile = two_sided_quantile(confidence, degrees);
            assert!((quantile - t).abs() < 1e-8, "{degrees}: {quantile}, not {t}");
        }
        assert!((two_sided_quantile(0.95, 1e6) - 1.959_966_3).abs() < 1e-6);
    }

    #[test]
    fn closed_forms() {
        for tail in [1e-9, 1e-4, 0.05, 0.5, 0.999] {
            // nu = 1: cot(pi (1 - p) / 2); nu = 2: t^2 = 2 p^2 / (1 - p^2), of the confidence p.
            let p = 1.0 - tail;
            let one = 1.0 / (PI * (1.0 - p) / 2.0).tan();
            let two = (2.0 * p * p / ((1.0 - p) * (1.0 + p))).sqrt();
            assert!((two_sided_quantile(p, 1.0) / one - 1.0).abs() < 1e-8, "{tail}");
            assert!((two_sided_quantile(p, 2.0) / two - 1.0).abs() < 1e-8, "{tail}");
        }
        assert_eq!(two_sided_tail(0.0, 5.0), 1.0);
        assert_eq!(two_sided_tail(f64::INFINITY, 5.0), 0.0);
        // A tail keeps its digits far out: nu = 2 has 1 - t / sqrt(2 + t^2), about 1 / t^2.
        assert!((two_sided_tail(1e6, 2.0) / 1e-12 - 1.0).abs() < 1e-8);
        assert!((two_sided_tail(-2.0, 2.0) - (1.0 - 2.0 / 6.0_f64.sqrt())).abs() < 1e-14);
    }

    #[test]
    fn the_quantile_inverts_the_tail() {
        for degrees in 1..60 {
            let degrees = f64::from(degrees);
            for confidence in [0.1, 0.5, 0.9, 0.95, 0.999] {
                let back = two_sided_tail(two_sided_quantile(confidence, degrees), degrees);
                assert!((back - (1.0 - confidence)).abs() < 1e-13, "{degrees} {confidence} {back}");
            }
        }
    }

    #[test]
    fn factorials() {
        let mut factorial = 1.0_f64;
        for n in 1..30 {
            assert!((ln_gamma(f64::from(n)) - factorial.ln()).abs() < 1e-12, "{n}");
            factorial *= f64::from(n);
        }
        assert!((ln_gamma(0.5) - PI.sqrt().ln()).abs() < 1e-14);
    }
}
