//! What does a trained model say to a batch of another precision?
//!
//! Response models are fitted and judged in `f64`, where an optimum can be found to more digits than
//! `f32` has; the reward they stand on was trained in `f32`, and must be the same reward there.

use crate::{Placement, RewardModel, SegmentBatch};
use burn::tensor::Tensor;

/// A model that computes where its weights are, whatever the device and precision of a batch. Its
/// values are constants: no gradient flows into the model.
pub struct Frozen<'a> {
    /// The model.
    pub model: &'a dyn RewardModel,
    /// Device and precision of its weights.
    pub place: Placement,
}

impl RewardModel for Frozen<'_> {
    fn members(&self) -> usize {
        self.model.members()
    }

    fn is_stepwise(&self) -> bool {
        self.model.is_stepwise()
    }

    fn heads(&self, batch: &SegmentBatch) -> Tensor<4> {
        let heads = self.model.heads(&batch.at(&self.place)).inner();
        let place = batch.place();
        heads.cast(place.dtype).to_device(&place.device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LinearModel, ModelShape};
    use burn::tensor::{DType, Device};
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    #[test]
    fn the_reward_is_the_same_in_every_precision() {
        let single = Placement::single(Device::flex());
        let shape = ModelShape { features: 2, heads: 2, members: 3 };
        let model = LinearModel::new(shape, 1.0, &mut ChaCha8Rng::seed_from_u64(3), &single);
        let exact = Placement { device: Device::flex().autodiff(), dtype: DType::F64 };
        let segments: [&[f32]; 2] = [&[1.0, 0.3, -1.0, 2.0], &[0.3, 0.1]];
        let here = model.heads(&SegmentBatch::collate(2, &segments, &single));
        let frozen = Frozen { model: &model, place: single };
        let there = frozen.heads(&SegmentBatch::collate(2, &segments, &exact));
        assert_eq!(there.dtype(), DType::F64);
        let here: Vec<f64> = here.into_data().iter::<f64>().collect();
        let there: Vec<f64> = there.into_data().iter::<f64>().collect();
        assert_eq!(here, there);
    }
}
