//! The response models of all sources as one module with its own optimizer.

use burn::module::{Module, Param};
use burn::tensor::{Gradients, Tensor};
use medley_adapter::{Objective, RATIONALITY, Response, ResponseParameter};
use medley_reward_model::{
    AdamW, AdamWOptions, CheckpointError, Placement, load_module, save_module,
};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Whether sources differ in how rational they are taken to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rationality {
    /// Each source has its own, learned with the reward.
    #[default]
    Learned,
    /// It is 1 for all.
    Fixed,
}

/// Learns the response parameters of several sources.
///
/// Members of an ensemble have their own: a member is a complete model of reward and people.
#[derive(Clone, Debug)]
pub struct ResponseLearner {
    values: ResponseValues,
    optimizer: AdamW,
    layout: Vec<Vec<Slot>>,
}

#[derive(Module, Debug)]
struct ResponseValues {
    free: Vec<Param<Tensor<2>>>,  // each [member, value]
    fixed: Vec<Param<Tensor<2>>>, // never given to the optimizer
}

#[derive(Clone, Debug)]
struct Slot {
    parameter: ResponseParameter,
    position: usize,
    learned: bool,
}

impl ResponseLearner {
    /// Initial values for each of `sources`.
    pub fn new(
        sources: &[&dyn Objective],
        members: usize,
        rationality: Rationality,
        place: &Placement,
    ) -> Self {
        let (mut free, mut fixed) = (Vec::new(), Vec::new());
        let mut layout = Vec::new();
        for source in sources {
            let mut slots = Vec::new();
            for parameter in source.parameters() {
                let learned = parameter.name != RATIONALITY || rationality == Rationality::Learned;
                let list = if learned { &mut free } else { &mut fixed };
                let shape = [members, parameter.initial.len()];
                let values = parameter.initial.repeat(members);
                slots.push(Slot { position: list.len(), learned, parameter });
                list.push(Param::from_tensor(place.tensor(values, shape)));
            }
            layout.push(slots);
        }
        let values = ResponseValues { free, fixed };
        let options = AdamWOptions { weight_decay: 0.0, ..AdamWOptions::default() };
        let optimizer = AdamW::new(&values, &options);
        Self { values, optimizer, layout }
    }

    /// Values of one source that gradients flow into.
    pub fn of(&self, source: usize) -> Response {
        self.collect(source, &self.values)
    }

    /// Values of one source without autodiff.
    pub fn frozen(&self, source: usize) -> Response {
        self.collect(source, &self.values.clone().valid())
    }

    /// Negative log-density of the priors, up to a constant, summed over members and values.
    pub fn penalty(&self) -> Option<Tensor<1>> {
        self.layout
            .iter()
            .flatten()
            .filter(|slot| slot.learned)
            .filter_map(|slot| {
                let prior = slot.parameter.prior?;
                let z = (self.values.free[slot.position].val().sub_scalar(prior.mean))
                    .div_scalar(prior.sd);
                Some((z.clone() * z).sum().mul_scalar(0.5))
            })
            .reduce(|sum, term| sum + term)
    }

    /// One optimizer step.
    pub fn step(&mut self, gradients: &Gradients, rate: f64) {
        let fixed = self.values.fixed.clone();
        let values = self.optimizer.step(self.values.clone(), gradients, rate);
        self.values = ResponseValues { fixed, ..values };
    }

    /// Mean over members of the rationality of one source.
    pub fn rationality(&self, source: usize) -> f64 {
        let values: Vec<f64> =
            self.frozen(source).rationality().into_data().iter::<f64>().collect();
        values.iter().sum::<f64>() / values.len() as f64
    }

    /// Names and values of one source's parameters, each `[member, value]` in row-major order.
    pub fn report(&self, source: usize) -> Vec<(String, Vec<f64>)> {
        let response = self.frozen(source);
        self.layout[source]
            .iter()
            .map(|slot| {
                let values = response.get(&slot.parameter.name).into_data().iter::<f64>().collect();
                (slot.parameter.name.clone(), values)
            })
            .collect()
    }

    /// Writes values and optimizer into an existing folder.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), CheckpointError> {
        self.save_values(&folder.join(RESPONSE_FILE))?;
        save_module(&self.optimizer, &folder.join(OPTIMIZER_FILE))
    }

    /// Writes the values alone.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save_values(&self, path: &Path) -> Result<(), CheckpointError> {
        save_module(&self.values, path)
    }

    /// Brings back what [`ResponseLearner::save`] wrote after `steps` optimizer steps.
    ///
    /// # Errors
    /// If a file cannot be read or has other parameters.
    pub fn load(&mut self, folder: &Path, steps: u64) -> Result<(), CheckpointError> {
        load_response(self, &folder.join(RESPONSE_FILE))?;
        load_module(&mut self.optimizer, &folder.join(OPTIMIZER_FILE))?;
        self.optimizer.resume_at(steps);
        Ok(())
    }

    fn collect(&self, source: usize, values: &ResponseValues) -> Response {
        Response::new(self.layout[source].iter().map(|slot| {
            let list = if slot.learned { &values.free } else { &values.fixed };
            let value = list[slot.position].val();
            (slot.parameter.name.clone(), if slot.learned { value } else { value.detach() })
        }))
    }
}

const RESPONSE_FILE: &str = "response.safetensors";
const OPTIMIZER_FILE: &str = "response-optimizer.safetensors";

/// Reads the values alone, as [`ResponseLearner::save_values`] wrote them.
///
/// # Errors
/// If the file cannot be read or has other parameters.
pub fn load_response(learner: &mut ResponseLearner, path: &Path) -> Result<(), CheckpointError> {
    let mut values = learner.values.clone();
    load_module(&mut values, path)?;
    learner.values = values;
    Ok(())
}
