//! Do people who differ in what is known of them want different things? Tests of the scores of one fit.
//!
//! The score of a person is the slope of their log-likelihood by the weights of all; where the weights are
//! stable, scores `psi_a` have mean 0 whatever people are ordered or grouped by. With `J = mean psi psi'`
//! and `u_a = J^(-1/2) psi_a / sqrt(n)`, the statistic of a factor is
//! `sum_levels |sum_{a in level} u_a|^2 / (n_level / n)`, chi-squared with rank(J) (levels - 1) degrees; that
//! of a number is the largest `|W(t)|^2 / (t (1 - t))` of cumulative sums `W` in its order (Zeileis and
//! Hornik 2007; Zeileis, Hothorn and Hornik 2008).

use super::attribute::{Attribute, Values};
use super::supremum::log_supremum_above;
use crate::gamma::log_chi_squared_above;
use nalgebra::{DMatrix, DVector};

/// A test of whether weights depend on something that is known of people.
#[derive(Clone, Debug, PartialEq)]
pub struct InstabilityTest {
    /// Name of the factor or covariate.
    pub name: String,
    /// The statistic.
    pub statistic: f64,
    /// Logarithm of its p-value, of this test alone.
    pub log_p: f64,
}

impl InstabilityTest {
    /// The p-value among so many tests: `1 - (1 - p)^m`.
    pub fn p_among(&self, tests: usize) -> f64 {
        let p = self.log_p.exp();
        if p >= 1.0 { 1.0 } else { -(tests as f64 * (-p).ln_1p()).exp_m1() }
    }
}

/// Directions in which scores vary less than this, of what they are, are none.
const FLAT: f64 = 1e-10;

/// Scores in the directions that answers tell anything of: those in which they are at least as large as one
/// answer of them all would make them. Where all answers are one way, weights are as large as their prior
/// lets them be, and scores are what it pulls, the more the more somebody answered. `curvature` is that of the
/// log-likelihood where nobody wants anything, by which units of features do not matter.
pub fn informative(
    scores: &[DVector<f64>],
    curvature: DMatrix<f64>,
    answers: usize,
) -> Vec<DVector<f64>> {
    let least = FLAT * curvature.diagonal().amax();
    let scaled = directions(curvature, least);
    let scores: Vec<DVector<f64>> = scores.iter().map(|score| &scaled * score).collect();
    let width = scaled.nrows();
    let mut outer = DMatrix::zeros(width, width);
    scores.iter().for_each(|score| outer.ger(1.0, score, score, 1.0));
    let told = directions(outer, (answers.max(1) as f64).recip());
    scores.iter().map(|score| &told * score).collect()
}

/// Eigenvectors of more than this, each divided by the root of its eigenvalue. `[direction, coordinate]`
fn directions(matrix: DMatrix<f64>, least: f64) -> DMatrix<f64> {
    let width = matrix.ncols();
    if width == 0 {
        return matrix;
    }
    let eigen = matrix.symmetric_eigen();
    let kept: Vec<usize> =
        (0..width).filter(|&i| eigen.eigenvalues[i] > least.max(1e-300)).collect();
    DMatrix::from_fn(kept.len(), width, |row, i| {
        eigen.eigenvectors[(i, kept[row])] / eigen.eigenvalues[kept[row]].sqrt()
    })
}

/// Tests what these people are told apart by, of whom these are the scores. None where they are all alike,
/// or too few to be told apart.
pub fn test(
    attribute: &Attribute,
    people: &[usize],
    scores: &[DVector<f64>],
    trim: f64,
    fewest: usize,
) -> Option<InstabilityTest> {
    let (statistic, log_p) = match &attribute.values {
        Values::Level(levels, _) => {
            let known = known(people, scores, |person| levels[person]);
            of_factor(&known)?
        }
        Values::Number(numbers) => {
            let mut known = known(people, scores, |person| numbers[person]);
            known.sort_by(|(a, _), (b, _)| a.total_cmp(b));
            of_number(&known, trim, fewest)?
        }
    };
    Some(InstabilityTest { name: attribute.name.clone(), statistic, log_p })
}

/// Those of whom it is known, with their whitened scores, centred among them: scores of all sum to what the
/// prior on weights pulls, and those of some to anything.
fn known<T>(
    people: &[usize],
    scores: &[DVector<f64>],
    value: impl Fn(usize) -> Option<T>,
) -> Vec<(T, DVector<f64>)> {
    let pairs = people.iter().zip(scores);
    let mut known: Vec<(T, DVector<f64>)> = pairs
        .filter_map(|(&person, score)| value(person).map(|value| (value, score.clone())))
        .collect();
    let squares: f64 = known.iter().map(|(_, score)| score.norm_squared()).sum();
    if !known.is_empty() {
        let sum = known.iter().fold(DVector::zeros(known[0].1.len()), |sum, (_, s)| sum + s);
        let mean = sum / known.len() as f64;
        known.iter_mut().for_each(|(_, score)| *score -= &mean);
    }
    whiten(&mut known, squares);
    known
}

/// Turns scores into `u_a`, in as many coordinates as they vary in; `squares` is their sum before centring.
fn whiten<T>(known: &mut [(T, DVector<f64>)], squares: f64) {
    let Some((_, first)) = known.first() else { return };
    let width = first.len();
    let mut outer = DMatrix::zeros(width, width);
    known.iter().for_each(|(_, score)| outer.ger(1.0, score, score, 1.0));
    let map = directions(outer, FLAT * squares);
    known.iter_mut().for_each(|(_, score)| *score = &map * &*score);
}

fn of_factor(known: &[(usize, DVector<f64>)]) -> Option<(f64, f64)> {
    let width = known.first()?.1.len();
    let count = known.iter().map(|(level, _)| level + 1).max()?;
    let mut sums = vec![(0.0, DVector::zeros(width)); count];
    for (level, score) in known {
        sums[*level].0 += 1.0 / known.len() as f64;
        sums[*level].1 += score;
    }
    sums.retain(|(share, _)| *share > 0.0);
    if sums.len() < 2 || width == 0 {
        return None;
    }
    let statistic = sums.iter().map(|(share, sum)| sum.norm_squared() / share).sum();
    Some((statistic, log_chi_squared_above(statistic, (width * (sums.len() - 1)) as f64)))
}

fn of_number(known: &[(f64, DVector<f64>)], trim: f64, fewest: usize) -> Option<(f64, f64)> {
    let (first, last) = (known.first()?, known.last()?);
    let (width, n) = (first.1.len(), known.len() as f64);
    let from = (n * trim).ceil().max(fewest as f64).max(1.0);
    let to = n - from;
    if first.0 == last.0 || width == 0 || to < from {
        return None;
    }
    let (mut sum, mut most) = (DVector::zeros(width), 0.0_f64);
    for (place, (_, score)) in known.iter().enumerate() {
        sum += score;
        let behind = place as f64 + 1.0;
        if (from..=to).contains(&behind) {
            let share = behind / n;
            most = most.max(sum.norm_squared() / (share * (1.0 - share)));
        }
    }
    let lambda = ((n - from) * to) / (from * (n - to));
    Some((most, log_supremum_above(most, width, lambda)))
}
