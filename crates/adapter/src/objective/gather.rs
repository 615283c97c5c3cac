//! All segments that a step of training reads, collated once for all sources.
//!
//! Answers that comparisons, critiques and edits share are computed once, in one pass over the
//! model. The alternative, a pass for each source, is as many small products, and computes shared
//! segments as often as there are sources.

use burn::tensor::Tensor;
use medley_encoder::Features;
use medley_reward_model::{HeadLayout, Placement, SegmentBatch};
use std::collections::HashMap;

/// Some segments and points, collated, and where each of them is in the batch.
pub struct Gather {
    batch: SegmentBatch,
    segments: HashMap<usize, usize>,
    /// Position of each point in the batch, and its step there.
    points: HashMap<Vec<u32>, (usize, usize)>,
}

/// How points lie in a batch, beside segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Points {
    /// Each as a segment of one step, for models in which a step depends on its neighbours.
    Apart,
    /// One after the other in rows as long as the longest segment. Where segments have hundreds of steps
    /// and worlds thousands of states, there would be hundreds of times as much padding as points.
    Packed,
}

impl Gather {
    /// Segments and points in their order, each once; none if there are none.
    pub(crate) fn of<'a>(
        read: impl Iterator<Item = usize>,
        described: impl Iterator<Item = &'a [f32]>,
        lying: Points,
        features: &Features,
        place: &Placement,
    ) -> Option<Self> {
        let (mut segments, mut points) = (HashMap::new(), HashMap::new());
        let (mut order, mut rows) = (Vec::new(), Vec::<&[f32]>::new());
        for segment in read {
            segments.entry(segment).or_insert_with(|| {
                order.push(segment);
                order.len() - 1
            });
        }
        for point in described {
            points.entry(bits(point)).or_insert_with(|| {
                rows.push(point);
                (rows.len() - 1, 0)
            });
        }
        if order.is_empty() && rows.is_empty() {
            return None;
        }
        let values: Vec<_> = order.iter().map(|&segment| features.segment(segment)).collect();
        let width = features.feature_count();
        let longest = values.iter().map(|segment| segment.len() / width).max().unwrap_or(1);
        let each = match lying {
            Points::Apart => 1,
            Points::Packed => longest,
        };
        let seen: Vec<f32> =
            rows.into_iter().flat_map(|point| features.point(point)).copied().collect();
        let seen = seen.chunks(each * width);
        let slices: Vec<&[f32]> = values.iter().map(AsRef::as_ref).chain(seen).collect();
        let batch = SegmentBatch::collate(width, &slices, place);
        let lies = |(point, _): (usize, usize)| (order.len() + point / each, point % each);
        points.values_mut().for_each(|point| *point = lies(*point));
        Some(Self { batch, segments, points })
    }

    /// What a model has to be asked.
    pub fn batch(&self) -> &SegmentBatch {
        &self.batch
    }
}

/// What a model said about a [`Gather`].
pub struct Gathered<'a> {
    gather: &'a Gather,
    values: Tensor<4>,
    layout: &'a HeadLayout,
}

impl<'a> Gathered<'a> {
    /// Values of all heads for the batch of `gather`, `[member, batch, time, head]`.
    pub fn new(gather: &'a Gather, values: Tensor<4>, layout: &'a HeadLayout) -> Self {
        Self { gather, values, layout }
    }

    pub(crate) fn batch(&self) -> &SegmentBatch {
        &self.gather.batch
    }

    pub(crate) fn values(&self) -> Tensor<4> {
        self.values.clone()
    }

    pub(crate) fn layout(&self) -> &HeadLayout {
        self.layout
    }

    pub(crate) fn segment(&self, segment: usize) -> usize {
        let found = self.gather.segments.get(&segment).copied();
        found.unwrap_or_else(|| {
            panic!("segment {segment} is read by a likelihood whose origin does not name it")
        })
    }

    pub(crate) fn point(&self, point: &[f32]) -> (usize, usize) {
        let found = self.gather.points.get(&bits(point)).copied();
        found.unwrap_or_else(|| panic!("point {point:?} is read and not named by its objective"))
    }
}

fn bits(point: &[f32]) -> Vec<u32> {
    point.iter().map(|x| x.to_bits()).collect()
}
