//! Ranks in place of values, and R-hat of them.

use super::normal_quantile::normal_quantile;

/// The larger of R-hat of ranks and of ranks of distances from the median, over halves of chains: for
/// chains that disagree about where the density is, and for those that disagree about how wide it is.
/// NaN if all draws are the same.
///
/// `chains` are `[chain][draw]`, of one length.
pub fn r_hat(chains: &[Vec<f64>]) -> f64 {
    let halves = split(chains);
    let plain = of_chains(&normal_scores(&halves));
    let folded = of_chains(&normal_scores(&fold(&halves)));
    // f64::max would prefer a number to NaN.
    if plain.is_nan() || folded.is_nan() { f64::NAN } else { plain.max(folded) }
}

/// The value below which a share of `values` lies, with linear interpolation (R's type 7).
///
/// # Panics
/// If there are no values.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    assert!(!values.is_empty(), "a quantile of no values");
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (place - place.floor()) * (sorted[above] - sorted[below])
}

/// Both halves of each chain; the draw in the middle of an odd number is left out.
pub fn split(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let halves = |chain: &Vec<f64>| {
        let half = chain.len() / 2;
        [chain[..half].to_vec(), chain[chain.len() - half..].to_vec()]
    };
    chains.iter().flat_map(halves).collect()
}

fn fold(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let median = quantile(&chains.concat(), 0.5);
    let away = |chain: &Vec<f64>| chain.iter().map(|value| (value - median).abs()).collect();
    chains.iter().map(away).collect()
}

/// Quantiles of the normal distribution at the rank of each value among all; those that tie share the
/// mean of their ranks.
pub fn normal_scores(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let values = chains.concat();
    let count = values.len() as f64;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut scores = vec![0.0; values.len()];
    let mut first = 0;
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = first as f64 + 0.5 * (tied.len() + 1) as f64;
        let score = normal_quantile((rank - 0.375) / (count + 0.25));
        tied.iter().for_each(|&place| scores[place] = score);
        first += tied.len();
    }
    let mut rest = scores.as_slice();
    let mut take = |chain: &Vec<f64>| {
        let (own, others) = rest.split_at(chain.len());
        rest = others;
        own.to_vec()
    };
    chains.iter().map(&mut take).collect()
}

/// `sqrt(((n - 1) / n W + B / n) / W)` for chains of n draws.
fn of_chains(chains: &[Vec<f64>]) -> f64 {
    let draws = chains[0].len() as f64;
    let means: Vec<f64> = chains.iter().map(|chain| mean(chain)).collect();
    let within = mean(&chains.iter().map(|chain| variance(chain)).collect::<Vec<_>>());
    (((draws - 1.0) / draws * within + variance(&means)) / within).sqrt()
}

pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// With one degree of freedom less than values.
pub fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
}
