//! Initial weights from a stream of ours: backends share one random stream for the whole process.

use crate::Placement;
use burn::module::Param;
use burn::tensor::Tensor;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A parameter drawn uniformly from `[-bound, bound]`; zeros for a bound of 0.
pub fn uniform<const D: usize>(
    shape: [usize; D],
    bound: f32,
    rng: &mut ChaCha8Rng,
    place: &Placement,
) -> Param<Tensor<D>> {
    let count = shape.iter().product();
    let values = (0..count).map(|_| (rng.random::<f32>() * 2.0 - 1.0) * bound).collect();
    Param::from_tensor(place.tensor(values, shape))
}
