//! What a model says about every step of a dataset, computed once and then looked up.
//!
//! Judging and calibrating ask for the same rewards again and again under other response models.
//! The values of all heads become the features of a table with one row a step, and
//! [`LookupModel`] is the reward model that reads them back.

use burn::tensor::Tensor;
use medley_encoder::Features;
use medley_reward_model::{HeadLayout, Placement, RewardModel, SegmentBatch};
use std::collections::BTreeMap;
use std::ops::Range;

/// Values of all heads of a model at every step of a dataset.
pub struct StepValues {
    /// One column for each member and head; windows as in the dataset.
    pub features: Features,
    /// Reads the columns back.
    pub model: LookupModel,
}

/// A reward model whose features are its own values: column `member * heads + head`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupModel {
    members: usize,
    layout: HeadLayout,
}

/// Steps computed in one batch. It is fixed, and the last batch is filled up, so that the value of
/// a step does not depend on which steps are computed with it.
const STEPS_AT_ONCE: usize = 4096;

/// Segments computed in one batch where a step depends on its neighbours; all of one length and
/// always as many, for the same reason.
const SEGMENTS_AT_ONCE: usize = 32;

impl StepValues {
    /// Rewards that are known, of one member without other heads: one for each row, of which `windows`
    /// are the segments.
    pub fn of_one(rewards: Vec<f32>, windows: Vec<Range<usize>>) -> Self {
        Self {
            features: Features::new(vec!["reward".to_owned()], rewards, windows),
            model: LookupModel { members: 1, layout: HeadLayout::shared() },
        }
    }

    /// Asks `model` about every step once; or, where a step depends on its neighbours, about every
    /// segment once.
    pub fn compute(model: &dyn RewardModel, features: &Features, place: &Placement) -> Self {
        match model.is_stepwise() {
            true => Self::of_steps(model, features, place),
            false => Self::of_segments(model, features, place),
        }
    }

    fn of_steps(model: &dyn RewardModel, features: &Features, place: &Placement) -> Self {
        let width = features.feature_count();
        let mut collected = Collected::new(model);
        for chunk in features.row_chunks(STEPS_AT_ONCE) {
            let steps = chunk.len() / width;
            let mut filled = chunk.into_owned();
            filled.resize(STEPS_AT_ONCE * width, 0.0);
            let batch = SegmentBatch::collate(width, &[&filled], place);
            let rows = collected.add(model, &batch);
            collected.values.extend_from_slice(&rows[..steps * collected.width()]);
        }
        collected.table(features.windows.clone())
    }

    /// Each segment has rows of its own, since a shared step has another value in each.
    fn of_segments(model: &dyn RewardModel, features: &Features, place: &Placement) -> Self {
        let mut by_length: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut end = 0;
        let mut windows = Vec::with_capacity(features.windows.len());
        for (segment, window) in features.windows.iter().enumerate() {
            by_length.entry(window.len()).or_default().push(segment);
            windows.push(end..end + window.len());
            end += window.len();
        }
        let mut collected = Collected::new(model);
        for (length, segments) in by_length {
            for chunk in segments.chunks(SEGMENTS_AT_ONCE) {
                let rows: Vec<_> = chunk.iter().map(|&i| features.segment(i)).collect();
                let mut slices: Vec<&[f32]> = rows.iter().map(AsRef::as_ref).collect();
                slices.resize(SEGMENTS_AT_ONCE, &rows[0]);
                let batch = SegmentBatch::collate(features.feature_count(), &slices, place);
                let rows = collected.add(model, &batch);
                let width = collected.width();
                collected.values.resize(end * width, 0.0);
                for (rows, &segment) in rows.chunks_exact(length * width).zip(chunk) {
                    let start = windows[segment].start * width;
                    collected.values[start..start + rows.len()].copy_from_slice(rows);
                }
            }
        }
        collected.table(windows)
    }
}

/// Values as they are collected, `[row, member * head]`.
struct Collected<'a> {
    members: usize,
    layout: &'a HeadLayout,
    values: Vec<f32>,
}

impl<'a> Collected<'a> {
    fn new(model: &'a dyn RewardModel) -> Self {
        Self { members: model.members(), layout: model.layout(), values: Vec::new() }
    }

    fn width(&self) -> usize {
        self.members * self.layout.len()
    }

    /// Values of a batch of segments of one length, `[row, member * head]`.
    fn add(&mut self, model: &dyn RewardModel, batch: &SegmentBatch) -> Vec<f32> {
        let values = model.heads(batch);
        let [member, size, time, head] = values.dims();
        assert_eq!((member, head), (self.members, self.layout.len()), "members and heads");
        let rows = values.reshape([member, size * time, head]).swap_dims(0, 1);
        rows.reshape([size * time, member * head]).into_data().iter::<f32>().collect()
    }

    fn table(self, windows: Vec<Range<usize>>) -> StepValues {
        let Self { members, layout, values } = self;
        let heads = layout.len();
        let names =
            (0..members * heads).map(|i| format!("member-{}-head-{}", i / heads, i % heads));
        StepValues {
            features: Features::new(names.collect(), values, windows),
            model: LookupModel { members, layout: layout.clone() },
        }
    }
}

impl RewardModel for LookupModel {
    fn members(&self) -> usize {
        self.members
    }

    fn layout(&self) -> &HeadLayout {
        &self.layout
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        let rows = batch.rows();
        let [row, _] = rows.dims();
        batch.spread(rows.reshape([row, self.members, self.layout.len()]).swap_dims(0, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use medley_reward_model::{LinearModel, ModelShape, Returns, Transformer, TransformerModel};
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    #[test]
    fn looked_up_returns_are_those_of_the_model() {
        let place = Placement::single(Device::flex());
        let layout = HeadLayout::with_aspects(vec!["style".into()]);
        let shape = ModelShape { features: 2, layout, members: 3 };
        let mut streams: Vec<_> = (3..6).map(ChaCha8Rng::seed_from_u64).collect();
        check(&LinearModel::new(&shape, 1.0, &mut streams, &place), &place);
        let options = Transformer { width: 8, heads: 2, head_scale: 1.0, ..Transformer::default() };
        check(&TransformerModel::new(&shape, &options, &mut streams, &place), &place);
    }

    fn check(model: &dyn RewardModel, place: &Placement) {
        let values = vec![1.0, 2.0, -1.0, 0.5, 3.0, 0.0];
        let features = Features::new(vec!["a".into(), "b".into()], values, vec![0..2, 1..3]);
        let looked_up = StepValues::compute(model, &features, place);
        let direct = crate::Scorer::new(model, &features, Returns::Mean, place);
        let (table, lookup) = (&looked_up.features, &looked_up.model);
        let cached = crate::Scorer::new(lookup, table, Returns::Mean, place).with_points(model);
        let values = |scorer: &crate::Scorer<'_>| {
            scorer.returns(&[1, 0, 1]).into_data().iter::<f32>().collect::<Vec<_>>()
        };
        assert_eq!(values(&direct).len(), 9);
        for (one, other) in values(&direct).iter().zip(values(&cached)) {
            assert!((one - other).abs() < 1e-6, "{one} {other}");
        }
    }
}
