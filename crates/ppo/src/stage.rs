//! Which policies on the way are kept, so that optimization can be looked at over its course?

use crate::LearnedPolicy;
use crate::moments::Moments;
use serde::{Deserialize, Serialize};

/// A policy on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Steps of all worlds until then.
    pub steps: u64,
    /// As it was; it acts by chance.
    pub policy: LearnedPolicy,
}

/// What a checkpoint holds of a stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub updates: u64,
    pub parameters: Vec<f32>,
    pub eyes: Moments,
}

/// Whether the policy after update `done` of all is one of `stages`. They lie at the squares of even
/// shares, since a policy moves fastest at first; the last is the policy at the end.
pub(crate) fn is_stage(done: u64, of: u64, stages: u64) -> bool {
    // In whole numbers of twice the width: their products do not fit into one, and rounding would move a place.
    let [done, of, all] = [done, of, stages].map(u128::from);
    (1..=all).any(|stage| (stage * stage * of).div_ceil(all * all) == done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_close_at_first_and_end_at_the_end() {
        let check = |of: u64, stages: u64, expect: &[u64]| {
            let kept: Vec<u64> = (1..=of).filter(|done| is_stage(*done, of, stages)).collect();
            assert_eq!(kept, expect, "{stages} of {of}");
        };
        check(100, 5, &[4, 16, 36, 64, 100]);
        check(3, 12, &[1, 2, 3]);
        check(7, 1, &[7]);
        check(7, 0, &[]);
    }
}
