//! Random tabular processes (Garnet: Archibald, McKinnon and Thomas 1995): few next states for each
//! state and action, drawn without return; their probabilities are the pieces of a stick that is
//! broken at uniform places; rewards are standard normal.

use crate::tabular::{self, observe, state_names};
use crate::world::discrete;
use crate::{Action, Actions, Mdp, MdpParts, Rewards, Step, World, WorldError, stream};
use medley_random::{normal, pick};
use medley_toml_file::{Problem, at_least};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// `world.random-mdp = { states = 100, actions = 4, branching = 5, seed = 1 }`. State: the number of
/// one of the process. It never ends. What is seen is the state, a column each; features of a step
/// are the same, or a column for each pair of state and action where the reward depends on both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RandomMdpOptions", into = "RandomMdpOptions")]
pub struct RandomMdp {
    options: RandomMdpOptions,
    mdp: Mdp,
}

/// What a random process is drawn by. The same options give the same process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RandomMdpOptions {
    /// Number of states, from 1 to 100,000.
    pub states: usize,
    /// Number of actions, from 1 to 1,000.
    pub actions: usize,
    /// Next states of each state and action, at most as many as there are states.
    pub branching: usize,
    /// Names the stream that the process is drawn from.
    pub seed: u64,
    /// What the reward depends on.
    pub reward: RewardOf,
    /// Where episodes start.
    pub start: Start,
    /// What a reward one step later is worth, in [0, 1).
    pub discount: f64,
    /// Steps after which episodes are cut off.
    pub steps: u32,
}

/// What a reward depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RewardOf {
    /// The state that a step leaves.
    State,
    /// State and action.
    StateAction,
}

/// Where episodes start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// In any state alike.
    Uniform,
    /// In state 0. States that it does not lead to are kept ([`Mdp::reachable`]).
    First,
}

impl Default for RandomMdpOptions {
    fn default() -> Self {
        Self {
            states: 20,
            actions: 4,
            branching: 3,
            seed: 0,
            reward: RewardOf::State,
            start: Start::Uniform,
            discount: 0.9,
            steps: 100,
        }
    }
}

impl RandomMdp {
    /// Draws a process.
    ///
    /// # Errors
    /// An option is out of range.
    pub fn new(options: RandomMdpOptions) -> Result<Self, Problem> {
        let RandomMdpOptions { states, actions, branching, seed, discount, .. } = options;
        between("states", states, 100_000)?;
        between("actions", actions, 1_000)?;
        between("branching", branching, states)?;
        at_least("steps", u64::from(options.steps), 1)?;
        if !(0.0..1.0).contains(&discount) {
            let message = format!("a number of at least 0, below 1, is needed, found {discount}");
            return Err(Problem::new("discount", message));
        }
        let rng = &mut stream(seed, "random-mdp");
        let transitions = (0..states * actions).map(|_| row(states, branching, rng)).collect();
        let rewards = match options.reward {
            RewardOf::State => Rewards::State((0..states).map(|_| normal(rng)).collect()),
            RewardOf::StateAction => {
                Rewards::StateAction((0..states * actions).map(|_| normal(rng)).collect())
            }
        };
        let start = match options.start {
            Start::Uniform => vec![1.0 / states as f64; states],
            Start::First => (0..states).map(|state| f64::from(u8::from(state == 0))).collect(),
        };
        let terminal = vec![false; states];
        let parts = MdpParts { actions, discount, start, terminal, transitions, rewards };
        // Whatever was drawn, rows sum to 1 and rewards are finite.
        let mdp = Mdp::new(parts).map_err(|error| Problem::new("seed", error.to_string()))?;
        Ok(Self { options, mdp })
    }

    /// What it was drawn by.
    pub fn options(&self) -> &RandomMdpOptions {
        &self.options
    }
}

impl TryFrom<RandomMdpOptions> for RandomMdp {
    type Error = Problem;

    fn try_from(options: RandomMdpOptions) -> Result<Self, Problem> {
        Self::new(options)
    }
}

impl From<RandomMdp> for RandomMdpOptions {
    fn from(world: RandomMdp) -> Self {
        world.options
    }
}

fn between(key: &str, found: usize, most: usize) -> Result<(), Problem> {
    at_least(key, found as u64, 1)?;
    match found <= most {
        true => Ok(()),
        false => Err(Problem::new(key, format!("at most {most} is needed, found {found}"))),
    }
}

/// So many different states, with the pieces of a broken stick.
fn row(states: usize, branching: usize, rng: &mut ChaCha8Rng) -> Vec<(u32, f64)> {
    let mut places: Vec<f64> = (1..branching).map(|_| rng.random()).collect();
    places.sort_by(f64::total_cmp);
    places.push(1.0);
    let mut before = 0.0;
    let mut pieces = places.into_iter().map(|place| place - std::mem::replace(&mut before, place));
    let next = different(states, branching, rng);
    next.into_iter().map(|state| (state, pieces.next().unwrap_or_default())).collect()
}

/// So many different numbers below `states` (Floyd's algorithm).
fn different(states: usize, count: usize, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let mut chosen: Vec<u32> = Vec::with_capacity(count);
    for highest in states - count..states {
        let number = rng.random_range(0..=highest) as u32;
        chosen.push(if chosen.contains(&number) { highest as u32 } else { number });
    }
    chosen
}

#[typetag::serde(name = "random-mdp")]
impl World for RandomMdp {
    fn summary(&self) -> &'static str {
        "a random tabular process with few next states (Garnet)"
    }

    fn state_width(&self) -> usize {
        1
    }

    fn observation_names(&self) -> Vec<String> {
        state_names(self.options.states)
    }

    fn observe(&self, state: &[f64], into: &mut [f32]) {
        observe(state, into);
    }

    fn actions(&self) -> Actions {
        Actions::Discrete(self.options.actions)
    }

    fn reset(&self, rng: &mut ChaCha8Rng, state: &mut [f64]) {
        state[0] = match self.options.start {
            Start::First => 0.0,
            Start::Uniform => pick(self.mdp.start().iter().copied(), rng) as f64,
        };
    }

    fn step(
        &self,
        state: &mut [f64],
        action: Action<'_>,
        rng: &mut ChaCha8Rng,
    ) -> Result<Step, WorldError> {
        let reward = tabular::step(&self.mdp, state, action, rng)?.reward;
        Ok(Step { reward, terminated: false })
    }

    fn steps(&self) -> Option<u32> {
        Some(self.options.steps)
    }

    fn feature_names(&self) -> Vec<String> {
        let states = state_names(self.options.states);
        let pair = |state: &String| {
            let actions = (0..self.options.actions).map(move |action| format!("-action-{action}"));
            actions.map(|action| format!("{state}{action}")).collect::<Vec<_>>()
        };
        match self.options.reward {
            RewardOf::State => states,
            RewardOf::StateAction => states.iter().flat_map(pair).collect(),
        }
    }

    fn features(&self, state: &[f64], action: Action<'_>, into: &mut [f32]) {
        let actions = self.options.actions;
        match (self.options.reward, discrete(action, actions)) {
            (RewardOf::StateAction, Ok(action)) => {
                into.fill(0.0);
                into[state[0] as usize * actions + action] = 1.0;
            }
            _ => observe(state, into),
        }
    }

    fn mdp(&self) -> Option<Mdp> {
        Some(self.mdp.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_process_that_options_allow_is_drawn(
            states in 1_usize..30,
            actions in 1_usize..5,
            branching in 1_usize..30,
            seed: u64,
        ) {
            let branching = branching.min(states);
            let options =
                RandomMdpOptions { states, actions, branching, seed, ..Default::default() };
            let mdp = RandomMdp::new(options.clone()).unwrap().mdp;
            prop_assert!((0..states).all(|state| mdp.row(state, 0).len() == branching));
            prop_assert_eq!(RandomMdp::new(options).unwrap().mdp, mdp);
        }
    }

    #[test]
    fn seeds_draw_other_processes() {
        let drawn = |seed| RandomMdp::new(RandomMdpOptions { seed, ..Default::default() });
        assert_ne!(drawn(0).unwrap().mdp, drawn(1).unwrap().mdp);
    }

    #[test]
    fn the_reward_is_one_of_the_features() {
        for reward in [RewardOf::State, RewardOf::StateAction] {
            let options = RandomMdpOptions { reward, ..Default::default() };
            let world = RandomMdp::new(options).unwrap();
            let mut row = vec![9.0; world.feature_names().len()];
            let (Rewards::State(rewards) | Rewards::StateAction(rewards)) = world.mdp.rewards()
            else {
                panic!("rewards of transitions");
            };
            assert_eq!(rewards.len(), row.len());
            let rng = &mut stream(0, "steps");
            let mut state = [7.0];
            world.features(&state, Action::Discrete(2), &mut row);
            let linear: f64 = row.iter().zip(rewards).map(|(x, w)| f64::from(*x) * w).sum();
            let step = world.step(&mut state, Action::Discrete(2), rng).unwrap();
            assert_eq!(step.reward, linear);
        }
    }
}
