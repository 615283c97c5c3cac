//! The reward of a source that departs from the one that all share, as a model of its own.

use crate::{Head, HeadLayout, RewardModel, SegmentBatch};
use burn::tensor::Tensor;

/// A model seen by a source: what its head says is part of the shared reward. The layout stays.
pub struct OfSource {
    model: Box<dyn RewardModel>,
    head: Option<usize>,
}

impl OfSource {
    /// `model` as `source` sees it; as it is if the source has no head.
    pub fn new(model: Box<dyn RewardModel>, source: &str) -> Self {
        let head = model.layout().position(&Head::Source(source.to_owned()));
        Self { model, head }
    }
}

impl RewardModel for OfSource {
    fn members(&self) -> usize {
        self.model.members()
    }

    fn layout(&self) -> &HeadLayout {
        self.model.layout()
    }

    fn is_stepwise(&self) -> bool {
        self.model.is_stepwise()
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        let values = self.model.heads(batch);
        let Some(head) = self.head else { return values };
        let count = values.dims()[3];
        let shared = values.clone().narrow(3, 0, 1) + values.clone().narrow(3, head, 1);
        Tensor::cat(vec![shared, values.narrow(3, 1, count - 1)], 3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backbone, Linear, ModelShape, Placement, Returns};
    use burn::tensor::Device;

    #[test]
    fn a_source_sees_its_head_and_others_do_not() {
        let place = Placement::single(Device::flex());
        let layout = HeadLayout::with_aspects(vec!["style".to_owned()]);
        let layout = layout.and([Head::Source("edits".to_owned())]).unwrap();
        let shape = ModelShape { features: 1, layout, members: 1 };
        let seen = |source: &str| {
            let mut streams = vec![rand_chacha::rand_core::SeedableRng::seed_from_u64(1)];
            let mut model = Linear::default().module(&shape, &mut streams, &place);
            model.write(&[1.0, 10.0, 100.0]);
            let model = OfSource::new(model.frozen(), source);
            let batch = SegmentBatch::collate(1, &[&[2.0]], &place);
            batch.returns(model.rewards(&batch), Returns::Sum).into_data().iter::<f32>().next()
        };
        assert_eq!((seen("edits"), seen("votes")), (Some(222.0), Some(22.0)));
    }
}
