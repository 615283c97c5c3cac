//! Values of actions under a reward that is being learned, with their derivatives.
//!
//! The reward model is asked about every state and action of the world (points that all statements
//! read). Values follow by Newton's method outside of the graph of tensors, and enter it as a line
//! through the rewards that the model said:
//!
//! ```text
//! Q(r) = Q(r_now) + J (r - r_now)       J = dQ / dr at r_now
//! ```
//!
//! Value and gradient at `r_now` are exact. The alternative, some hundred sweeps of value iteration
//! in the graph, is as many operations forward and back, and as many tensors in memory.

use crate::Visit;
use burn::tensor::{Tensor, TensorData};
use medley_adapter::{BindError, Scorer, Selection};
use medley_policy::tabular::plan;
use medley_toml_file::Tagged;
use medley_world::{Action, Mdp, Rewards, World};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a person looks ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonPlans {
    /// As somebody who will choose by the same rationality later on: soft values (maximum causal
    /// entropy, Ziebart 2010).
    #[default]
    Soft,
    /// As if all later choices were the best.
    Optimal,
}

/// A world to plan in, and what the model has to be asked.
#[derive(Clone, Debug)]
pub struct Planner {
    mdp: Mdp,
    temperature: f64,
    /// Features of states and actions as the model reads them, each once.
    points: Vec<Vec<f32>>,
    /// Which point an action in a state is, `[state * actions + action]`.
    point_of: Vec<u32>,
}

/// Most states of a world: planning solves systems of as many equations at each step of training.
const MOST_STATES: usize = 2_000;

impl Planner {
    /// For the world that the options of an adapter name, at its discount or another.
    ///
    /// # Errors
    /// No world, one that is no table or too large, a discount outside [0, 1), or features that are
    /// not those that the model reads.
    pub fn new(
        selection: &Selection<'_>,
        world: Option<&Tagged<dyn World>>,
        discount: Option<f64>,
        plans: PersonPlans,
    ) -> Result<Self, BindError> {
        let world = world.ok_or_else(|| {
            selection.unfit(
                "expected `world`, the table that people plan in, such as `world.grid = { preset = \
                 \"trap\" }`; found none",
            )
        })?;
        let name = world.typetag_name();
        world.check().map_err(|problem| selection.unfit(format!("`world.{name}`: {problem}")))?;
        let mdp = world.mdp().ok_or_else(|| {
            let problem = "expected a world that is a table (finitely many states and actions)";
            selection.unfit(format!("{problem}, found `world.{name}`"))
        })?;
        if mdp.states() > MOST_STATES {
            let states = mdp.states();
            let problem = format!("`world.{name}`: expected at most {MOST_STATES} states");
            return Err(selection.unfit(format!("{problem}, found {states}")));
        }
        let mdp = match discount {
            None => mdp,
            Some(discount) => mdp
                .with_discount(discount)
                .map_err(|error| selection.unfit(format!("`discount`: {error}")))?,
        };
        let temperature = match plans {
            PersonPlans::Soft => 1.0,
            PersonPlans::Optimal => 0.0,
        };
        let (points, point_of) = points(selection, world.as_ref(), &mdp)?;
        Ok(Self { mdp, temperature, points, point_of })
    }

    /// Numbers of states and of actions.
    pub fn sizes(&self) -> (usize, usize) {
        (self.mdp.states(), self.mdp.actions())
    }

    /// What the model is asked: see [`medley_adapter::Objective::background`].
    pub fn background(&self) -> &[Vec<f32>] {
        &self.points
    }

    /// Rewards of the points, as the model says them. `[member, point]`
    pub fn rewards(&self, scorer: &Scorer<'_>) -> Tensor<2> {
        scorer.points(&self.points)
    }

    /// Which point an action in a state is.
    pub fn point_of(&self, Visit { state, action }: Visit) -> usize {
        self.point_of[state * self.mdp.actions() + action] as usize
    }

    /// Values of actions under rewards of the points, in units of the rationality: soft values are
    /// those at temperature 1. NaN for all of a member whose rewards have no values.
    ///
    /// # Shapes
    /// - `rewards`: `[member, point]`, the rationality already in them
    /// - output: `[member, state, action]`
    pub fn values(&self, rewards: Tensor<2>) -> Tensor<3> {
        let [members, points] = rewards.dims();
        let (states, actions) = self.sizes();
        let tracked = rewards.is_tracked();
        let said: Vec<f64> = rewards.clone().into_data().iter::<f64>().collect();
        let (mut values, mut slopes) = (Vec::new(), Vec::new());
        for rewards in said.chunks(points.max(1)) {
            let solved = self.solve(rewards, tracked);
            values.extend(solved.values);
            slopes.extend(solved.slopes);
        }
        let options = (&rewards.device(), rewards.dtype());
        let rows = states * actions;
        let data = TensorData::new(values, [members, rows]);
        let now = Tensor::<2>::from_data(data, options);
        if !tracked {
            return now.reshape([members, states, actions]);
        }
        let data = TensorData::new(slopes, [members, rows, points]);
        let slopes = Tensor::<3>::from_data(data, options);
        let moved = (rewards.clone() - rewards.detach()).unsqueeze_dim::<3>(2);
        let line = now + slopes.matmul(moved).squeeze_dim::<2>(2);
        line.reshape([members, states, actions])
    }

    fn solve(&self, rewards: &[f64], tracked: bool) -> Solved {
        let rows = self.point_of.len();
        let paid = self.point_of.iter().map(|&point| rewards[point as usize]).collect();
        let mdp = self.mdp.clone().with_rewards(Rewards::StateAction(paid));
        let planned = mdp.ok().and_then(|mdp| Some((plan(&mdp, self.temperature).ok()?, mdp)));
        let Some((planned, mdp)) = planned else {
            // A model that diverged must not look like a certain one.
            let slopes = if tracked { rows * rewards.len() } else { 0 };
            return Solved { values: vec![f64::NAN; rows], slopes: vec![f64::NAN; slopes] };
        };
        let slopes = match tracked {
            false => Vec::new(),
            true => {
                let found = planned.sensitivity(&mdp, &self.point_of, rewards.len());
                // By rows, as tensors are.
                found.transpose().as_slice().to_vec()
            }
        };
        Solved { values: planned.soft.values.actions, slopes }
    }
}

struct Solved {
    /// `[state * actions + action]`
    values: Vec<f64>,
    /// `[state * actions + action, point]`; empty where nobody asks for derivatives.
    slopes: Vec<f64>,
}

/// Points of all states and actions, each once, and which is whose.
fn points(
    selection: &Selection<'_>,
    world: &dyn World,
    mdp: &Mdp,
) -> Result<(Vec<Vec<f32>>, Vec<u32>), BindError> {
    let reading = Reading::new(selection, &world.feature_names())?;
    let mut known = BTreeMap::new();
    let (mut points, mut point_of) = (Vec::new(), Vec::new());
    let mut row = vec![0.0; world.feature_names().len()];
    for state in 0..mdp.states() {
        for action in 0..mdp.actions() {
            world.features(&[state as f64], Action::Discrete(action), &mut row);
            let point = reading.point(&row);
            let bits: Vec<u32> = point.iter().map(|x| x.to_bits()).collect();
            let number = *known.entry(bits).or_insert_with(|| {
                points.push(point);
                points.len() as u32 - 1
            });
            point_of.push(number);
        }
    }
    Ok((points, point_of))
}

/// From features of the world to those that the model reads.
struct Reading {
    columns: Vec<usize>,
    mean: Vec<f32>,
    scale: Vec<f32>,
}

impl Reading {
    fn new(selection: &Selection<'_>, stored: &[String]) -> Result<Self, BindError> {
        let names = &selection.features.names;
        let column = |name: &String| {
            stored.iter().position(|known| known == name).ok_or_else(|| {
                selection.unfit(format!(
                    "the model reads feature `{name}`, which the world that people plan in lacks; it has \
                     {}",
                    some(stored)
                ))
            })
        };
        let columns = names.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        let (mean, scale) = match selection.standardizer {
            None => (vec![0.0; names.len()], vec![1.0; names.len()]),
            Some(fitted) if fitted.names == *names => (fitted.mean.clone(), fitted.scale.clone()),
            Some(_) => {
                let problem = "the model reads components of features, which the world cannot give: \
                               expected no `dataset.components`";
                return Err(selection.unfit(problem));
            }
        };
        Ok(Self { columns, mean, scale })
    }

    fn point(&self, row: &[f32]) -> Vec<f32> {
        let fitted = self.mean.iter().zip(&self.scale);
        let read = self.columns.iter().zip(fitted);
        read.map(|(&column, (mean, scale))| (row[column] - mean) / scale).collect()
    }
}

/// The first of many names.
fn some(names: &[String]) -> String {
    let first = names.iter().take(5).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len() {
        0..=5 => first,
        more => format!("{first} and {} more", more - 5),
    }
}
