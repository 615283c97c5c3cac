//! Shares by logits.

/// `e^x / sum e^x`.
pub fn softmax(logits: &[f64]) -> Vec<f64> {
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raised: Vec<f64> = logits.iter().map(|x| (x - most).exp()).collect();
    let sum: f64 = raised.iter().sum();
    raised.into_iter().map(|x| x / sum).collect()
}

/// Slope in logits of something whose slope in their softmax is known.
pub fn through_softmax(shares: &[f64], slope: &[f64]) -> Vec<f64> {
    let mean: f64 = shares.iter().zip(slope).map(|(p, s)| p * s).sum();
    shares.iter().zip(slope).map(|(p, s)| p * (s - mean)).collect()
}
