//! What gold reward does the best of n samples by a proxy have, and how far is it from the policy?
//!
//! The curve of gold against KL is how overoptimization of a reward model is shown (Gao et al.
//! 2023). With N scored samples per prompt the expectation over *all* subsets of size n has a
//! closed form, so no subset has to be drawn.

use serde::Serialize;

/// One point of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BestOfN {
    /// Samples to choose from.
    pub n: usize,
    /// Nats from the sampling policy; see [`kl_best_of_n`].
    pub kl: f64,
    /// Expected gold reward of the chosen sample.
    pub gold: f64,
}

/// The unbiased estimate of `E[gold of the sample with the largest proxy out of n]` from N
/// samples: the mean over all subsets of size n.
///
/// With samples sorted by proxy, `sum_{i=n}^{N} C(i-1, n-1) / C(N, n) gold_(i)` (Nakano et al.
/// 2021, appendix I). Samples with equal proxies are chosen between uniformly, so each carries
/// the mean gold of its tie. The weights come from the recurrence `w_N = n/N`,
/// `w_{i-1} = w_i (i-n)/(i-1)`, which needs no factorial of a large number.
///
/// ```
/// let gold = medley_theory::best_of_n(&[0.1, 0.7, 0.3], &[1.0, 5.0, 2.0], 3);
/// assert_eq!(gold, Ok(5.0));
/// ```
///
/// # Errors
/// The lists differ in length, n is not in `1..=N`, a proxy is NaN, or a gold score is NaN or infinite.
pub fn best_of_n(proxy: &[f64], gold: &[f64], n: usize) -> Result<f64, BestOfNError> {
    let samples = proxy.len();
    if gold.len() != samples {
        return Err(BestOfNError::Length { proxy: samples, gold: gold.len() });
    }
    if n == 0 || n > samples {
        return Err(BestOfNError::Size { n, samples });
    }
    if let Some(index) = proxy.iter().position(|value| value.is_nan()) {
        return Err(BestOfNError::NotANumber { index });
    }
    if let Some(index) = gold.iter().position(|value| !value.is_finite()) {
        return Err(BestOfNError::Gold { index, value: gold[index] });
    }
    let sorted = gold_by_proxy(proxy, gold);
    let mut weight = n as f64 / samples as f64;
    let mut expected = 0.0;
    for i in (n..=samples).rev() {
        expected += weight * sorted[i - 1];
        if i > n {
            weight *= (i - n) as f64 / (i - 1) as f64;
        }
    }
    Ok(expected)
}

/// [`best_of_n`] for several n.
///
/// # Errors
/// As [`best_of_n`].
pub fn best_of_n_curve(
    proxy: &[f64],
    gold: &[f64],
    sizes: &[usize],
) -> Result<Vec<BestOfN>, BestOfNError> {
    let point = |n: &usize| {
        let gold = best_of_n(proxy, gold, *n)?;
        Ok(BestOfN { n: *n, kl: kl_best_of_n(*n), gold })
    };
    sizes.iter().map(point).collect()
}

/// `ln n - (n-1)/n` nats: the KL divergence of best-of-n sampling from its policy, exact for
/// continuous proxies without ties and an upper bound otherwise (Beirami et al. 2024). 0 for
/// n = 0, as nothing was chosen.
pub fn kl_best_of_n(n: usize) -> f64 {
    let n = n.max(1) as f64;
    n.ln() - (n - 1.0) / n
}

/// Why there is no best of n.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum BestOfNError {
    /// A score is missing.
    #[error("{proxy} proxy scores and {gold} gold scores")]
    Length {
        /// Proxy scores.
        proxy: usize,
        /// Gold scores.
        gold: usize,
    },
    /// No subset of this size.
    #[error("there is no subset of {n} out of {samples} samples")]
    Size {
        /// Asked for.
        n: usize,
        /// At hand.
        samples: usize,
    },
    /// A proxy score is NaN, so there is no order.
    #[error("proxy score {index} is not a number")]
    NotANumber {
        /// Position.
        index: usize,
    },
    /// A gold score is NaN or infinite, so there is no mean.
    #[error("gold score {index} is {value}")]
    Gold {
        /// Position.
        index: usize,
        /// NaN or an infinity.
        value: f64,
    },
}

/// Gold in rising order of proxy, with the mean gold of a tie for each of its samples.
fn gold_by_proxy(proxy: &[f64], gold: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..proxy.len()).collect();
    order.sort_by(|a, b| proxy[*a].total_cmp(&proxy[*b]));
    let ties = order.chunk_by(|a, b| proxy[*a] == proxy[*b]);
    let mean_of = |tie: &[usize]| {
        let mean = tie.iter().map(|i| gold[*i]).sum::<f64>() / tie.len() as f64;
        vec![mean; tie.len()]
    };
    ties.flat_map(mean_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The mean over all subsets of size n of the mean gold among their largest proxies.
    fn over_all_subsets(proxy: &[f64], gold: &[f64], n: usize) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for subset in 0_u32..1 << proxy.len() {
            if subset.count_ones() as usize != n {
                continue;
            }
            let members = || (0..proxy.len()).filter(|i| subset >> i & 1 == 1);
            let best = members().map(|i| proxy[i]).fold(f64::NEG_INFINITY, f64::max);
            let winners: Vec<f64> =
                members().filter(|i| proxy[*i] == best).map(|i| gold[i]).collect();
            sum += winners.iter().sum::<f64>() / winners.len() as f64;
            count += 1.0;
        }
        sum / count
    }

    proptest! {
        #[test]
        fn equals_the_mean_over_all_subsets(
            // Few distinct proxies, so that most cases have ties.
            samples in prop::collection::vec((0_u8..5, -10.0_f64..10.0), 1..=8),
        ) {
            let (proxy, gold): (Vec<f64>, Vec<f64>) =
                samples.iter().map(|(p, g)| (f64::from(*p), *g)).unzip();
            for n in 1..=proxy.len() {
                let estimate = best_of_n(&proxy, &gold, n).unwrap();
                let expect = over_all_subsets(&proxy, &gold, n);
                prop_assert!((estimate - expect).abs() < 1e-10, "{n}: {estimate} for {expect}");
            }
        }
    }

    #[test]
    fn many_samples_are_no_problem() {
        // Gold = proxy = uniform order statistics i/(N+1): the mean over subsets is n/(n+1).
        let scores: Vec<f64> = (1..=20_000).map(|i| f64::from(i) / 20_001.0).collect();
        for n in [1, 4, 100, 1000] {
            let estimate = best_of_n(&scores, &scores, n).unwrap();
            let expect = n as f64 / (n as f64 + 1.0);
            assert!((estimate - expect).abs() < 1e-10, "{n}: {estimate} for {expect}");
        }
    }

    #[test]
    fn kl_is_the_integral_over_the_rank() {
        // Density of the chosen rank u is n u^(n-1): KL = integral of it times its logarithm.
        for n in [1, 2, 4, 16] {
            let steps = 200_000;
            let integral: f64 = (0..steps)
                .map(|i| (f64::from(i) + 0.5) / f64::from(steps))
                .map(|u| n as f64 * u.powi(n - 1))
                .map(|density| density * density.ln() / f64::from(steps))
                .sum();
            assert!((kl_best_of_n(n as usize) - integral).abs() < 1e-6, "{n}: {integral}");
        }
        assert_eq!(kl_best_of_n(1), 0.0);
    }

    #[test]
    fn curves_and_wrong_input() {
        let curve = best_of_n_curve(&[1.0, 2.0], &[3.0, 5.0], &[1, 2]).unwrap();
        assert_eq!(curve.iter().map(|p| p.gold).collect::<Vec<_>>(), [4.0, 5.0]);
        let size = BestOfNError::Size { n: 3, samples: 2 };
        assert_eq!(best_of_n(&[1.0, 2.0], &[3.0, 5.0], 3), Err(size));
        assert!(best_of_n(&[1.0], &[], 1).is_err());
        let nan = BestOfNError::NotANumber { index: 0 };
        assert_eq!(best_of_n(&[f64::NAN], &[0.0], 1), Err(nan));
        let gold = best_of_n(&[1.0, 2.0], &[0.0, f64::INFINITY], 1).unwrap_err().to_string();
        assert_eq!(gold, "gold score 1 is inf");
    }
}
