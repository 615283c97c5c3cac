//! What would an action have been worth that nobody took? Whoever plans has to know, and the world says.

use medley_random::stream;
use medley_toml_file::Tagged;
use medley_world::{Action, Actions, Episode, World};
use std::collections::HashMap;
use std::sync::OnceLock;

/// States of a world with discrete actions that was lived through.
#[derive(Debug)]
pub(crate) struct Untaken {
    world: Tagged<dyn World>,
    actions: usize,
    /// States that were left, `[state, state_width]`.
    states: Vec<f64>,
    seed: u64,
    /// State and action of each point of feature space, once somebody asks.
    known: OnceLock<HashMap<Vec<u32>, (u32, u32)>>,
}

impl Untaken {
    /// Of episodes that were lived through; none where the world is a table, which says it of all states, or
    /// where actions are not discrete.
    pub fn of(world: &Tagged<dyn World>, episodes: &[Episode], seed: u64) -> Option<Self> {
        let Actions::Discrete(actions) = world.actions() else { return None };
        if world.mdp().is_some() {
            return None;
        }
        let width = world.state_width();
        let left = |episode: &Episode| episode.states[..episode.len() * width].to_vec();
        let states = episodes.iter().flat_map(left).collect();
        Some(Self { world: world.clone(), actions, states, seed, known: OnceLock::new() })
    }

    /// The true reward of a point of feature space that is an action in one of the states.
    pub fn reward(&self, point: &[f32]) -> Option<f64> {
        let known = self.known.get_or_init(|| self.points());
        let &(state, action) = known.get(&bits(point))?;
        let mut state = self.state(state as usize).to_vec();
        // Worlds that draw something draw it for each alike.
        let rng = &mut stream(self.seed, "what actions would have been worth");
        let step = self.world.step(&mut state, Action::Discrete(action as usize), rng).ok()?;
        step.reward.is_finite().then_some(step.reward)
    }

    fn points(&self) -> HashMap<Vec<u32>, (u32, u32)> {
        let mut known = HashMap::new();
        let mut row = vec![0.0; self.world.feature_names().len()];
        for state in 0..self.states.len() / self.world.state_width() {
            for action in 0..self.actions {
                self.world.features(self.state(state), Action::Discrete(action), &mut row);
                known.entry(bits(&row)).or_insert((state as u32, action as u32));
            }
        }
        known
    }

    fn state(&self, number: usize) -> &[f64] {
        let width = self.world.state_width();
        &self.states[number * width..][..width]
    }
}

/// A point as a key.
pub(crate) fn bits(point: &[f32]) -> Vec<u32> {
    point.iter().map(|x| x.to_bits()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_world::{Acrobot, Collection, Grid, GridOptions, Mixture, Uniform, collect};

    fn of(world: Box<dyn World>) -> (Option<Untaken>, Vec<Episode>) {
        let world: Tagged<dyn World> = Tagged::new(world);
        let uniform = Uniform::of(world.as_ref());
        let collection = Collection { episodes: 2, limit: Some(20), seed: 3 };
        let episodes = collect(world.as_ref(), &Mixture::of(&uniform), &collection).unwrap();
        (Untaken::of(&world, &episodes, 3), episodes)
    }

    #[test]
    fn the_world_says_what_any_action_is_worth() {
        let (untaken, episodes) = of(Box::<Acrobot>::default());
        let untaken = untaken.unwrap();
        let mut row = vec![0.0; 9];
        for action in 0..3 {
            untaken.world.features(episodes[1].state(7), Action::Discrete(action), &mut row);
            assert_eq!(untaken.reward(&row), Some(-1.0));
        }
        row[0] += 0.5;
        assert_eq!(untaken.reward(&row), None);
    }

    #[test]
    fn a_table_says_it_itself() {
        assert!(of(Box::new(Grid::new(GridOptions::default()).unwrap())).0.is_none());
    }
}
