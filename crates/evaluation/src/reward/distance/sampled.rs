//! How far are two rewards in a world that is too large for tables?
//!
//! States and actions are numbers of rows in the caller's own tables, and a reward is a function from a
//! batch of transitions to a number each, so that a network is asked in batches and nothing here knows
//! what a state is. Both rewards are averaged over the *same* draws. Potentials then cancel exactly and
//! not just on average; what sampling leaves is noise in what the rewards differ by.

use std::collections::{BTreeMap, BTreeSet};

use super::standardized::{
    Canonical, ROUNDING, RewardDistance, RewardDistanceError, Which, check_discount, half_distance,
    pearson_distance,
};

/// A step of a world, by row numbers in the caller's tables of states and actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TabularTransition {
    /// Before.
    pub state: usize,
    /// What was done.
    pub action: usize,
    /// After.
    pub next: usize,
}

/// What [`sampled_epic`] draws on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpicSample<'a> {
    /// Draws from the coverage distribution `D`, over which rewards are correlated.
    pub transitions: &'a [TabularTransition],
    /// Draws `(action, next state)` from `D_A` and `D_S`, over which rewards are averaged.
    pub probes: &'a [(usize, usize)],
    /// In [0, 1].
    pub discount: f64,
}

/// [`epic`](super::epic()) by samples (Gleave et al. 2021, appendix A.1): expectations over `A` and `S'`
/// are means over the probes, correlations are over the transitions. `E[gamma R(S, A, S')]` is the
/// same for all transitions and left out. Each reward is asked for the transitions, and for every
/// probe at each state that they name.
///
/// # Errors
/// There are fewer than two transitions or no probe, the discount is outside of [0, 1], a reward returns
/// another number of values than it was asked for, or a value is NaN or infinite.
pub fn sampled_epic(
    sample: &EpicSample,
    first: impl FnMut(&[TabularTransition]) -> Vec<f64>,
    second: impl FnMut(&[TabularTransition]) -> Vec<f64>,
) -> Result<RewardDistance, SampleError> {
    check_discount(sample.discount, false)?;
    check_count("transitions", 2, sample.transitions.len())?;
    check_count("probes", 1, sample.probes.len())?;
    let first = epic_canonical(sample, &mut Asked::new(Which::First, first))?;
    let second = epic_canonical(sample, &mut Asked::new(Which::Second, second))?;
    Ok(pearson_distance(first, second, &even(sample.transitions.len()))?)
}

fn epic_canonical<R: FnMut(&[TabularTransition]) -> Vec<f64>>(
    sample: &EpicSample,
    reward: &mut Asked<R>,
) -> Result<Canonical, SampleError> {
    let mut means = BTreeMap::new();
    for state in named(sample.transitions) {
        let of = |&(action, next)| TabularTransition { state, action, next };
        let batch: Vec<TabularTransition> = sample.probes.iter().map(of).collect();
        means.insert(state, mean(&reward.of(&batch)?));
    }
    let rewards = reward.of(sample.transitions)?;
    let shaped = |(at, reward): (&TabularTransition, f64)| {
        reward + sample.discount * means[&at.next] - means[&at.state]
    };
    let values = sample.transitions.iter().zip(rewards).map(shaped).collect();
    Ok(Canonical { values, rounding: ROUNDING * reward.largest })
}

/// What [`sampled_dard`] draws on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DardSample<'a> {
    /// Draws from the coverage distribution `D`, over which rewards are correlated.
    pub transitions: &'a [TabularTransition],
    /// Draws from `D_A`. Where the world is random, each action should occur more than once.
    pub actions: &'a [usize],
    /// For each state that a transition names: a draw of the next state after each of the actions.
    pub successors: &'a BTreeMap<usize, Vec<usize>>,
    /// In [0, 1].
    pub discount: f64,
}

/// [`dard`](super::dard()) by samples. In the last term the successor of `s` under a draw of an action
/// is paired with that of `s'` under the *next* draw of the same action: where `s' = s`, as in a state
/// that ends an episode, the two would else be one draw, and not independent.
///
/// # Errors
/// As [`sampled_epic`], or a state lacks its successors.
pub fn sampled_dard(
    sample: &DardSample,
    first: impl FnMut(&[TabularTransition]) -> Vec<f64>,
    second: impl FnMut(&[TabularTransition]) -> Vec<f64>,
) -> Result<RewardDistance, SampleError> {
    check_discount(sample.discount, false)?;
    check_count("transitions", 2, sample.transitions.len())?;
    check_count("actions", 1, sample.actions.len())?;
    for state in named(sample.transitions) {
        let found = sample.successors.get(&state).map_or(0, Vec::len);
        let expected = sample.actions.len();
        if found != expected {
            return Err(SampleError::Successors { state, expected, found });
        }
    }
    let first = dard_canonical(sample, &mut Asked::new(Which::First, first))?;
    let second = dard_canonical(sample, &mut Asked::new(Which::Second, second))?;
    Ok(pearson_distance(first, second, &even(sample.transitions.len()))?)
}

fn dard_canonical<R: FnMut(&[TabularTransition]) -> Vec<f64>>(
    sample: &DardSample,
    reward: &mut Asked<R>,
) -> Result<Canonical, SampleError> {
    let DardSample { transitions, actions, successors, discount } = *sample;
    let after = |state: usize, draw: usize| successors[&state][draw];
    let mut means = BTreeMap::new();
    for state in named(transitions) {
        let of = |(draw, &action)| TabularTransition { state, action, next: after(state, draw) };
        let batch: Vec<TabularTransition> = actions.iter().enumerate().map(of).collect();
        means.insert(state, mean(&reward.of(&batch)?));
    }
    let partner = next_of_same(actions);
    let mut between = BTreeMap::new();
    for &TabularTransition { state, next, .. } in transitions {
        if between.contains_key(&(state, next)) {
            continue;
        }
        let of = |(draw, &action): (usize, &usize)| TabularTransition {
            state: after(state, draw),
            action,
            next: after(next, partner[draw]),
        };
        let batch: Vec<TabularTransition> = actions.iter().enumerate().map(of).collect();
        between.insert((state, next), mean(&reward.of(&batch)?));
    }
    let rewards = reward.of(transitions)?;
    let shaped = |(at, reward): (&TabularTransition, f64)| {
        let onward = means[&at.next] - between[&(at.state, at.next)];
        reward + discount * onward - means[&at.state]
    };
    let values = transitions.iter().zip(rewards).map(shaped).collect();
    Ok(Canonical { values, rounding: ROUNDING * reward.largest })
}

/// For each draw, the next draw of the same action; after the last, the first.
fn next_of_same(actions: &[usize]) -> Vec<usize> {
    let mut draws: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (draw, action) in actions.iter().enumerate() {
        draws.entry(*action).or_default().push(draw);
    }
    let mut partner = vec![0; actions.len()];
    for of_action in draws.values() {
        for (place, draw) in of_action.iter().enumerate() {
            partner[*draw] = of_action[(place + 1) % of_action.len()];
        }
    }
    partner
}

/// Rollouts from one state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RolloutPair {
    /// Each starts in the state with the action whose advantage is wanted, and goes on with the policy.
    pub after_action: Vec<Vec<TabularTransition>>,
    /// Each starts in the same state and follows the policy from the first step.
    pub after_state: Vec<Vec<TabularTransition>>,
}

/// What [`sampled_starc`] draws on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StarcSample<'a> {
    /// Rollouts for each state and action that the distance is over, all alike. They should be equally
    /// long and so long that `gamma^length` is small: what comes after is left out, and potentials
    /// cancel up to that factor. Shorter ones are for episodes that ended.
    pub pairs: &'a [RolloutPair],
    /// In [0, 1).
    pub discount: f64,
}

/// [`starc`](super::starc()) with [`Canonicalization::ValueAdjusted`](super::Canonicalization) by
/// samples: the advantage `Q(s, a) - V(s)` is the mean discounted return of rollouts after the action
/// minus that of rollouts after the state. The policy is whatever made the rollouts; for the exact
/// distance it takes all actions alike.
///
/// # Errors
/// There is no pair, a pair lacks rollouts of either sort, the discount is outside of [0, 1), a reward
/// returns another number of values than it was asked for, or a value is NaN or infinite.
pub fn sampled_starc(
    sample: &StarcSample,
    first: impl FnMut(&[TabularTransition]) -> Vec<f64>,
    second: impl FnMut(&[TabularTransition]) -> Vec<f64>,
) -> Result<RewardDistance, SampleError> {
    check_discount(sample.discount, true)?;
    check_count("pairs", 1, sample.pairs.len())?;
    for (pair, of) in sample.pairs.iter().enumerate() {
        if of.after_action.is_empty() || of.after_state.is_empty() {
            return Err(SampleError::NoRollout { pair });
        }
    }
    let first = advantages(sample, &mut Asked::new(Which::First, first))?;
    let second = advantages(sample, &mut Asked::new(Which::Second, second))?;
    Ok(half_distance(&first, &second, &even(sample.pairs.len()))?)
}

fn advantages<R: FnMut(&[TabularTransition]) -> Vec<f64>>(
    sample: &StarcSample,
    reward: &mut Asked<R>,
) -> Result<Canonical, SampleError> {
    let mut mean_return = |rollouts: &[Vec<TabularTransition>]| -> Result<f64, SampleError> {
        let mut sum = 0.0;
        for rollout in rollouts {
            let rewards = reward.of(rollout)?;
            sum += rewards.iter().rev().fold(0.0, |later, now| now + sample.discount * later);
        }
        Ok(sum / rollouts.len() as f64)
    };
    let mut values = Vec::with_capacity(sample.pairs.len());
    for pair in sample.pairs {
        values.push(mean_return(&pair.after_action)? - mean_return(&pair.after_state)?);
    }
    Ok(Canonical { values, rounding: ROUNDING * reward.largest / (1.0 - sample.discount) })
}

/// A reward whose answers are checked.
struct Asked<R> {
    which: Which,
    reward: R,
    /// The largest absolute value so far.
    largest: f64,
}

impl<R: FnMut(&[TabularTransition]) -> Vec<f64>> Asked<R> {
    fn new(which: Which, reward: R) -> Self {
        Self { which, reward, largest: 0.0 }
    }

    fn of(&mut self, batch: &[TabularTransition]) -> Result<Vec<f64>, SampleError> {
        let values = (self.reward)(batch);
        let which = self.which;
        if values.len() != batch.len() {
            let (expected, found) = (batch.len(), values.len());
            return Err(SampleError::Answers { which, expected, found });
        }
        for (&transition, &value) in batch.iter().zip(&values) {
            if !value.is_finite() {
                return Err(SampleError::Reward { which, transition, value });
            }
            self.largest = self.largest.max(value.abs());
        }
        Ok(values)
    }
}

/// Every state that transitions name, rising.
fn named(transitions: &[TabularTransition]) -> BTreeSet<usize> {
    transitions.iter().flat_map(|of| [of.state, of.next]).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn even(count: usize) -> Vec<f64> {
    vec![1.0 / count as f64; count]
}

fn check_count(name: &'static str, least: usize, found: usize) -> Result<(), SampleError> {
    if found < least { Err(SampleError::TooFew { name, least, found }) } else { Ok(()) }
}

/// Why samples give no distance.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SampleError {
    /// Not enough was drawn.
    #[error("a distance needs at least {least} {name}, found {found}")]
    TooFew {
        /// What was drawn.
        name: &'static str,
        /// Needed.
        least: usize,
        /// Found.
        found: usize,
    },
    /// A state has no draws of what follows it.
    #[error(
        "state {state} has {found} successors, and there are {expected} actions: one draw for each"
    )]
    Successors {
        /// Its number.
        state: usize,
        /// Actions drawn.
        expected: usize,
        /// Successors.
        found: usize,
    },
    /// A pair has nothing to compare.
    #[error("pair {pair} lacks rollouts after its action or after its state")]
    NoRollout {
        /// From 0.
        pair: usize,
    },
    /// A reward answered for another batch.
    #[error("the {which} reward gave {found} values for {expected} transitions")]
    Answers {
        /// Which reward.
        which: Which,
        /// Transitions.
        expected: usize,
        /// Values.
        found: usize,
    },
    /// A reward is NaN or infinite.
    #[error(
        "the {which} reward of state {}, action {}, next state {} is {value}",
        transition.state, transition.action, transition.next
    )]
    Reward {
        /// Which reward.
        which: Which,
        /// Where.
        transition: TabularTransition,
        /// NaN or an infinity.
        value: f64,
    },
    /// The two have no distance.
    #[error(transparent)]
    Distance(#[from] RewardDistanceError),
}
