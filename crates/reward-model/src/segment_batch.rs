//! A batch of segments of unequal length: the only place that knows about padding and masks.
//!
//! Steps are kept packed, `[row, feature]` with one row a real step, so that padding costs nothing
//! and cannot enter a model that scores steps one by one. [`SegmentBatch::spread`] lays per-row
//! values out as `[member, batch, time, head]` with zeros where there is no step. The alternative,
//! a padded feature tensor, computes rewards of padded steps only to mask them again.

use crate::{Returns, Span};
use burn::tensor::{DType, Device, Int, Tensor, TensorData};

/// Where tensors live and in which precision.
#[derive(Clone, Debug)]
pub struct Placement {
    /// Device; autodiff is a property of it.
    pub device: Device,
    /// `F32` for training; `F64` for checking gradients.
    pub dtype: DType,
}

impl Placement {
    /// Single precision on `device`.
    pub fn single(device: Device) -> Self {
        Self { device, dtype: DType::F32 }
    }

    /// The same place without autodiff.
    pub fn inner(&self) -> Self {
        Self { device: self.device.clone().inner(), dtype: self.dtype }
    }

    /// A tensor of this precision from host values.
    ///
    /// # Panics
    /// If `values` does not fill `shape`.
    pub fn tensor<const D: usize>(&self, values: Vec<f32>, shape: [usize; D]) -> Tensor<D> {
        Tensor::from_data(TensorData::new(values, shape), (&self.device, self.dtype))
    }

    /// An index tensor from host values.
    pub fn indices(&self, values: Vec<i32>) -> Tensor<1, Int> {
        let count = values.len();
        Tensor::from_data(TensorData::new(values, [count]), &self.device)
    }
}

/// Segments collated for a model.
#[derive(Clone, Debug)]
pub struct SegmentBatch {
    rows: Tensor<2>, // [row, feature]
    lengths: Vec<usize>,
    time: usize,
    place: Placement,
}

impl SegmentBatch {
    /// Collates segments, each a slice of `steps * feature` values in step order.
    ///
    /// # Panics
    /// If there is no segment, or one is empty or not a multiple of `feature` long: datasets are
    /// checked for that when they are read.
    pub fn collate(feature: usize, segments: &[&[f32]], place: &Placement) -> Self {
        assert!(!segments.is_empty(), "a batch needs at least one segment");
        let lengths: Vec<usize> = segments
            .iter()
            .map(|segment| {
                let steps = segment.len() / feature;
                assert!(
                    steps > 0 && steps * feature == segment.len(),
                    "a segment of {} values has no whole number of steps of {feature} features",
                    segment.len()
                );
                steps
            })
            .collect();
        let total: usize = lengths.iter().sum();
        let mut values = Vec::with_capacity(total * feature);
        for segment in segments {
            values.extend_from_slice(segment);
        }
        let time = lengths.iter().copied().max().unwrap_or(1);
        Self { rows: place.tensor(values, [total, feature]), lengths, time, place: place.clone() }
    }

    /// The same batch elsewhere or in another precision, cut off from any gradient.
    pub fn at(&self, place: &Placement) -> Self {
        let rows = self.rows.clone().inner().to_device(&place.device).cast(place.dtype);
        Self { rows, lengths: self.lengths.clone(), time: self.time, place: place.clone() }
    }

    /// The same batch with room for `time` steps, if that is more than its longest segment needs.
    pub fn padded_to(mut self, time: usize) -> Self {
        self.time = self.time.max(time);
        self
    }

    /// The real steps.
    ///
    /// # Shapes
    /// `[row, feature]`, segments one after the other.
    pub fn rows(&self) -> Tensor<2> {
        self.rows.clone()
    }

    /// Number of real steps of each segment.
    pub fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// Number of segments.
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Never: a batch has at least one segment.
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// Steps of the longest segment, or more if padded.
    pub fn time(&self) -> usize {
        self.time
    }

    /// The segments at some positions as a batch, in their order: as long as the longest of them.
    ///
    /// # Panics
    /// If there is no position, or one is beyond the batch.
    pub fn of(&self, positions: &[usize]) -> Self {
        assert!(!positions.is_empty(), "a batch needs at least one segment");
        let mut starts = vec![0; self.len()];
        for segment in 1..self.len() {
            starts[segment] = starts[segment - 1] + self.lengths[segment - 1];
        }
        let lengths: Vec<usize> = positions.iter().map(|&p| self.lengths[p]).collect();
        let rows = positions.iter().flat_map(|&p| starts[p]..starts[p] + self.lengths[p]);
        let rows = self.place.indices(rows.map(|row| row as i32).collect());
        let time = lengths.iter().copied().max().unwrap_or(1);
        Self { rows: self.rows.clone().select(0, rows), lengths, time, place: self.place.clone() }
    }

    /// Device and precision of the batch.
    pub fn place(&self) -> &Placement {
        &self.place
    }

    /// 1 where there is a step, 0 where there is padding.
    ///
    /// # Shapes
    /// `[batch, time]`
    pub fn mask(&self) -> Tensor<2> {
        let mut mask = vec![0.0; self.len() * self.time];
        for (segment, &length) in self.lengths.iter().enumerate() {
            mask[segment * self.time..][..length].fill(1.0);
        }
        self.place.tensor(mask, [self.len(), self.time])
    }

    /// Lays values of the real steps out by segment and time, with zeros as padding.
    ///
    /// # Shapes
    /// `[member, row, head]` to `[member, batch, time, head]`
    pub fn spread(&self, values: Tensor<3>) -> Tensor<4> {
        let [member, row, head] = values.dims();
        let (batch, time) = (self.len(), self.time);
        assert_eq!(row, self.rows.dims()[0], "values of {row} rows for a batch of other size");
        if row == batch * time {
            return values.reshape([member, batch, time, head]);
        }
        let mut sources = vec![0; batch * time];
        let mut next = 0;
        for (segment, &length) in self.lengths.iter().enumerate() {
            for slot in &mut sources[segment * time..][..length] {
                *slot = next;
                next += 1;
            }
        }
        let spread = values.select(1, self.place.indices(sources));
        spread.reshape([member, batch, time, head]) * self.mask().reshape([1, batch, time, 1])
    }

    /// Values of single steps, each of the segment at a position of the batch.
    ///
    /// # Shapes
    /// `heads` `[member, batch, time, head]` to `[member, step, head]`
    ///
    /// # Panics
    /// If a segment has no such step.
    pub fn values_of_steps(&self, heads: Tensor<4>, steps: &[(usize, usize)]) -> Tensor<3> {
        let [member, batch, time, head] = heads.dims();
        assert_eq!((batch, time), (self.len(), self.time), "values of another batch");
        let place = |&(segment, step): &(usize, usize)| {
            let length = self.lengths[segment];
            assert!(step < length, "step {step} of a segment of {length}");
            (segment * time + step) as i32
        };
        let places = self.place.indices(steps.iter().map(place).collect());
        heads.reshape([member, batch * time, head]).select(1, places)
    }

    /// Returns of the whole segments.
    ///
    /// # Shapes
    /// `rewards` `[member, batch, time]` to `[member, batch]`
    pub fn returns(&self, rewards: Tensor<3>, kind: Returns) -> Tensor<2> {
        let spans: Vec<_> = (0..self.len()).map(|segment| (segment, Span::Whole)).collect();
        self.span_returns(rewards, kind, &spans)
    }

    /// Returns of spans, each of the segment at a position of the batch. A segment may have any
    /// number of spans.
    ///
    /// # Shapes
    /// `rewards` `[member, batch, time]` to `[member, span]`
    ///
    /// # Panics
    /// If a span reaches beyond its segment: datasets are checked for that when they are read.
    pub fn span_returns(
        &self,
        rewards: Tensor<3>,
        kind: Returns,
        spans: &[(usize, Span<'_>)],
    ) -> Tensor<2> {
        let [member, batch, time] = rewards.dims();
        let heads = rewards.reshape([member, batch, time, 1]);
        self.head_span_returns(heads, kind, spans, &vec![0; spans.len()])
    }

    /// Returns of spans under one head each.
    ///
    /// # Shapes
    /// `heads` `[member, batch, time, head]`, one head index for each span, to `[member, span]`
    ///
    /// # Panics
    /// As [`SegmentBatch::span_returns`].
    pub fn head_span_returns(
        &self,
        heads: Tensor<4>,
        kind: Returns,
        spans: &[(usize, Span<'_>)],
        head_of: &[usize],
    ) -> Tensor<2> {
        let [member, batch, time, head] = heads.dims();
        assert_eq!((batch, time), (self.len(), self.time), "values of another batch");
        assert_eq!(spans.len(), head_of.len(), "{} spans, {} heads", spans.len(), head_of.len());
        let width = time * head;
        let mut weights = vec![0.0; spans.len() * width];
        let mut steps = vec![0.0; time];
        for (position, ((segment, span), &chosen)) in spans.iter().zip(head_of).enumerate() {
            let length = self.lengths[*segment];
            steps.fill(0.0);
            kind.weigh(span, length, &mut steps[..length]);
            let row = &mut weights[position * width..][..width];
            for (step, weight) in steps[..length].iter().enumerate() {
                row[step * head + chosen] = *weight;
            }
        }
        let weights = self.place.tensor(weights, [1, spans.len(), width]);
        let values = heads.reshape([member, batch, width]);
        let in_order = spans.len() == batch && spans.iter().enumerate().all(|(i, s)| s.0 == i);
        let values = if in_order {
            values
        } else {
            values.select(1, self.place.indices(spans.iter().map(|s| s.0 as i32).collect()))
        };
        (values * weights).sum_dim(2).reshape([member, spans.len()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> SegmentBatch {
        // Three segments of 2, 1 and 3 steps with one feature.
        let segments: [&[f32]; 3] = [&[1.0, 2.0], &[10.0], &[3.0, 4.0, 5.0]];
        SegmentBatch::collate(1, &segments, &Placement::single(Device::flex()))
    }

    fn returns_of(batch: &SegmentBatch, kind: Returns, spans: &[Span<'_>]) -> Vec<f32> {
        let spans: Vec<_> = spans.iter().cloned().enumerate().collect();
        let rewards = batch.spread(batch.rows().unsqueeze());
        let [member, size, time, _] = rewards.dims();
        batch
            .span_returns(rewards.reshape([member, size, time]), kind, &spans)
            .into_data()
            .try_to_vec()
            .unwrap()
    }

    #[test]
    fn returns_by_hand() {
        let whole = [Span::Whole, Span::Whole, Span::Whole];
        assert_eq!(returns_of(&batch(), Returns::Sum, &whole), [3.0, 10.0, 12.0]);
        assert_eq!(returns_of(&batch(), Returns::Mean, &whole), [1.5, 10.0, 4.0]);
        // 1 + 2/2 = 2; 10; 3 + 4/2 + 5/4 = 6.25
        assert_eq!(returns_of(&batch(), Returns::Discounted(0.5), &whole), [2.0, 10.0, 6.25]);
    }

    #[test]
    fn spans_by_hand() {
        let spans = [Span::Part(&[1]), Span::Part(&[]), Span::Alone(&[1, 2])];
        assert_eq!(returns_of(&batch(), Returns::Mean, &spans), [1.0, 0.0, 4.5]);
        assert_eq!(returns_of(&batch(), Returns::Discounted(0.5), &spans), [1.0, 0.0, 6.5]);
    }

    #[test]
    fn steps_by_hand() {
        let batch = batch().padded_to(9);
        let values =
            batch.values_of_steps(batch.spread(batch.rows().unsqueeze()), &[(2, 1), (0, 0)]);
        assert_eq!(values.dims(), [1, 2, 1]);
        assert_eq!(values.into_data().try_to_vec::<f32>().unwrap(), [4.0, 1.0]);
    }

    #[test]
    #[should_panic(expected = "step 1 of a segment of 1")]
    fn padding_is_no_step() {
        let batch = batch();
        batch.values_of_steps(batch.spread(batch.rows().unsqueeze()), &[(1, 1)]);
    }

    #[test]
    fn padding_changes_nothing() {
        let whole = [Span::Whole, Span::Whole, Span::Whole];
        for kind in [Returns::Sum, Returns::Mean, Returns::Discounted(0.9)] {
            let plain = returns_of(&batch(), kind, &whole);
            assert_eq!(plain, returns_of(&batch().padded_to(17), kind, &whole));
        }
    }

    #[test]
    fn mask_marks_real_steps() {
        let mask: Vec<f32> = batch().mask().into_data().try_to_vec().unwrap();
        assert_eq!(mask, [1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    #[should_panic(expected = "no whole number of steps")]
    fn empty_segments_are_a_broken_invariant() {
        SegmentBatch::collate(2, &[&[]], &Placement::single(Device::flex()));
    }
}
