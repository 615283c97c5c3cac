//! The Gaussian prior on the weights of a linear reward, and how EM moves it.

use crate::Tie;
use nalgebra::{Cholesky, DMatrix};

/// How weights vary a priori.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Width {
    /// Independently, each with this standard deviation.
    Same(f64),
    /// Weights of one feature together, with this covariance between sources. `[source, source]`
    Tied(DMatrix<f64>),
}

/// Second moments of the posterior, summed over the weights that are alike.
pub(super) struct Moments {
    /// `sum over weights i of E[u_ji u_ki]`; one row and column if there is one width for all.
    pub sums: DMatrix<f64>,
    /// Weights summed over.
    pub count: f64,
}

/// Weights' worth of the start in a scale by the evidence.
const START_WEIGHS: f64 = 2.0;

impl Width {
    /// Where it starts: standard deviations `sds`, one for each tied source or one for all.
    pub fn start(tie: Option<&Tie>, sds: &[f64]) -> Self {
        match tie {
            None => Self::Same(sds[0]),
            Some(tie) => {
                let sources = tie.sources();
                let of = |j: usize, k: usize| sds[j] * sds[k] * tie.correlations[j][k];
                Self::Tied(DMatrix::from_fn(sources, sources, of))
            }
        }
    }

    /// Standard deviation of the weights of each source, or of all.
    pub fn sds(&self) -> Vec<f64> {
        match self {
            Self::Same(sd) => vec![*sd],
            Self::Tied(covariance) => covariance.diagonal().iter().map(|v| v.sqrt()).collect(),
        }
    }

    /// Inverse of the covariance; none if it has none.
    pub fn precision(&self) -> Option<DMatrix<f64>> {
        match self {
            Self::Same(sd) => Some(DMatrix::from_element(1, 1, (sd * sd).recip())),
            Self::Tied(covariance) => Some(Cholesky::new(covariance.clone())?.inverse()),
        }
    }

    /// One round of EM (MacKay 1992 for one width):
    ///
    /// ```text
    /// D_k^2 = (M_kk + a s^2) / (p + a)        scales, unless they are given
    /// C     = correlations of M + nu D C0 D   shrunk to those that are expected
    /// ```
    ///
    /// `start_sd` is s, and `scales` are D where they are not to be learned.
    pub fn updated(
        &self,
        moments: &Moments,
        start_sd: f64,
        tie: Option<&Tie>,
        scales: Option<&[f64]>,
    ) -> Self {
        let start = START_WEIGHS * start_sd * start_sd;
        let learned =
            |k: usize| ((moments.sums[(k, k)] + start) / (moments.count + START_WEIGHS)).sqrt();
        let sources = moments.sums.nrows();
        let sds: Vec<f64> = match scales {
            Some(scales) => scales.to_vec(),
            None => (0..sources).map(learned).collect(),
        };
        let Some(tie) = tie else { return Self::Same(sds[0]) };
        let expected = |j: usize, k: usize| tie.strength * sds[j] * sds[k] * tie.correlations[j][k];
        let sum = &moments.sums + DMatrix::from_fn(sources, sources, expected);
        let correlation = |j: usize, k: usize| match j == k {
            true => 1.0,
            false => sum[(j, k)] / (sum[(j, j)] * sum[(k, k)]).sqrt(),
        };
        let of = |j: usize, k: usize| sds[j] * sds[k] * correlation(j, k);
        Self::Tied(DMatrix::from_fn(sources, sources, of))
    }

    /// Largest change to `other`, relative to the largest number.
    pub fn change(&self, other: &Self) -> f64 {
        match (self, other) {
            (Self::Tied(one), Self::Tied(other)) => (other - one).amax() / one.amax(),
            _ => (other.sds()[0] / self.sds()[0] - 1.0).abs(),
        }
    }
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
        let found = Width::Same(9.0).updated(&moments, 0.5, None, None);
        assert_eq!(found, Width::Same((3.5f64 / 8.0).sqrt()));
        assert_eq!(Width::Same(2.0).change(&Width::Same(3.0)), 0.5);
        assert_eq!(Width::Same(2.0).precision().unwrap()[(0, 0)], 0.25);
    }

    /// M = (14 3; 3 2), p = 6, s = 1: D^2 = (16/8, 4/8) = (2, 1/2), D1 D2 = 1. With nu = 4 and C0 of
    /// 1/2: off the diagonal 3 + 4/2 = 5, on it 14 + 8 and 2 + 2, so that C = 5 / sqrt(22 * 4).
    #[test]
    fn a_tie_by_hand() {
        let start = Width::start(Some(&tie(0.5, 4.0)), &[1.0, 1.0]);
        let found =
            start.updated(&moments([14.0, 3.0, 3.0, 2.0], 6.0), 1.0, Some(&tie(0.5, 4.0)), None);
        let Width::Tied(found) = found else { panic!("not tied") };
        assert!((found[(0, 0)] - 2.0).abs() < 1e-12 && (found[(1, 1)] - 0.5).abs() < 1e-12);
        assert!((found[(0, 1)] - 5.0 / 88f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_strong_tie_keeps_what_is_expected_and_given_scales_stay() {
        let strong = tie(0.3, 1e12);
        let start = Width::start(Some(&strong), &[0.5, 2.0]);
        let far = moments([14.0, -5.0, -5.0, 2.0], 6.0);
        let found = start.updated(&far, 1.0, Some(&strong), Some(&[0.5, 2.0]));
        assert!(start.change(&found) < 1e-6, "{found:?}");
        let precision = start.precision().unwrap();
        let Width::Tied(covariance) = &start else { panic!("not tied") };
        assert!((precision * covariance - DMatrix::identity(2, 2)).amax() < 1e-12);
    }
}
