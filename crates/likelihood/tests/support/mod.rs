//! What do the tests of likelihoods as a whole share?
#![allow(dead_code)] // Each test binary uses a part.

use burn::tensor::{DType, Device, Tensor, TensorData};
use medley_likelihood::log_space::STRUCTURAL_ZERO;

/// A tensor of the given type on a device with or without autodiff.
pub fn tensor<const D: usize>(
    values: &[f64],
    shape: [usize; D],
    device: &Device,
    dtype: DType,
) -> Tensor<D> {
    let data = TensorData::new(values.to_vec(), shape).convert_dtype(dtype);
    Tensor::from_data(data, (device, dtype))
}

/// An `f64` tensor without autodiff.
pub fn plain<const D: usize>(values: &[f64], shape: [usize; D]) -> Tensor<D> {
    tensor(values, shape, &Device::flex(), DType::F64)
}

/// A constant of the type and device of another tensor.
pub fn like<const D: usize, const E: usize>(
    other: &Tensor<E>,
    values: &[f64],
    shape: [usize; D],
) -> Tensor<D> {
    tensor(values, shape, &other.device(), other.dtype())
}

/// The numbers of a tensor as `f64`, last axis fastest.
pub fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    let data = tensor.into_data().convert_dtype(DType::F64);
    data.try_to_vec().unwrap()
}

/// Elements `start..start + product(shape)` of a flat vector of parameters.
pub fn part<const D: usize>(flat: &Tensor<1>, start: usize, shape: [usize; D]) -> Tensor<D> {
    let length = shape.iter().product();
    flat.clone().narrow(0, start, length).reshape(shape)
}

/// Value and gradient of a weighted sum of all possible outcomes at `point`.
///
/// Unequal weights, so that a mistake in one outcome cannot cancel in another.
pub fn value_and_gradient<const D: usize>(
    point: &[f64],
    dtype: DType,
    likelihood: impl Fn(Tensor<1>) -> Tensor<D>,
) -> (Vec<f64>, Vec<f64>) {
    let device = Device::flex().autodiff();
    let x = tensor(point, [point.len()], &device, dtype).require_grad();
    let output = likelihood(x.clone());
    let gradients = weighted(output.clone()).backward();
    let gradient = x.grad(&gradients).unwrap();
    (values(output), values(gradient))
}

/// Panics unless the gradient at `point` equals central differences in `f64`.
#[track_caller]
pub fn check_gradient<const D: usize>(point: &[f64], likelihood: impl Fn(Tensor<1>) -> Tensor<D>) {
    let (_, gradient) = value_and_gradient(point, DType::F64, &likelihood);
    assert!(gradient.iter().any(|g| *g != 0.0), "nothing depends on the point");
    let at = |x: &[f64]| values(weighted(likelihood(plain(x, [x.len()]))))[0];
    for i in 0..point.len() {
        let step = 1e-5 * (1.0 + point[i].abs());
        let moved = |by: f64| {
            let mut x = point.to_vec();
            x[i] += by;
            at(&x)
        };
        let difference = (moved(step) - moved(-step)) / (2.0 * step);
        let error = (gradient[i] - difference).abs();
        assert!(
            error <= 1e-7 * (1.0 + difference.abs()),
            "parameter {i}: gradient {}, differences {difference}",
            gradient[i]
        );
    }
}

/// Panics unless value and gradient are finite in `f32`.
#[track_caller]
pub fn check_finite<const D: usize>(point: &[f64], likelihood: impl Fn(Tensor<1>) -> Tensor<D>) {
    let (value, gradient) = value_and_gradient(point, DType::F32, likelihood);
    assert!(value.iter().all(|x| x.is_finite()), "at {point:?}: {value:?}");
    assert!(gradient.iter().all(|x| x.is_finite()), "at {point:?}: {gradient:?}");
}

/// Panics unless the outcomes of every member and record sum to 1.
#[track_caller]
pub fn check_normalized(log_probabilities: Tensor<3>) {
    let [_, _, outcomes] = log_probabilities.dims();
    for row in values(log_probabilities).chunks(outcomes) {
        let total: f64 = row.iter().map(|log| log.exp()).sum();
        assert!(total.ln().abs() < 1e-6, "{row:?} sums to {total}");
    }
}

fn weighted<const D: usize>(output: Tensor<D>) -> Tensor<1> {
    let impossible = output.clone().lower_elem(0.5 * STRUCTURAL_ZERO);
    let shape = output.dims();
    let size: usize = shape.iter().product();
    let weights: Vec<f64> = (0..size).map(|i| 0.5 + (i as f64 * 0.7).sin()).collect();
    (output.clone().mask_fill(impossible, 0.0) * like(&output, &weights, shape)).sum()
}
