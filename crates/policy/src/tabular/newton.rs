//! How do best values follow rewards?
//!
//! Best values are a fixed point, so that they are found by Newton's method (policy iteration: Howard
//! 1960, Puterman and Brumelle 1979), and their derivatives by the implicit function theorem. At the
//! fixed point the policy is the derivative of the (soft) maximum, so that both need one matrix:
//!
//! ```text
//! V = (I - discount P_pi)^-1 (r_pi + t H(pi))          pi the policy of the values before
//! dV = (I - discount P_pi)^-1 dr_pi
//! ```
//!
//! Five to twenty systems of equations, where value iteration takes hundreds of passes that leave no
//! derivative. Where several actions are best at temperature 0, values have a kink, and the derivative
//! is that of all of them alike.

use super::evaluate::paid;
use super::row::choose_softly;
use super::system::{Reach, System};
use super::values::too_large;
use super::{Soft, SolveError, TabularPolicy, Values, greedy};
use medley_world::Mdp;

/// Most systems that are solved. Every one brings values nearer; what rounding leaves may go on.
const MOST: u32 = 200;

/// Whether value iteration would take too long: its passes grow as `1 / (1 - discount)`, to hours near 1,
/// and systems here do not.
pub(super) fn looks_far(mdp: &Mdp) -> bool {
    1.0 - mdp.discount() < 1e-3
}

/// Best values at a temperature, and what derivatives of them need.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Values and the policy that has them; at temperature 0 the best, with ties alike.
    pub soft: Soft,
    /// `I - discount P` under the policy, factorized.
    system: System,
}

/// Best values by Newton's method, to rounding: those of [`super::soft_value_iteration`], which are
/// those of [`super::value_iteration`] at temperature 0.
///
/// # Errors
/// A temperature that is negative or not finite; values that are not finite.
pub fn plan(mdp: &Mdp, temperature: f64) -> Result<Planned, SolveError> {
    plan_from(mdp, temperature, &vec![0.0; mdp.states()])
}

/// [`plan`] from values that are near the best, such as those under rewards nearby: two or three systems
/// instead of ten.
///
/// `near`: `[state]`
///
/// # Errors
/// As [`plan`]; not one value for each state.
pub fn plan_from(mdp: &Mdp, temperature: f64, near: &[f64]) -> Result<Planned, SolveError> {
    if !(temperature >= 0.0 && temperature.is_finite()) {
        let expected = "a finite number of at least 0";
        return Err(SolveError::argument("temperature", expected, temperature));
    }
    if near.len() != mdp.states() {
        let expected = format!("{} values", mdp.states());
        return Err(SolveError::argument("near", expected, near.len()));
    }
    let reach = Reach::of(mdp);
    let settled = settled(mdp);
    let mut actions = action_values(mdp, near);
    let mut before: Option<Vec<f64>> = None;
    let mut sweeps = 0;
    loop {
        let Acting { policy, paid: mut states } = Acting::by(mdp, &actions, temperature)?;
        let system = System::within(mdp, &policy, reach);
        system.solve_one(&mut states);
        if !states.iter().all(|value| value.is_finite()) {
            return Err(too_large(mdp));
        }
        actions = action_values(mdp, &states);
        sweeps += 1;
        let (change, largest) = distance(&states, before.as_deref());
        if change <= settled * largest || sweeps == MOST {
            let error = change * mdp.discount() / (1.0 - mdp.discount());
            // The last policy is that of the values, and no longer of those before.
            let policy = Acting::by(mdp, &actions, temperature)?.policy;
            let values = Values { states, actions, error, sweeps };
            return Ok(Planned { soft: Soft { values, policy }, system });
        }
        before = Some(states);
    }
}

/// Change of values, relative to the largest, that rounding may leave for ever: what one step of the
/// policy rounds, as many times as steps count.
fn settled(mdp: &Mdp) -> f64 {
    f64::max(1e-13, 8.0 * f64::EPSILON / (1.0 - mdp.discount()))
}

/// What somebody does by values of actions.
struct Acting {
    policy: TabularPolicy,
    /// What each state pays them: the expected reward, and their entropy at the temperature. `[state]`
    paid: Vec<f64>,
}

impl Acting {
    /// By `exp(value / temperature)`. Its logarithm is known before it is taken, and with it the entropy.
    fn by(mdp: &Mdp, values: &[f64], temperature: f64) -> Result<Self, SolveError> {
        let rationality = 1.0 / temperature;
        if rationality.is_infinite() {
            let policy = greedy(mdp, values).map_err(|_| too_large(mdp))?;
            return Ok(Self { paid: paid(mdp, &policy), policy });
        }
        if !values.iter().all(|value| value.is_finite()) {
            return Err(too_large(mdp));
        }
        let actions = mdp.actions();
        let mut probabilities = vec![0.0; values.len()];
        let rows = probabilities.chunks_mut(actions).zip(values.chunks(actions)).enumerate();
        let paid = rows.map(|(state, (chosen, values))| {
            let (best, sum) = choose_softly(values, rationality, chosen);
            let of_sum = temperature * sum.ln();
            let mut paid = 0.0;
            for (action, (weight, value)) in chosen.iter().zip(values).enumerate() {
                if *weight > 0.0 {
                    paid +=
                        *weight * (mdp.expected_reward(state, action) - (value - best - of_sum));
                }
            }
            if mdp.is_terminal(state) { 0.0 } else { paid }
        });
        let paid = paid.collect();
        Ok(Self { policy: TabularPolicy::of_rows(actions, probabilities), paid })
    }
}

/// Largest change, and largest value.
fn distance(states: &[f64], before: Option<&[f64]>) -> (f64, f64) {
    let largest = states.iter().map(|value| value.abs()).fold(0.0, f64::max);
    let change = before.map_or(f64::INFINITY, |before| {
        states.iter().zip(before).map(|(now, then)| (now - then).abs()).fold(0.0, f64::max)
    });
    (change, largest)
}

/// `Q(s, a)`; 0 in terminal states.
fn action_values(mdp: &Mdp, states: &[f64]) -> Vec<f64> {
    let of = |state: usize| {
        (0..mdp.actions()).map(move |action| match mdp.is_terminal(state) {
            true => 0.0,
            false => {
                let next = mdp.expected_next(state, action, states);
                mdp.expected_reward(state, action) + mdp.discount() * next
            }
        })
    };
    (0..mdp.states()).flat_map(of).collect()
}

impl Planned {
    /// Derivatives of the values of states by rewards that several actions may share: `shared` says
    /// for each action in each state, `[state * actions + action]`, which of `count` rewards it is
    /// paid. Those of the values of actions follow by one step.
    ///
    /// `[state * count + reward]`
    ///
    /// # Panics
    /// If `shared` has another length or names a reward beyond `count`.
    pub fn sensitivity(&self, mdp: &Mdp, shared: &[u32], count: usize) -> Vec<f64> {
        let actions = mdp.actions();
        assert_eq!(shared.len(), mdp.states() * actions, "a reward for each action in each state");
        let mut slopes = vec![0.0; mdp.states() * count];
        for state in (0..mdp.states()).filter(|&state| !mdp.is_terminal(state)) {
            for (action, probability) in self.soft.policy.row(state).iter().enumerate() {
                slopes[state * count + shared[state * actions + action] as usize] += probability;
            }
        }
        self.system.solve(&mut slopes);
        slopes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tabular::fixture::{bandit, ended_chain, random};
    use crate::tabular::{soft_optimal, value_iteration};
    use medley_world::Rewards;
    use proptest::prelude::*;

    fn distance(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    proptest! {
        #[test]
        fn values_are_those_of_value_iteration(seed: u64, discount in 0.0_f64..0.99) {
            let mdp = random(seed, discount);
            let hard = plan(&mdp, 0.0).unwrap().soft.values;
            prop_assert!(distance(&hard.actions, &value_iteration(&mdp, 1e-12).unwrap().actions) < 1e-8);
            for temperature in [0.01, 0.3, 10.0] {
                let soft = plan(&mdp, temperature).unwrap().soft;
                let expect = soft_optimal(&mdp, temperature, 1e-12).unwrap();
                let gap = distance(&soft.values.actions, &expect.values.actions);
                prop_assert!(gap < 1e-8, "{gap}");
                prop_assert!(soft.values.sweeps < 40, "{}", soft.values.sweeps);
                let near: Vec<f64> = soft.values.states.iter().map(|value| value + 1e-7).collect();
                let again = plan_from(&mdp, temperature, &near).unwrap().soft.values;
                let gap = distance(&soft.values.actions, &again.actions);
                prop_assert!(gap < 1e-9 && again.sweeps <= 4, "{gap}, {}", again.sweeps);
            }
        }

        #[test]
        fn derivatives_are_differences(seed: u64, temperature in 0.05_f64..3.0) {
            let mdp = random(seed, 0.9);
            // Rewards of states, and one that all states share for the last action.
            let (states, actions) = (mdp.states(), mdp.actions());
            let of = |row: usize| if row % actions == actions - 1 { states } else { row / actions };
            let shared: Vec<u32> = (0..states * actions).map(|row| of(row) as u32).collect();
            let paid = |change: usize, by: f64| {
                let base = |row: usize| (row as f64 * 0.37).sin() + if of(row) == change { by } else { 0.0 };
                let rewards = (0..states * actions).map(base).collect();
                mdp.clone().with_rewards(Rewards::StateAction(rewards)).unwrap()
            };
            let here = paid(0, 0.0);
            let found = plan(&here, temperature).unwrap().sensitivity(&here, &shared, states + 1);
            for reward in [0, 5, states] {
                let values = |by: f64| {
                    plan(&paid(reward, by), temperature).unwrap().soft.values.states
                };
                let (up, down) = (values(1e-5), values(-1e-5));
                for state in 0..states {
                    let slope = (up[state] - down[state]) / 2e-5;
                    let found = found[state * (states + 1) + reward];
                    prop_assert!((found - slope).abs() < 1e-5, "{state} by {reward}");
                }
            }
        }
    }

    #[test]
    fn one_state_by_hand() {
        // Q = r + discount V, V = log sum exp Q: V = log sum exp r / (1 - discount), dV/dr = pi / (1 - discount).
        let mdp = bandit(&[0.0, 1.0], 0.5);
        let planned = plan(&mdp, 1.0).unwrap();
        let sum = 1.0 + 1.0_f64.exp();
        assert!((planned.soft.values.states[0] - 2.0 * sum.ln()).abs() < 1e-12);
        let found = planned.sensitivity(&mdp, &[0, 1], 2);
        let likely = 1.0_f64.exp() / sum;
        // V = log sum exp Q and Q = r + V / 2, so that dV / dr = 2 pi.
        assert!((found[1] - 2.0 * likely).abs() < 1e-12, "{found:?}");
        let Values { states, actions, .. } = &planned.soft.values;
        assert!((states[0] - actions[1] + likely.ln()).abs() < 1e-12, "{actions:?}");
    }

    #[test]
    fn terminal_states_are_worth_nothing_whatever_stands_there() {
        let mdp = ended_chain(4, 0.9);
        let planned = plan(&mdp, 0.0).unwrap();
        let expect = value_iteration(&mdp, 1e-12).unwrap();
        assert!(distance(&planned.soft.values.actions, &expect.actions) < 1e-12);
        let shared: Vec<u32> = (0..8).collect();
        let found = planned.sensitivity(&mdp, &shared, 8);
        let unpaid = |state: usize| found[state * 8 + 6..][..2] == [0.0; 2];
        assert!((0..4).all(unpaid), "{found:?}");
    }

    #[test]
    fn rounding_of_a_far_horizon_ends() {
        for temperature in [0.0, 1.0] {
            for seed in 0..20 {
                let sweeps = plan(&random(seed, 0.9999), temperature).unwrap().soft.values.sweeps;
                assert!(sweeps < 40, "{sweeps} at temperature {temperature}");
            }
        }
    }

    #[test]
    fn what_cannot_be_planned_is_refused() {
        let mdp = bandit(&[0.0, 1e308], 0.9);
        let error = plan_from(&mdp, 0.0, &[]).unwrap_err().to_string();
        assert_eq!(error, "near: expected 1 values, found 0");
        assert!(plan(&mdp, 0.0).unwrap_err().to_string().starts_with("values are not finite"));
        for temperature in [-1.0, f64::NAN, f64::INFINITY] {
            let error = plan(&mdp, temperature).unwrap_err().to_string();
            assert!(error.starts_with("temperature: expected a finite number"), "{error}");
        }
    }
}
