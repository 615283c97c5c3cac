//! In which unit is a learned reward optimized?
//!
//! Comparisons say nothing of the origin of a reward, and little of its unit: each member of an ensemble
//! has its own. The lowest of several members is then that of the lowest origin, and a price on divergence
//! means another thing for each model. So members can be brought to one origin and unit first, by what they
//! say of the policy that optimization starts from (as Coste et al. 2024 normalize rewards).

use crate::OptimizeError;
use crate::reward::EnsembleReward;
use crate::scored::Lived;
use crate::spread::mean_and_sd;
use medley_world::{Collection, Mixture, Uniform, World, collect};

/// Episodes by which an origin and a unit are found.
const EPISODES: usize = 200;

/// Origin and unit of one member.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Standard {
    /// Mean reward of a step.
    pub origin: f64,
    /// Standard deviation of returns.
    pub unit: f64,
}

impl Standard {
    /// A reward in this unit, from this origin.
    pub fn of(&self, reward: f64) -> f64 {
        (reward - self.origin) / self.unit
    }

    /// What tells it from others, to the bit.
    pub fn fingerprint(&self) -> String {
        format!(" {:x} {:x}", self.origin.to_bits(), self.unit.to_bits())
    }
}

/// Origin and unit of each member, over the same episodes of the policy that takes all actions alike.
pub(crate) fn standards(
    world: &dyn World,
    name: &str,
    reward: &dyn EnsembleReward,
) -> Result<Vec<Standard>, OptimizeError> {
    let few = Collection { episodes: EPISODES, limit: None, seed: 0 };
    let episodes = collect(world, &Mixture::of(&Uniform::of(world)), &few)?;
    let lived = Lived::of(world, &episodes);
    let refused = |reason| OptimizeError::Reward { reward: name.to_owned(), reason };
    let members = reward.members(&lived.steps()).map_err(refused)?;
    let mut standards = Vec::with_capacity(members.len());
    for (member, rewards) in members.iter().enumerate() {
        let returns = lived.sums(rewards);
        let (mean, sd) = mean_and_sd(&returns);
        let is_flat = !(sd > 1e-9 * mean.abs() && sd.is_finite());
        if is_flat {
            let reason = format!(
                "`standardize`: member {member} gives all {EPISODES} episodes of the policy that takes \
                 all actions alike a return of {mean}; returns that differ are needed"
            );
            return Err(refused(reason));
        }
        let origin = rewards.iter().sum::<f64>() / rewards.len() as f64;
        standards.push(Standard { origin, unit: sd });
    }
    Ok(standards)
}

#[cfg(test)]
mod tests {
    use super::*;
    use medley_ppo::{RewardSource, Steps};
    use medley_world::Pendulum;

    /// Twice the true reward and 3 more each step, and the negative of it.
    struct Two;

    impl RewardSource for Two {
        fn fingerprint(&self) -> String {
            String::new()
        }
        fn rewards(&self, steps: &Steps<'_>) -> Result<Vec<f64>, String> {
            Ok(steps.true_rewards.to_vec())
        }
    }

    impl EnsembleReward for Two {
        fn members(&self, steps: &Steps<'_>) -> Result<Vec<Vec<f64>>, String> {
            let of = |scale: f64, plus: f64| {
                steps.true_rewards.iter().map(|reward| scale * reward + plus).collect()
            };
            Ok(vec![of(2.0, 3.0), of(-1.0, 0.0)])
        }
    }

    #[test]
    fn members_are_brought_to_one_origin_and_unit() {
        let found = standards(&Pendulum::default(), "two", &Two).unwrap();
        let [first, second] = &found[..] else { panic!("{found:?}") };
        assert!((first.unit - 2.0 * second.unit).abs() < 1e-6 * first.unit);
        assert!((first.of(2.0 * -5.0 + 3.0) + second.of(5.0)).abs() < 1e-9);
    }
}
