//! What does a reward ask for in a world that is a table?
//!
//! Whole rewards are compared (EPIC over all transitions alike, as published tables have it; DARD and
//! STARC along the dynamics), and the policy that is best for the learned reward is paid by the true one:
//! 0 for acting at random, 100 for the best. An ensemble is its mean, which is the reward of whoever
//! maximizes what it expects. Dense arrays of all transitions are made for the distances, and are left
//! out for worlds of more than ten million.

use crate::RunError;
use crate::truth::measure::Measure;
use medley_adapter::Scorer;
use medley_behaviour::WorldPoints;
use medley_encoder::Features;
use medley_evaluation::{
    Canonicalization, CoverageDistribution, Direction, TabularReward, TabularShape,
    TransitionModel, dard, epic, starc,
};
use medley_plan::PlanError;
use medley_policy::tabular::{Scale, TabularPolicy, optimal};
use medley_reward_model::{Placement, Returns, RewardModel};
use medley_world::{Mdp, Rewards};

/// Most transitions of which dense arrays are made.
const MOST_TRANSITIONS: usize = 10_000_000;

/// A world as tables, with what rewards are compared by.
pub(super) struct Tables {
    points: WorldPoints,
    home: Paid,
    shifted: Vec<(String, Paid)>,
    distances: Option<Distances>,
}

/// Dynamics in which a policy is paid by the true reward.
struct Paid {
    mdp: Mdp,
    scale: Scale,
}

/// What distances need.
struct Distances {
    truth: TabularReward,
    model: TransitionModel,
    alike: CoverageDistribution,
    along: CoverageDistribution,
    discount: f64,
}

impl Tables {
    pub fn new(points: WorldPoints, mdp: Mdp, shifted: Vec<(String, Mdp)>) -> Result<Self, String> {
        let (states, actions) = (mdp.states(), mdp.actions());
        let distances = match states.saturating_mul(actions).saturating_mul(states) {
            count if count > MOST_TRANSITIONS => None,
            _ => Some(Distances::new(&mdp)?),
        };
        // The dynamics are others, and the reward the same.
        let true_rewards = Rewards::StateAction(mdp.expected_rewards().to_vec());
        let shift = |(name, other): (String, Mdp)| {
            let other = other.with_rewards(true_rewards.clone()).map_err(|e| e.to_string())?;
            Ok((name, Paid::new(other)?))
        };
        let shifted = shifted.into_iter().map(shift).collect::<Result<_, String>>()?;
        Ok(Self { points, home: Paid::new(mdp)?, shifted, distances })
    }

    /// The measures of a model.
    pub fn measures(
        &self,
        model: &dyn RewardModel,
        place: &Placement,
        features: &Features,
    ) -> Result<Vec<Measure>, RunError> {
        let place = place.inner();
        let scorer = Scorer::new(model, features, Returns::Sum, &place);
        let said = scorer.points(self.points.points.iter().map(Vec::as_slice)).mean_dim(0); // [1, point]
        let said: Vec<f64> = said.into_data().iter::<f64>().collect();
        let learned = self.points.point_of.iter().map(|&point| said[point as usize]).collect();
        let found = self.of(learned);
        Ok(found.map_err(|problem| PlanError::spec(&["evaluation", "truth"], problem))?)
    }

    /// Those of a reward of 0, or of the true one.
    pub fn bounds(&self, best: bool) -> Result<Vec<Measure>, String> {
        self.of(match best {
            true => self.home.mdp.expected_rewards().to_vec(),
            false => vec![0.0; self.points.point_of.len()],
        })
    }

    /// Of a reward of actions in states.
    fn of(&self, learned: Vec<f64>) -> Result<Vec<Measure>, String> {
        let mut found = Vec::new();
        if let Some(distances) = &self.distances {
            found.extend(distances.to(&learned)?);
        }
        let rewards = Rewards::StateAction(learned);
        found.extend(self.home.behaviour(&rewards)?);
        for (name, paid) in &self.shifted {
            let named = |measure| Measure { about: Some(name.clone()), ..measure };
            found.extend(paid.behaviour(&rewards)?.into_iter().map(named));
        }
        Ok(found)
    }
}

impl Paid {
    fn new(mdp: Mdp) -> Result<Self, String> {
        let scale = Scale::of(&mdp).map_err(|error| error.to_string())?;
        Ok(Self { mdp, scale })
    }

    /// What the best policy for a reward is worth.
    fn behaviour(&self, learned: &Rewards) -> Result<[Measure; 2], String> {
        let believed = self.mdp.clone().with_rewards(learned.clone());
        let believed = believed.map_err(|error| error.to_string())?;
        let policy: TabularPolicy = optimal(&believed).map_err(|error| error.to_string())?.policy;
        let value = self.scale.normalized(&self.mdp, &policy).map_err(|e| e.to_string())?;
        let regret = self.scale.regret(&self.mdp, &policy).map_err(|e| e.to_string())?;
        let percent = "percent of the way from random to best";
        Ok([
            Measure::exact("normalized-value", percent, Direction::Higher, 100.0 * value),
            Measure::exact("regret", "true return", Direction::Lower, regret),
        ])
    }
}

impl Distances {
    fn new(mdp: &Mdp) -> Result<Self, String> {
        let (states, actions) = (mdp.states(), mdp.actions());
        let shape = TabularShape { states, actions };
        let mut probabilities = vec![0.0; states * actions * states];
        for state in 0..states {
            for action in 0..actions {
                let row = (state * actions + action) * states;
                match mdp.is_terminal(state) {
                    true => probabilities[row + state] = 1.0,
                    false => {
                        for (next, probability) in mdp.row(state, action) {
                            probabilities[row + next] += probability;
                        }
                    }
                }
            }
        }
        let told = |error: &dyn ToString| error.to_string();
        let model = TransitionModel::new(shape, probabilities).map_err(|e| told(&e))?;
        let alike = CoverageDistribution::uniform(shape).map_err(|e| told(&e))?;
        let even = |count: usize| vec![1.0 / count as f64; count];
        let along = CoverageDistribution::along(&model, even(states), even(actions));
        let along = along.map_err(|e| told(&e))?;
        let truth = TabularReward::from_fn(shape, |state, action, _| {
            if mdp.is_terminal(state) { 0.0 } else { mdp.expected_reward(state, action) }
        });
        let truth = truth.map_err(|e| told(&e))?;
        Ok(Self { truth, model, alike, along, discount: mdp.discount() })
    }

    /// How far a reward of actions in states is from the true one.
    fn to(&self, learned: &[f64]) -> Result<[Measure; 3], String> {
        let Self { truth, model, alike, along, discount } = self;
        let shape = truth.shape();
        let learned = TabularReward::from_fn(shape, |state, action, _| {
            learned[state * shape.actions + action]
        });
        let learned = learned.map_err(|error| error.to_string())?;
        let canonical = Canonicalization::default();
        let found = [
            ("epic", epic(&learned, truth, alike, *discount)),
            ("dard", dard(&learned, truth, model, along, *discount)),
            ("starc", starc(&learned, truth, model, *discount, canonical)),
        ];
        let mut measures = Vec::new();
        for (metric, distance) in found {
            let distance = distance.map_err(|error| error.to_string())?.distance;
            measures.push(Measure::exact(metric, "distance", Direction::Lower, distance));
        }
        measures.try_into().map_err(|_| "three distances".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_world::{Grid, GridOptions, Preset, World};

    fn tables() -> Tables {
        let grid = |slip| {
            let options = GridOptions { preset: Preset::Trap, slip, ..GridOptions::default() };
            Grid::new(options).unwrap()
        };
        let home = grid(0.0);
        let mdp = home.mdp().unwrap();
        let points = WorldPoints::new(&home.feature_names(), None, &home, &mdp).unwrap();
        let shifted = vec![("slippery".to_owned(), grid(0.2).mdp().unwrap())];
        Tables::new(points, mdp, shifted).unwrap()
    }

    fn value(measures: &[Measure], metric: &str, about: Option<&str>) -> f64 {
        let is_it =
            |measure: &&Measure| measure.metric == metric && measure.about.as_deref() == about;
        measures.iter().find(is_it).unwrap().estimate.value
    }

    #[test]
    fn bounds_are_what_they_say() {
        let tables = tables();
        let check = |best: bool, metric: &str, expect: f64| {
            let found = value(&tables.bounds(best).unwrap(), metric, None);
            assert!((found - expect).abs() < 1e-9, "{metric}: {found}, {expect}");
        };
        for metric in ["epic", "dard", "starc", "regret"] {
            check(true, metric, 0.0);
        }
        check(true, "normalized-value", 100.0);
        // Every policy is best for nothing, so that they are mixed alike.
        check(false, "normalized-value", 0.0);
        for metric in ["epic", "dard", "starc"] {
            check(false, metric, 0.5);
        }
        let shifted = value(&tables.bounds(true).unwrap(), "normalized-value", Some("slippery"));
        assert!((shifted - 100.0).abs() < 1e-9, "{shifted}");
    }

    #[test]
    fn a_potential_and_a_scale_change_nothing_that_is_asked_for() {
        let tables = tables();
        let mdp = &tables.home.mdp;
        let rows = || (0..mdp.states()).flat_map(|s| (0..mdp.actions()).map(move |a| (s, a)));
        let height: Vec<f64> = (0..mdp.states()).map(|state| (state as f64).sin()).collect();
        let shaped = |(state, action): (usize, usize)| {
            let shaping =
                mdp.discount() * mdp.expected_next(state, action, &height) - height[state];
            3.0 * mdp.expected_reward(state, action) + shaping
        };
        let found = tables.of(rows().map(shaped).collect()).unwrap();
        assert!((value(&found, "normalized-value", None) - 100.0).abs() < 1e-6);
        assert!(value(&found, "starc", None) < 1e-9);
    }
}
