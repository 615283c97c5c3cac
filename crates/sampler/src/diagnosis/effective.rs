//! How many independent draws are dependent ones worth?

use super::rank::{mean, split, variance};

/// The effective sample size of the mean of `chains`, `[chain][draw]`, of one length: from
/// autocorrelations over halves of chains, cut off by Geyer's initial monotone sequence (Vehtari et al.
/// 2021, section 3.2). NaN if all draws are the same.
pub fn effective_size(chains: &[Vec<f64>]) -> f64 {
    of_halves(&split(chains))
}

pub fn of_halves(chains: &[Vec<f64>]) -> f64 {
    let draws = chains[0].len();
    let total = (draws * chains.len()) as f64;
    let means: Vec<f64> = chains.iter().map(|chain| mean(chain)).collect();
    let shrink = (draws as f64 - 1.0) / draws as f64;
    let within = autocovariance(chains, &means, 0) / shrink;
    let between = if chains.len() > 1 { variance(&means) } else { 0.0 };
    let whole = within * shrink + between;
    if whole <= 0.0 || !whole.is_finite() {
        return f64::NAN;
    }
    let correlation = |lag: usize| 1.0 - (within - autocovariance(chains, &means, lag)) / whole;
    let pairs = positive_pairs(draws, correlation);
    let time = -1.0 + 2.0 * pairs.sum + pairs.next;
    // Antithetic chains may be worth more than their draws, but not by any factor.
    total / time.max(total.log10().recip())
}

/// Sums of autocorrelations at pairs of lags.
struct Pairs {
    /// Over the pairs that are positive, each at most the one before.
    sum: f64,
    /// The correlation at the lag behind them, if it is positive.
    next: f64,
}

fn positive_pairs(draws: usize, correlation: impl Fn(usize) -> f64) -> Pairs {
    let (mut even, mut odd) = (1.0, correlation(1));
    let mut kept: Vec<f64> = vec![even + odd];
    let mut lag = 0;
    while lag + 5 < draws && even + odd > 0.0 {
        lag += 2;
        (even, odd) = (correlation(lag), correlation(lag + 1));
        if even + odd >= 0.0 {
            kept.push(even + odd);
        }
    }
    // Whatever pair ended it is left out, but for its even lag.
    kept.truncate(lag / 2);
    let next = even.max(0.0);
    let mut largest = f64::INFINITY;
    let monotone = kept.into_iter().map(|pair| {
        largest = largest.min(pair);
        largest
    });
    Pairs { sum: monotone.sum(), next }
}

/// Mean over chains of the autocovariance at a lag, divided by all draws of a chain.
fn autocovariance(chains: &[Vec<f64>], means: &[f64], lag: usize) -> f64 {
    let of_chain = |(chain, mean): (&Vec<f64>, &f64)| {
        let products = chain.iter().zip(&chain[lag..]).map(|(a, b)| (a - mean) * (b - mean));
        products.sum::<f64>() / chain.len() as f64
    };
    chains.iter().zip(means).map(of_chain).sum::<f64>() / chains.len() as f64
}
