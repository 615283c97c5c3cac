//! Values of actions under a reward that is being learned, with their derivatives.
//!
//! The reward model is asked about every state and action of the world (points that all statements
//! read). Values follow by Newton's method outside of the graph of tensors, and enter it as a line
//! through the rewards that the model said:
//!
//! ```text
//! V(r) = V(r_now) + J (r - r_now)       J = dV / dr at r_now
//! Q(r) = r + discount E[V(r)]
//! ```
//!
//! Value and gradient at `r_now` are exact. The alternative, some hundred sweeps of value iteration
//! in the graph, is as many operations forward and back, and as many tensors in memory.

use crate::{Visit, WorldPoints};
use burn::tensor::{Int, Tensor, TensorData};
use medley_adapter::{BindError, Scorer, Selection};
use medley_policy::tabular::plan;
use medley_toml_file::Tagged;
use medley_world::{Mdp, Rewards, World};
use serde::{Deserialize, Serialize};

/// How a person looks ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonPlans {
    /// As somebody who will choose by the same rationality later on: soft values (maximum causal
    /// entropy, Ziebart 2010).
    #[default]
    Soft,
    /// As if all later choices were the best.
    Optimal,
    /// In between: soft values at this temperature, in units of the rationality, 1 of which is `soft`
    /// and 0 `optimal`. A little of it takes the kinks from best values.
    Temperature(f64),
}

impl PersonPlans {
    /// The temperature of values, in units of the rationality.
    pub fn temperature(self) -> f64 {
        match self {
            Self::Soft => 1.0,
            Self::Optimal => 0.0,
            Self::Temperature(temperature) => temperature,
        }
    }
}

/// Highest temperature of values.
const HOTTEST: f64 = 1e6;

/// A world to plan in, and what the model has to be asked.
#[derive(Clone, Debug)]
pub struct Planner {
    mdp: Mdp,
    temperature: f64,
    points: WorldPoints,
    followers: Followers,
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
        let temperature = plans.temperature();
        if !(0.0..=HOTTEST).contains(&temperature) {
            let problem = format!("`values.temperature` must be a number from 0 to {HOTTEST:e}");
            return Err(selection.unfit(format!("{problem}, found {temperature}")));
        }
        let names = &selection.features.names;
        let points = WorldPoints::new(names, selection.standardizer, world.as_ref(), &mdp);
        let points = points.map_err(|problem| selection.unfit(problem))?;
        let followers = Followers::of(&mdp);
        Ok(Self { mdp, temperature, points, followers })
    }

    /// Numbers of states and of actions.
    pub fn sizes(&self) -> (usize, usize) {
        (self.mdp.states(), self.mdp.actions())
    }

    /// What the model is asked: see [`medley_adapter::Objective::background`].
    pub fn background(&self) -> &[Vec<f32>] {
        &self.points.points
    }

    /// Rewards of the points, as the model says them. `[member, point]`
    pub fn rewards(&self, scorer: &Scorer<'_>) -> Tensor<2> {
        scorer.points(&self.points.points)
    }

    /// Which point an action in a state is.
    pub fn point_of(&self, Visit { state, action }: Visit) -> usize {
        self.points.point_of[state * self.mdp.actions() + action] as usize
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
        let now = Tensor::<2>::from_data(TensorData::new(values, [members, states]), options);
        let worth = match tracked {
            false => now,
            true => {
                let data = TensorData::new(slopes, [members, states, points]);
                let slopes = Tensor::<3>::from_data(data, options);
                let moved = (rewards.clone() - rewards.clone().detach()).unsqueeze_dim::<3>(2);
                now + slopes.matmul(moved).squeeze_dim::<2>(2)
            }
        };
        self.followers
            .actions(&self.points.point_of, rewards, worth)
            .reshape([members, states, actions])
    }

    /// Values of states, and their derivatives where somebody asks for them.
    fn solve(&self, rewards: &[f64], tracked: bool) -> Solved {
        let states = self.mdp.states();
        let paid = self.points.point_of.iter().map(|&point| rewards[point as usize]).collect();
        let mdp = self.mdp.clone().with_rewards(Rewards::StateAction(paid));
        let planned = mdp.ok().and_then(|mdp| Some((plan(&mdp, self.temperature).ok()?, mdp)));
        let Some((planned, mdp)) = planned else {
            // A model that diverged must not look like a certain one.
            let slopes = if tracked { states * rewards.len() } else { 0 };
            return Solved { values: vec![f64::NAN; states], slopes: vec![f64::NAN; slopes] };
        };
        let slopes = match tracked {
            false => Vec::new(),
            true => planned.sensitivity(&mdp, &self.points.point_of, rewards.len()),
        };
        Solved { values: planned.soft.values.states, slopes }
    }
}

/// States that follow each action in each state, as many for all: what is missing weighs 0.
#[derive(Clone, Debug)]
struct Followers {
    each: usize,
    /// `[(state * actions + action) * each + nth]`
    next: Vec<i32>,
    /// Discounted probabilities, 0 where nothing is left to gain.
    weights: Vec<f64>,
    /// 1 for each action in each state, and 0 in those that are not left. `[state * actions + action]`
    going: Vec<f64>,
}

impl Followers {
    fn of(mdp: &Mdp) -> Self {
        let rows = || {
            let actions = 0..mdp.actions();
            (0..mdp.states()).flat_map(move |state| actions.clone().map(move |a| (state, a)))
        };
        let each = rows().map(|(state, action)| mdp.row(state, action).len()).max().unwrap_or(1);
        let (mut next, mut weights, mut going) = (Vec::new(), Vec::new(), Vec::new());
        for (state, action) in rows() {
            let goes = f64::from(u8::from(!mdp.is_terminal(state)));
            let row = mdp.row(state, action);
            let missing = each - row.len();
            for (to, probability) in row.chain(std::iter::repeat_n((0, 0.0), missing)) {
                next.push(to as i32);
                weights.push(goes * mdp.discount() * probability);
            }
            going.push(goes);
        }
        Self { each, next, weights, going }
    }

    /// Values of actions: what they are paid, and what follows is worth.
    ///
    /// # Shapes
    /// - `rewards`: `[member, point]`
    /// - `worth`, of states: `[member, state]`
    /// - output: `[member, state * actions + action]`
    fn actions(&self, point_of: &[u32], rewards: Tensor<2>, worth: Tensor<2>) -> Tensor<2> {
        let (device, dtype) = (rewards.device(), rewards.dtype());
        let indices = |places: Vec<i32>| {
            let length = places.len();
            Tensor::<1, Int>::from_data(TensorData::new(places, [length]), &device)
        };
        let numbers = |numbers: &[f64], shape: [usize; 2]| {
            Tensor::<2>::from_data(TensorData::new(numbers.to_vec(), shape), (&device, dtype))
        };
        let [members, _] = rewards.dims();
        let rows = self.going.len();
        let points = point_of.iter().map(|&point| point as i32).collect();
        let paid = rewards.select(1, indices(points)) * numbers(&self.going, [1, rows]);
        let next = worth.select(1, indices(self.next.clone()));
        let next = next * numbers(&self.weights, [1, rows * self.each]);
        paid + next.reshape([members, rows, self.each]).sum_dim(2).squeeze_dim::<2>(2)
    }
}

struct Solved {
    /// `[state]`
    values: Vec<f64>,
    /// `[state, point]`; empty where nobody asks for derivatives.
    slopes: Vec<f64>,
}
