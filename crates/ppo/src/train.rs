//! How does a policy learn from the first step to the last, through interruptions?

use crate::{CurvePoint, LearnedPolicy, Learner, PpoError, Stage, Task};
use std::ops::ControlFlow;
use std::path::Path;

/// Updates between two checkpoints come to about so many steps.
const STEPS_BETWEEN: u64 = 20_000;

/// What learning came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// Acts by chance, as it learned.
    pub policy: LearnedPolicy,
    /// Returns over steps.
    pub curve: Vec<CurvePoint>,
    /// What divergence was counted from: the reference of the task, or the first policy.
    pub reference: LearnedPolicy,
    /// Policies on the way.
    pub stages: Vec<Stage>,
    /// Whether all steps were done, and nobody asked to stop before.
    pub is_done: bool,
}

/// Learns, from the checkpoint on if there is one, and asks `tell` after each update whether to go on.
/// One thread, so that the order of each sum and with it the bits are the same on every machine with as
/// many cores as it may have; tasks go side by side.
///
/// # Errors
/// Those of [`Learner::new`], [`Learner::update`], [`Learner::save`] and [`Learner::resume`].
pub fn train(
    task: Task<'_>,
    checkpoint: Option<&Path>,
    tell: &(dyn Fn(&Learner<'_>) -> ControlFlow<()> + Sync),
) -> Result<Trained, PpoError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let pool = pool.map_err(|error| PpoError::Threads(error.to_string()))?;
    // Tensor kernels use the pool that they are called in.
    pool.install(|| {
        let mut learner = Learner::new(task)?;
        let there = checkpoint.filter(|path| path.exists());
        there.map_or(Ok(()), |path| learner.resume(path))?;
        let apart = STEPS_BETWEEN.div_ceil(task.options.rollout_steps() as u64);
        while !learner.is_done() {
            learner.update()?;
            let stops = tell(&learner).is_break();
            let due = stops || learner.is_done() || learner.updates().is_multiple_of(apart);
            if let Some(path) = checkpoint.filter(|_| due) {
                learner.save(path)?;
            }
            if stops {
                break;
            }
        }
        let curve = learner.curve().to_vec();
        Ok(Trained {
            policy: learner.policy(),
            curve,
            reference: learner.reference().clone(),
            stages: learner.stages(),
            is_done: learner.is_done(),
        })
    })
}
