//! The response models of all sources as one flat vector with an optimizer of its own.
//!
//! Members of an ensemble have their own: a member is a complete model of reward and people.

use burn::tensor::{Gradients, Tensor, TensorData};
use medley_adapter::{Response, ResponseParameter};
use medley_reward_model::{AdamW, AdamWOptions, Placement};
use std::ops::Range;

/// Learns the response parameters of several sources.
#[derive(Clone, Debug)]
pub struct ResponseLearner {
    members: usize,
    slots: Vec<Vec<Slot>>, // [source][parameter]
    /// In double precision for whoever samples; training keeps them at single precision.
    free: Vec<f64>,
    fixed: Vec<f64>,
    optimizer: AdamW,
}

/// Where the values of a parameter are, `[member, value]` in row-major order.
#[derive(Clone, Debug)]
struct Slot {
    parameter: ResponseParameter,
    learned: bool,
    range: Range<usize>,
}

/// Tensors of all parameters, and those of them that gradients flow into.
pub(crate) struct ResponseTensors {
    pub of_source: Vec<Response>,
    leaves: Vec<(Range<usize>, Tensor<2>)>,
}

/// The parameters of one source and their values.
#[derive(Clone, Debug, PartialEq)]
pub struct FittedParameter {
    /// What it is.
    pub parameter: ResponseParameter,
    /// As it is stored, `[member, value]` in row-major order.
    pub values: Vec<f64>,
}

impl ResponseLearner {
    /// Initial values of the parameters of each source; those that `frozen` names stay there.
    pub fn new(
        sources: Vec<Vec<ResponseParameter>>,
        members: usize,
        frozen: impl Fn(&ResponseParameter) -> bool,
    ) -> Self {
        let (mut free, mut fixed) = (Vec::<f64>::new(), Vec::new());
        let mut slot = |parameter: ResponseParameter| {
            let learned = !frozen(&parameter);
            let list: &mut Vec<f64> = if learned { &mut free } else { &mut fixed };
            let start = list.len();
            list.extend(parameter.initial.repeat(members).into_iter().map(f64::from));
            Slot { range: start..list.len(), learned, parameter }
        };
        let slots = sources
            .into_iter()
            .map(|parameters| parameters.into_iter().map(&mut slot).collect())
            .collect();
        let options = AdamWOptions { weight_decay: 0.0, ..AdamWOptions::default() };
        let optimizer = AdamW::new(free.len(), &options);
        Self { members, slots, free, fixed, optimizer }
    }

    /// Values of one source, without autodiff if `place` has none.
    pub fn of(&self, source: usize, place: &Placement) -> Response {
        Response::new(
            self.slots[source]
                .iter()
                .map(|slot| (slot.parameter.name.clone(), self.tensor(slot, place))),
        )
    }

    /// Values of all sources as leaves that track gradients.
    pub(crate) fn leaves(&self, place: &Placement) -> ResponseTensors {
        let mut leaves = Vec::new();
        let of_source = self.slots.iter().map(|slots| {
            Response::new(slots.iter().map(|slot| {
                let mut value = self.tensor(slot, place);
                if slot.learned {
                    value = value.require_grad();
                    leaves.push((slot.range.clone(), value.clone()));
                }
                (slot.parameter.name.clone(), value)
            }))
        });
        let of_source = of_source.collect();
        ResponseTensors { of_source, leaves }
    }

    /// Negative log-density of the priors, up to a constant, summed over members and values.
    pub fn penalty(&self) -> f64 {
        self.with_prior().map(|(_, z, _)| 0.5 * z * z).sum()
    }

    /// Adds the gradient of the penalty, times `scale`.
    pub(crate) fn add_penalty_slope(&self, scale: f64, slope: &mut [f64]) {
        for (place, z, sd) in self.with_prior() {
            slope[place] += scale * z / sd;
        }
    }

    /// Place, standardized value and standard deviation of each learned value with a prior.
    fn with_prior(&self) -> impl Iterator<Item = (usize, f64, f64)> + '_ {
        let learned = self.slots.iter().flatten().filter(|slot| slot.learned);
        learned.filter_map(|slot| Some((slot, slot.parameter.prior?))).flat_map(
            move |(slot, prior)| {
                let (mean, sd) = (f64::from(prior.mean), f64::from(prior.sd));
                slot.range.clone().map(move |place| (place, (self.free[place] - mean) / sd, sd))
            },
        )
    }

    /// Gradient of a loss at the leaves, in the order of [`ResponseLearner::read`].
    pub(crate) fn slope(&self, tensors: &ResponseTensors, gradients: &Gradients) -> Vec<f64> {
        let mut slope = vec![0.0; self.free.len()];
        for (range, leaf) in &tensors.leaves {
            if let Some(own) = leaf.grad(gradients) {
                let own = own.into_data();
                let values = own.iter::<f64>();
                slope[range.clone()].iter_mut().zip(values).for_each(|(slot, value)| *slot = value);
            }
        }
        slope
    }

    /// One optimizer step.
    pub(crate) fn step(&mut self, slope: &[f64], rate: f64) {
        let slope: Vec<f32> = slope.iter().map(|&slope| slope as f32).collect();
        let mut values: Vec<f32> = self.free.iter().map(|&value| value as f32).collect();
        self.optimizer.step(&mut values, &slope, rate);
        self.free = values.into_iter().map(f64::from).collect();
    }

    /// All learned values in one list.
    pub fn read(&self) -> Vec<f64> {
        self.free.clone()
    }

    /// Sets all learned values.
    ///
    /// # Panics
    /// If there are not as many.
    pub fn write(&mut self, flat: &[f64]) {
        assert_eq!(flat.len(), self.free.len(), "values and learned parameters");
        self.free.copy_from_slice(flat);
    }

    /// Sets the learned values of one member, parameter by parameter.
    pub(crate) fn set_member(&mut self, member: usize, values: &[f64]) {
        let places: Vec<usize> = self.places_of(member).collect();
        assert_eq!(places.len(), values.len(), "values and learned parameters of a member");
        places.into_iter().zip(values).for_each(|(place, &value)| self.free[place] = value);
    }

    /// Where the learned values of a member are in [`Self::read`].
    pub(crate) fn places_of(&self, member: usize) -> impl Iterator<Item = usize> + '_ {
        let learned = self.slots.iter().flatten().filter(|slot| slot.learned);
        learned.flat_map(move |slot| {
            let width = slot.parameter.initial.len();
            let start = slot.range.start + member * width;
            start..start + width
        })
    }

    /// The source of each learned value of a member, in the order of [`Self::places_of`]; the number of
    /// sources for the mixing's own.
    pub(crate) fn sources_of_values(&self) -> impl Iterator<Item = usize> + '_ {
        self.slots.iter().enumerate().flat_map(|(source, slots)| {
            let learned = slots.iter().filter(|slot| slot.learned);
            learned.flat_map(move |slot| std::iter::repeat_n(source, slot.parameter.initial.len()))
        })
    }

    /// Source and name of each learned value of a member, in the order of [`Self::places_of`]; values of
    /// one parameter are numbered from 1 on.
    pub(crate) fn names_of_values(&self) -> impl Iterator<Item = (usize, String)> + '_ {
        self.slots.iter().enumerate().flat_map(|(source, slots)| {
            let learned = slots.iter().filter(|slot| slot.learned);
            learned.flat_map(move |slot| {
                let (name, count) = (&slot.parameter.name, slot.parameter.initial.len());
                (1..=count).map(move |place| match count {
                    1 => (source, name.clone()),
                    _ => (source, format!("{name} {place}")),
                })
            })
        })
    }

    /// Mean over members of the rationality that a source shares; none if it has no such parameter.
    pub fn rationality(&self, source: usize) -> Option<f64> {
        let fitted = self.report(source);
        let shared = fitted.iter().find(|f| f.parameter.name == medley_adapter::RATIONALITY)?;
        let sum: f64 = shared.values.iter().map(|value| value.exp()).sum();
        Some(sum / shared.values.len() as f64)
    }

    /// The parameters of one source and their values.
    pub fn report(&self, source: usize) -> Vec<FittedParameter> {
        let fitted = |slot: &Slot| FittedParameter {
            parameter: slot.parameter.clone(),
            values: self.values(slot).to_vec(),
        };
        self.slots[source].iter().map(fitted).collect()
    }

    /// Members of the ensemble.
    pub fn members(&self) -> usize {
        self.members
    }

    /// Values and moments of the optimizer, for a checkpoint.
    pub(crate) fn state(&self) -> [Vec<f32>; 3] {
        let [first, second] = self.optimizer.moments();
        let free = self.free.iter().map(|&value| value as f32).collect();
        [free, first.to_vec(), second.to_vec()]
    }

    /// Continues from a checkpoint after `steps` steps.
    pub(crate) fn resume(&mut self, [free, first, second]: [Vec<f32>; 3], steps: u64) {
        assert_eq!(free.len(), self.free.len(), "values of other parameters");
        self.free = free.into_iter().map(f64::from).collect();
        self.optimizer.resume([first, second], steps);
    }

    fn values(&self, slot: &Slot) -> &[f64] {
        let list = if slot.learned { &self.free } else { &self.fixed };
        &list[slot.range.clone()]
    }

    fn tensor(&self, slot: &Slot, place: &Placement) -> Tensor<2> {
        let values = self.values(slot).to_vec();
        let shape = [self.members, slot.parameter.initial.len()];
        let data = TensorData::new(values, shape);
        Tensor::from_data(data, (&place.device, place.dtype))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    fn learner() -> ResponseLearner {
        let bias = ResponseParameter::shrunk("bias", vec![1.0, 3.0], 0.0, 2.0);
        let sources = vec![vec![ResponseParameter::rationality(), bias], vec![]];
        ResponseLearner::new(sources, 2, |parameter| parameter.name == "log-rationality")
    }

    #[test]
    fn what_is_frozen_is_not_in_the_flat_vector() {
        let mut learner = learner();
        assert_eq!(learner.read(), [1.0, 3.0, 1.0, 3.0]);
        learner.write(&[2.0, 4.0, 6.0, 8.0]);
        assert_eq!(learner.report(0)[1].values, [2.0, 4.0, 6.0, 8.0]);
        assert_eq!(learner.rationality(0), Some(1.0));
        assert_eq!(learner.rationality(1), None);
    }

    #[test]
    fn priors_by_hand() {
        let learner = learner();
        // (0.5^2 + 1.5^2) / 2, for two members.
        assert!((learner.penalty() - 2.5).abs() < 1e-12);
        let mut slope = vec![0.0; 4];
        learner.add_penalty_slope(2.0, &mut slope);
        assert_eq!(slope, [0.5, 1.5, 0.5, 1.5]);
    }

    #[test]
    fn gradients_reach_the_leaves_they_belong_to() {
        let learner = learner();
        let place = Placement::single(Device::flex().autodiff());
        let tensors = learner.leaves(&place);
        let bias = tensors.of_source[0].get("bias");
        let loss = (bias.clone() * bias).sum() + tensors.of_source[0].rationality().sum();
        assert_eq!(learner.slope(&tensors, &loss.backward()), [2.0, 6.0, 2.0, 6.0]);
    }
}
