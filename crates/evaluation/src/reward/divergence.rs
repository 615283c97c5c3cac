//! How far do proxy and gold come apart, as measured and without a curve?

use serde::{Deserialize, Serialize};

use super::optimized_policy::{OveroptimizationError, check};

/// A policy on the way, by both rewards in one unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProxyAndGold {
    /// `KL(policy || initial)`, nats.
    pub kl: f64,
    /// Mean reward by what was optimized.
    pub proxy: f64,
    /// Mean reward by what was meant.
    pub gold: f64,
}

/// How far proxy and gold have come apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Divergence {
    /// What the proxy says was gained minus what was, from the first policy to the last.
    pub gap: f64,
    /// The same as a share of what the proxy gained; NaN where it gained nothing.
    pub share: f64,
    /// KL of the policy of highest gold, the first of equals.
    pub best_kl: f64,
    /// Gold of that policy minus gold of the last: what optimization for too long has cost.
    pub lost: f64,
}

/// How far apart proxy and gold are at the end of optimization, as measured and without a curve. In
/// units of reward; the proxy has to be in that of gold.
///
/// # Errors
/// There are fewer than two policies, a number is NaN or infinite, a KL is negative, or two policies
/// have one KL: take the mean over seeds first.
pub fn divergence(policies: &[ProxyAndGold]) -> Result<Divergence, OveroptimizationError> {
    for (index, of) in policies.iter().enumerate() {
        check(index, of.kl, of.proxy)?;
        check(index, of.kl, of.gold)?;
    }
    let mut sorted = policies.to_vec();
    sorted.sort_by(|a, b| a.kl.total_cmp(&b.kl));
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0].kl == pair[1].kl) {
        return Err(OveroptimizationError::SameKl { kl: pair[0].kl });
    }
    let [first, .., last] = sorted[..] else {
        return Err(OveroptimizationError::TooFew);
    };
    let best = sorted.iter().fold(first, |best, of| if of.gold > best.gold { *of } else { best });
    let gained = last.proxy - first.proxy;
    let gap = gained - (last.gold - first.gold);
    let share = if gained == 0.0 { f64::NAN } else { gap / gained };
    Ok(Divergence { gap, share, best_kl: best.kl, lost: best.gold - last.gold })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxy_and_gold_come_apart() {
        let at = |kl, proxy, gold| ProxyAndGold { kl, proxy, gold };
        let policies = [at(4.0, 5.0, 1.5), at(0.0, 1.0, 1.0), at(1.0, 3.0, 2.5)];
        let got = divergence(&policies).unwrap();
        assert_eq!(got, Divergence { gap: 3.5, share: 0.875, best_kl: 1.0, lost: 1.0 });
        let error = |policies: &[ProxyAndGold]| divergence(policies).unwrap_err().to_string();
        assert_eq!(
            error(&policies[..1]),
            "there have to be policies at two different distances above 0"
        );
        let same = error(&[at(1.0, 0.0, 0.0), at(1.0, 1.0, 1.0)]);
        assert_eq!(same, "two policies have a KL of 1: take the mean over seeds first");
        assert_eq!(error(&[at(1.0, f64::NAN, 0.0)]), "policy 0 has a reward of NaN");
    }
}
