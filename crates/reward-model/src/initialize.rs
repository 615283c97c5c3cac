//! Initial weights from streams of ours: backends share one random stream for the whole process.

use crate::Placement;
use burn::module::Param;
use burn::tensor::Tensor;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// A parameter drawn uniformly from `[-bound, bound]`, each member from a stream of its own, so
/// that a member is the same whatever the number of the others; zeros for a bound of 0.
///
/// # Panics
/// If the first axis is not as long as there are streams.
pub fn uniform<const D: usize>(
    shape: [usize; D],
    bound: f32,
    members: &mut [ChaCha8Rng],
    place: &Placement,
) -> Param<Tensor<D>> {
    assert_eq!(shape[0], members.len(), "members of a parameter and streams");
    let each: usize = shape[1..].iter().product();
    let mut values = Vec::with_capacity(each * members.len());
    for rng in members {
        values.extend((0..each).map(|_| (rng.random::<f32>() * 2.0 - 1.0) * bound));
    }
    Param::from_tensor(place.tensor(values, shape))
}
