//! The chance that a chi-squared number is larger.

/// Lanczos' coefficients for `g = 7` and nine terms.
const LANCZOS: [f64; 9] = [
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

/// `log Gamma(x)` of `x > 0`, to about 1e-14 (Lanczos 1964).
pub fn ln_gamma(x: f64) -> f64 {
    if x < 0.5 {
        let pi = std::f64::consts::PI;
        return (pi / (pi * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let [first, rest @ ..] = LANCZOS;
    let terms = rest.iter().enumerate().map(|(i, c)| c / (x + i as f64 + 1.0));
    let sum = first + terms.sum::<f64>();
    let t = x + 7.5;
    0.5 * std::f64::consts::TAU.ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// Logarithm of the chance that a chi-squared number of `freedom` degrees is larger than `x`.
pub fn log_chi_squared_above(x: f64, freedom: f64) -> f64 {
    let (a, x) = (0.5 * freedom, 0.5 * x);
    if x <= 0.0 {
        return 0.0;
    }
    let front = a * x.ln() - x - ln_gamma(a);
    if x < a + 1.0 { (-front.exp() * series(a, x)).ln_1p() } else { front + fraction(a, x).ln() }
}

/// `gamma(a, x) e^x x^-a`, by its power series.
fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum) = (a.recip(), a.recip());
    for n in 1..10_000 {
        term *= x / (a + f64::from(n));
        sum += term;
        if term < sum * 1e-16 {
            break;
        }
    }
    sum
}

/// `Gamma(a, x) e^x x^-a`, by its continued fraction (Lentz).
fn fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let mut c = 1e300;
    let mut d = b.recip();
    let mut value = d;
    for n in 1..10_000 {
        let n = f64::from(n);
        let an = -n * (n - a);
        b += 2.0;
        d = (an * d + b).recip();
        c = b + an / c;
        let change = c * d;
        value *= change;
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_by_hand() {
        for (x, expect) in [(1.0, 0.0), (5.0, 24_f64.ln()), (0.5, 0.5 * std::f64::consts::PI.ln())]
        {
            assert!((ln_gamma(x) - expect).abs() < 1e-13, "{x}");
        }
        // With two degrees it is exponential; with four (1 + x/2) e^(-x/2).
        for x in [0.1, 1.0, 5.0, 30.0, 500.0] {
            assert!((log_chi_squared_above(x, 2.0) + 0.5 * x).abs() < 1e-12 * (1.0 + x), "{x}");
            let four = (0.5 * x).ln_1p() - 0.5 * x;
            assert!((log_chi_squared_above(x, 4.0) - four).abs() < 1e-12 * (1.0 + x), "{x}");
        }
        // The 5 % point of one degree is 1.959964 squared.
        let five = log_chi_squared_above(3.841_458_820_694_124, 1.0).exp();
        assert!((five - 0.05).abs() < 1e-12, "{five}");
        assert_eq!(log_chi_squared_above(0.0, 3.0), 0.0);
    }
}
