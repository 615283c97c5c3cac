//! How wide is the prior on weights?

use crate::source::segments_of;
use crate::{Source, Task};
use serde::{Deserialize, Serialize};

/// What chooses the standard deviation of the prior on weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// The evidence: the marginal likelihood in Laplace's approximation, raised by EM. It counts
    /// statements as independent.
    #[default]
    Evidence,
    /// Held-out log-likelihood in five folds that keep clusters whole, among an eighth to twice of
    /// what the evidence chooses. For statements that depend on each other, such as six comparisons
    /// of four answers.
    CrossValidation,
    /// Held-out log-likelihood of the validation part, among the same multiples. For features that
    /// were learned from the training part, such as a last hidden layer: a fold of what trained them
    /// is not held out.
    Validation,
    /// It stays where it starts.
    Fixed,
}

impl Scale {
    /// Whether what is held out has a say.
    pub(super) fn is_held_out(self) -> bool {
        matches!(self, Self::CrossValidation | Self::Validation)
    }
}

/// Standard deviation of a weight at which the return of a typical segment has one of `return_sd`:
/// `return_sd` over the root mean square length of a segment's summed weights times features. Only
/// the segments learned from are looked at, or the points that are described where there are none.
pub(crate) fn weight_sd(task: &Task<'_>, return_sd: f64) -> f64 {
    let segments = segments_of(task.sources);
    if segments.is_empty() {
        return weight_sd_of_points(task, return_sd);
    }
    let squared = |&segment: &usize| {
        let values = task.features.segment(segment);
        task.returns
            .sum_features(&values, task.features.feature_count())
            .into_iter()
            .map(|x| x * x)
            .sum::<f64>()
    };
    let total: f64 = segments.iter().map(squared).sum();
    let length = (total / segments.len().max(1) as f64).sqrt();
    if length > 0.0 { return_sd / length } else { return_sd }
}

/// The same of points that stand for no segment.
fn weight_sd_of_points(task: &Task<'_>, return_sd: f64) -> f64 {
    let of_source = |source: &'_ Source| {
        let points = source.train.iter().filter_map(|&s| source.objective.point(s));
        let squared = |point: &[f32]| {
            task.features.point(point).iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>()
        };
        points.map(squared).collect::<Vec<f64>>()
    };
    let squares: Vec<f64> = task.sources.iter().flat_map(of_source).collect();
    let length = (squares.iter().sum::<f64>() / squares.len().max(1) as f64).sqrt();
    if length > 0.0 { return_sd / length } else { return_sd }
}
