//! How far is one reward from another, whatever behaviour both ask for?
//!
//! Rewards that order all policies alike are the same for our purpose: a potential may be added
//! (`gamma Phi(s') - Phi(s)`, Ng et al. 1999) and the unit may change. Each distance makes rewards
//! *canonical*, so that the first is undone, divides by a norm, so that the second is, and takes half
//! the L2 distance of the results. That is in [0, 1]: 0 for rewards that are the same, 1 for a reward
//! and its negative. The three differ in what the canonical form asks for:
//!
//! | | averages over | invariant to |
//! | --- | --- | --- |
//! | [`epic`] | states and actions, whatever the dynamics | potentials |
//! | [`dard`] | actions and what follows them | potentials |
//! | [`starc`] | the dynamics and a policy | potentials, and who bears the reward among next states of a state and an action |
//!
//! Only [`starc`] bounds regret from both sides (Skalse et al. 2024). EPIC and DARD are defined by
//! Pearson's correlation as `sqrt((1 - rho) / 2)`, which is the same number: half the distance of two
//! standardized lists. It is computed as such, since `sqrt` would turn a rounding error of 1e-16 in
//! `rho` into a distance of 1e-8.
//!
//! A reward is *trivial* where nothing is left of its canonical form: all policies are as good. STARC
//! gives it the distance 1/2 to any that is not trivial and 0 to any that is; EPIC and DARD leave it
//! undefined, and have the same here. [`RewardDistance::trivial`] says so.

mod dard;
mod epic;
mod sampled;
mod standardized;
mod starc;

pub use dard::dard;
pub use epic::epic;
pub use sampled::{
    DardSample, EpicSample, RolloutPair, SampleError, StarcSample, TabularTransition, sampled_dard,
    sampled_epic, sampled_starc,
};
pub use standardized::{RewardDistance, RewardDistanceError, Which};
pub use starc::{Canonicalization, starc};

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod laws_tests;
#[cfg(test)]
mod sampled_tests;
