//! How do rewards become behaviour, several at once?

use crate::best_of_n::choose;
use crate::course::Course;
use crate::exact::solve;
use crate::learned::{Lesson, lived};
use crate::normalized::normalized;
use crate::reward::NamedReward;
use crate::side_by_side::Crew;
use crate::yardstick::{is_best_at, missing};
use crate::{Method, OptimizeError, OptimizeSpec};
use medley_report::{OptimizationRow, OptimizedRow};
use medley_world::{Episode, Uniform, WorldError};
use std::path::Path;

/// What is to be optimized.
pub struct Request<'a> {
    /// Where and how.
    pub spec: &'a OptimizeSpec,
    /// For which rewards. To those that PPO learns the true one is added at each of their prices.
    pub rewards: &'a [NamedReward],
    /// Where policies that learn are kept, so that the same request goes on from them.
    pub folder: &'a Path,
    /// Rewards that are optimized at the same time, one thread each.
    pub jobs: usize,
    /// Whether somebody asked to stop.
    pub stops: &'a (dyn Fn() -> bool + Sync),
    /// Hears of each policy that is done.
    pub tell: &'a (dyn Fn(&str) + Sync),
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Optimized {
    /// A row for each reward and seed, in the order of the request.
    pub rows: Vec<OptimizedRow>,
    /// The ways there; empty for tables.
    pub curves: Vec<OptimizationRow>,
    /// The same ways, policy by policy, as overoptimization is told by; empty for tables. PPO adds those of
    /// the true reward.
    pub courses: Vec<Course>,
}

/// Optimizes each reward; none if somebody asked to stop before all was done. The same request then goes
/// on from where it was, to the same bits.
///
/// # Errors
/// Options out of range, or what keeps a policy from being found or valued.
pub fn optimize(request: &Request<'_>) -> Result<Option<Optimized>, OptimizeError> {
    let Request { spec, rewards, .. } = request;
    spec.check()?;
    match spec.method() {
        Method::Tabular => {
            let world = || spec.world.typetag_name().to_owned();
            let mdp = spec.world.mdp().ok_or_else(|| WorldError::Endless { world: world() })?;
            let of = |reward| solve(&*spec.world, &mdp, reward, spec.seeds[0]);
            let rows = rewards.iter().map(of).collect::<Result<_, _>>()?;
            Ok(Some(Optimized { rows, ..Optimized::default() }))
        }
        Method::BestOfN => {
            let tasks: Vec<_> = each(rewards.iter(), &spec.seeds).collect();
            let work = |task: &(&NamedReward, u64), _: &(dyn Fn() -> bool + Sync)| {
                choose(spec, task.0, task.1).map(Some)
            };
            let Some(chosen) = request.crew().work(&tasks, work)? else { return Ok(None) };
            let mut found = Optimized::default();
            for of in chosen {
                found.rows.push(of.row);
                found.curves.extend(of.curve);
                found.courses.push(of.course);
            }
            Ok(Some(found))
        }
        Method::Ppo => learn(request),
    }
}

impl Request<'_> {
    fn crew(&self) -> Crew<'_> {
        Crew { jobs: self.jobs, stops: self.stops }
    }
}

fn each<'a>(
    rewards: impl Iterator<Item = &'a NamedReward>,
    seeds: &[u64],
) -> impl Iterator<Item = (&'a NamedReward, u64)> {
    rewards.flat_map(move |reward| seeds.iter().map(move |&seed| (reward, seed)))
}

fn learn(request: &Request<'_>) -> Result<Option<Optimized>, OptimizeError> {
    let Request { spec, rewards, .. } = request;
    let missing = missing(rewards);
    let lessons: Vec<Lesson<'_>> = each(rewards.iter().chain(&missing), &spec.seeds)
        .map(|(reward, seed)| Lesson { spec, reward, seed })
        .collect();
    let work = |lesson: &Lesson<'_>, stops: &(dyn Fn() -> bool + Sync)| {
        let learned = lesson.learn(request.folder, stops)?;
        if learned.is_some() {
            (request.tell)(&format!("{}, seed {}: done", told(lesson.reward), lesson.seed));
        }
        Ok(learned)
    };
    let Some(learned) = request.crew().work(&lessons, work)? else { return Ok(None) };
    let mut found = Optimized::default();
    for (place, (lesson, own)) in lessons.iter().zip(&learned).enumerate() {
        found.curves.extend(own.curve.iter().cloned());
        found.courses.push(own.course.clone());
        if place >= rewards.len() * spec.seeds.len() {
            continue;
        }
        let (reward, seed) = (lesson.reward, lesson.seed);
        let same =
            |other: &Lesson<'_>| is_best_at(other.reward, reward.price) && other.seed == seed;
        let of_best = lessons.iter().position(same).unwrap_or(place);
        let [proxy, value] = own.end();
        let [_, best] = learned[of_best].end();
        let chance = lived(spec, &Uniform::of(&*spec.world), seed)?;
        let uniform = chance.iter().map(Episode::total).sum::<f64>() / chance.len() as f64;
        found.rows.push(OptimizedRow {
            world: spec.world.typetag_name().to_owned(),
            method: "ppo".to_owned(),
            label: reward.label.clone(),
            reward: reward.name.clone(),
            seed,
            value,
            best,
            uniform,
            normalized: normalized(value, best, uniform),
            proxy,
        });
    }
    Ok(Some(found))
}

fn told(reward: &NamedReward) -> String {
    match reward.label == reward.name {
        true => reward.name.clone(),
        false => format!("{}, {}", reward.label, reward.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reward::true_reward;

    const SPEC: &str = "method = \"ppo\"\nseeds = [0]\nepisodes = 5\n[world.cart-pole]\n\
                        [ppo]\nsteps = 4096\nworlds = 4\nrollout = 64\nbatch = 64\nrate = 1e-2\n";

    fn optimized(rewards: &[NamedReward]) -> Vec<OptimizedRow> {
        let folder = tempfile::tempdir().unwrap();
        let request = Request {
            spec: &toml::from_str(SPEC).unwrap(),
            rewards,
            folder: folder.path(),
            jobs: 2,
            stops: &|| false,
            tell: &|_| (),
        };
        optimize(&request).unwrap().unwrap().rows
    }

    /// The first true reward was everybody's best, whatever it paid for divergence.
    #[test]
    fn the_best_policy_pays_the_same_price_in_any_order() {
        let priced =
            |label: &str, price| NamedReward { label: label.to_owned(), ..true_reward(price) };
        let both = || [priced("dear", 100.0), priced("free", 0.0)];
        let [dear, free] = &optimized(&both())[..] else { panic!("two rewards") };
        assert!(dear.value < free.value, "{dear:?} {free:?}");
        assert_eq!((dear.best, free.best), (dear.value, free.value));
        let mut turned = both();
        turned.reverse();
        assert_eq!(optimized(&turned), [free.clone(), dear.clone()]);
    }
}
