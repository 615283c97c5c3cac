//! Order and weights of the statements of an epoch.

use crate::{Source, stream};
use rand::{RngExt, seq::SliceRandom};

/// Statements of every source in the order of one epoch, cut into steps.
///
/// Each source is shuffled on its own and spread evenly over the steps, so that every statement is
/// seen once an epoch and every step sees the sources in proportion. The alternative, one shuffle
/// over all, makes the mixture of a step random for no gain.
pub(crate) struct Epoch {
    orders: Vec<Vec<usize>>,
    steps: u64,
}

impl Epoch {
    pub(crate) fn new(sources: &[Source], seed: u64, epoch: u32, steps: u64) -> Self {
        let orders = sources
            .iter()
            .map(|source| {
                let mut order = source.train.clone();
                order.shuffle(&mut stream(seed, &format!("order/{}/{epoch}", source.name)));
                order
            })
            .collect();
        Self { orders, steps }
    }

    /// Statements of `source` in step `step`; may be none.
    pub(crate) fn batch(&self, source: usize, step: u64) -> &[usize] {
        let order = &self.orders[source];
        let at = |step: u64| (step as usize * order.len()) / self.steps as usize;
        &order[at(step)..at(step + 1)]
    }
}

/// Steps of an epoch with `batch_size` statements in each. No more than the longest source has
/// statements, so that every step has some and counts.
pub(crate) fn steps_of_epoch(sources: &[Source], batch_size: usize) -> u64 {
    let lengths = || sources.iter().map(|source| source.train.len());
    let statements: usize = lengths().sum();
    let longest = lengths().max().unwrap_or(0);
    statements.div_ceil(batch_size.max(1)).min(longest) as u64
}

/// How often each member of an ensemble sees each statement of a source: a bootstrap sample, drawn
/// with replacement.
pub(crate) struct MemberWeights(Option<Vec<Vec<f32>>>); // [member][statement]

impl MemberWeights {
    pub(crate) fn new(source: &Source, members: usize, bootstrap: bool, seed: u64) -> Self {
        if !bootstrap || members == 1 {
            return Self(None);
        }
        let draw = |member| {
            let rng = &mut stream(seed, &format!("bootstrap/{}/{member}", source.name));
            let mut weights = vec![0.0; source.objective.statements().len()];
            for _ in &source.train {
                weights[source.train[rng.random_range(0..source.train.len())]] += 1.0;
            }
            weights
        };
        Self(Some((0..members).map(draw).collect()))
    }

    /// Weights of a batch, `[member, batch]` in row-major order; none means all 1.
    pub(crate) fn of(&self, batch: &[usize]) -> Option<Vec<f32>> {
        let members = self.0.as_ref()?;
        Some(members.iter().flat_map(|weights| batch.iter().map(|&i| weights[i])).collect())
    }
}
