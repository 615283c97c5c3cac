//! A prior that ties the rewards of sources to each other.

use crate::TrainingError;
use nalgebra::{Cholesky, DMatrix};

/// A prior under which the rewards of a fit's sources are correlated, weight by weight of a head:
///
/// ```text
/// (u_1i .. u_Ki) ~ N(0, D C D)      C is learned, from where `correlations` are; D are scales
/// ```
///
/// Each source has the head [`Head::Source`](medley_reward_model::Head::Source) of its name, and is
/// judged by it. An inference that can tie learns C and, as for any reward, D.
#[derive(Clone, Debug, PartialEq)]
pub struct Tie {
    /// Correlations that are expected, in the order of the fit's sources; 1 on the diagonal, and
    /// positive definite. `[source][source]`
    pub correlations: Vec<Vec<f64>>,
    /// How many weights' worth of evidence they are, against the weights of a head.
    pub strength: f64,
    /// What the shared head comes to: the reward to export.
    pub shared: SharedHead,
}

/// What the shared head of tied rewards comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum SharedHead {
    /// Nothing: there is no reward for all, and the head is 0.
    Nothing,
    /// The reward of one source, by position.
    Source(usize),
    /// What is expected of a source that nothing was heard of, whose reward has these correlations
    /// with those of the sources, in their order.
    Unheard(Vec<f64>),
}

impl Tie {
    /// Sources that are tied.
    pub fn sources(&self) -> usize {
        self.correlations.len()
    }

    /// Whether it is a prior of so many sources.
    ///
    /// # Errors
    /// If it is of others, or its numbers are no correlations or no strength.
    pub(crate) fn check(&self, sources: usize) -> Result<(), TrainingError> {
        let refused = |message: String| Err(TrainingError::Mixing(message));
        let is_square = self.correlations.iter().all(|row| row.len() == self.sources());
        if self.sources() != sources || !is_square {
            let found: Vec<usize> = self.correlations.iter().map(Vec::len).collect();
            return refused(format!(
                "a tie of {sources} sources needs {sources} rows of {sources} correlations, found rows \
                 of {found:?}"
            ));
        }
        let matrix = DMatrix::from_fn(sources, sources, |j, k| self.correlations[j][k]);
        let is_symmetric = matrix == matrix.transpose();
        let is_scaled = matrix.diagonal().iter().all(|&value| value == 1.0);
        if !is_symmetric || !is_scaled || Cholesky::new(matrix).is_none() {
            return refused(format!(
                "a tie needs symmetric and positive definite correlations with 1 on the diagonal, found \
                 {:?}",
                self.correlations
            ));
        }
        match self.strength > 0.0 && self.strength.is_finite() {
            true => Ok(()),
            false => refused(format!("a tie needs a strength above 0, found {}", self.strength)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tie(correlations: &[&[f64]], strength: f64) -> Tie {
        let correlations = correlations.iter().map(|row| row.to_vec()).collect();
        Tie { correlations, strength, shared: SharedHead::Nothing }
    }

    #[test]
    fn what_is_no_prior_is_refused() {
        let sound = tie(&[&[1.0, 0.5], &[0.5, 1.0]], 20.0);
        sound.check(2).unwrap();
        let message = |tie: Tie| tie.check(2).unwrap_err().to_string();
        assert!(message(tie(&[&[1.0]], 1.0)).contains("found rows of [1]"));
        for wrong in [[1.0, 1.0, 1.0, 1.0], [1.0, 0.5, 0.4, 1.0], [2.0, 0.1, 0.1, 1.0]] {
            let told = message(tie(&[&wrong[..2], &wrong[2..]], 1.0));
            assert!(told.contains("symmetric and positive definite"), "{told}");
        }
        for strength in [0.0, f64::NAN, f64::INFINITY] {
            let told = message(Tie { strength, ..sound.clone() });
            assert!(told.contains("a strength above 0"), "{told}");
        }
    }
}
