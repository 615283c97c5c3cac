//! What is a policy worth that learned by PPO, at the end and on the way?

use crate::course::{Course, CourseStage};
use crate::reward::NamedReward;
use crate::scored::{Lived, Of, Scored};
use crate::{OptimizeError, OptimizeSpec};
use medley_evaluation::AlarmRow;
use medley_ppo::{CurvePoint, LearnedPolicy, PpoOptions, Task, Trained, train};
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
}

/// What learning came to.
pub(crate) struct Learned {
    /// The way of learning, as rows of a table.
    pub curve: Vec<OptimizationRow>,
    /// Policies on the way, each held still and valued.
    pub course: Course,
}

impl Learned {
    /// Mean returns of the policy at the end, by the reward that was optimized and by the true one.
    pub fn end(&self) -> [f64; 2] {
        let Course { stages, proxy, gold, .. } = &self.course;
        stages.last().map_or([proxy.mean, gold.mean], |last| [last.proxy, last.gold])
    }
}

impl Lesson<'_> {
    /// Learns, from a checkpoint in `folder` if there is one; none if somebody asked to stop.
    pub fn learn(
        &self,
        folder: &Path,
        stops: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<Learned>, OptimizeError> {
        let failed = |source| OptimizeError::Ppo {
            reward: self.reward.name.clone(),
            seed: self.seed,
            source,
        };
        let options = PpoOptions { kl: self.reward.price, ..self.spec.ppo.clone() };
        let task = Task {
            world: &*self.spec.world,
            reward: self.reward.source.as_ref(),
            options: &options,
            reference: None,
            seed: self.seed,
        };
        let name = task.fingerprint().map_err(failed)?;
        let checkpoint = folder.join("policies").join(&name[..16]);
        let tell = |_: &medley_ppo::Learner<'_>| match stops() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let trained = train(task, Some(&checkpoint), &tell).map_err(failed)?;
        if !trained.is_done {
            return Ok(None);
        }
        let course = self.course(&trained)?;
        Ok(Some(Learned { curve: self.curve(&trained.curve), course }))
    }

    fn curve(&self, points: &[CurvePoint]) -> Vec<OptimizationRow> {
        let row = |point: &CurvePoint| OptimizationRow {
            world: self.spec.world.typetag_name().to_owned(),
            method: "ppo".to_owned(),
            label: self.reward.label.clone(),
            reward: self.reward.name.clone(),
            seed: self.seed,
            at: point.steps,
            kl: point.kl,
            proxy: point.proxy,
            gold: point.gold,
        };
        points.iter().map(row).collect()
    }

    /// The first policy, those that were kept on the way, and the one at the end. All live through the same
    /// first states, so that an alarm can hold what they do there against each other.
    fn course(&self, trained: &Trained) -> Result<Course, OptimizeError> {
        let first = &trained.reference;
        let episodes = lived(self.spec, first, self.seed)?;
        let scored = self.scored(&episodes)?;
        let mut course = Course::begin(self.reward, self.seed, &scored);
        add(&mut course, 0, &vec![0.0; episodes.len()], &scored);
        let kept = trained.stages.iter().map(|stage| (stage.steps, &stage.policy));
        let end = trained.curve.last().map_or(0, |point| point.steps);
        let is_kept = trained.stages.last().is_some_and(|last| last.steps == end);
        for (steps, policy) in kept.chain((!is_kept).then_some((end, &trained.policy))) {
            let episodes = lived(self.spec, policy, self.seed)?;
            let kls = divergences(&*self.spec.world, &episodes, policy, first);
            add(&mut course, steps, &kls, &self.scored(&episodes)?);
        }
        Ok(course)
    }

    fn scored(&self, episodes: &[Episode]) -> Result<Scored, OptimizeError> {
        Lived::of(&*self.spec.world, episodes).scored(self.reward, Of::Steps)
    }
}

/// Adds a policy with its episodes, of which `kls` are the divergences.
fn add(course: &mut Course, steps: u64, kls: &[f64], scored: &Scored) {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    // A divergence is at least 0, and its estimate too: a sum of divergences in states.
    let kl = mean(kls).max(0.0);
    course.stages.push(CourseStage {
        at: steps,
        kl,
        proxy: mean(&scored.proxy),
        gold: mean(&scored.gold),
        uncertainty: scored.uncertainty.as_deref().map(mean),
        from_data: scored.from_data.as_deref().map(mean),
    });
    let sample = |episode: usize| AlarmRow {
        progress: kl.sqrt(),
        proxy: scored.proxy[episode],
        uncertainty: scored.uncertainty.as_ref().map(|values| values[episode]),
        from_data: scored.from_data.as_ref().map(|values| values[episode]),
        cluster: episode as u32,
    };
    course.samples.extend((0..kls.len()).map(sample));
}

/// What each episode of `policy` has of `KL(policy || first)` over whole episodes: by the chain rule its mean
/// is the sum, over states as the policy meets them, of the divergence in each.
fn divergences(
    world: &dyn World,
    episodes: &[Episode],
    policy: &LearnedPolicy,
    first: &LearnedPolicy,
) -> Vec<f64> {
    let width = world.observation_names().len();
    let of = |episode: &Episode| {
        let mut seen = vec![0.0; episode.len() * width];
        for (step, seen) in seen.chunks_exact_mut(width).enumerate() {
            world.observe(episode.state(step), seen);
        }
        policy.divergences(first, &seen).iter().sum()
    };
    episodes.iter().map(of).collect()
}

/// Episodes of a policy, the same first states for each policy of a seed.
pub(crate) fn lived(
    spec: &OptimizeSpec,
    policy: &dyn Policy,
    seed: u64,
) -> Result<Vec<Episode>, OptimizeError> {
    let wanted = Collection { episodes: spec.episodes, limit: None, seed };
    Ok(collect(&*spec.world, &Mixture::of(policy), &wanted)?)
}
