//! A point that is pushed about and paid by a weighted sum of features: the linear dynamical system of
//! INQUIRE (Fitzgerald, Koppol and others 2022), in which trajectories differ by what they are
//! paid for and not by how hard they are to find.
//!
//! From its code: `x' = x + u`, first states uniform in [0, 15), features `exp(-|x|)` and `exp(-|u|)`,
//! weights 1 for the first and normal with sd 0.25 for the second, brought to norm 1; 90 steps, of
//! which nine in a row have one action ([`crate::Hold`]). Its trajectories also end where all
//! coordinates are 0, which uniform starts do not meet; here they do not end.

use crate::world::continuous;
use crate::{Action, Actions, Step, World, WorldError, stream};
use medley_random::normal;
use medley_toml_file::{Problem, at_least};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// `world.linear-reward = { seed = 3 }`. State: a point. Actions: a push of at most 1 in each
/// direction. Features of a step are those that the reward is linear in, so that a linear reward model
/// can learn it exactly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "LinearRewardOptions", into = "LinearRewardOptions")]
pub struct LinearReward {
    options: LinearRewardOptions,
    weights: Vec<f64>,
}

/// What such a world is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct LinearRewardOptions {
    /// Coordinates of the point, from 1 to 1,000. There are twice as many features.
    pub dimensions: usize,
    /// What each feature is worth, brought to norm 1. None: drawn by `seed`.
    pub weights: Vec<f64>,
    /// Names the stream that weights are drawn from.
    pub seed: u64,
    /// Steps after which trajectories are cut off.
    pub steps: u32,
}

/// Coordinates of first states are below.
const WIDEST_START: f64 = 15.0;

impl Default for LinearRewardOptions {
    fn default() -> Self {
        Self { dimensions: 4, weights: Vec::new(), seed: 0, steps: 90 }
    }
}

impl LinearReward {
    /// A world of these options.
    ///
    /// # Errors
    /// One of them is out of range.
    pub fn new(options: LinearRewardOptions) -> Result<Self, Problem> {
        let dimensions = options.dimensions;
        at_least("dimensions", dimensions as u64, 1)?;
        if dimensions > 1_000 {
            let message = format!("at most 1000 is needed, found {dimensions}");
            return Err(Problem::new("dimensions", message));
        }
        at_least("steps", u64::from(options.steps), 1)?;
        let mut weights = match options.weights.is_empty() {
            true => drawn(dimensions, options.seed),
            false => options.weights.clone(),
        };
        if weights.len() != 2 * dimensions {
            let message = format!("{} numbers are needed, found {}", 2 * dimensions, weights.len());
            return Err(Problem::new("weights", message));
        }
        let norm = weights.iter().map(|weight| weight * weight).sum::<f64>().sqrt();
        if !(norm > 0.0 && norm.is_finite()) {
            let message = format!("a norm above 0 and finite is needed, found {norm}");
            return Err(Problem::new("weights", message));
        }
        weights.iter_mut().for_each(|weight| *weight /= norm);
        Ok(Self { options, weights })
    }

    /// What each feature is worth, of norm 1.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Feature `place` of a step.
    fn feature(&self, state: &[f64], push: &[f64], place: usize) -> f64 {
        let value = match place.checked_sub(state.len()) {
            None => state[place],
            Some(place) => push[place].clamp(-1.0, 1.0),
        };
        (-value.abs()).exp()
    }
}

fn drawn(dimensions: usize, seed: u64) -> Vec<f64> {
    let rng = &mut stream(seed, "linear-reward");
    let pushes = (0..dimensions).map(|_| 0.25 * normal(rng));
    std::iter::repeat_n(1.0, dimensions).chain(pushes).collect()
}

impl TryFrom<LinearRewardOptions> for LinearReward {
    type Error = Problem;

    fn try_from(options: LinearRewardOptions) -> Result<Self, Problem> {
        Self::new(options)
    }
}

impl From<LinearReward> for LinearRewardOptions {
    fn from(world: LinearReward) -> Self {
        world.options
    }
}

#[typetag::serde(name = "linear-reward")]
impl World for LinearReward {
    fn summary(&self) -> &'static str {
        "a point that is pushed about, paid by a weighted sum of features, as in INQUIRE"
    }

    fn state_width(&self) -> usize {
        self.options.dimensions
    }

    fn observation_names(&self) -> Vec<String> {
        (0..self.options.dimensions).map(|place| format!("x-{place}")).collect()
    }

    fn observe(&self, state: &[f64], into: &mut [f32]) {
        into.iter_mut().zip(state).for_each(|(into, value)| *into = *value as f32);
    }

    fn actions(&self) -> Actions {
        let dimensions = self.options.dimensions;
        Actions::Continuous { low: vec![-1.0; dimensions], high: vec![1.0; dimensions] }
    }

    fn reset(&self, rng: &mut ChaCha8Rng, state: &mut [f64]) {
        state.fill_with(|| rng.random_range(0.0..WIDEST_START));
    }

    fn step(
        &self,
        state: &mut [f64],
        action: Action<'_>,
        _: &mut ChaCha8Rng,
    ) -> Result<Step, WorldError> {
        let push = continuous(action, self.options.dimensions)?;
        let worth = |(place, weight): (usize, &f64)| weight * self.feature(state, push, place);
        let reward = self.weights.iter().enumerate().map(worth).sum();
        state.iter_mut().zip(push).for_each(|(x, push)| *x += push.clamp(-1.0, 1.0));
        Ok(Step { reward, terminated: false })
    }

    fn steps(&self) -> Option<u32> {
        Some(self.options.steps)
    }

    fn feature_names(&self) -> Vec<String> {
        let near = |what: &str| {
            (0..self.options.dimensions).map(move |place| format!("exp-{what}-{place}")).collect()
        };
        let (points, pushes): (Vec<String>, Vec<String>) = (near("x"), near("push"));
        [points, pushes].concat()
    }

    fn features(&self, state: &[f64], action: Action<'_>, into: &mut [f32]) {
        // No step takes such an action; whoever goes on all the same sees that it is none.
        let Action::Continuous(push) = action else { return into.fill(f32::NAN) };
        for (place, into) in into.iter_mut().enumerate() {
            *into = self.feature(state, push, place) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_paid_by_its_features() {
        let weights = vec![3.0, 0.0, 0.0, -4.0];
        let options = LinearRewardOptions { dimensions: 2, weights, ..Default::default() };
        let world = LinearReward::new(options).unwrap();
        assert_eq!(world.weights(), [0.6, 0.0, 0.0, -0.8]);
        let mut state = [2.0, -1.0];
        // The second push is clipped to 1.
        let action = Action::Continuous(&[0.5, 7.0]);
        let mut features = [0.0; 4];
        world.features(&state, action, &mut features);
        let expect = [2.0_f64, 1.0, 0.5, 1.0].map(|distance| (-distance).exp());
        assert_eq!(features, expect.map(|value| value as f32));
        let rng = &mut stream(0, "never used");
        let step = world.step(&mut state, action, rng).unwrap();
        assert!((step.reward - (0.6 * expect[0] - 0.8 * expect[3])).abs() < 1e-15);
        assert_eq!(state, [2.5, 0.0]);
    }

    #[test]
    fn drawn_weights_want_the_origin() {
        let world =
            LinearReward::new(LinearRewardOptions { seed: 5, ..Default::default() }).unwrap();
        let weights = world.weights();
        let norm: f64 = weights.iter().map(|weight| weight * weight).sum();
        assert!((norm - 1.0).abs() < 1e-12 && weights[..4].iter().all(|w| *w == weights[0]));
        assert!(weights[4..].iter().all(|w| w.abs() < weights[0]), "{weights:?}");
    }

    #[test]
    fn weights_that_say_nothing_are_refused() {
        let check = |weights: Vec<f64>, expect: &str| {
            let options = LinearRewardOptions { weights, ..Default::default() };
            assert_eq!(LinearReward::new(options).unwrap_err().to_string(), expect);
        };
        check(vec![0.0; 8], "`weights`: a norm above 0 and finite is needed, found 0");
        check(vec![f64::NAN; 8], "`weights`: a norm above 0 and finite is needed, found NaN");
        check(vec![1.0; 7], "`weights`: 8 numbers are needed, found 7");
    }
}
