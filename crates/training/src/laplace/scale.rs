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
    let segments = segments_of(task.sources, |source| source.train.clone());
    let squares: Vec<f64> = match segments.is_empty() {
        true => task.sources.iter().flat_map(|source| squares_of_points(task, source)).collect(),
        false => segments.iter().map(|&segment| square_of_segment(task, segment)).collect(),
    };
    let length = (squares.iter().sum::<f64>() / squares.len().max(1) as f64).sqrt();
    if length > 0.0 { return_sd / length } else { return_sd }
}

fn square_of_segment(task: &Task<'_>, segment: usize) -> f64 {
    let values = task.features.segment(segment);
    let sums = task.returns.sum_features(&values, task.features.feature_count());
    sums.into_iter().map(|x| x * x).sum()
}

/// Of what a source learns from of points that stand for no segment.
fn squares_of_points(task: &Task<'_>, source: &Source) -> Vec<f64> {
    let points = source.train.iter().filter_map(|&statement| source.objective.point(statement));
    let square = |point: &[f32]| {
        task.features.point(point).iter().map(|&x| f64::from(x) * f64::from(x)).sum()
    };
    points.map(square).collect()
}
