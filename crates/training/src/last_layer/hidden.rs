//! What does the last hidden layer of each member say of everything that is read?

use crate::source::segments_of;
use crate::{Source, Task, TrainingError};
use medley_encoder::Features;
use medley_reward_model::{Placement, RewardModel, SegmentBatch};

/// Segments that the network is asked about in one pass.
const AT_ONCE: usize = 256;

/// Activations as features, for each member: of every segment that a statement of the task's sources
/// reads, to learn from or held out, and of every point. A segment that none reads has no rows.
///
/// A row for each step of each segment, as what a network says of a step may depend on the others.
///
/// # Errors
/// If the model does not offer its last hidden layer.
pub(super) fn hidden_features(
    model: &dyn RewardModel,
    task: &Task<'_>,
) -> Result<Vec<Features>, TrainingError> {
    let place = task.place.inner();
    let network = Network { model, features: task.features.feature_count(), place: &place };
    let mut tables: Vec<Vec<f32>> = vec![Vec::new(); model.members()];
    let mut windows = vec![0..0; task.features.windows.len()];
    let mut rows = 0;
    for chunk in segments_of(task.sources, Source::read).chunks(AT_ONCE) {
        let values: Vec<_> = chunk.iter().map(|&segment| task.features.segment(segment)).collect();
        let steps: Vec<&[f32]> = values.iter().map(AsRef::as_ref).collect();
        for (table, hidden) in tables.iter_mut().zip(network.hidden(&steps)?) {
            table.extend(hidden);
        }
        for &segment in chunk {
            windows[segment] = rows..rows + task.features.steps(segment);
            rows = windows[segment].end;
        }
    }
    let described = points(task);
    let of_points = match described.is_empty() {
        true => vec![Vec::new(); model.members()],
        false => network.hidden(&described)?,
    };
    let width = task.backbone.hidden_width(task.shape.features).unwrap_or_default();
    let table = |(values, of_points): (Vec<f32>, Vec<f32>)| {
        let names = (0..width).map(|unit| format!("hidden-{unit}")).collect();
        let seen = described.iter().map(|point| point.to_vec());
        let pairs = seen.zip(of_points.chunks(width.max(1)).map(<[f32]>::to_vec));
        Features::new(names, values, windows.clone()).with_points(pairs)
    };
    Ok(tables.into_iter().zip(of_points).map(table).collect())
}

/// Points that statements are about.
fn points<'a>(task: &Task<'a>) -> Vec<&'a [f32]> {
    let of = |source: &'a Source| {
        let statements = source.read().into_iter();
        let points = statements.flat_map(|statement| source.objective.points(statement));
        points.chain(source.objective.background().iter().map(Vec::as_slice))
    };
    task.sources.iter().flat_map(of).collect()
}

struct Network<'a> {
    model: &'a dyn RewardModel,
    features: usize,
    place: &'a Placement,
}

impl Network<'_> {
    /// Activations of each member at the steps of segments, one after the other. `[row, width]`
    fn hidden(&self, segments: &[&[f32]]) -> Result<Vec<Vec<f32>>, TrainingError> {
        let Self { model, features, place } = self;
        let layer = model.last_layer().ok_or_else(|| {
            let message = "`last-layer`: expected a model that offers its last hidden layer \
                           (`RewardModel::last_layer`), as its backbone says";
            TrainingError::Inference(message.to_owned())
        })?;
        let batch = SegmentBatch::collate(*features, segments, place);
        let hidden = layer.hidden(&batch);
        let [own, size, time, width] = hidden.dims();
        let all: Vec<f32> = hidden.into_data().iter::<f32>().collect();
        let of = |member: usize| {
            let segments = all.chunks(time * width).skip(member % own * size).take(size);
            let steps = segments.zip(batch.lengths()).map(|(of, &steps)| &of[..steps * width]);
            steps.flatten().copied().collect()
        };
        Ok((0..model.members()).map(of).collect())
    }
}
