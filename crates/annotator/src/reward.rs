//! What do people want, given what a world pays?

use crate::SimulationError;
use medley_dataset::Dataset;
use medley_encoder::Features;
use medley_toml_file::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A weighted sum of the true reward and of features of a step. `{ true = -1 }` wants the opposite;
/// `{ true = 1, features = { speed = -0.5 } }` wants the same but slowly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reward {
    /// Weight of the true reward.
    #[serde(rename = "true")]
    pub own: f64,
    /// Weights of stored features, by name.
    pub features: BTreeMap<String, f64>,
}

/// Weights of the true reward and of each stored feature.
#[derive(Clone, Debug)]
pub(crate) struct Weighing {
    own: f64,
    weights: Vec<f64>,
}

impl Weighing {
    /// What a point with a true reward is worth.
    pub fn of(&self, point: &[f32], truth: f64) -> f64 {
        let more = point.iter().zip(&self.weights).map(|(x, w)| f64::from(*x) * w).sum::<f64>();
        self.own * truth + more
    }
}

impl Default for Reward {
    fn default() -> Self {
        Self { own: 1.0, features: BTreeMap::new() }
    }
}

impl Reward {
    /// Refuses weights that are no finite numbers.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let finite = |key: &str, value: f64| match value.is_finite() {
            true => Ok(()),
            false => Err(Problem::new(key, format!("a finite number is needed, found {value}"))),
        };
        finite("true", self.own)?;
        self.features.iter().try_for_each(|(name, weight)| {
            finite(name, *weight).map_err(|problem| problem.within("features"))
        })
    }

    /// Rewards of the rows of the step table, which are worth `truth`.
    pub(crate) fn of_steps(
        &self,
        truth: &[f64],
        dataset: &Dataset,
        features: Option<&Features>,
    ) -> Result<Vec<f64>, SimulationError> {
        let mut rewards: Vec<f64> = truth.iter().map(|reward| self.own * reward).collect();
        if self.features.is_empty() {
            return Ok(rewards);
        }
        let weights = self.weights(dataset)?;
        let Some(features) = features else { return Ok(rewards) };
        let mut row = 0;
        for chunk in features.row_chunks(4096) {
            for step in chunk.chunks_exact(weights.len()) {
                let more = step.iter().zip(&weights).map(|(x, w)| f64::from(*x) * w).sum::<f64>();
                rewards[row] += more;
                row += 1;
            }
        }
        Ok(rewards)
    }

    /// Rewards of points of feature space with a true reward.
    pub(crate) fn of_points(
        &self,
        dataset: &Dataset,
        points: &[(Vec<f32>, f64)],
    ) -> Result<Vec<(Vec<f32>, f64)>, SimulationError> {
        let weighing = self.weighing(dataset)?;
        let of = |(point, truth): &(Vec<f32>, f64)| (point.clone(), weighing.of(point, *truth));
        Ok(points.iter().map(of).collect())
    }

    /// The same of any point.
    pub(crate) fn weighing(&self, dataset: &Dataset) -> Result<Weighing, SimulationError> {
        Ok(Weighing { own: self.own, weights: self.weights(dataset)? })
    }

    /// A weight for each stored feature.
    fn weights(&self, dataset: &Dataset) -> Result<Vec<f64>, SimulationError> {
        let known = &dataset.card.features;
        let mut weights = vec![0.0; known.len()];
        for (name, weight) in &self.features {
            let place = known.iter().position(|feature| feature == name);
            let place = place.ok_or_else(|| SimulationError::Feature {
                name: name.clone(),
                known: if known.is_empty() { "none".into() } else { known.join(", ") },
            })?;
            weights[place] = *weight;
        }
        Ok(weights)
    }
}
