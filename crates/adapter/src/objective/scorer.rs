//! Segments to returns for whoever holds indices: gathers, collates, scores.

use crate::objective::gather::Gathered;
use crate::objective::perspective::Perspective;
use burn::tensor::Tensor;
use medley_encoder::Features;
use medley_reward_model::{HeadLayout, Placement, Returns, RewardModel, SegmentBatch, Span, View};
use std::collections::HashMap;

/// A model, the features it reads, the return it is asked for and the view it is seen under.
#[derive(Clone, Copy)]
pub struct Scorer<'a> {
    /// How rewards add up.
    pub returns: Returns,
    /// Where to compute: with autodiff for training, without for judging.
    pub place: &'a Placement,
    source: Source<'a>,
    view: View<'a>,
    perspective: Option<&'a dyn Perspective>,
}

/// Where values of steps come from.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// A model is asked, each time anew.
    Model {
        model: &'a dyn RewardModel,
        features: &'a Features,
        /// Scores steps that are no part of the dataset.
        points: &'a dyn RewardModel,
    },
    /// A model was asked about everything at once.
    Gathered(&'a Gathered<'a>),
}

/// Some steps of a segment of the dataset.
#[derive(Clone, Debug)]
pub struct SegmentSpan<'a> {
    /// Index of the segment.
    pub segment: usize,
    /// Which of its steps, and how they weigh.
    pub span: Span<'a>,
}

/// Values of all heads for a batch, and where the asked segments are in it.
struct Scored {
    values: Tensor<4>,
    batch: SegmentBatch,
    positions: Vec<usize>,
}

impl<'a> Scorer<'a> {
    /// A scorer that asks the model about everything.
    pub fn new(
        model: &'a dyn RewardModel,
        features: &'a Features,
        returns: Returns,
        place: &'a Placement,
    ) -> Self {
        let source = Source::Model { model, features, points: model };
        Self { returns, place, source, view: View::Common, perspective: None }
    }

    /// A scorer that looks up what a model said about everything at once.
    pub fn gathered(gathered: &'a Gathered<'a>, returns: Returns, place: &'a Placement) -> Self {
        let source = Source::Gathered(gathered);
        Self { returns, place, source, view: View::Common, perspective: None }
    }

    /// The same where `points` scores steps that are no part of the dataset: the model itself, if
    /// this scorer only looks up what it said about the dataset.
    pub fn with_points(self, points: &'a dyn RewardModel) -> Self {
        let source = match self.source {
            Source::Model { model, features, .. } => Source::Model { model, features, points },
            gathered @ Source::Gathered(_) => gathered,
        };
        Self { source, ..self }
    }

    /// The models that are asked about the dataset and about points; none where everything was
    /// asked at once.
    pub fn models(&self) -> Option<[&'a dyn RewardModel; 2]> {
        match self.source {
            Source::Model { model, points, .. } => Some([model, points]),
            Source::Gathered(_) => None,
        }
    }

    /// The same with other models for the dataset and for points, if it asks models.
    pub fn with_models<'v>(
        &self,
        model: &'v dyn RewardModel,
        points: &'v dyn RewardModel,
    ) -> Scorer<'v>
    where
        'a: 'v,
    {
        let source = match self.source {
            Source::Model { features, .. } => Source::Model { model, features, points },
            Source::Gathered(gathered) => Source::Gathered(gathered),
        };
        Scorer { source, ..*self }
    }

    /// The same under another view of the reward.
    pub fn seen_by<'v>(&self, view: View<'v>) -> Scorer<'v>
    where
        'a: 'v,
    {
        Scorer { view, perspective: None, ..*self }
    }

    /// The same where each statement is seen under the view of whoever made it.
    pub fn seen_by_each<'v>(&self, perspective: &'v dyn Perspective) -> Scorer<'v>
    where
        'a: 'v,
    {
        Scorer { perspective: Some(perspective), ..*self }
    }

    /// The same on another device or in another precision.
    pub fn at<'v>(&self, place: &'v Placement) -> Scorer<'v>
    where
        'a: 'v,
    {
        Scorer { place, ..*self }
    }

    /// Ensemble members of the model.
    pub fn members(&self) -> usize {
        match self.source {
            Source::Model { model, .. } => model.members(),
            Source::Gathered(gathered) => gathered.values().dims()[0],
        }
    }

    pub(crate) fn perspective(&self) -> Option<&'a dyn Perspective> {
        self.perspective
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
        let Scored { values, batch, positions } = self.scored(spans.iter().map(|s| s.segment));
        let placed = placed(spans, positions);
        batch.span_returns(self.view.rewards(values, self.layout()), self.returns, &placed)
    }

    /// Returns of spans under one head each, by its position in the layout.
    ///
    /// # Shapes
    /// `[member, span]`
    pub fn head_span_returns(&self, spans: &[SegmentSpan<'_>], heads: &[usize]) -> Tensor<2> {
        let Scored { values, batch, positions } = self.scored(spans.iter().map(|s| s.segment));
        batch.head_span_returns(values, self.returns, &placed(spans, positions), heads)
    }

    /// Rewards of the steps of whole segments, with the batch that knows which steps are real. A
    /// segment named twice is in the batch twice.
    ///
    /// # Shapes
    /// `[member, segment, time]`
    pub fn rewards(&self, segments: &[usize]) -> (Tensor<3>, SegmentBatch) {
        let Scored { values, batch, positions } = self.scored(segments.iter().copied());
        let rewards = self.view.rewards(values, self.layout());
        let own = batch.of(&positions);
        let index = self.place.indices(positions.iter().map(|&p| p as i32).collect());
        (rewards.select(1, index).narrow(2, 0, own.time()), own)
    }

    /// Rewards of single steps that are no part of the dataset.
    ///
    /// # Shapes
    /// Each point has one value for each feature; `[member, point]`.
    pub fn points<'p>(&self, points: impl Iterator<Item = &'p [f32]>) -> Tensor<2> {
        let (values, batch, layout, steps): (_, _, _, Vec<(usize, usize)>) = match self.source {
            Source::Model { points: model, features, .. } => {
                let slices: Vec<&[f32]> = points.map(|point| features.point(point)).collect();
                let width = slices.first().map_or(1, |point| point.len());
                let batch = SegmentBatch::collate(width, &slices, self.place);
                let steps = (0..slices.len()).map(|point| (point, 0)).collect();
                (model.heads(&batch), batch, model.layout(), steps)
            }
            Source::Gathered(gathered) => {
                let steps = points.map(|point| gathered.point(point)).collect();
                (gathered.values(), gathered.batch().clone(), gathered.layout(), steps)
            }
        };
        let values = batch.values_of_steps(values, &steps);
        self.view.rewards(values.unsqueeze_dim(2), layout).squeeze_dim(2)
    }

    fn layout(&self) -> &'a HeadLayout {
        match self.source {
            Source::Model { model, .. } => model.layout(),
            Source::Gathered(gathered) => gathered.layout(),
        }
    }

    /// Values for a batch that holds each of `segments` once.
    fn scored(&self, segments: impl Iterator<Item = usize>) -> Scored {
        match self.source {
            Source::Gathered(gathered) => Scored {
                values: gathered.values(),
                batch: gathered.batch().clone(),
                positions: segments.map(|segment| gathered.segment(segment)).collect(),
            },
            Source::Model { model, features, .. } => {
                let (mut known, mut unique) = (HashMap::new(), Vec::new());
                let position = |segment| {
                    *known.entry(segment).or_insert_with(|| {
                        unique.push(segment);
                        unique.len() - 1
                    })
                };
                let positions = segments.map(position).collect();
                let values: Vec<_> = unique.iter().map(|&i| features.segment(i)).collect();
                let slices: Vec<&[f32]> = values.iter().map(AsRef::as_ref).collect();
                let batch = SegmentBatch::collate(features.feature_count(), &slices, self.place);
                Scored { values: model.heads(&batch), batch, positions }
            }
        }
    }
}

fn placed<'s>(spans: &[SegmentSpan<'s>], positions: Vec<usize>) -> Vec<(usize, Span<'s>)> {
    positions.into_iter().zip(spans).map(|(position, s)| (position, s.span.clone())).collect()
}
