//! The response model of a source: how people turn returns into answers.

use burn::tensor::Tensor;
use std::collections::BTreeMap;

/// Name of the parameter that scales returns; [`crate::Objective::parameters`] of every kind has
/// it, and mixing decides whether it is learned.
pub const RATIONALITY: &str = "log-rationality";

/// One learnable vector of a response model, the same for each member at the start.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseParameter {
    /// Name, unique within the source.
    pub name: String,
    /// Initial values.
    pub initial: Vec<f32>,
    /// Gaussian prior on each value: shrinks where data is thin.
    pub prior: Option<Prior>,
}

/// A Gaussian prior.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Mean.
    pub mean: f32,
    /// Standard deviation.
    pub sd: f32,
}

impl ResponseParameter {
    /// A parameter without prior.
    pub fn free(name: &str, initial: Vec<f32>) -> Self {
        Self { name: name.to_owned(), initial, prior: None }
    }

    /// A parameter with a Gaussian prior.
    pub fn shrunk(name: &str, initial: Vec<f32>, mean: f32, sd: f32) -> Self {
        Self { name: name.to_owned(), initial, prior: Some(Prior { mean, sd }) }
    }

    /// The logarithm of the rationality: beta is 1 at the start, and within a factor of about 7
    /// of it under the prior (two standard deviations of 1 nat). Reward and rationalities are only
    /// identified up to a common factor; the prior settles it.
    pub fn rationality() -> Self {
        Self::shrunk(RATIONALITY, vec![0.0], 0.0, 1.0)
    }
}

/// Values of a response model.
#[derive(Clone, Debug, Default)]
pub struct Response(BTreeMap<String, Tensor<2>>);

impl Response {
    /// Values by name, each `[member, value]`.
    pub fn new(values: impl IntoIterator<Item = (String, Tensor<2>)>) -> Self {
        Self(values.into_iter().collect())
    }

    /// One parameter.
    ///
    /// # Shapes
    /// `[member, value]`
    ///
    /// # Panics
    /// If the objective never declared it in [`crate::Objective::parameters`].
    pub fn get(&self, name: &str) -> Tensor<2> {
        match self.0.get(name) {
            Some(value) => value.clone(),
            None => panic!(
                "response parameter `{name}` was not declared; there are {:?}",
                self.0.keys()
            ),
        }
    }

    /// The rationality beta.
    ///
    /// # Shapes
    /// `[member, 1]`
    pub fn rationality(&self) -> Tensor<2> {
        self.get(RATIONALITY).exp()
    }
}
