//! How wide is the prior on weights?

use crate::source::segments_of;
use crate::{Source, Task};
use serde::{Deserialize, Serialize};
use std::ops::Range;

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

/// Columns of each block of features.
pub(crate) fn blocks(task: &Task<'_>) -> Vec<Range<usize>> {
    match task.features.blocks() {
        [] => std::iter::once(0..task.features.feature_count()).collect(),
        blocks => blocks.iter().map(|(_, columns)| columns.clone()).collect(),
    }
}

/// Weights of each block in the vector of a linear model, in which those of all heads of a feature stand
/// together.
pub(crate) fn weights_of_blocks(task: &Task<'_>) -> Vec<Range<usize>> {
    let heads = task.shape.layout.len();
    let of_columns = |columns: Range<usize>| columns.start * heads..columns.end * heads;
    blocks(task).into_iter().map(of_columns).collect()
}

/// Standard deviation of the weights of each block at which what they say of a typical segment has one
/// of `return_sd`: `return_sd` over the root mean square length of a segment's summed weights times
/// features. Only the segments learned from are looked at, or the points that are described where
/// there are none. `[block]`
pub(crate) fn weight_sds(task: &Task<'_>, return_sd: f64) -> Vec<f64> {
    let segments = segments_of(task.sources, |source| source.train.clone());
    let seen: Vec<Vec<f64>> = match segments.is_empty() {
        true => task.sources.iter().flat_map(|source| points(task, source)).collect(),
        false => segments.iter().map(|&segment| summed(task, segment)).collect(),
    };
    let of_block = |columns: Range<usize>| {
        let square = |row: &Vec<f64>| row[columns.clone()].iter().map(|x| x * x).sum::<f64>();
        let length = (seen.iter().map(square).sum::<f64>() / seen.len().max(1) as f64).sqrt();
        if length > 0.0 { return_sd / length } else { return_sd }
    };
    blocks(task).into_iter().map(of_block).collect()
}

fn summed(task: &Task<'_>, segment: usize) -> Vec<f64> {
    let values = task.features.segment(segment);
    task.returns.sum_features(&values, task.features.feature_count())
}

/// What a source learns from of points that stand for no segment.
fn points(task: &Task<'_>, source: &Source) -> Vec<Vec<f64>> {
    let points = source.train.iter().flat_map(|&statement| source.objective.points(statement));
    let points = points.chain(source.objective.background().iter().map(Vec::as_slice));
    let seen = |point: &[f32]| task.features.point(point).iter().map(|&x| f64::from(x)).collect();
    points.map(seen).collect()
}
