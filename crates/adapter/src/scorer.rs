//! Segments to returns for whoever holds indices: gathers, collates, scores.

use burn::tensor::Tensor;
use medley_encoder::Features;
use medley_reward_model::{Placement, Returns, RewardModel, SegmentBatch, Span};
use std::collections::HashMap;

/// A model, the features it reads and the return it is asked for.
#[derive(Clone, Copy)]
pub struct Scorer<'a> {
    /// The reward model.
    pub model: &'a dyn RewardModel,
    /// Features of the dataset's steps.
    pub features: &'a Features,
    /// How rewards add up.
    pub returns: Returns,
    /// Where to compute: with autodiff for training, without for judging.
    pub place: &'a Placement,
    /// Scores steps that are no part of the dataset: the model itself, also where `model` only
    /// looks up what it said about the dataset.
    pub points_model: &'a dyn RewardModel,
}

/// Some steps of a segment of the dataset.
#[derive(Clone, Debug)]
pub struct SegmentSpan<'a> {
    /// Index of the segment.
    pub segment: usize,
    /// Which of its steps, and how they weigh.
    pub span: Span<'a>,
}

impl<'a> Scorer<'a> {
    /// A scorer that asks the model about everything.
    pub fn new(
        model: &'a dyn RewardModel,
        features: &'a Features,
        returns: Returns,
        place: &'a Placement,
    ) -> Self {
        Self { model, features, returns, place, points_model: model }
    }

    /// Returns of whole segments; a segment named twice is scored once.
    ///
    /// # Shapes
    /// `[member, segment]`, one column for each of `segments` in their order.
    pub fn returns(&self, segments: &[usize]) -> Tensor<2> {
        let spans: Vec<_> =
            segments.iter().map(|&segment| SegmentSpan { segment, span: Span::Whole }).collect();
        self.span_returns(&spans)
    }

    /// Returns of spans; a segment named twice is scored once.
    ///
    /// # Shapes
    /// `[member, span]`
    pub fn span_returns(&self, spans: &[SegmentSpan<'_>]) -> Tensor<2> {
        let (batch, spans) = self.batch_of(spans);
        batch.span_returns(self.model.rewards(&batch), self.returns, &spans)
    }

    /// Returns of spans under one head each; head 0 is the residual, head `k + 1` aspect `k`.
    ///
    /// # Shapes
    /// `[member, span]`
    pub fn head_span_returns(&self, spans: &[SegmentSpan<'_>], heads: &[usize]) -> Tensor<2> {
        let (batch, spans) = self.batch_of(spans);
        batch.head_span_returns(self.model.heads(&batch), self.returns, &spans, heads)
    }

    /// Rewards of the steps of whole segments, with the batch that knows which steps are real.
    ///
    /// # Shapes
    /// `[member, segment, time]`
    pub fn rewards(&self, segments: &[usize]) -> (Tensor<3>, SegmentBatch) {
        let batch = self.collate(segments);
        (self.model.rewards(&batch), batch)
    }

    /// Rewards of single steps that are no part of the dataset.
    ///
    /// # Shapes
    /// Each point has one value for each feature; `[member, point]`.
    pub fn points(&self, points: &[Vec<f32>]) -> Tensor<2> {
        let slices: Vec<&[f32]> = points.iter().map(Vec::as_slice).collect();
        let features = points.first().map_or(1, Vec::len);
        let batch = SegmentBatch::collate(features, &slices, self.place);
        batch.returns(self.points_model.rewards(&batch), Returns::Sum)
    }

    fn collate(&self, segments: &[usize]) -> SegmentBatch {
        let values: Vec<_> = segments.iter().map(|&i| self.features.segment(i)).collect();
        let slices: Vec<&[f32]> = values.iter().map(AsRef::as_ref).collect();
        SegmentBatch::collate(self.features.feature_count(), &slices, self.place)
    }

    /// The distinct segments of `spans`, collated, and the spans by position in that batch.
    fn batch_of<'s>(&self, spans: &[SegmentSpan<'s>]) -> (SegmentBatch, Vec<(usize, Span<'s>)>) {
        let mut positions = HashMap::with_capacity(spans.len());
        let mut unique = Vec::with_capacity(spans.len());
        let placed = spans
            .iter()
            .map(|SegmentSpan { segment, span }| {
                let position = *positions.entry(*segment).or_insert_with(|| {
                    unique.push(*segment);
                    unique.len() - 1
                });
                (position, span.clone())
            })
            .collect();
        (self.collate(&unique), placed)
    }
}
