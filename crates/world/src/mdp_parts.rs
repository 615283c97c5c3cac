//! What makes a table a Markov decision process?

use crate::WorldError;

/// What a step is worth.
#[derive(Clone, Debug, PartialEq)]
pub enum Rewards {
    /// By the state that it leaves, `[state]`.
    State(Vec<f64>),
    /// By state and action, `[state * actions + action]`.
    StateAction(Vec<f64>),
    /// By each transition that can happen, in the order of the rows ([`crate::Mdp::row`]).
    Transition(Vec<f64>),
}

/// What an [`crate::Mdp`] is made of, unchecked.
#[derive(Clone, Debug, PartialEq)]
pub struct MdpParts {
    /// Number of actions in every state.
    pub actions: usize,
    /// What a reward one step later is worth, in [0, 1).
    pub discount: f64,
    /// Probability of each first state, `[state]`.
    pub start: Vec<f64>,
    /// States that are worth nothing and are not left, `[state]`.
    pub terminal: Vec<bool>,
    /// Next states and their probabilities, one row for each state and action,
    /// `[state * actions + action]`.
    pub transitions: Vec<Vec<(u32, f64)>>,
    /// What a step is worth.
    pub rewards: Rewards,
}

impl MdpParts {
    /// Checks all but the rewards.
    pub(crate) fn check(&self) -> Result<(), WorldError> {
        let (states, actions) = (self.start.len(), self.actions);
        check_sizes(states, actions, self.discount)?;
        check_length("terminal", self.terminal.len(), states)?;
        check_length("transitions", self.transitions.len(), states * actions)?;
        check_distribution("the start", self.start.iter().copied())?;
        let mut rows = self.transitions.iter().enumerate();
        rows.try_for_each(|(place, row)| check_row(place, row, states, actions))
    }
}

pub(crate) fn table(place: impl Into<String>, expected: &str, found: impl ToString) -> WorldError {
    WorldError::Table {
        place: place.into(),
        expected: expected.to_owned(),
        found: found.to_string(),
    }
}

pub(crate) fn check_sizes(states: usize, actions: usize, discount: f64) -> Result<(), WorldError> {
    if states == 0 || states > u32::MAX as usize {
        return Err(table("states", "at least 1, and fewer than 2^32", states));
    }
    if actions == 0 {
        return Err(table("actions", "at least 1", actions));
    }
    match (0.0..1.0).contains(&discount) {
        true => Ok(()),
        false => Err(table("discount", "a number of at least 0 and below 1", discount)),
    }
}

pub(crate) fn check_length(what: &str, found: usize, expected: usize) -> Result<(), WorldError> {
    match found == expected {
        true => Ok(()),
        false => Err(table(what, &format!("a length of {expected}"), found)),
    }
}

fn check_distribution(
    place: &str,
    probabilities: impl Iterator<Item = f64> + Clone,
) -> Result<(), WorldError> {
    if let Some(wrong) = probabilities.clone().find(|p| !(0.0..=1.0 + 1e-9).contains(p)) {
        return Err(table(place, "a probability", wrong));
    }
    let sum = probabilities.fold(0.0, |sum, probability| sum + probability);
    match (sum - 1.0).abs() < 1e-9 {
        true => Ok(()),
        false => Err(table(place, "probabilities that sum to 1", sum)),
    }
}

fn check_row(
    place: usize,
    row: &[(u32, f64)],
    states: usize,
    actions: usize,
) -> Result<(), WorldError> {
    let name = format!("state {}, action {}", place / actions, place % actions);
    if let Some((to, _)) = row.iter().find(|(to, _)| *to as usize >= states) {
        return Err(table(name, &format!("a next state below {states}"), to));
    }
    let mut seen: Vec<u32> = row.iter().map(|(to, _)| *to).collect();
    seen.sort_unstable();
    if let Some(pair) = seen.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(table(name, "each next state once", format!("state {} twice", pair[0])));
    }
    check_distribution(&name, row.iter().map(|(_, probability)| *probability))
}
