//! How does one act in a table?

use super::SolveError;
use super::row::{best, choose_softly};
use medley_random::pick;
use medley_world::{Action, Mdp, Policy, Seen};
use rand_chacha::ChaCha8Rng;

/// Probabilities of actions in each state. Acts in any world whose state is the number of a state, such
/// as the grids.
#[derive(Clone, Debug, PartialEq)]
pub struct TabularPolicy {
    actions: usize,
    /// `[state * actions + action]`; each row sums to 1.
    probabilities: Vec<f64>,
}

/// Values nearer to each other than this, relative to the largest, count as tied.
const TIED: f64 = 1e-9;

impl TabularPolicy {
    /// Every action alike, in every state of `mdp`.
    pub fn uniform(mdp: &Mdp) -> Self {
        let actions = mdp.actions();
        Self { actions, probabilities: vec![1.0 / actions as f64; mdp.states() * actions] }
    }

    /// Given probabilities, `[state * actions + action]`.
    ///
    /// # Errors
    /// There are not as many as `mdp` needs, or those of a state are no distribution.
    pub fn new(mdp: &Mdp, probabilities: Vec<f64>) -> Result<Self, SolveError> {
        let (actions, needed) = (mdp.actions(), mdp.states() * mdp.actions());
        if probabilities.len() != needed {
            let found = probabilities.len();
            return Err(SolveError::argument("policy", format!("{needed} probabilities"), found));
        }
        for (state, row) in probabilities.chunks(actions).enumerate() {
            let sum: f64 = row.iter().sum();
            if !(row.iter().all(|p| *p >= 0.0) && (sum - 1.0).abs() < 1e-9) {
                let expected = format!("probabilities that sum to 1 in state {state}");
                return Err(SolveError::argument("policy", expected, format!("{row:?}")));
            }
        }
        Ok(Self { actions, probabilities })
    }

    /// Rows that are known to sum to 1.
    pub(super) fn of_rows(actions: usize, probabilities: Vec<f64>) -> Self {
        Self { actions, probabilities }
    }

    /// Probability of an action in a state.
    pub fn probability(&self, state: usize, action: usize) -> f64 {
        self.row(state)[action]
    }

    /// Probabilities of all actions in a state.
    pub fn row(&self, state: usize) -> &[f64] {
        &self.probabilities[state * self.actions..][..self.actions]
    }

    /// Refuses a process of other sizes.
    pub(super) fn fits(&self, mdp: &Mdp) -> Result<(), SolveError> {
        let (states, actions) = (self.probabilities.len() / self.actions, self.actions);
        match (states, actions) == (mdp.states(), mdp.actions()) {
            true => Ok(()),
            false => Err(SolveError::argument(
                "policy",
                format!("{} states and {} actions", mdp.states(), mdp.actions()),
                format!("{states} and {actions}"),
            )),
        }
    }
}

/// The best actions of each state by their values, `[state * actions + action]`; those that are tied
/// for the best (nearer than a billionth of the largest value) alike.
///
/// # Errors
/// There are not as many values as `mdp` needs, or one is NaN.
pub fn greedy(mdp: &Mdp, values: &[f64]) -> Result<TabularPolicy, SolveError> {
    let largest = values.iter().map(|value| value.abs()).fold(0.0, f64::max);
    by_row(mdp, values, |row, chosen| {
        let best = best(row);
        let is_best = |value: &f64| *value >= best - TIED * largest;
        let share = 1.0 / row.iter().filter(|&value| is_best(value)).count() as f64;
        for (chosen, value) in chosen.iter_mut().zip(row) {
            *chosen = if is_best(value) { share } else { 0.0 };
        }
    })
}

/// Actions by `exp(rationality * value)`: at rationality 0 every action alike, at infinity those of
/// [`greedy`].
///
/// # Errors
/// A rationality that is negative or NaN, or values as for [`greedy`].
pub fn boltzmann(mdp: &Mdp, values: &[f64], rationality: f64) -> Result<TabularPolicy, SolveError> {
    if !(0.0..).contains(&rationality) {
        return Err(SolveError::argument("rationality", "a number of at least 0", rationality));
    }
    if rationality.is_infinite() {
        return greedy(mdp, values);
    }
    by_row(mdp, values, |row, chosen| {
        choose_softly(row, rationality, chosen);
    })
}

/// What `choose` writes for each state's actions by their values.
fn by_row(
    mdp: &Mdp,
    values: &[f64],
    choose: impl Fn(&[f64], &mut [f64]),
) -> Result<TabularPolicy, SolveError> {
    let (actions, needed) = (mdp.actions(), mdp.states() * mdp.actions());
    if values.len() != needed {
        return Err(SolveError::argument("values", format!("{needed} numbers"), values.len()));
    }
    if let Some(wrong) = values.iter().find(|value| !value.is_finite()) {
        return Err(SolveError::argument("values", "finite numbers", wrong));
    }
    let mut probabilities = vec![0.0; needed];
    let rows = values.chunks(actions).zip(probabilities.chunks_mut(actions));
    rows.for_each(|(row, chosen)| choose(row, chosen));
    Ok(TabularPolicy { actions, probabilities })
}

impl Policy for TabularPolicy {
    fn act<'a>(&self, seen: &Seen<'_>, rng: &mut ChaCha8Rng, _: &'a mut [f64]) -> Action<'a> {
        let row = self.row(seen.state[0] as usize);
        Action::Discrete(pick(row.iter().copied(), rng))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tabular::fixture::bandit;

    #[test]
    fn ties_are_shared() {
        let mdp = bandit(&[0.0; 4], 0.5);
        let check = |values: [f64; 4], expect: [f64; 4]| {
            assert_eq!(greedy(&mdp, &values).unwrap().row(0), expect, "{values:?}");
        };
        check([1.0, 3.0, 3.0, 2.0], [0.0, 0.5, 0.5, 0.0]);
        check([1.0, 3.0, 3.0 + 1e-12, 2.0], [0.0, 0.5, 0.5, 0.0]);
        check([1.0, 3.0, 3.001, 2.0], [0.0, 0.0, 1.0, 0.0]);
        check([0.0; 4], [0.25; 4]);
    }

    #[test]
    fn rationality_goes_from_uniform_to_greedy() {
        let mdp = bandit(&[0.0; 3], 0.5);
        let values = [0.0, 1.0, 1.0];
        let row = |rationality| boltzmann(&mdp, &values, rationality).unwrap().row(0).to_vec();
        assert_eq!(row(0.0), [1.0 / 3.0; 3]);
        assert_eq!(row(f64::INFINITY), [0.0, 0.5, 0.5]);
        assert_eq!(row(1e6), [0.0, 0.5, 0.5]);
        let e = 1.0_f64.exp();
        assert!((row(1.0)[0] - 1.0 / (1.0 + 2.0 * e)).abs() < 1e-15);
        for rationality in [-1.0, f64::NAN] {
            let error = boltzmann(&mdp, &values, rationality).unwrap_err().to_string();
            let expect = "rationality: expected a number of at least 0, found ";
            assert_eq!(error, format!("{expect}{rationality}"));
        }
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        let mdp = bandit(&[0.0; 2], 0.5);
        let check = |probabilities: Vec<f64>, expect: &str| {
            assert_eq!(TabularPolicy::new(&mdp, probabilities).unwrap_err().to_string(), expect);
        };
        check(vec![1.0], "policy: expected 2 probabilities, found 1");
        let sum = "policy: expected probabilities that sum to 1 in state 0, found ";
        check(vec![0.5, 0.6], &format!("{sum}[0.5, 0.6]"));
        check(vec![1.5, -0.5], &format!("{sum}[1.5, -0.5]"));
        check(vec![f64::NAN, 1.0], &format!("{sum}[NaN, 1.0]"));
        let wrong = greedy(&mdp, &[f64::NAN, 0.0]).unwrap_err().to_string();
        assert_eq!(wrong, "values: expected finite numbers, found NaN");
        let other = TabularPolicy::uniform(&bandit(&[0.0; 3], 0.5));
        let error = other.fits(&mdp).unwrap_err().to_string();
        assert_eq!(error, "policy: expected 1 states and 2 actions, found 1 and 3");
    }
}
