//! Who acts in a world, and how are several of them mixed?

use crate::{Action, Actions, World};
use medley_toml_file::Problem;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::fmt::Debug;

/// What a policy may look at before it acts.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// What is seen of the state.
    pub observation: &'a [f32],
    /// The state itself, for policies that are tables.
    pub state: &'a [f64],
    /// Number of the step in the episode, from 0.
    pub step: u32,
    /// The action before this one; none at the first step.
    pub before: Option<Action<'a>>,
}

/// Chooses actions. Randomness comes from the `rng` alone, and nothing is remembered between two
/// calls, so that episodes can be collected in any order and on any number of threads.
pub trait Policy: Debug + Send + Sync {
    /// Chooses. `room` has as many numbers as an action is stored as ([`Actions::width`]): a
    /// continuous action is written there and returned as a view of it.
    fn act<'a>(&self, seen: &Seen<'_>, rng: &mut ChaCha8Rng, room: &'a mut [f64]) -> Action<'a>;
}

/// Every action alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Uniform(Actions);

impl Uniform {
    /// For the actions of `world`.
    pub fn of(world: &dyn World) -> Self {
        Self(world.actions())
    }
}

impl Policy for Uniform {
    fn act<'a>(&self, _: &Seen<'_>, rng: &mut ChaCha8Rng, room: &'a mut [f64]) -> Action<'a> {
        match &self.0 {
            Actions::Discrete(count) => Action::Discrete(rng.random_range(0..*count)),
            Actions::Continuous { low, high } => {
                for ((room, low), high) in room.iter_mut().zip(low).zip(high) {
                    *room = rng.random_range(*low..=*high);
                }
                Action::Continuous(room)
            }
        }
    }
}

/// Keeps each action of a policy for so many steps.
#[derive(Debug)]
pub struct Hold<P> {
    /// Who acts, at every `steps`-th step.
    pub policy: P,
    /// For how many steps; 0 is taken as 1.
    pub steps: u32,
}

impl<P: Policy> Policy for Hold<P> {
    fn act<'a>(&self, seen: &Seen<'_>, rng: &mut ChaCha8Rng, room: &'a mut [f64]) -> Action<'a> {
        match seen.before {
            Some(Action::Discrete(number)) if self.holds(seen) => Action::Discrete(number),
            Some(Action::Continuous(values)) if self.holds(seen) => {
                room.copy_from_slice(values);
                Action::Continuous(room)
            }
            _ => self.policy.act(seen, rng, room),
        }
    }
}

impl<P> Hold<P> {
    fn holds(&self, seen: &Seen<'_>) -> bool {
        !seen.step.is_multiple_of(self.steps.max(1))
    }
}

/// Another policy now and then, at single steps: with `Uniform` and a small share, a policy that
/// explores.
#[derive(Debug)]
pub struct NowAndThen<P, Q> {
    /// Who acts else.
    pub mostly: P,
    /// Who acts at `share` of the steps.
    pub sometimes: Q,
    /// From 0 to 1.
    pub share: f64,
}

impl<P: Policy, Q: Policy> Policy for NowAndThen<P, Q> {
    fn act<'a>(&self, seen: &Seen<'_>, rng: &mut ChaCha8Rng, room: &'a mut [f64]) -> Action<'a> {
        match rng.random::<f64>() < self.share {
            true => self.sometimes.act(seen, rng, room),
            false => self.mostly.act(seen, rng, room),
        }
    }
}

/// Policies of which one acts in an episode, drawn by its weight.
#[derive(Debug)]
pub struct Mixture<'a> {
    policies: Vec<&'a dyn Policy>,
    /// Of each policy; they sum to 1.
    probabilities: Vec<f64>,
}

impl<'a> Mixture<'a> {
    /// One policy for all episodes.
    pub fn of(policy: &'a dyn Policy) -> Self {
        Self { policies: vec![policy], probabilities: vec![1.0] }
    }

    /// Several, with weights that need not sum to 1.
    ///
    /// # Errors
    /// There is none, or the weights are not numbers of at least 0 with a sum above 0.
    pub fn new(parts: Vec<(f64, &'a dyn Policy)>) -> Result<Self, Problem> {
        let total = parts.iter().fold(0.0, |total, (weight, _)| total + weight);
        if let Some((weight, _)) = parts.iter().find(|(weight, _)| !(0.0..).contains(weight)) {
            let message = format!("numbers of at least 0 are needed, found {weight}");
            return Err(Problem::new("weights", message));
        }
        if !(total > 0.0 && total.is_finite()) {
            let message = format!("a finite sum above 0 is needed, found {total}");
            return Err(Problem::new("weights", message));
        }
        let probabilities = parts.iter().map(|(weight, _)| weight / total).collect();
        Ok(Self { policies: parts.into_iter().map(|(_, policy)| policy).collect(), probabilities })
    }

    /// Draws who acts: its number, and the policy.
    pub(crate) fn draw(&self, rng: &mut ChaCha8Rng) -> (usize, &'a dyn Policy) {
        let number = match self.policies.len() {
            1 => 0,
            _ => medley_random::pick(self.probabilities.iter().copied(), rng),
        };
        (number, self.policies[number])
    }
}
