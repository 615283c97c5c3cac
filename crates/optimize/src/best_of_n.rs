//! What is the best of n episodes worth, chosen by a reward?

use crate::learned::{lived, totals};
use crate::normalized::normalized;
use crate::{NamedReward, OptimizeError, OptimizeSpec};
use medley_report::{OptimizationRow, OptimizedRow};
use medley_theory::{best_of_n, best_of_n_curve};
use medley_world::Uniform;

/// Chooses among episodes of the policy that takes all actions alike; the curve has a row for each n.
pub(crate) fn choose(
    spec: &OptimizeSpec,
    reward: &NamedReward,
    seed: u64,
) -> Result<(OptimizedRow, Vec<OptimizationRow>), OptimizeError> {
    let world = &*spec.world;
    let episodes = lived(spec, &Uniform::of(world), spec.best_of_n.episodes, seed)?;
    let [proxy, gold] = totals(world, &episodes, reward)?;
    let sizes = &spec.best_of_n.sizes;
    let mut curve = Vec::with_capacity(sizes.len());
    for point in best_of_n_curve(&proxy, &gold, sizes)? {
        curve.push(OptimizationRow {
            world: world.typetag_name().to_owned(),
            method: "best-of-n".to_owned(),
            reward: reward.name.clone(),
            seed,
            at: point.n as u64,
            kl: point.kl,
            proxy: Some(best_of_n(&proxy, &proxy, point.n)?),
            gold: Some(point.gold),
        });
    }
    let most = sizes.iter().copied().max().unwrap_or(1);
    let value = best_of_n(&proxy, &gold, most)?;
    let best = best_of_n(&gold, &gold, most)?;
    let uniform = gold.iter().sum::<f64>() / gold.len() as f64;
    let row = OptimizedRow {
        world: world.typetag_name().to_owned(),
        method: "best-of-n".to_owned(),
        reward: reward.name.clone(),
        seed,
        value,
        best,
        uniform,
        normalized: normalized(value, best, uniform),
        proxy: best_of_n(&proxy, &proxy, most)?,
    };
    Ok((row, curve))
}
