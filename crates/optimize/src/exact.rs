//! What is the policy worth that is best for a reward, where the world is a table?

use crate::OptimizeError;
use crate::normalized::normalized;
use crate::reward::NamedReward;
use medley_policy::tabular::{Scale, TabularPolicy, optimal, soft_optimal, value};
use medley_ppo::Steps;
use medley_report::OptimizedRow;
use medley_world::{Mdp, Rewards, World, table_features};

/// To what error soft values are found, as a share of the largest value that rewards allow.
const TOLERANCE: f64 = 1e-10;

/// Solves the table `mdp` of `world` for one reward. With a price on divergence, both the policy and the
/// best one that it is measured against pay it; what they are worth is what they earn without it.
pub(crate) fn solve(
    world: &dyn World,
    mdp: &Mdp,
    reward: &NamedReward,
    seed: u64,
) -> Result<OptimizedRow, OptimizeError> {
    let proxy = match reward.name.as_str() {
        "true" => mdp.clone(),
        _ => mdp.clone().with_rewards(rewards(world, mdp, reward)?)?,
    };
    let scale = Scale::of(mdp)?;
    let policy = best(&proxy, reward.price)?;
    let own = value(mdp, &policy)?;
    let best = value(mdp, &best(mdp, reward.price)?)?;
    let uniform = scale.uniform;
    Ok(OptimizedRow {
        world: world.typetag_name().to_owned(),
        method: "tabular".to_owned(),
        label: reward.label.clone(),
        reward: reward.name.clone(),
        seed,
        value: own,
        best,
        uniform,
        normalized: normalized(own, best, uniform),
        proxy: value(&proxy, &policy)?,
    })
}

/// The best policy; with a price of `kl` a nat of divergence from the one that takes all actions alike.
fn best(mdp: &Mdp, kl: f64) -> Result<TabularPolicy, OptimizeError> {
    if kl == 0.0 {
        return Ok(optimal(mdp)?.policy);
    }
    // KL = ln actions - entropy: the first is paid in each step, which matters where episodes end.
    let fee = kl * (mdp.actions() as f64).ln();
    let paid: Vec<f64> = mdp.expected_rewards().iter().map(|reward| reward - fee).collect();
    let largest = paid.iter().fold(kl, |largest: f64, reward| largest.max(reward.abs()));
    let tolerance = TOLERANCE * largest / (1.0 - mdp.discount());
    let priced = mdp.clone().with_rewards(Rewards::StateAction(paid))?;
    Ok(soft_optimal(&priced, kl, tolerance)?.policy)
}

/// What a reward says of each state and action, `[state * actions + action]`.
fn rewards(world: &dyn World, mdp: &Mdp, reward: &NamedReward) -> Result<Rewards, OptimizeError> {
    let width = world.feature_names().len();
    let features: Vec<f32> = table_features(world, mdp).flatten().collect();
    let steps = Steps { features: &features, width, true_rewards: mdp.expected_rewards() };
    let told = reward.source.rewards(&steps);
    let told =
        told.map_err(|reason| OptimizeError::Reward { reward: reward.name.clone(), reason })?;
    Ok(Rewards::StateAction(told))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reward::{EnsembleReward, true_reward};
    use medley_ppo::RewardSource;
    use medley_world::{Grid, GridOptions, Preset};

    /// A multiple of the true reward, at a grid whose features are the cells.
    struct Times(f64);

    impl RewardSource for Times {
        fn fingerprint(&self) -> String {
            String::new()
        }
        fn rewards(&self, steps: &Steps<'_>) -> Result<Vec<f64>, String> {
            Ok(steps.true_rewards.iter().map(|reward| self.0 * reward).collect())
        }
    }

    impl EnsembleReward for Times {}

    fn trap() -> Grid {
        Grid::new(GridOptions { preset: Preset::Trap, ..Default::default() }).unwrap()
    }

    fn solved(reward: NamedReward) -> OptimizedRow {
        let world = trap();
        solve(&world, &world.mdp().unwrap(), &reward, 0).unwrap()
    }

    #[test]
    fn a_scaled_reward_leads_to_the_best_policy_and_its_negative_to_a_bad_one() {
        let times = |by| NamedReward {
            label: "learned".to_owned(),
            name: "learned".to_owned(),
            source: Box::new(Times(by)),
            price: 0.0,
        };
        let check = |found: OptimizedRow, expect: f64| {
            let normalized = found.normalized.unwrap();
            assert!((normalized - expect).abs() < 1e-6, "{found:?}");
        };
        check(solved(true_reward(0.0)), 100.0);
        check(solved(times(3.0)), 100.0);
        assert!(solved(times(-1.0)).normalized.unwrap() < -100.0);
        let found = solved(true_reward(0.0));
        assert!((found.uniform + 6.78525).abs() < 1e-5 && (found.best - 7.94429).abs() < 1e-5);
    }

    #[test]
    fn a_price_on_divergence_leads_from_the_best_policy_to_the_uniform_one() {
        let at = |kl| solved(true_reward(kl));
        assert!((at(1e6).value - at(0.0).uniform).abs() < 1e-3, "{:?}", at(1e6));
        let values = [0.0, 0.1, 1.0, 10.0].map(|kl| at(kl).value);
        assert!(values.is_sorted_by(|a, b| a >= b), "{values:?}");
    }
}
