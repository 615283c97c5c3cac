//! Values of actions under a reward that is being learned, with their derivatives.
//!
//! The reward model is asked about every state and action of the process that people plan in (points
//! that all statements read). Values follow by Newton's method outside of the graph of tensors, and
//! enter it as a line through the rewards that the model said:
//!
//! ```text
//! V(r) = V(r_now) + J (r - r_now)       J = dV / dr at r_now
//! Q(r) = r + discount E[V(r)]
//! ```
//!
//! Value and gradient at `r_now` are exact. The alternative, some hundred sweeps of value iteration
//! in the graph, is as many operations forward and back, and as many tensors in memory.

use crate::Visit;
use crate::ground::{Ground, Whereabouts};
use crate::rows::Distinct;
use burn::tensor::{Tensor, TensorData};
use medley_adapter::{BindError, Scorer, Selection, Statements};
use medley_policy::tabular::{plan, plan_from};
use medley_world::Rewards;
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

/// Where people plan, and how: values of the actions that feedback is about.
#[derive(Clone, Debug)]
pub struct Planner {
    ground: Ground,
    temperature: f64,
}

/// Values of actions are tied with the best within this share of the largest.
const TIED: f64 = 1e-9;

impl Planner {
    /// For feedback about `segments`, and the steps that each is made of.
    ///
    /// # Errors
    /// Those of [`Ground::new`], and a temperature out of range.
    pub(crate) fn new(
        selection: &Selection<'_>,
        known: Whereabouts<'_>,
        segments: &[usize],
    ) -> Result<(Self, Vec<Vec<Visit>>), BindError> {
        let temperature = known.temperature;
        if !(0.0..=HOTTEST).contains(&temperature) {
            let problem = format!("`values.temperature` must be a number from 0 to {HOTTEST:e}");
            return Err(selection.unfit(format!("{problem}, found {temperature}")));
        }
        let (ground, visits) = Ground::new(selection, known, segments)?;
        Ok((Self { ground, temperature }, visits))
    }

    /// Notes what is not known of the world, for all statements.
    pub(crate) fn note(&self, statements: &mut Statements) {
        if let Some(note) = self.ground.note {
            statements.notes.insert(note.to_owned(), statements.origins.len());
        }
    }

    /// Number of actions in every state.
    pub fn actions(&self) -> usize {
        self.ground.asked.actions()
    }

    /// What the model is asked, whichever states feedback is about: see
    /// [`medley_adapter::Objective::background`].
    pub fn background(&self) -> &[Vec<f32>] {
        &self.ground.points[..self.ground.own]
    }

    /// What it is asked besides, of some states: see [`medley_adapter::Objective::points`].
    pub fn points(&self, states: impl Iterator<Item = usize>) -> Vec<&[f32]> {
        let further = self.ground.further(&Distinct::of(states).numbers);
        further.numbers.into_iter().map(|point| self.ground.points[point].as_slice()).collect()
    }

    /// Asks for rewards of all that values of actions in these states follow from.
    pub fn ask(&self, scorer: &Scorer<'_>, states: impl Iterator<Item = usize>) -> Asked<'_> {
        let distinct = Distinct::of(states);
        let further = self.ground.further(&distinct.numbers);
        let own = self.background().iter();
        let points = own.chain(further.numbers.iter().map(|&point| &self.ground.points[point]));
        let rewards = scorer.points(points.map(Vec::as_slice));
        Asked { planner: self, distinct, further, rewards }
    }

    /// Values of the states of the process. `[member, state]`
    fn worth(&self, rewards: Tensor<2>) -> Tensor<2> {
        let [members, _] = rewards.dims();
        let (states, own) = (self.ground.mdp.states(), self.ground.own);
        let rewards = rewards.slice([0..members, 0..own]);
        let tracked = rewards.is_tracked();
        let said: Vec<f64> = rewards.clone().into_data().iter::<f64>().collect();
        let of_members: Vec<&[f64]> = said.chunks(own.max(1)).collect();
        let (mut values, mut slopes) = (Vec::new(), Vec::new());
        for (member, rewards) in of_members.iter().enumerate() {
            // The first is planned from nothing, and stands first in `values`.
            let near = (member > 0 && are_near(rewards, of_members[0])).then(|| &values[..states]);
            let solved = self.solve(rewards, near, tracked);
            values.extend(solved.values);
            slopes.extend(solved.slopes);
        }
        let options = (&rewards.device(), rewards.dtype());
        let now = Tensor::<2>::from_data(TensorData::new(values, [members, states]), options);
        match tracked {
            false => now,
            true => {
                let data = TensorData::new(slopes, [members, states, own]);
                let slopes = Tensor::<3>::from_data(data, options);
                let moved = (rewards.clone() - rewards.detach()).unsqueeze_dim::<3>(2);
                now + slopes.matmul(moved).squeeze_dim::<2>(2)
            }
        }
    }

    /// Values of states, and their derivatives where somebody asks for them; found from values under
    /// rewards nearby, if there are any.
    fn solve(&self, rewards: &[f64], near: Option<&[f64]>, tracked: bool) -> Solved {
        let Ground { mdp, paid, .. } = &self.ground;
        let states = mdp.states();
        let of_actions = paid.iter().map(|&point| rewards[point as usize]).collect();
        let mdp = mdp.clone().with_rewards(Rewards::StateAction(of_actions));
        let planned = mdp.ok().and_then(|mdp| {
            let planned = match near.filter(|near| near.iter().all(|value| value.is_finite())) {
                Some(near) => plan_from(&mdp, self.temperature, near),
                None => plan(&mdp, self.temperature),
            };
            Some((planned.ok()?, mdp))
        });
        let Some((planned, mdp)) = planned else {
            // A model that diverged must not look like a certain one.
            let slopes = if tracked { states * rewards.len() } else { 0 };
            return Solved { values: vec![f64::NAN; states], slopes: vec![f64::NAN; slopes] };
        };
        let slopes = match tracked {
            false => Vec::new(),
            true => planned.sensitivity(&mdp, paid, rewards.len()),
        };
        Solved { values: planned.soft.values.states, slopes }
    }
}

/// Some states, and rewards of all that values of actions in them follow from.
pub struct Asked<'a> {
    planner: &'a Planner,
    distinct: Distinct,
    /// Points that are none of the process.
    further: Distinct,
    /// As the model says them. `[member, point]`
    pub rewards: Tensor<2>,
}

impl Asked<'_> {
    /// Number of rewards of each member.
    pub fn points(&self) -> usize {
        self.planner.ground.own + self.further.numbers.len()
    }

    /// Place of a state in what is said of all.
    pub fn place(&self, state: usize) -> usize {
        self.distinct.place(state)
    }

    /// Which reward is that of an action in one of the states.
    pub fn reward_of(&self, Visit { state, action }: Visit) -> usize {
        let rows = &self.planner.ground.asked;
        self.reward_at(rows.point_of[state * rows.actions() + action])
    }

    fn reward_at(&self, point: u32) -> usize {
        let own = self.planner.ground.own;
        match (point as usize) < own {
            true => point as usize,
            false => own + self.further.place(point as usize),
        }
    }

    /// Values of actions, in units of the rationality: soft values are those at temperature 1. NaN for
    /// all of a member whose rewards have no values.
    ///
    /// # Shapes
    /// - `rewards`: as [`Asked::rewards`], the rationality already in them
    /// - output: `[member, place of the state, action]`
    pub fn values(&self, rewards: Tensor<2>) -> Tensor<3> {
        let worth = self.planner.worth(rewards.clone());
        self.values_by(rewards, worth)
    }

    /// The same where it is known what states of the process are worth, `[member, state]`.
    fn values_by(&self, rewards: Tensor<2>, worth: Tensor<2>) -> Tensor<3> {
        let of = |point| self.reward_at(point);
        self.planner.ground.asked.values(rewards, worth, &self.distinct.numbers, &of)
    }

    /// What each action gives away: `V(s) - Q(s, a)`, none of which is below 0. Where several actions are
    /// best, the derivative of `V` is that of all of them alike; a maximum taken of the values of actions
    /// would have that of the first.
    ///
    /// # Shapes
    /// As [`Asked::values`].
    pub fn regrets(&self, rewards: Tensor<2>) -> Tensor<3> {
        let worth = self.planner.worth(rewards.clone());
        // Of the whole process, so that no state makes others tie.
        let largest = worth.clone().detach().abs().max_dim(1).unsqueeze_dim::<3>(2);
        let values = self.values_by(rewards, worth);
        let still = values.clone().detach();
        let best = still.clone().max_dim(2);
        let rounding = values.dtype().finfo().map_or(0.0, |numbers| 8.0 * numbers.epsilon);
        let is_best = still.greater_equal(best - largest.mul_scalar(TIED.max(rounding))).float();
        let is_best = is_best.cast(values.dtype());
        let shares = is_best.clone() / is_best.sum_dim(2);
        let regret = (shares * values.clone()).sum_dim(2) - values;
        // What ties and rounding take below 0 is lifted, and keeps its derivative.
        let lift = regret.clone().detach().neg().clamp_min(0.0);
        regret + lift
    }
}

/// Whether rewards are so alike that values of one lead to those of the other in fewer steps. Points
/// around one, by whose gradients a fit finds its curvature, are; members of an ensemble are not, and what
/// is found for one has nothing to do with the others.
fn are_near(rewards: &[f64], others: &[f64]) -> bool {
    let largest = others.iter().fold(0.0_f64, |largest, reward| largest.max(reward.abs()));
    rewards.iter().zip(others).all(|(a, b)| (a - b).abs() <= 1e-4 * largest)
}

struct Solved {
    /// `[state]`
    values: Vec<f64>,
    /// `[state, point]`; empty where nobody asks for derivatives.
    slopes: Vec<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Rows;
    use burn::tensor::{DType, Device};
    use medley_world::{Mdp, MdpParts};

    /// One state, left by no action, and a point for each of two actions.
    fn bandit() -> Planner {
        let mdp = Mdp::new(MdpParts {
            actions: 2,
            discount: 0.8,
            start: vec![1.0],
            terminal: vec![false],
            transitions: vec![vec![(0, 1.0)]; 2],
            rewards: Rewards::State(vec![0.0]),
        });
        let mdp = mdp.unwrap();
        let (points, paid) = (vec![vec![0.0], vec![1.0]], vec![0, 1]);
        let asked = Rows::of_table(&mdp, &paid);
        Planner {
            ground: Ground { mdp, points, paid, own: 2, asked, note: None },
            temperature: 0.0,
        }
    }

    #[test]
    fn actions_that_tie_have_regrets_alike() {
        // V - Q(a) = (r_0 + r_1) / 2 - r_a where r_0 = r_1: each action's regret falls with its own
        // reward, by half.
        let (device, planner) = (Device::flex().autodiff(), bandit());
        // In single precision, what differs by its rounding ties too.
        for (dtype, rewards) in [(DType::F64, [0.0_f64, 0.0]), (DType::F32, [1.0, 1.0 + 1.2e-7])] {
            let rewards = Tensor::<2>::from_data([rewards], (&device, dtype)).require_grad();
            let distinct = Distinct::of([0].into_iter());
            let asked =
                Asked { planner: &planner, distinct, further: Distinct::default(), rewards };
            for (action, expect) in [(0, [-0.5, 0.5]), (1, [0.5, -0.5])] {
                let all = asked.regrets(asked.rewards.clone());
                let regret = all.slice([0..1, 0..1, action..action + 1]);
                assert!(
                    regret.clone().into_data().iter::<f64>().all(|it| (0.0..1e-6).contains(&it))
                );
                let slopes = asked.rewards.grad(&regret.sum().backward()).unwrap().into_data();
                let slopes: Vec<f64> = slopes.iter::<f64>().collect();
                let near = slopes.iter().zip(expect).all(|(a, b)| (a - b).abs() < 1e-6);
                assert!(near, "action {action}: {slopes:?}");
            }
        }
    }
}
