//! What decides between candidates: the validation part of one source.

use crate::{CalibrationOptions, Source, calibrate};
use burn::tensor::DType;
use medley_adapter::{Scorer, StepValues};
use medley_encoder::Features;
use medley_reward_model::{Frozen, Placement, Returns, RewardModel};
use std::collections::BTreeMap;

/// The validation part of a source, which finished rewards are held against.
///
/// Whoever chooses by what it gives out cannot reach the test part: neither the objective of the source,
/// which knows every statement, nor a list of statements is given out. What comes out are
/// log-likelihoods of the validation part.
pub struct Yardstick<'a> {
    source: &'a Source,
    features: &'a Features,
    place: Placement,
}

impl<'a> Yardstick<'a> {
    /// The validation part of `source`; none if it is empty. `place` is without autodiff.
    pub fn new(source: &'a Source, features: &'a Features, place: &Placement) -> Option<Self> {
        let is_empty = source.validation.is_empty();
        (!is_empty).then(|| Self { source, features, place: place.clone() })
    }

    /// Log-likelihoods of the validation statements under a reward, in nats, in double precision.
    /// How people answer is fitted to the statements that are learned from, with the reward frozen:
    /// the same for every reward, whether or not it was learned from this source.
    pub fn log_likelihoods(
        &self,
        model: &dyn RewardModel,
        returns: Returns,
        options: &CalibrationOptions,
    ) -> Vec<f64> {
        let Self { source, features, place } = self;
        let values = StepValues::compute(model, features, place);
        let frozen = Frozen { model, place: place.clone() };
        let exact = Placement { dtype: DType::F64, ..place.clone() };
        let scorer = Scorer::new(&values.model, &values.features, returns, &exact);
        let scorer = scorer.with_points(&frozen);
        let objective = source.objective.as_ref();
        let response = calibrate(objective, &source.train, &scorer, options).response;
        objective.log_likelihoods(&scorer, &response, &source.validation)
    }

    /// Standard error of the mean of a value for each validation statement, clusters independent:
    /// `sqrt(G / (G - 1) sum over clusters (sum of its deviations)^2) / n`. A statement of two clusters
    /// counts in both: too large an error where clusters are many, too small a one where few clusters are
    /// joined by all statements. None if some cluster has all statements, or if a value is infinite.
    ///
    /// # Panics
    /// If there is not a value for each statement.
    pub fn standard_error(&self, values: &[f64]) -> Option<f64> {
        let statements = &self.source.validation;
        assert_eq!(values.len(), statements.len(), "a value for each validation statement");
        let origins = &self.source.objective.statements().origins;
        let of = statements.iter().map(|&statement| origins[statement].clusters.as_slice());
        standard_error(values, of)
    }
}

/// # Shapes
/// `values` and `clusters`: `[statement]`.
fn standard_error<'a>(values: &[f64], clusters: impl Iterator<Item = &'a [u32]>) -> Option<f64> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let mut sums: BTreeMap<u32, f64> = BTreeMap::new();
    let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
    for (value, clusters) in values.iter().zip(clusters) {
        for &cluster in clusters {
            *sums.entry(cluster).or_default() += value - mean;
            *sizes.entry(cluster).or_default() += 1;
        }
    }
    let groups = sums.len() as f64;
    let is_everywhere = |cluster: &u32| sizes[cluster] == values.len();
    if sums.keys().any(is_everywhere) {
        return None;
    }
    let squares: f64 = sums.values().map(|sum| sum * sum).sum();
    let error = (groups / (groups - 1.0) * squares).sqrt() / count;
    (sums.len() > 1 && error.is_finite()).then_some(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(values: &[f64], clusters: &[&[u32]]) -> Option<f64> {
        standard_error(values, clusters.iter().copied())
    }

    #[test]
    fn standard_errors_by_hand() {
        // Mean 2.5, deviations -1.5, -0.5, 0.5, 1.5: sd / sqrt(n) = sqrt(5 / 3) / 2.
        let apart = error(&[1.0, 2.0, 3.0, 4.0], &[&[0], &[1], &[2], &[3]]).unwrap();
        assert!((apart - (5.0f64 / 3.0).sqrt() / 2.0).abs() < 1e-12);
        // Two clusters with sums -2 and 2: sqrt(2 * 8) / 4.
        let pairs = error(&[1.0, 2.0, 3.0, 4.0], &[&[0], &[0], &[1], &[1]]).unwrap();
        assert!((pairs - 1.0).abs() < 1e-12);
        assert_eq!(error(&[1.0, 2.0], &[&[5], &[5]]), None);
        assert_eq!(error(&[1.0, 2.0, 4.0], &[&[5, 6], &[5, 6], &[5, 6]]), None);
        assert_eq!(error(&[f64::NEG_INFINITY, 2.0], &[&[4], &[5]]), None);
    }
}
