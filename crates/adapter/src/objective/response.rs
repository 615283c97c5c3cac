//! The response model of a source: how people turn returns into answers.

use burn::tensor::Tensor;
use medley_dataset::PersonIndex;
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
    /// What it stands for.
    pub role: ParameterRole,
    /// How its values become numbers in natural units.
    pub scale: ParameterScale,
    /// Whose it is: one value for each of these people, as a deviation from a shared one.
    pub people: Option<Vec<PersonIndex>>,
}

/// What a response parameter stands for. Mixing and models of people look at this and at no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParameterRole {
    /// How closely answers follow returns (beta). In units of 1 per unit of return.
    Rationality,
    /// Advantage of the side shown first, in nats.
    PositionBias,
    /// How readily people call a tie.
    Tie,
    /// Where one level of an ordered answer ends and the next begins, in nats.
    Cutpoints,
    /// Return that is expected before an answer is positive, in nats.
    Threshold,
    /// Answer at a return of 0, in the unit of the answer.
    Offset,
    /// Standard deviation of an answer, in its unit.
    Spread,
    /// Anything else that a kind has.
    Other,
}

/// How the values of a parameter, which are free, become numbers in natural units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterScale {
    /// As they are.
    Linear,
    /// Logarithms of positive numbers.
    Log,
    /// The first cutpoint, and softplus of the gaps to the next ones
    /// ([`medley_likelihood::cutpoints::ordered`]).
    Ordered,
    /// Softplus of the gaps from 0 to the first and on to the next ones: the positive half of
    /// mirrored cutpoints ([`medley_likelihood::cutpoints::symmetric`]), or a threshold above 0.
    Gaps,
}

impl ParameterScale {
    /// Values in natural units, as many as there are.
    pub fn natural(self, values: &[f64]) -> Vec<f64> {
        match self {
            Self::Linear => values.to_vec(),
            Self::Log => values.iter().map(|value| value.exp()).collect(),
            Self::Ordered => match values.split_first() {
                None => Vec::new(),
                Some((&first, gaps)) => std::iter::once(first).chain(above(first, gaps)).collect(),
            },
            Self::Gaps => above(0.0, values).collect(),
        }
    }
}

/// Each number that much above the one before it: softplus of its free form.
fn above(first: f64, gaps: &[f64]) -> impl Iterator<Item = f64> {
    let softplus = |free: f64| if free > 30.0 { free } else { free.exp().ln_1p() };
    gaps.iter().scan(first, move |last, &free| {
        *last += softplus(free);
        Some(*last)
    })
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
        Self {
            name: name.to_owned(),
            initial,
            prior: None,
            role: ParameterRole::Other,
            scale: ParameterScale::Linear,
            people: None,
        }
    }

    /// A parameter with a Gaussian prior.
    pub fn shrunk(name: &str, initial: Vec<f32>, mean: f32, sd: f32) -> Self {
        Self { prior: Some(Prior { mean, sd }), ..Self::free(name, initial) }
    }

    /// The same as what it stands for and how it is scaled.
    pub fn meaning(self, role: ParameterRole, scale: ParameterScale) -> Self {
        Self { role, scale, ..self }
    }

    /// The logarithm of the rationality: beta is 1 at the start, and within a factor of about 7
    /// of it under the prior (two standard deviations of 1 nat). Reward and rationalities are only
    /// identified up to a common factor; the prior settles it.
    pub fn rationality() -> Self {
        Self::shrunk(RATIONALITY, vec![0.0], 0.0, 1.0)
            .meaning(ParameterRole::Rationality, ParameterScale::Log)
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

    /// The rationality beta that all share.
    ///
    /// # Shapes
    /// `[member, 1]`
    pub fn rationality(&self) -> Tensor<2> {
        self.get(RATIONALITY).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::place;
    use crate::objective::choice::host;
    use medley_likelihood::cutpoints::{Cutpoints, ordered, symmetric};

    #[test]
    fn natural_units_by_hand() {
        assert_eq!(ParameterScale::Linear.natural(&[1.5, -2.0]), [1.5, -2.0]);
        let [one, two] = ParameterScale::Log.natural(&[0.0, 2.0f64.ln()])[..] else { panic!() };
        assert!((one - 1.0).abs() < 1e-12 && (two - 2.0).abs() < 1e-12);
        // softplus(ln(e - 1)) = 1.
        let free = (std::f64::consts::E - 1.0).ln();
        let cutpoints = ParameterScale::Ordered.natural(&[-1.0, free, 40.0]);
        for (found, expected) in cutpoints.iter().zip([-1.0, 0.0, 40.0]) {
            assert!((found - expected).abs() < 1e-12, "{cutpoints:?}");
        }
        let gaps = ParameterScale::Gaps.natural(&[free, 40.0]);
        assert!((gaps[0] - 1.0).abs() < 1e-12 && (gaps[1] - 41.0).abs() < 1e-12, "{gaps:?}");
        assert!(ParameterScale::Ordered.natural(&[]).is_empty());
    }

    /// What is told is what the likelihood uses.
    #[test]
    fn natural_cutpoints_are_those_of_the_likelihood() {
        let free = [-0.7, 0.0, 2.0];
        let told = |scale: ParameterScale| scale.natural(&free);
        let used = |cutpoints: Cutpoints| host(cutpoints.values());
        let tensor = || place().tensor(free.map(|x| x as f32).to_vec(), [1, 3]);
        let close = |found: &[f64], expected: &[f64]| {
            crate::fixture::assert_close(found, expected);
        };
        close(&told(ParameterScale::Ordered), &used(ordered(tensor())));
        for levels in [7, 8] {
            let cutpoints = used(symmetric(tensor(), levels));
            close(&told(ParameterScale::Gaps), &cutpoints[levels - 4..]);
        }
    }
}
