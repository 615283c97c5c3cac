//! The Gaussian prior on the weights of a linear reward, and how EM moves it.

use crate::Tie;
use nalgebra::{Cholesky, DMatrix};

/// How weights vary a priori, block by block of features.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Width {
    /// Independently, those of a block each with this standard deviation. `[block]`
    Independent(Vec<f64>),
    /// Weights of one feature together, with this covariance between sources. `[block][source, source]`
    Tied(Vec<DMatrix<f64>>),
}

/// Second moments of the posterior, summed over the weights of a block.
pub(super) struct Moments {
    /// `sum over weights i of E[u_ji u_ki]`; one row and column if there is no tie.
    pub sums: DMatrix<f64>,
    /// Weights summed over.
    pub count: f64,
}

/// Weights' worth of the start in a scale by the evidence.
const START_WEIGHS: f64 = 2.0;

impl Width {
    /// Where it starts: standard deviations of the weights of each tied source, or of all.
    /// `[block][source]`
    pub fn start(tie: Option<&Tie>, sds: &[Vec<f64>]) -> Self {
        match tie {
            None => Self::Independent(sds.iter().map(|of_block| of_block[0]).collect()),
            Some(tie) => Self::Tied(sds.iter().map(|of_block| expected(tie, of_block)).collect()),
        }
    }

    /// Standard deviation of the weights of each source, or of all. `[block][source]`
    pub fn sds(&self) -> Vec<Vec<f64>> {
        let roots =
            |covariance: &DMatrix<f64>| covariance.diagonal().map(f64::sqrt).as_slice().to_vec();
        match self {
            Self::Independent(sds) => sds.iter().map(|&sd| vec![sd]).collect(),
            Self::Tied(covariances) => covariances.iter().map(roots).collect(),
        }
    }

    /// Inverses of the covariances, one a block; none if one has none.
    pub fn precisions(&self) -> Option<Vec<DMatrix<f64>>> {
        let alone = |sd: &f64| DMatrix::from_element(1, 1, (sd * sd).recip());
        let inverse =
            |covariance: &DMatrix<f64>| Some(Cholesky::new(covariance.clone())?.inverse());
        match self {
            Self::Independent(sds) => Some(sds.iter().map(alone).collect()),
            Self::Tied(covariances) => covariances.iter().map(inverse).collect(),
        }
    }

    /// One round of EM (MacKay 1992 for one width), in each block:
    ///
    /// ```text
    /// D_k^2 = (M_kk + a s^2) / (p + a)        scales, unless they are given
    /// C     = correlations of M + nu D C0 D   shrunk to those that are expected
    /// ```
    ///
    /// `start_sds` are s, `[block]`, and `scales` are D where they are not to be learned,
    /// `[block][source]`.
    pub fn updated(
        moments: &[Moments],
        start_sds: &[f64],
        tie: Option<&Tie>,
        scales: Option<&[Vec<f64>]>,
    ) -> Self {
        let sds = |(block, (moments, start)): (usize, (&Moments, &f64))| match scales {
            Some(scales) => scales[block].clone(),
            None => learned_scales(moments, *start),
        };
        let blocks = moments.iter().zip(start_sds).enumerate();
        let sds: Vec<Vec<f64>> = blocks.map(sds).collect();
        match tie {
            None => Self::Independent(sds.into_iter().map(|of_block| of_block[0]).collect()),
            Some(tie) => {
                let blocks = moments.iter().zip(&sds);
                Self::Tied(blocks.map(|(moments, sds)| covariance(tie, moments, sds)).collect())
            }
        }
    }

    /// Largest change to `other` in a block, relative to its largest number.
    pub fn change(&self, other: &Self) -> f64 {
        match (self, other) {
            (Self::Tied(one), Self::Tied(other)) => {
                let changes = one.iter().zip(other).map(|(a, b)| (b - a).amax() / a.amax());
                changes.fold(0.0, f64::max)
            }
            _ => {
                let (one, other) = (self.sds(), other.sds());
                one.iter().zip(other).map(|(a, b)| (b[0] / a[0] - 1.0).abs()).fold(0.0, f64::max)
            }
        }
    }
}

fn learned_scales(moments: &Moments, start_sd: f64) -> Vec<f64> {
    let start = START_WEIGHS * start_sd * start_sd;
    let learned = |square: f64| ((square + start) / (moments.count + START_WEIGHS)).sqrt();
    moments.sums.diagonal().iter().map(|&square| learned(square)).collect()
}

/// Covariance of these scales and the correlations that are expected.
fn expected(tie: &Tie, sds: &[f64]) -> DMatrix<f64> {
    let sources = tie.sources();
    DMatrix::from_fn(sources, sources, |j, k| sds[j] * sds[k] * tie.correlations[j][k])
}

/// Covariance of these scales and the correlations that were found, shrunk to those expected.
fn covariance(tie: &Tie, moments: &Moments, sds: &[f64]) -> DMatrix<f64> {
    let sources = sds.len();
    let prior = |j: usize, k: usize| tie.strength * sds[j] * sds[k] * tie.correlations[j][k];
    let sum = &moments.sums + DMatrix::from_fn(sources, sources, prior);
    let correlation = |j: usize, k: usize| match j == k {
        true => 1.0,
        false => sum[(j, k)] / (sum[(j, j)] * sum[(k, k)]).sqrt(),
    };
    DMatrix::from_fn(sources, sources, |j, k| sds[j] * sds[k] * correlation(j, k))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SharedHead;

    fn tie(correlation: f64, strength: f64) -> Tie {
        let correlations = vec![vec![1.0, correlation], vec![correlation, 1.0]];
        Tie { correlations, strength, shared: SharedHead::Nothing }
    }

    fn moments(sums: [f64; 4], count: f64) -> Moments {
        Moments { sums: DMatrix::from_row_slice(2, 2, &sums), count }
    }

    #[test]
    fn one_width_by_hand() {
        let moments = Moments { sums: DMatrix::from_element(1, 1, 3.0), count: 6.0 };
        let found = Width::updated(&[moments], &[0.5], None, None);
        assert_eq!(found, Width::Independent(vec![(3.5f64 / 8.0).sqrt()]));
        let width = |sds: &[f64]| Width::Independent(sds.to_vec());
        assert_eq!(width(&[2.0]).change(&width(&[3.0])), 0.5);
        assert_eq!(width(&[2.0]).precisions().unwrap()[0][(0, 0)], 0.25);
    }

    /// A block of much and one of little, each by its own start: (3 + 2 / 4) / 8 and (1 + 8) / 6.
    #[test]
    fn each_block_has_its_own_width() {
        let of = |sum: f64, count: f64| Moments { sums: DMatrix::from_element(1, 1, sum), count };
        let found = Width::updated(&[of(3.0, 6.0), of(1.0, 4.0)], &[0.5, 2.0], None, None);
        assert_eq!(found, Width::Independent(vec![(3.5f64 / 8.0).sqrt(), (9.0f64 / 6.0).sqrt()]));
        let change = |a: [f64; 2], b: [f64; 2]| {
            Width::Independent(a.to_vec()).change(&Width::Independent(b.to_vec()))
        };
        assert_eq!(change([1.0, 4.0], [1.25, 2.0]), 0.5);
    }

    /// M = (14 3; 3 2), p = 6, s = 1: D^2 = (16/8, 4/8) = (2, 1/2), D1 D2 = 1. With nu = 4 and C0 of
    /// 1/2: off the diagonal 3 + 4/2 = 5, on it 14 + 8 and 2 + 2, so that C = 5 / sqrt(22 * 4).
    #[test]
    fn a_tie_by_hand() {
        let moments = [moments([14.0, 3.0, 3.0, 2.0], 6.0)];
        let found = Width::updated(&moments, &[1.0], Some(&tie(0.5, 4.0)), None);
        let Width::Tied(found) = found else { panic!("not tied") };
        let found = &found[0];
        assert!((found[(0, 0)] - 2.0).abs() < 1e-12 && (found[(1, 1)] - 0.5).abs() < 1e-12);
        assert!((found[(0, 1)] - 5.0 / 88f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_strong_tie_keeps_what_is_expected_and_given_scales_stay() {
        let strong = tie(0.3, 1e12);
        let scales = [vec![0.5, 2.0]];
        let start = Width::start(Some(&strong), &scales);
        let far = [moments([14.0, -5.0, -5.0, 2.0], 6.0)];
        let found = Width::updated(&far, &[1.0], Some(&strong), Some(&scales));
        assert!(start.change(&found) < 1e-6, "{found:?}");
        let precisions = start.precisions().unwrap();
        let Width::Tied(covariances) = &start else { panic!("not tied") };
        assert!((&precisions[0] * &covariances[0] - DMatrix::identity(2, 2)).amax() < 1e-12);
    }
}
