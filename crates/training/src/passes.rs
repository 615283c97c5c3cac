//! Passes over the model in one step: one for all sources, or one each where gradients are projected.
//!
//! A backward pass consumes its graph, so that the gradients of several sources at the same weights
//! need a forward pass each. Likelihoods are computed once in either case.

use crate::{Mixing, Task};
use burn::tensor::Gradients;
use medley_adapter::{Gather, Gathered};
use medley_reward_model::{Forward, Trainable};

/// The passes of a step.
pub(crate) struct Passes(Vec<Forward>);

impl Passes {
    /// Asks `model` about all that `sources` sources read.
    pub fn new(task: &Task<'_>, model: &dyn Trainable, gather: &Gather, sources: usize) -> Self {
        let count = if task.mixing.is_projected() { sources } else { 1 };
        Self((0..count).map(|_| model.forward(gather.batch())).collect())
    }

    /// What the model said: to all sources, or to each in its order.
    pub fn gathered<'g>(&self, gather: &'g Gather, task: &'g Task<'_>) -> Vec<Gathered<'g>> {
        let of = |pass: &Forward| Gathered::new(gather, pass.values.clone(), &task.shape.layout);
        self.0.iter().map(of).collect()
    }

    /// The gradient at the weights of `model`, projected if the mixing does; none if nothing depends
    /// on them.
    pub fn pull_back(
        self,
        gradients: &Gradients,
        mixing: &dyn Mixing,
        model: &dyn Trainable,
    ) -> Option<Vec<f64>> {
        let slope = |Forward { values, pull_back }| values.grad(gradients).map(pull_back);
        let mut slopes: Vec<Vec<f64>> = self.0.into_iter().filter_map(slope).collect();
        match mixing.is_projected() && !slopes.is_empty() {
            true => Some(project(mixing, &slopes, &model.parameter_members())),
            false => slopes.pop(),
        }
    }
}

/// Projects each member on its own, so that none depends on how many there are.
fn project(mixing: &dyn Mixing, slopes: &[Vec<f64>], members: &[usize]) -> Vec<f64> {
    let mut projected = vec![0.0; members.len()];
    let count = members.iter().max().map_or(0, |last| last + 1);
    for member in 0..count {
        let places: Vec<usize> = (0..members.len()).filter(|&i| members[i] == member).collect();
        let own = |slope: &Vec<f64>| places.iter().map(|&place| slope[place]).collect();
        let own: Vec<Vec<f64>> = slopes.iter().map(own).collect();
        let found = mixing.project(&own);
        assert_eq!(found.len(), places.len(), "weights of a projected gradient and of a member");
        places.into_iter().zip(found).for_each(|(place, value)| projected[place] = value);
    }
    projected
}
