//! A world as a table: which state follows with which probability, and what each step is worth.

use crate::mdp_parts::{check_length, check_sizes, table};
use crate::{MdpParts, Rewards, WorldError};
use std::ops::Range;

/// A Markov decision process with finitely many states and actions, discounted.
///
/// Transitions are kept as rows of those that can happen, so that a deterministic world costs one
/// number per state and action. A step from `s` by `a` to `s'` is worth what [`Rewards`] says.
///
/// A *terminal* state is worth nothing and is left by no step: what its rows say is not read by
/// whoever solves the process. A process without terminal states goes on for ever; so do the grids,
/// where only episodes end at the goal.
///
/// States that no start leads to are kept: they have values like others, and no policy visits them
/// ([`Mdp::reachable`]).
#[derive(Clone, Debug, PartialEq)]
pub struct Mdp {
    states: usize,
    actions: usize,
    discount: f64,
    /// Probability of each first state, `[state]`.
    start: Vec<f64>,
    terminal: Vec<bool>,
    /// Where the row of (state, action) begins in the next two, `[state * actions + action]`, and
    /// the end of the last.
    rows: Vec<usize>,
    next: Vec<u32>,
    probabilities: Vec<f64>,
    rewards: Rewards,
    /// Expected reward, `[state * actions + action]`.
    expected: Vec<f64>,
}

impl Mdp {
    /// Checks the parts.
    ///
    /// # Errors
    /// [`WorldError::Table`] names the state or the row: no state or action, a discount outside
    /// [0, 1), probabilities that are negative or do not sum to 1 (within 1e-9), a next state that
    /// is not there or is in a row twice, rewards of another length or not finite.
    pub fn new(parts: MdpParts) -> Result<Self, WorldError> {
        parts.check()?;
        let MdpParts { actions, discount, start, terminal, transitions, rewards } = parts;
        let states = start.len();
        let mut rows = vec![0];
        let (mut next, mut probabilities) = (Vec::new(), Vec::new());
        for row in &transitions {
            next.extend(row.iter().map(|&(to, _)| to));
            probabilities.extend(row.iter().map(|&(_, probability)| probability));
            rows.push(next.len());
        }
        let expected = Vec::new();
        let table = Self {
            states,
            actions,
            discount,
            start,
            terminal,
            rows,
            next,
            probabilities,
            rewards: Rewards::State(vec![0.0; states]),
            expected,
        };
        table.with_rewards(rewards)
    }

    /// The same process with other rewards, such as learned ones.
    ///
    /// # Errors
    /// They are of another length, or one is not finite.
    pub fn with_rewards(mut self, rewards: Rewards) -> Result<Self, WorldError> {
        let (values, length) = match &rewards {
            Rewards::State(values) => (values, self.states),
            Rewards::StateAction(values) => (values, self.states * self.actions),
            Rewards::Transition(values) => (values, self.next.len()),
        };
        check_length("rewards", values.len(), length)?;
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            let place_name = format!("reward {place}");
            return Err(table(place_name, "a finite number", values[place]));
        }
        let rows = self.states * self.actions;
        self.expected = match &rewards {
            Rewards::State(values) => (0..rows).map(|row| values[row / self.actions]).collect(),
            Rewards::StateAction(values) => values.clone(),
            Rewards::Transition(values) => (0..rows)
                .map(|row| self.rows[row]..self.rows[row + 1])
                .map(|range| range.map(|i| self.probabilities[i] * values[i]).sum())
                .collect(),
        };
        self.rewards = rewards;
        Ok(self)
    }

    /// The same process with another discount.
    ///
    /// # Errors
    /// It is outside [0, 1).
    pub fn with_discount(mut self, discount: f64) -> Result<Self, WorldError> {
        check_sizes(self.states, self.actions, discount)?;
        self.discount = discount;
        Ok(self)
    }

    /// Number of states.
    pub fn states(&self) -> usize {
        self.states
    }

    /// Number of actions in every state.
    pub fn actions(&self) -> usize {
        self.actions
    }

    /// What a reward one step later is worth, in [0, 1).
    pub fn discount(&self) -> f64 {
        self.discount
    }

    /// Probability of each first state, `[state]`.
    pub fn start(&self) -> &[f64] {
        &self.start
    }

    /// Whether a state is worth nothing and is not left.
    pub fn is_terminal(&self, state: usize) -> bool {
        self.terminal[state]
    }

    /// What a step is worth.
    pub fn rewards(&self) -> &Rewards {
        &self.rewards
    }

    /// Expected reward of an action in a state.
    pub fn expected_reward(&self, state: usize, action: usize) -> f64 {
        self.expected[state * self.actions + action]
    }

    /// Expected reward of every action in every state, `[state * actions + action]`.
    pub fn expected_rewards(&self) -> &[f64] {
        &self.expected
    }

    /// States that can follow, and their probabilities, which sum to 1.
    pub fn row(&self, state: usize, action: usize) -> impl ExactSizeIterator<Item = (usize, f64)> {
        let range = self.places(state, action);
        let next = self.next[range.clone()].iter().map(|&to| to as usize);
        next.zip(self.probabilities[range].iter().copied())
    }

    /// Places of the row of a state and an action among all transitions, as [`Rewards::Transition`]
    /// counts them.
    pub fn places(&self, state: usize, action: usize) -> Range<usize> {
        let row = state * self.actions + action;
        self.rows[row]..self.rows[row + 1]
    }

    /// Reward of a step that went to the `nth` state of its row.
    pub fn reward(&self, state: usize, action: usize, nth: usize) -> f64 {
        match &self.rewards {
            Rewards::State(values) => values[state],
            Rewards::StateAction(values) => values[state * self.actions + action],
            Rewards::Transition(values) => values[self.places(state, action).start + nth],
        }
    }

    /// Mean of the next state's value, over the row.
    pub fn expected_next(&self, state: usize, action: usize, values: &[f64]) -> f64 {
        let range = self.places(state, action);
        let next = &self.next[range.clone()];
        next.iter().zip(&self.probabilities[range]).map(|(&to, p)| p * values[to as usize]).sum()
    }

    /// Which states some policy visits from a start, `[state]`.
    pub fn reachable(&self) -> Vec<bool> {
        let mut reached: Vec<bool> =
            self.start.iter().map(|&probability| probability > 0.0).collect();
        let mut open: Vec<usize> = (0..self.states).filter(|&state| reached[state]).collect();
        while let Some(state) = open.pop() {
            if self.terminal[state] {
                continue;
            }
            for action in 0..self.actions {
                for (next, probability) in self.row(state, action) {
                    if probability > 0.0 && !std::mem::replace(&mut reached[next], true) {
                        open.push(next);
                    }
                }
            }
        }
        reached
    }
}

#[cfg(test)]
#[path = "mdp_tests.rs"]
mod tests;
