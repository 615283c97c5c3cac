//! How are a probability and its logarithm taken from log-odds, without overflow?

/// `ln(1 / (1 + exp(-x)))` without overflow.
pub(crate) fn log_sigmoid(x: f64) -> f64 {
    x.min(0.0) - (-x.abs()).exp().ln_1p()
}

/// `1 / (1 + exp(-x))`.
pub(crate) fn sigmoid(x: f64) -> f64 {
    log_sigmoid(x).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sigmoid_keeps_its_logarithm() {
        assert!((log_sigmoid(-800.0) + 800.0).abs() < 1e-9);
        assert!(log_sigmoid(800.0) == 0.0 && (sigmoid(0.0) - 0.5).abs() < 1e-15);
    }
}
