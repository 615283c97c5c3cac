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

    /// The gradient at the weights, projected if the mixing does; none if nothing depends on them.
    /// `members` are the [`places_of_members`].
    pub fn pull_back(
        self,
        gradients: &Gradients,
        mixing: &dyn Mixing,
        members: &[Vec<usize>],
    ) -> Option<Vec<f64>> {
        let slope = |Forward { values, pull_back }| values.grad(gradients).map(pull_back);
        let mut slopes: Vec<Vec<f64>> = self.0.into_iter().filter_map(slope).collect();
        match mixing.is_projected() && !slopes.is_empty() {
            true => Some(project(mixing, &slopes, members)),
            false => slopes.pop(),
        }
    }
}

/// Where the weights of each member of `model` are, if the mixing projects gradients, which it does
/// member by member.
pub(crate) fn places_of_members(task: &Task<'_>, model: &dyn Trainable) -> Vec<Vec<usize>> {
    if !task.mixing.is_projected() {
        return Vec::new();
    }
    let mut places = vec![Vec::new(); task.shape.members];
    for (place, member) in model.parameter_members().into_iter().enumerate() {
        places[member].push(place);
    }
    places
}

/// Projects each member on its own, so that none depends on how many there are.
fn project(mixing: &dyn Mixing, slopes: &[Vec<f64>], members: &[Vec<usize>]) -> Vec<f64> {
    let mut projected = vec![0.0; slopes[0].len()];
    for places in members {
        let own = |slope: &Vec<f64>| places.iter().map(|&place| slope[place]).collect();
        let own: Vec<Vec<f64>> = slopes.iter().map(own).collect();
        let found = mixing.project(&own);
        assert_eq!(found.len(), places.len(), "weights of a projected gradient and of a member");
        places.iter().zip(found).for_each(|(&place, value)| projected[place] = value);
    }
    projected
}
