//! What is the best of n episodes worth, chosen by a reward?

use crate::course::{Course, CourseStage};
use crate::normalized::normalized;
use crate::reward::NamedReward;
use crate::scored::{Lived, Of, Scored};
use crate::{OptimizeError, OptimizeSpec};
use medley_evaluation::AlarmRow;
use medley_report::{OptimizationRow, OptimizedRow};
use medley_theory::{BestOfNError, best_of_n, kl_best_of_n};
use medley_world::{Collection, Mixture, Uniform, collect};

/// Parts that episodes are dealt into, so that an alarm knows what other episodes would have said: at most
/// so many, each of at least as many episodes as the largest n.
const PARTS: usize = 20;

/// What choosing comes to.
pub(crate) struct Chosen {
    pub row: OptimizedRow,
    pub curve: Vec<OptimizationRow>,
    pub course: Course,
}

/// Chooses among episodes of the policy that takes all actions alike; the curve has a row for each n.
pub(crate) fn choose(
    spec: &OptimizeSpec,
    reward: &NamedReward,
    seed: u64,
) -> Result<Chosen, OptimizeError> {
    let world = &*spec.world;
    let wanted = Collection { episodes: spec.best_of_n.episodes, limit: None, seed };
    let episodes = collect(world, &Mixture::of(&Uniform::of(world)), &wanted)?;
    let scored = Lived::of(world, &episodes).scored(reward, Of::Episodes)?;
    let course = course(spec, reward, seed, &scored)?;
    let name = || world.typetag_name().to_owned();
    let curve =
        course.stages.iter().filter(|stage| spec.best_of_n.sizes.contains(&(stage.at as usize)));
    let curve = curve.map(|stage| OptimizationRow {
        world: name(),
        method: "best-of-n".to_owned(),
        label: reward.label.clone(),
        reward: reward.name.clone(),
        seed,
        at: stage.at,
        kl: stage.kl,
        proxy: Some(stage.proxy),
        gold: Some(stage.gold),
    });
    let curve = curve.collect();
    let Scored { proxy, gold, .. } = &scored;
    let most = spec.best_of_n.sizes.iter().copied().max().unwrap_or(1);
    let value = best_of_n(proxy, gold, most)?;
    let best = best_of_n(gold, gold, most)?;
    let uniform = course.gold.mean;
    let row = OptimizedRow {
        world: name(),
        method: "best-of-n".to_owned(),
        label: reward.label.clone(),
        reward: reward.name.clone(),
        seed,
        value,
        best,
        uniform,
        normalized: normalized(value, best, uniform),
        proxy: best_of_n(proxy, proxy, most)?,
    };
    Ok(Chosen { row, curve, course })
}

/// A stage for each n, and for 1, which is the first policy.
fn course(
    spec: &OptimizeSpec,
    reward: &NamedReward,
    seed: u64,
    scored: &Scored,
) -> Result<Course, OptimizeError> {
    let mut sizes = spec.best_of_n.sizes.clone();
    sizes.push(1);
    sizes.sort_unstable();
    sizes.dedup();
    let mut course = Course::begin(reward, seed, scored);
    let all = 0..scored.gold.len();
    for &n in &sizes {
        let of = |values: &[f64]| best(scored, values, all.clone(), n);
        let maybe = |values: &Option<Vec<f64>>| values.as_deref().map(of).transpose();
        course.stages.push(CourseStage {
            at: n as u64,
            kl: kl_best_of_n(n),
            proxy: of(&scored.proxy)?,
            gold: of(&scored.gold)?,
            uncertainty: maybe(&scored.uncertainty)?,
            from_data: maybe(&scored.from_data)?,
        });
    }
    course.samples = samples(scored, &sizes)?;
    Ok(course)
}

/// The best of n out of each part of the episodes.
fn samples(scored: &Scored, sizes: &[usize]) -> Result<Vec<AlarmRow>, OptimizeError> {
    let episodes = scored.gold.len();
    let most = sizes.iter().copied().max().unwrap_or(1);
    let parts = (episodes / most).clamp(1, PARTS);
    let mut samples = Vec::with_capacity(parts * sizes.len());
    for part in 0..parts {
        let own = part * episodes / parts..(part + 1) * episodes / parts;
        for &n in sizes {
            let of = |values: &[f64]| best(scored, values, own.clone(), n);
            let maybe = |values: &Option<Vec<f64>>| values.as_deref().map(of).transpose();
            samples.push(AlarmRow {
                progress: kl_best_of_n(n).sqrt(),
                proxy: of(&scored.proxy)?,
                uncertainty: maybe(&scored.uncertainty)?,
                from_data: maybe(&scored.from_data)?,
                cluster: part as u32,
            });
        }
    }
    Ok(samples)
}

/// The mean of `values` over the best of n of some episodes.
fn best(
    scored: &Scored,
    values: &[f64],
    of: std::ops::Range<usize>,
    n: usize,
) -> Result<f64, BestOfNError> {
    best_of_n(&scored.proxy[of.clone()], &values[of], n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_hold_the_largest_n_and_all_episodes() {
        let check = |episodes: usize, most: usize, expect: usize| {
            let values: Vec<f64> = (0..episodes).map(|i| i as f64).collect();
            let scored = Scored {
                proxy: values.clone(),
                gold: values.clone(),
                uncertainty: Some(values),
                from_data: None,
            };
            let samples = samples(&scored, &[1, most]).unwrap();
            assert_eq!(samples.len(), 2 * expect, "{episodes} {most}");
            // The largest of all is in the last part, and is what the best of all of it would be.
            let last = samples[samples.len() - 1];
            assert_eq!(last.uncertainty, Some(last.proxy));
            let ones = samples.iter().filter(|row| row.progress == 0.0).map(|row| row.proxy);
            let mean = ones.sum::<f64>() / expect as f64;
            assert!((mean - (episodes as f64 - 1.0) / 2.0).abs() < 1.0, "{mean}");
        };
        check(2000, 64, 20);
        check(2000, 256, 7);
        check(100, 100, 1);
    }
}
