//! Who acts by what recorded steps show of a world?

use crate::LearnedWorld;
use crate::learned::{Dynamics, Recorded};
use medley_dataset::Dataset;
use medley_policy::tabular::plan;
use medley_random::pick;
use medley_toml_file::Tagged;
use medley_world::{Action, Policy, Rewards, Seen, World};
use rand_chacha::ChaCha8Rng;

/// Somebody who takes each action by the exponential of its value under best behaviour, in a world that
/// they know from recorded steps. Whoever demonstrates like that demonstrates as
/// [`crate::ActionDemonstration`] takes it, up to what other steps would have shown.
#[derive(Debug)]
pub struct PlanningPolicy {
    world: Tagged<dyn World>,
    dynamics: Dynamics,
    /// Values of the states of the process.
    worth: Vec<f64>,
    discount: f64,
    rationality: f64,
}

impl PlanningPolicy {
    /// Learns `world` from the steps of `dataset`, as `options` say. `reward` is the true reward of a row of
    /// stored features, if it is known.
    ///
    /// # Errors
    /// Steps that a world cannot be learned from, options or a discount out of range, or the reward of an
    /// action in a representative state that nobody knows.
    pub fn new(
        world: &Tagged<dyn World>,
        dataset: &Dataset,
        options: &LearnedWorld,
        [discount, rationality]: [f64; 2],
        reward: &dyn Fn(&[f32]) -> Option<f64>,
    ) -> Result<Self, String> {
        options.check().map_err(|problem| problem.to_string())?;
        let dynamics = Dynamics::learn(Recorded::of(dataset)?, options)?;
        let mdp = dynamics.process(discount).map_err(|error| error.to_string())?;
        let stored = dataset.segments().stored_features();
        let (names, stored) = stored.ok_or("expected steps with stored features")?;
        let mut paid = Vec::with_capacity(mdp.states() * mdp.actions());
        for &row in dynamics.representatives() {
            let seen = stored.range(row * names.len()..(row + 1) * names.len());
            for action in 0..mdp.actions() {
                let point = dynamics.recorded().with_action(&seen, action);
                let reward = reward(&point);
                paid.push(reward.ok_or("nobody knows what an action would have been worth")?);
            }
        }
        paid.extend(vec![0.0; mdp.actions()]);
        let mdp =
            mdp.with_rewards(Rewards::StateAction(paid)).map_err(|error| error.to_string())?;
        let worth = plan(&mdp, 0.0).map_err(|error| error.to_string())?.soft.values.states;
        Ok(Self { world: world.clone(), dynamics, worth, discount, rationality })
    }

    /// What an action is worth in a state of the world.
    fn value(&self, state: &[f64], action: usize, rng: &mut ChaCha8Rng) -> f64 {
        let mut point = vec![0.0; self.world.feature_names().len()];
        self.world.features(state, Action::Discrete(action), &mut point);
        let seen = self.dynamics.recorded().state_in(&point);
        let next = self.dynamics.follow(&seen, action);
        let next: f64 = next.iter().map(|&(to, p)| p * self.worth[to as usize]).sum();
        let mut state = state.to_vec();
        let paid = self.world.step(&mut state, Action::Discrete(action), rng);
        paid.map_or(f64::NAN, |step| step.reward) + self.discount * next
    }
}

impl Policy for PlanningPolicy {
    fn act<'a>(&self, seen: &Seen<'_>, rng: &mut ChaCha8Rng, _: &'a mut [f64]) -> Action<'a> {
        let actions = self.dynamics.recorded().actions();
        let values: Vec<f64> =
            (0..actions).map(|action| self.value(seen.state, action, rng)).collect();
        let best = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> =
            values.iter().map(|value| (self.rationality * (value - best)).exp()).collect();
        let sum: f64 = weights.iter().sum();
        Action::Discrete(pick(weights.iter().map(|weight| weight / sum), rng))
    }
}
