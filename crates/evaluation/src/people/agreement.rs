//! How far do people agree beyond chance? Krippendorff's alpha, for any number of people and missing values.
//!
//! Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability":
//!
//! ```text
//! alpha = 1 - D_o / D_e
//! D_o = 1/n sum over units u of 1/(m_u - 1) sum over i != j in u of delta^2(v_i, v_j)
//! D_e = 1/(n (n - 1)) sum over c, k of n_c n_k delta^2(c, k)
//! ```
//!
//! over the n values of units that m_u >= 2 people judged; n_c of them are c. A unit with one
//! value says nothing about agreement and does not count, neither do missing values. Who gave a
//! value does not matter, so people may come and go.
//!
//! For all differences but the ratio, both sums are those of squared differences of scores or of
//! equal values, so they are taken in one pass over the values and never over pairs of people.

/// What a difference of two values is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// 1 if they differ.
    Nominal,
    /// The number of values between them: the squared difference of their mean ranks.
    Ordinal,
    /// `(c - k)^2`.
    Interval,
    /// `((c - k) / (c + k))^2`, for values from 0.
    Ratio,
}

impl Level {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nominal => "nominal",
            Self::Ordinal => "ordinal",
            Self::Interval => "interval",
            Self::Ratio => "ratio",
        }
    }
}

/// The values of units that at least two people judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reliability {
    /// The distinct values, rising.
    values: Vec<f64>,
    /// Value of each judgement as a position in `values`, rising within a unit.
    judgements: Vec<u32>,
    /// Where each unit begins in `judgements`, and where the last ends.
    starts: Vec<usize>,
}

impl Reliability {
    /// Takes the values of each unit, without the missing ones; units with fewer than two are left
    /// out.
    ///
    /// # Panics
    /// A value is NaN.
    pub fn new<'u>(units: impl IntoIterator<Item = &'u [f64]>) -> Self {
        let units: Vec<&[f64]> = units.into_iter().filter(|unit| unit.len() > 1).collect();
        let mut values: Vec<f64> = units.iter().flat_map(|unit| unit.iter().copied()).collect();
        assert!(values.iter().all(|value| !value.is_nan()), "a value is NaN");
        values.sort_by(f64::total_cmp);
        values.dedup();
        let (mut judgements, mut starts) = (Vec::new(), vec![0]);
        for unit in units {
            let from = judgements.len();
            let place = |value: &f64| values.partition_point(|other| other < value) as u32;
            judgements.extend(unit.iter().map(place));
            judgements[from..].sort_unstable();
            starts.push(judgements.len());
        }
        Self { values, judgements, starts }
    }

    /// Number of units with at least two values.
    pub fn units(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Number of values in them.
    pub fn judgements(&self) -> usize {
        self.judgements.len()
    }

    /// Alpha; `None` where disagreement is impossible: fewer than two different values.
    ///
    /// ```
    /// use medley_evaluation::people::{Level, Reliability};
    /// let units = [[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]];
    /// let reliability = Reliability::new(units.iter().map(|unit| &unit[..]));
    /// // Differ in 1 of 4 pairs; 5 zeros and 3 ones differ in 15 of 28 pairs.
    /// let alpha = reliability.alpha(Level::Nominal).unwrap();
    /// assert!((alpha - (1.0 - 0.25 / (15.0 / 28.0))).abs() < 1e-12);
    /// ```
    pub fn alpha(&self, level: Level) -> Option<f64> {
        self.weighted(level, &vec![0; self.units()]).alpha(&[1.0])
    }

    /// Alpha as a function of the weights of sets of units; unit `u` is in set `sets[u]`, one for each of
    /// [`Reliability::units`].
    pub fn weighted<'r>(&'r self, level: Level, sets: &'r [usize]) -> Weighted<'r> {
        Weighted::new(self, level, sets)
    }

    /// `(agreeing, all)` pairs of judgements of each unit, a pair counted once.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let two = |count: usize| count * (count - 1) / 2;
        self.each_unit().map(move |unit| {
            let agreeing = unit.chunk_by(|a, b| a == b).map(|run| two(run.len())).sum();
            (agreeing, two(unit.len()))
        })
    }

    /// Squared differences of values at a level, `[value * values + value]`; `all` are the answers that ordinal
    /// differences count.
    pub(super) fn differences(
        level: Level,
        values: &[f64],
        all: impl IntoIterator<Item = f64>,
    ) -> Vec<f64> {
        let mut counts = vec![0.0; values.len()];
        all.into_iter()
            .for_each(|value| counts[values.partition_point(|other| *other < value)] += 1.0);
        let ranks = mid_ranks(&counts);
        let of = |c: usize, k: usize| match level {
            Level::Nominal => f64::from(u8::from(c != k)),
            Level::Ordinal => (ranks[c] - ranks[k]).powi(2),
            Level::Interval => (values[c] - values[k]).powi(2),
            Level::Ratio => ratio(values[c], values[k]),
        };
        let each = |c: usize| (0..values.len()).map(move |k| (c, k));
        (0..values.len()).flat_map(each).map(|(c, k)| of(c, k)).collect()
    }

    fn each_unit(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.units()).map(|unit| self.unit(unit))
    }

    fn unit(&self, unit: usize) -> &[u32] {
        &self.judgements[self.starts[unit]..self.starts[unit + 1]]
    }
}

/// What weights of sets of units do to alpha, as a bootstrap asks; what they leave as it is, is computed once.
#[derive(Clone, Debug)]
pub struct Weighted<'r> {
    of: &'r Reliability,
    level: Level,
    /// Set of each unit.
    sets: &'r [usize],
    /// How often each value occurs in each set: set, value, count.
    counts: Vec<(usize, u32, f64)>,
    /// `sum over i != j of delta^2` of each unit, where it is the same whatever the weights.
    within: Option<Vec<f64>>,
}

impl<'r> Weighted<'r> {
    fn new(of: &'r Reliability, level: Level, sets: &'r [usize]) -> Self {
        let in_set = of.each_unit().zip(sets);
        let values = in_set.flat_map(|(unit, &set)| unit.iter().map(move |&value| (set, value)));
        let mut values: Vec<(usize, u32)> = values.collect();
        values.sort_unstable();
        let count = |run: &[(usize, u32)]| (run[0].0, run[0].1, run.len() as f64);
        let counts = values.chunk_by(|one, next| one == next).map(count).collect();
        let within = match level {
            Level::Nominal => Some(of.each_unit().map(unequal).collect()),
            Level::Ratio => Some(of.each_unit().map(|it| ratio_within(it, &of.values)).collect()),
            // Scores are taken from their mean, which the weights move.
            Level::Ordinal | Level::Interval => None,
        };
        Self { of, level, sets, counts, within }
    }

    /// Alpha where each unit of set `s` is there `weights[s]` times.
    pub fn alpha(&self, weights: &[f64]) -> Option<f64> {
        // Weights are whole numbers, whose sums are exact in any order.
        let mut counts = vec![0.0; self.of.values.len()];
        for (set, value, count) in &self.counts {
            counts[*value as usize] += weights[*set] * count;
        }
        if counts.iter().filter(|count| **count > 0.0).count() < 2 {
            return None;
        }
        let n: f64 = counts.iter().sum();
        let known = |unit: usize| self.within.as_ref().map_or(0.0, |within| within[unit]);
        let (within, overall) = match self.level {
            Level::Nominal => (self.within(weights, known), unequal_overall(&counts)),
            Level::Ordinal => self.by_score(weights, &counts, &mid_ranks(&counts)),
            Level::Interval => self.by_score(weights, &counts, &self.of.values),
            Level::Ratio => (self.within(weights, known), ratio_overall(&counts, &self.of.values)),
        };
        Some(1.0 - (n - 1.0) * within / overall)
    }

    /// `sum over units of w_u / (m_u - 1) sum over i != j of delta^2`; `of_unit` gives the inner sum.
    fn within(&self, weights: &[f64], of_unit: impl Fn(usize) -> f64) -> f64 {
        let term = |(unit, &set): (usize, &usize)| match weights[set] {
            0.0 => 0.0,
            weight => weight * of_unit(unit) / (self.of.unit(unit).len() - 1) as f64,
        };
        self.sets.iter().enumerate().map(term).sum()
    }

    /// Both sums for `delta = s_c - s_k`. Scores are taken from their mean, as the sums are
    /// differences of squares.
    fn by_score(&self, weights: &[f64], counts: &[f64], scores: &[f64]) -> (f64, f64) {
        let n: f64 = counts.iter().sum();
        let mean = counts.iter().zip(scores).map(|(count, score)| count * score).sum::<f64>() / n;
        let scores: Vec<f64> = scores.iter().map(|score| score - mean).collect();
        let spread = |m: f64, sum: f64, squares: f64| 2.0 * (m * squares - sum * sum);
        let of_unit = |unit: usize| {
            let unit = self.of.unit(unit);
            let (mut sum, mut squares) = (0.0, 0.0);
            for &value in unit {
                let score = scores[value as usize];
                sum += score;
                squares += score * score;
            }
            spread(unit.len() as f64, sum, squares).max(0.0)
        };
        let within = self.within(weights, of_unit);
        let terms = || counts.iter().zip(&scores);
        let sum = terms().map(|(count, score)| count * score).sum();
        let squares = terms().map(|(count, score)| count * score * score).sum();
        (within, spread(n, sum, squares))
    }
}

fn unequal(unit: &[u32]) -> f64 {
    let equal: usize = unit.chunk_by(|a, b| a == b).map(|run| run.len() * run.len()).sum();
    (unit.len() * unit.len() - equal) as f64
}

fn unequal_overall(counts: &[f64]) -> f64 {
    let n: f64 = counts.iter().sum();
    n * n - counts.iter().map(|count| count * count).sum::<f64>()
}

/// `R_c = sum of n_g for g < c, and n_c / 2`: then `R_k - R_c` is the sum of `n_g` from c to k
/// less half of both ends, Krippendorff's ordinal difference.
fn mid_ranks(counts: &[f64]) -> Vec<f64> {
    let mut below = 0.0;
    let rank = |count: &f64| {
        below += count;
        below - count / 2.0
    };
    counts.iter().map(rank).collect()
}

fn ratio(c: f64, k: f64) -> f64 {
    if c == k { 0.0 } else { ((c - k) / (c + k)).powi(2) }
}

fn ratio_within(unit: &[u32], values: &[f64]) -> f64 {
    let each = |&a: &u32| unit.iter().map(move |&b| ratio(values[a as usize], values[b as usize]));
    unit.iter().flat_map(each).sum()
}

fn ratio_overall(counts: &[f64], values: &[f64]) -> f64 {
    let each = |(n_c, c): (&f64, &f64)| {
        let row = counts.iter().zip(values).map(|(n_k, k)| n_k * ratio(*c, *k));
        n_c * row.sum::<f64>()
    };
    counts.iter().zip(values).map(each).sum()
}

#[cfg(test)]
#[path = "agreement_tests.rs"]
mod tests;
