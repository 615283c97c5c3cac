//! Folds of statements that keep clusters whole.

use crate::{Source, stream};
use rand::seq::SliceRandom;
use std::collections::{BTreeMap, BTreeSet};

/// Which fold each cluster is in, the same for all sources.
pub(crate) struct Folds {
    of: BTreeMap<u32, usize>,
    count: usize,
}

/// The statements of a source outside and inside of a fold.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    pub train: Vec<usize>,
    pub held_out: Vec<usize>,
}

impl Folds {
    /// Clusters of the statements that `sources` learn from, shuffled and dealt to `count` folds.
    pub fn new(sources: &[Source], count: usize, seed: u64) -> Self {
        let clusters = sources.iter().flat_map(|source| {
            let origins = &source.objective.statements().origins;
            source.train.iter().flat_map(|&statement| origins[statement].clusters.clone())
        });
        let mut clusters: Vec<u32> = clusters.collect::<BTreeSet<_>>().into_iter().collect();
        clusters.shuffle(&mut stream(seed, "folds"));
        let of = clusters.into_iter().enumerate().map(|(i, cluster)| (cluster, i % count));
        Self { of: of.collect(), count }
    }

    /// Number of folds.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The statements of `source` whose clusters are all outside of a fold, and those whose
    /// clusters are all inside. One that is about both, such as a comparison of two episodes, is
    /// neither.
    pub fn cut(&self, source: &Source, fold: usize) -> Cut {
        let origins = &source.objective.statements().origins;
        let inside = |&statement: &usize| {
            let mut clusters = origins[statement].clusters.iter();
            clusters
                .clone()
                .all(|c| self.of[c] == fold)
                .then_some(true)
                .or_else(|| clusters.all(|c| self.of[c] != fold).then_some(false))
        };
        let of = |wanted: bool| {
            let statements = source.train.iter().copied();
            statements.filter(|statement| inside(statement) == Some(wanted)).collect()
        };
        Cut { train: of(false), held_out: of(true) }
    }
}
