//! How do rewards become behaviour, several at once?

use crate::best_of_n::choose;
use crate::exact::solve;
use crate::learned::{Lesson, lived, returns};
use crate::normalized::normalized;
use crate::{Method, NamedReward, OptimizeError, OptimizeSpec, true_reward};
use burn::tensor::Device;
use medley_ppo::Trained;
use medley_report::{OptimizationRow, OptimizedRow};
use medley_world::{Episode, Uniform, WorldError};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is to be optimized.
pub struct Request<'a> {
    /// Where and how.
    pub spec: &'a OptimizeSpec,
    /// For which rewards. The true one is always added to those that PPO learns.
    pub rewards: &'a [NamedReward],
    /// Where policies that learn are kept, so that the same request goes on from them.
    pub folder: &'a Path,
    /// Policies that learn at the same time, one thread each.
    pub jobs: usize,
    /// Where gradients are computed, without autodiff.
    pub device: Device,
    /// Whether somebody asked to stop.
    pub stops: &'a (dyn Fn() -> bool + Sync),
    /// Hears of each policy that is done.
    pub tell: &'a (dyn Fn(&str) + Sync),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimized {
    /// A row for each reward and seed, in the order of the request.
    pub rows: Vec<OptimizedRow>,
    /// The ways there; empty for tables.
    pub curves: Vec<OptimizationRow>,
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
            let seed = spec.seeds[0];
            let of = |reward| solve(&*spec.world, &mdp, reward, spec.kl, seed);
            let rows = rewards.iter().map(of).collect::<Result<_, _>>()?;
            Ok(Some(Optimized { rows, curves: Vec::new() }))
        }
        Method::BestOfN => {
            let mut found = Optimized { rows: Vec::new(), curves: Vec::new() };
            for (reward, seed) in each(rewards, &spec.seeds) {
                let (row, curve) = choose(spec, reward, seed)?;
                found.rows.push(row);
                found.curves.extend(curve);
            }
            Ok(Some(found))
        }
        Method::Ppo => learn(request),
    }
}

fn each<'a>(
    rewards: &'a [NamedReward],
    seeds: &'a [u64],
) -> impl Iterator<Item = (&'a NamedReward, u64)> {
    rewards.iter().flat_map(move |reward| seeds.iter().map(move |&seed| (reward, seed)))
}

fn learn(request: &Request<'_>) -> Result<Option<Optimized>, OptimizeError> {
    let Request { spec, rewards, .. } = request;
    let best = true_reward();
    let is_new = !rewards.iter().any(|reward| reward.name == best.name);
    let all: Vec<&NamedReward> = rewards.iter().chain(is_new.then_some(&best)).collect();
    let lesson = |reward, seed| Lesson { spec, reward, seed, device: &request.device };
    let lessons: Vec<Lesson<'_>> = all
        .iter()
        .flat_map(|&reward| spec.seeds.iter().map(move |&seed| lesson(reward, seed)))
        .collect();
    let Some(trained) = side_by_side(request, &lessons)? else { return Ok(None) };
    let mut found = Optimized { rows: Vec::new(), curves: Vec::new() };
    for (place, lesson) in lessons.iter().enumerate() {
        found.curves.extend(lesson.curve(&trained[place].curve));
        if place >= rewards.len() * spec.seeds.len() {
            continue;
        }
        let (reward, seed) = (lesson.reward, lesson.seed);
        let same = |other: &&Lesson<'_>| other.reward.name == best.name && other.seed == seed;
        let of_best = lessons.iter().position(|other| same(&other)).unwrap_or(place);
        let own = returns(spec, &trained[place].policy, reward, seed)?;
        let best = returns(spec, &trained[of_best].policy, &best, seed)?.gold;
        let chance = lived(spec, &Uniform::of(&*spec.world), spec.episodes, seed)?;
        let uniform = chance.iter().map(Episode::total).sum::<f64>() / chance.len() as f64;
        found.rows.push(OptimizedRow {
            world: spec.world.typetag_name().to_owned(),
            method: "ppo".to_owned(),
            reward: reward.name.clone(),
            seed,
            value: own.gold,
            best,
            uniform,
            normalized: normalized(own.gold, best, uniform),
            proxy: own.proxy,
        });
    }
    Ok(Some(found))
}

/// Every lesson, in their order; none if somebody asked to stop. The first error ends all.
fn side_by_side(
    request: &Request<'_>,
    lessons: &[Lesson<'_>],
) -> Result<Option<Vec<Trained>>, OptimizeError> {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(None);
    let done: Vec<Mutex<Option<Trained>>> = lessons.iter().map(|_| Mutex::new(None)).collect();
    let lock = |error: std::sync::PoisonError<_>| error.into_inner();
    let stops = || (request.stops)() || failed.lock().unwrap_or_else(lock).is_some();
    let work = || {
        while !stops() {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(lesson) = lessons.get(place) else { break };
            match lesson.learn(request.folder, &stops) {
                Ok(None) => break,
                Ok(Some(trained)) => {
                    (request.tell)(&format!("{}, seed {}: done", lesson.reward.name, lesson.seed));
                    *done[place].lock().unwrap_or_else(|error| error.into_inner()) = Some(trained);
                }
                Err(error) => {
                    failed.lock().unwrap_or_else(lock).get_or_insert(error);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..request.jobs.clamp(1, lessons.len().max(1)) {
            scope.spawn(work);
        }
    });
    match failed.into_inner().unwrap_or_else(|error| error.into_inner()) {
        Some(error) => Err(error),
        None => {
            let taken = |slot: Mutex<Option<Trained>>| {
                slot.into_inner().unwrap_or_else(|error| error.into_inner())
            };
            Ok(done.into_iter().map(taken).collect())
        }
    }
}
