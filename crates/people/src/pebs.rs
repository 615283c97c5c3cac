//! How does each rater use a scale, beside what a reward model says? Affine maps of everybody's own, shrunk
//! in closed form.
//!
//! ```text
//! score = o_i + s_i (base - mean of base) + e     e ~ N(0, sigma^2)
//! ```
//!
//! Least squares for each rater, and shrinkage towards the mean of raters by Morris' (1983) empirical Bayes
//! form of James and Stein's estimator for unequal variances `V_i`:
//!
//! ```text
//! estimate = (1 - B_i) y_i + B_i mu     B_i = (k - 3) / (k - 1) V_i / (V_i + A)     W_i = 1 / (V_i + A)
//! mu = sum W_i y_i / sum W_i            A = max(0, sum W_i (k / (k - 1) (y_i - mu)^2 - V_i) / sum W_i)
//! ```
//!
//! as PEBS does (Raj 2026, arXiv 2606.27578; of which the abstract was at hand, and not how it shrinks two
//! numbers at once). Here slopes are shrunk first (`V = sigma^2 / sum (base - mean of i)^2`), then offsets
//! given slopes (`V = sigma^2 / n_i`), so that a rater of a single item has the slope of all.

use crate::PeopleError;

/// A rater's score of an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatedItem {
    /// Number of the rater.
    pub rater: usize,
    /// What a reward model says of the item.
    pub base: f64,
    /// What the rater says.
    pub score: f64,
}

/// `score = offset + slope * base`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// Score where the base is 0.
    pub offset: f64,
    /// Score for each unit of the base.
    pub slope: f64,
}

impl Affine {
    /// The score of an item.
    pub fn score(&self, base: f64) -> f64 {
        self.offset + self.slope * base
    }
}

/// Maps of raters.
#[derive(Clone, Debug, PartialEq)]
pub struct Pebs {
    /// Of each rater; of those who rated nothing, that of all.
    pub raters: Vec<Affine>,
    /// The mean of raters.
    pub population: Affine,
    /// Standard deviation of scores around a rater's map, `sigma`.
    pub noise: f64,
    /// Standard deviation of slopes over raters.
    pub slopes: f64,
    /// Standard deviation of offsets, at the mean of the base.
    pub offsets: f64,
}

/// What a rater said, summed.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    count: f64,
    base: f64,
    score: f64,
    base_square: f64,
    product: f64,
    score_square: f64,
}

/// Maps of so many raters from what they said.
///
/// # Errors
/// Numbers that are not finite; a rater who is not there; nobody with three scores and two bases, so that
/// nothing is known of noise.
pub fn pebs(rated: &[RatedItem], raters: usize) -> Result<Pebs, PeopleError> {
    if rated.is_empty() {
        return Err(PeopleError::Nothing);
    }
    let center = rated.iter().map(|item| item.base).sum::<f64>() / rated.len() as f64;
    let sums = sum_up(rated, raters, center)?;
    let variance = noise(&sums)?;
    let slopes = shrink(&sums.iter().map(|of| slope(of, variance)).collect::<Vec<_>>());
    let offset = |(of, slope): (&Sums, &f64)| {
        (of.count > 0.0).then(|| (of.score - slope * of.base, variance / of.count))
    };
    let offsets = shrink(&sums.iter().zip(&slopes.estimates).map(offset).collect::<Vec<_>>());
    let affine = |offset: f64, slope: f64| Affine { offset: offset - slope * center, slope };
    let pairs = offsets.estimates.iter().zip(&slopes.estimates);
    Ok(Pebs {
        raters: pairs.map(|(&offset, &slope)| affine(offset, slope)).collect(),
        population: affine(offsets.mean, slopes.mean),
        noise: variance.sqrt(),
        slopes: slopes.variance.sqrt(),
        offsets: offsets.variance.sqrt(),
    })
}

/// Means, with squares and products around them.
fn sum_up(rated: &[RatedItem], raters: usize, center: f64) -> Result<Vec<Sums>, PeopleError> {
    let mut sums = vec![Sums::default(); raters];
    for (statement, item) in rated.iter().enumerate() {
        if let Some(found) = [item.base, item.score].into_iter().find(|x| !x.is_finite()) {
            return Err(PeopleError::NotFinite { place: format!("score {statement}"), found });
        }
        let found = item.rater;
        let missing = PeopleError::Missing { statement, what: "a rater", count: raters, found };
        let sum = sums.get_mut(found).ok_or(missing)?;
        // Welford's updates.
        sum.count += 1.0;
        let (base, score) = (item.base - center - sum.base, item.score - sum.score);
        sum.base += base / sum.count;
        sum.score += score / sum.count;
        let behind = item.base - center - sum.base;
        sum.base_square += base * behind;
        sum.product += score * behind;
        sum.score_square += score * (item.score - sum.score);
    }
    Ok(sums)
}

/// Variance around lines of raters, pooled.
fn noise(sums: &[Sums]) -> Result<f64, PeopleError> {
    let (mut rest, mut freedom) = (0.0, 0.0);
    for of in sums.iter().filter(|of| of.count >= 3.0 && of.base_square > 0.0) {
        rest += (of.score_square - of.product.powi(2) / of.base_square).max(0.0);
        freedom += of.count - 2.0;
    }
    if freedom > 0.0 {
        return Ok(rest / freedom);
    }
    let expected = "a rater with three scores of items that differ".to_owned();
    Err(PeopleError::Needs { model: "pebs", expected, found: "none".to_owned() })
}

/// A rater's slope and its variance; none where all bases are equal.
fn slope(of: &Sums, variance: f64) -> Option<(f64, f64)> {
    (of.base_square > 0.0).then(|| (of.product / of.base_square, variance / of.base_square))
}

struct Shrunk {
    estimates: Vec<f64>,
    mean: f64,
    variance: f64,
}

/// Shrinks values with their variances towards their mean, which is the estimate where there is none.
fn shrink(values: &[Option<(f64, f64)>]) -> Shrunk {
    let known: Vec<(f64, f64)> = values.iter().flatten().copied().collect();
    let k = known.len() as f64;
    let most = known.iter().map(|(_, v)| *v).fold(0.0, f64::max);
    // Without noise all values weigh the same.
    let least = (1e-12 * most).max(1e-200);
    let weight = |v: f64, a: f64| (v + a).max(least).recip();
    let mean_under = |a: f64| {
        let total: f64 = known.iter().map(|&(_, v)| weight(v, a)).sum();
        known.iter().map(|&(y, v)| weight(v, a) * y).sum::<f64>() / total.max(1e-300)
    };
    let mut variance = 0.0;
    let mut mean = mean_under(variance);
    for _ in 0..1000 {
        let total: f64 = known.iter().map(|&(_, v)| weight(v, variance)).sum();
        let excess = |&(y, v): &(f64, f64)| {
            weight(v, variance) * (k / (k - 1.0).max(1.0) * (y - mean).powi(2) - v)
        };
        let next = (known.iter().map(excess).sum::<f64>() / total.max(1e-300)).max(0.0);
        let moved = (next - variance).abs();
        variance = next;
        mean = mean_under(variance);
        if moved <= 1e-12 * (1.0 + variance) {
            break;
        }
    }
    let factor = ((k - 3.0) / (k - 1.0).max(1.0)).max(0.0);
    let estimate = |value: &Option<(f64, f64)>| match *value {
        None => mean,
        Some((y, v)) => {
            let share = if v > 0.0 { factor * v / (v + variance) } else { 0.0 };
            (1.0 - share) * y + share * mean
        }
    };
    Shrunk { estimates: values.iter().map(estimate).collect(), mean, variance }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_variances_by_hand() {
        // Values 0, 1, 2, 3, 4 with variance 1: mean 2, A = 5/4 * 2 - 1 = 1.5, B = 2/4 / 2.5 = 0.2.
        let values: Vec<Option<(f64, f64)>> = (0..5).map(|i| Some((f64::from(i), 1.0))).collect();
        let found = shrink(&values);
        assert!((found.mean - 2.0).abs() < 1e-12 && (found.variance - 1.5).abs() < 1e-9);
        for (i, estimate) in found.estimates.iter().enumerate() {
            assert!((estimate - (2.0 + 0.8 * (i as f64 - 2.0))).abs() < 1e-9, "{i}: {estimate}");
        }
    }

    #[test]
    fn raters_are_found_again_and_shrinking_helps() {
        let mut rng = medley_random::stream(2, "pebs");
        let (mut rated, mut maps) = (Vec::new(), Vec::new());
        for rater in 0..200 {
            let [o, s] = std::array::from_fn(|_| medley_random::normal(&mut rng));
            let map = Affine { offset: 3.0 + 0.5 * o, slope: 1.0 + 0.3 * s };
            maps.push(map);
            for _ in 0..6 {
                let base = medley_random::normal(&mut rng);
                let score = map.score(base) + 0.8 * medley_random::normal(&mut rng);
                rated.push(RatedItem { rater, base, score });
            }
        }
        let found = pebs(&rated, 201).unwrap();
        assert!((found.noise - 0.8).abs() < 0.05, "{found:?}");
        assert!((found.slopes - 0.3).abs() < 0.08 && (found.offsets - 0.5).abs() < 0.08);
        assert_eq!(found.raters[200], found.population);
        let sums = sum_up(&rated, 200, 0.0).unwrap();
        let error = |of: &dyn Fn(usize) -> f64| -> f64 {
            maps.iter().enumerate().map(|(i, map)| (of(i) - map.slope).powi(2)).sum()
        };
        let shrunk = error(&|i| found.raters[i].slope);
        let alone = error(&|i| sums[i].product / sums[i].base_square);
        let pooled = error(&|_| found.population.slope);
        assert!(shrunk < 0.7 * alone && shrunk < pooled, "{shrunk} {alone} {pooled}");
    }

    #[test]
    fn edges() {
        assert_eq!(pebs(&[], 3), Err(PeopleError::Nothing));
        let item = |rater, base, score| RatedItem { rater, base, score };
        let two = [item(0, 0.0, 1.0), item(0, 1.0, 2.0)];
        assert!(matches!(pebs(&two, 1), Err(PeopleError::Needs { .. })));
        assert!(matches!(pebs(&two, 0), Err(PeopleError::Missing { .. })));
        let broken = pebs(&[item(0, f64::NAN, 1.0)], 1);
        assert!(matches!(broken, Err(PeopleError::NotFinite { .. })));
        // Without noise and with raters that are too few to shrink, lines are lines.
        let line = [0.0, 1.0, 2.0].map(|base| item(0, base, 1.0 + 2.0 * base));
        let found = pebs(&line, 1).unwrap();
        assert!((found.raters[0].slope - 2.0).abs() < 1e-9, "{found:?}");
        assert!((found.raters[0].offset - 1.0).abs() < 1e-9, "{found:?}");
        // A rater of one item has the slope of the others.
        let with_one = [line.as_slice(), &[item(1, 2.0, 0.0)]].concat();
        let found = pebs(&with_one, 2).unwrap();
        assert!((found.raters[1].slope - 2.0).abs() < 1e-9, "{found:?}");
        assert!((found.raters[1].score(2.0)).abs() < 1e-9, "{found:?}");
    }
}
