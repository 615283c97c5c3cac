//! What do the unit tests of this crate need to state a number by hand?

use burn::tensor::{DType, Device, Tensor, TensorData};

/// An `f64` tensor without autodiff.
pub(crate) fn tensor<const D: usize>(values: &[f64], shape: [usize; D]) -> Tensor<D> {
    let data = TensorData::new(values.to_vec(), shape);
    Tensor::from_data(data, (&Device::flex(), DType::F64))
}

/// The numbers of a tensor, last axis fastest.
pub(crate) fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().try_to_vec().unwrap()
}

/// Panics unless every number is within `tolerance` of what is expected.
#[track_caller]
pub(crate) fn assert_close<const D: usize>(actual: Tensor<D>, expected: &[f64], tolerance: f64) {
    let actual = values(actual);
    assert_eq!(actual.len(), expected.len(), "{actual:?} {expected:?}");
    for (a, e) in actual.iter().zip(expected) {
        assert!((a - e).abs() <= tolerance, "{actual:?} is not {expected:?}");
    }
}

/// Panics unless the probabilities are within 1e-9 of what is expected.
#[track_caller]
pub(crate) fn assert_probabilities<const D: usize>(log: Tensor<D>, expected: &[f64]) {
    assert_close(log.exp(), expected, 1e-9);
}
