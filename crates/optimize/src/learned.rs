//! What is a policy worth that learned by PPO?

use crate::{NamedReward, OptimizeError, OptimizeSpec};
use burn::tensor::Device;
use medley_ppo::{CurvePoint, LearnedPolicy, PpoOptions, Steps, Task, Trained, train};
use medley_report::OptimizationRow;
use medley_world::{Collection, Episode, Mixture, Policy, World, collect};
use std::ops::ControlFlow;
use std::path::Path;

/// Where, for which reward, and by which seed a policy learns.
#[derive(Clone, Copy)]
pub(crate) struct Lesson<'a> {
    pub spec: &'a OptimizeSpec,
    pub reward: &'a NamedReward,
    pub seed: u64,
    pub device: &'a Device,
}

impl Lesson<'_> {
    /// Learns, from a checkpoint in `folder` if there is one; none if somebody asked to stop.
    pub fn learn(
        &self,
        folder: &Path,
        stops: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<Trained>, OptimizeError> {
        let failed = |source| OptimizeError::Ppo {
            reward: self.reward.name.clone(),
            seed: self.seed,
            source,
        };
        let options = PpoOptions { kl: self.spec.kl, ..self.spec.ppo.clone() };
        let task = Task {
            world: &*self.spec.world,
            reward: self.reward.source.as_ref(),
            options: &options,
            reference: None,
            seed: self.seed,
            device: self.device,
        };
        let name = task.fingerprint().map_err(failed)?;
        let checkpoint = folder.join("policies").join(&name[..16]);
        let tell = |_: &medley_ppo::Learner<'_>| match stops() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let trained = train(task, Some(&checkpoint), &tell).map_err(failed)?;
        Ok(trained.is_done.then_some(trained))
    }

    /// The way to a policy, as rows of a table.
    pub fn curve(&self, points: &[CurvePoint]) -> Vec<OptimizationRow> {
        let row = |point: &CurvePoint| OptimizationRow {
            world: self.spec.world.typetag_name().to_owned(),
            method: "ppo".to_owned(),
            reward: self.reward.name.clone(),
            seed: self.seed,
            at: point.steps,
            kl: point.kl,
            proxy: point.proxy,
            gold: point.gold,
        };
        points.iter().map(row).collect()
    }
}

/// Mean returns of a policy.
pub(crate) struct Returns {
    /// By the reward that is optimized.
    pub proxy: f64,
    /// By what the world paid.
    pub gold: f64,
}

/// Mean returns of a learned policy, which acts by chance, as it learned.
pub(crate) fn returns(
    spec: &OptimizeSpec,
    policy: &LearnedPolicy,
    reward: &NamedReward,
    seed: u64,
) -> Result<Returns, OptimizeError> {
    let episodes = lived(spec, policy, spec.episodes, seed)?;
    let [proxy, gold] = totals(&*spec.world, &episodes, reward)?;
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    Ok(Returns { proxy: mean(proxy), gold: mean(gold) })
}

/// Episodes of a policy, the same first states for each policy of a seed.
pub(crate) fn lived(
    spec: &OptimizeSpec,
    policy: &dyn Policy,
    episodes: usize,
    seed: u64,
) -> Result<Vec<Episode>, OptimizeError> {
    let wanted = Collection { episodes, limit: None, seed };
    Ok(collect(&*spec.world, &Mixture::of(policy), &wanted)?)
}

/// Returns of each episode, by a reward and by what the world paid.
pub(crate) fn totals(
    world: &dyn World,
    episodes: &[Episode],
    reward: &NamedReward,
) -> Result<[Vec<f64>; 2], OptimizeError> {
    let (actions, width) = (world.actions(), world.feature_names().len());
    let mut features = Vec::new();
    let mut row = vec![0.0; width];
    for episode in episodes {
        for step in 0..episode.len() {
            world.features(episode.state(step), episode.action(step, &actions), &mut row);
            features.extend_from_slice(&row);
        }
    }
    let true_rewards: Vec<f64> = episodes.iter().flat_map(|it| &it.rewards).copied().collect();
    let steps = Steps { features: &features, width, true_rewards: &true_rewards };
    let told = reward.source.rewards(&steps);
    let told =
        told.map_err(|reason| OptimizeError::Reward { reward: reward.name.clone(), reason })?;
    if let Some(wrong) = told.iter().find(|reward| !reward.is_finite()) {
        let reason = format!("the reward of a step should be a finite number and is {wrong}");
        return Err(OptimizeError::Reward { reward: reward.name.clone(), reason });
    }
    let mut rest = &told[..];
    let mut proxy = Vec::with_capacity(episodes.len());
    for episode in episodes {
        let (own, others) = rest.split_at(episode.len());
        proxy.push(own.iter().sum());
        rest = others;
    }
    Ok([proxy, episodes.iter().map(Episode::total).collect()])
}
