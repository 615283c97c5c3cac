//! A process in which people plan, where their world is no table: learned from the steps of a dataset.
//!
//! Nothing but recorded steps is needed: what was seen, what was done, what was seen next, and where
//! the world ended an episode. From them follows a process of finitely many *representative* states,
//! whose values [`crate::Planner`] finds exactly as it does those of a table:
//!
//! ```text
//! s' = s + sum_k l_k (s'_k - s_k)        k: the nearest recorded steps by the same action
//! V(s') = sum_i d_i V(s_i)               d_i >= 0, sum d_i = 1, sum d_i s_i near s'
//! Q(s, a) = r(s, a) + discount (1 - P(end | s, a)) V(s')
//! ```
//!
//! Effects come by locally weighted linear regression (Atkeson, Moore and Schaal 1997), and values
//! between representatives by an average, as in kernel-based reinforcement learning (Ormoneit and Sen
//! 2002; Barreto, Precup and Pineau 2016 for representatives). An average of values is one step of a
//! process (Gordon 1995), so that values under any reward exist, are unique and have derivatives.
//! A network of values beside the reward, with a penalty on its temporal differences (MAVRL), has
//! differences that are not 0, a weight of theirs that has to be chosen, and moves only as fast as it
//! is trained.
//!
//! Effects are learned relative to where one is, since an average of where others came to forgets a
//! step that is shorter than the distance between them.

mod between;
mod dynamics;
mod effects;
mod nearby;
mod recorded;

use medley_toml_file::{Problem, at_least};
use serde::{Deserialize, Serialize};

pub(crate) use dynamics::Dynamics;
pub(crate) use recorded::Recorded;

/// Options of a process that is learned from recorded steps: `learned-world = { states = 300 }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct LearnedWorld {
    /// Representative states, chosen to lie as far apart as they can. Each step of training solves as
    /// many equations.
    pub states: usize,
    /// Recorded steps that effects are learned from, evenly of all actions, chosen in the same way.
    pub steps: usize,
    /// How many of them, the nearest by the same action, say what an action leads to.
    pub neighbours: usize,
}

impl Default for LearnedWorld {
    fn default() -> Self {
        Self { states: 200, steps: 5_000, neighbours: 30 }
    }
}

/// Most representative states: planning solves systems of as many equations at each step of training.
pub(crate) const MOST_STATES: usize = 2_000;

impl LearnedWorld {
    /// Refuses numbers out of range.
    ///
    /// # Errors
    /// The key, what is expected of it and what was found.
    pub fn check(&self) -> Result<(), Problem> {
        at_least("states", self.states as u64, 2)?;
        at_least("steps", self.steps as u64, 2)?;
        at_least("neighbours", self.neighbours as u64, 2)?;
        match self.states <= MOST_STATES {
            true => Ok(()),
            false => {
                let message = format!("at most {MOST_STATES} are possible, found {}", self.states);
                Err(Problem::new("states", message))
            }
        }
    }
}

#[cfg(test)]
mod tests;
