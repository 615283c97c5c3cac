//! Tensors of `model.safetensors` by name, each with the shape that the configuration says.

use burn::tensor::{Device, Tensor, TensorData};
use half::{bf16, f16};
use medley_encoder::EncodeError;
use safetensors::{Dtype, SafeTensors};
use std::path::Path;

/// The tensors of a file.
pub(crate) struct Weights<'a> {
    file: &'a Path,
    tensors: SafeTensors<'a>,
    device: Device,
    /// Before each name: models that were saved with a head have `bert.` there.
    prefix: &'static str,
}

impl<'a> Weights<'a> {
    /// Of the bytes of `file`.
    pub fn new(file: &'a Path, bytes: &'a [u8], device: Device) -> Result<Self, EncodeError> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| {
            EncodeError::file(file, "content", "readable safetensors", error.to_string())
        })?;
        let has_prefix = tensors.names().iter().any(|name| name.starts_with("bert."));
        Ok(Self { file, tensors, device, prefix: if has_prefix { "bert." } else { "" } })
    }

    /// Numbers of a tensor, row by row.
    pub fn numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, EncodeError> {
        let name = format!("{}{name}", self.prefix);
        let place = format!("tensor `{name}`");
        let wrong =
            |found: String| EncodeError::file(self.file, &place, format!("{shape:?}"), found);
        let view = self.tensors.tensor(&name).map_err(|_| wrong("no such tensor".to_owned()))?;
        if view.shape() != shape {
            return Err(wrong(format!("{:?}", view.shape())));
        }
        let data = view.data();
        let numbers: Vec<f32> = match view.dtype() {
            Dtype::F32 => {
                data.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
            }
            Dtype::F16 => {
                data.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect()
            }
            Dtype::BF16 => {
                data.chunks_exact(2).map(|b| bf16::from_le_bytes([b[0], b[1]]).to_f32()).collect()
            }
            other => {
                let found = format!("{other:?}");
                return Err(EncodeError::file(self.file, place, "F32, F16 or BF16", found));
            }
        };
        match numbers.iter().find(|number| !number.is_finite()) {
            Some(number) => {
                Err(EncodeError::file(self.file, place, "finite numbers", number.to_string()))
            }
            None => Ok(numbers),
        }
    }

    /// A row, `[1, width]`.
    pub fn row(&self, name: &str, width: usize) -> Result<Tensor<2>, EncodeError> {
        Ok(self.tensor(self.numbers(name, &[width])?, [1, width]))
    }

    /// The transposed of a matrix that is stored `[output, input]`.
    ///
    /// # Shapes
    /// `[input, output]`
    pub fn matrix(
        &self,
        name: &str,
        input: usize,
        output: usize,
    ) -> Result<Tensor<2>, EncodeError> {
        let stored = self.numbers(name, &[output, input])?;
        let mut numbers = vec![0.0; stored.len()];
        for (row, values) in stored.chunks_exact(input).enumerate() {
            values.iter().enumerate().for_each(|(i, &value)| numbers[i * output + row] = value);
        }
        Ok(self.tensor(numbers, [input, output]))
    }

    fn tensor(&self, numbers: Vec<f32>, shape: [usize; 2]) -> Tensor<2> {
        Tensor::from_data(TensorData::new(numbers, shape), &self.device)
    }
}
