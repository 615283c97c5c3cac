//! How is a world lived through, from a first state to an end?

use crate::{Action, Actions, Mixture, Policy, Seen, World, WorldError, stream};
use medley_toml_file::at_least;
use rand_chacha::ChaCha8Rng;

/// What happened from a first state to an end.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode {
    /// States, the first and the one after each step, `[steps + 1, state_width]`.
    pub states: Vec<f64>,
    /// Actions as they are stored, `[steps, Actions::width]`.
    pub actions: Vec<f64>,
    /// True reward of each step, `[steps]`.
    pub rewards: Vec<f64>,
    /// Why there is no further step.
    pub end: End,
    /// Which policy of the mixture acted.
    pub policy: usize,
}

/// Why an episode has no further step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The world ended it: what follows is worth nothing.
    Terminated,
    /// It was cut off at the limit, and the world would have gone on.
    Truncated,
}

/// Which episodes to collect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// How many.
    pub episodes: usize,
    /// After how many steps an episode is cut off; none: where the world says ([`World::steps`]).
    pub limit: Option<u32>,
    /// Names the streams: each episode has one of its own, so that it depends neither on the others
    /// nor on how many there are.
    pub seed: u64,
}

impl Episode {
    /// Number of steps.
    pub fn len(&self) -> usize {
        self.rewards.len()
    }

    /// Whether there is no step. No episode that was collected is empty.
    pub fn is_empty(&self) -> bool {
        self.rewards.is_empty()
    }

    /// Sum of the true rewards.
    pub fn total(&self) -> f64 {
        self.rewards.iter().sum()
    }

    /// State before step `step`; after the last one for `step = len`.
    pub fn state(&self, step: usize) -> &[f64] {
        let width = self.states.len() / (self.len() + 1);
        &self.states[step * width..][..width]
    }

    /// Action of step `step`, one of `actions`.
    pub fn action(&self, step: usize, actions: &Actions) -> Action<'_> {
        let width = actions.width();
        actions.load(&self.actions[step * width..][..width])
    }
}

/// Collects episodes, in the order of their numbers.
///
/// # Errors
/// Options out of range, no limit at all, an action that is none, or a state, a reward or what is
/// seen that is not finite: then nothing is kept, and the error names episode and step.
pub fn collect(
    world: &dyn World,
    mixture: &Mixture<'_>,
    collection: &Collection,
) -> Result<Vec<Episode>, WorldError> {
    world.check()?;
    let limit = limit(world, collection.limit)?;
    let one = |number| {
        let rng = &mut stream(collection.seed, &format!("episode {number}"));
        let (policy, acting) = mixture.draw(rng);
        let episode = live(world, acting, limit, number, rng)?;
        Ok(Episode { policy, ..episode })
    };
    (0..collection.episodes).map(one).collect()
}

fn limit(world: &dyn World, wanted: Option<u32>) -> Result<u32, WorldError> {
    let limit = wanted.or(world.steps());
    let limit = limit.ok_or_else(|| WorldError::Endless { world: name(world) })?;
    at_least("limit", u64::from(limit), 1)?;
    Ok(limit)
}

fn name(world: &dyn World) -> String {
    world.typetag_name().to_owned()
}

fn live(
    world: &dyn World,
    policy: &dyn Policy,
    limit: u32,
    number: usize,
    rng: &mut ChaCha8Rng,
) -> Result<Episode, WorldError> {
    let actions = world.actions();
    let mut now = vec![0.0; world.state_width()];
    let mut seen = vec![0.0; world.observation_names().len()];
    let (mut room, mut before) = (vec![0.0; actions.width()], vec![0.0; actions.width()]);
    world.reset(rng, &mut now);
    let mut episode = Episode {
        states: now.clone(),
        actions: Vec::new(),
        rewards: Vec::new(),
        end: End::Truncated,
        policy: 0,
    };
    let at = Place { world, episode: number };
    at.finite(0, "the first state", &now)?;
    for step in 0..limit {
        let place = step as usize;
        world.observe(&now, &mut seen);
        at.finite_single(place, "what is seen", &seen)?;
        let last = (step > 0).then(|| actions.load(&before));
        let seen = Seen { observation: &seen, state: &now, step, before: last };
        let action = policy.act(&seen, rng, &mut room);
        actions.check(action).map_err(|error| at.step(place, error))?;
        action.store(&mut before);
        let taken = world.step(&mut now, action, rng).map_err(|error| at.step(place, error))?;
        at.finite(place, "the reward", &[taken.reward])?;
        at.finite(place, "the state after it", &now)?;
        episode.actions.extend_from_slice(&before);
        episode.rewards.push(taken.reward);
        episode.states.extend_from_slice(&now);
        if taken.terminated {
            episode.end = End::Terminated;
            break;
        }
    }
    Ok(episode)
}

/// Where a mistake was made.
struct Place<'a> {
    world: &'a dyn World,
    episode: usize,
}

impl Place<'_> {
    fn finite(&self, step: usize, what: &str, values: &[f64]) -> Result<(), WorldError> {
        match values.iter().find(|value| !value.is_finite()) {
            None => Ok(()),
            Some(&value) => Err(self.not_finite(step, what, value)),
        }
    }

    fn finite_single(&self, step: usize, what: &str, values: &[f32]) -> Result<(), WorldError> {
        match values.iter().find(|value| !value.is_finite()) {
            None => Ok(()),
            Some(&value) => Err(self.not_finite(step, what, f64::from(value))),
        }
    }

    fn not_finite(&self, step: usize, what: &str, value: f64) -> WorldError {
        let (world, what) = (name(self.world), what.to_owned());
        WorldError::NotFinite { world, episode: self.episode, step, what, value }
    }

    fn step(&self, step: usize, source: WorldError) -> WorldError {
        let world = name(self.world);
        WorldError::Step { world, episode: self.episode, step, source: Box::new(source) }
    }
}
