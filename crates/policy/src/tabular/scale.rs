//! How good is a policy, between one that knows nothing and the best?

use super::{SolveError, TabularPolicy, optimal, value};
use medley_world::Mdp;

/// Values of the uniform and of the best policy, by which others are measured. A policy can be below 0:
/// worse than acting at random.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Value of the uniform policy.
    pub uniform: f64,
    /// Value of the best.
    pub optimal: f64,
}

impl Scale {
    /// Solves both.
    ///
    /// # Errors
    /// Both are worth the same, or values are not finite.
    pub fn of(mdp: &Mdp) -> Result<Self, SolveError> {
        let uniform = value(mdp, &TabularPolicy::uniform(mdp))?;
        let optimal = optimal(mdp)?.value;
        match optimal - uniform > 1e-9 * optimal.abs().max(uniform.abs()) {
            true => Ok(Self { uniform, optimal }),
            false => Err(SolveError::NoScale { uniform, optimal }),
        }
    }

    /// `(value - uniform) / (optimal - uniform)`: 0 for the uniform policy, 1 for the best.
    ///
    /// # Errors
    /// The policy is for other sizes, or values are not finite.
    pub fn normalized(&self, mdp: &Mdp, policy: &TabularPolicy) -> Result<f64, SolveError> {
        Ok((value(mdp, policy)? - self.uniform) / (self.optimal - self.uniform))
    }

    /// What is lost against the best policy, in the units of the reward.
    ///
    /// # Errors
    /// As [`Scale::normalized`].
    pub fn regret(&self, mdp: &Mdp, policy: &TabularPolicy) -> Result<f64, SolveError> {
        Ok(self.optimal - value(mdp, policy)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tabular::fixture::bandit;
    use medley_world::{Grid, GridOptions, Preset, World};

    /// The published constants of the three grids, to five digits.
    #[test]
    fn grids_have_their_published_constants() {
        let check = |preset, uniform: f64, optimal: f64| {
            let grid = Grid::new(GridOptions { preset, ..GridOptions::default() }).unwrap();
            let scale = Scale::of(&grid.mdp().unwrap()).unwrap();
            let off = [scale.uniform - uniform, scale.optimal - optimal];
            assert!(off.iter().all(|off| off.abs() < 0.5e-5), "{preset:?}: {scale:?}");
        };
        check(Preset::Sparse, -1.99492, 6.73872);
        check(Preset::Cliff, -4.45441, 31.77715);
        check(Preset::Trap, -6.78525, 7.94429);
    }

    #[test]
    fn a_policy_is_placed_between_uniform_and_best() {
        let mdp = bandit(&[0.0, 1.0], 0.5);
        let scale = Scale::of(&mdp).unwrap();
        let of = |probabilities: Vec<f64>| {
            let policy = TabularPolicy::new(&mdp, probabilities).unwrap();
            let normalized = scale.normalized(&mdp, &policy).unwrap();
            (normalized, scale.regret(&mdp, &policy).unwrap())
        };
        let check = |found: (f64, f64), expect: (f64, f64)| {
            let off = [found.0 - expect.0, found.1 - expect.1];
            assert!(off.iter().all(|off| off.abs() < 1e-12), "{found:?}, {expect:?}");
        };
        check(of(vec![0.0, 1.0]), (1.0, 0.0));
        check(of(vec![0.25, 0.75]), (0.5, 0.5));
        check(of(vec![1.0, 0.0]), (-1.0, 2.0));
    }

    #[test]
    fn where_all_is_worth_the_same_there_is_no_scale() {
        let error = Scale::of(&bandit(&[1.0, 1.0], 0.5)).unwrap_err().to_string();
        assert!(error.contains("there is no scale between them"), "{error}");
    }
}
