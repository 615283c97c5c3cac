//! What is a source of feedback in training?

use medley_adapter::Objective;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A source of feedback in training. It is bound once; parts of the split are lists of statements.
#[derive(Clone)]
pub struct Source {
    /// Name of the source.
    pub name: String,
    /// Its statements.
    pub objective: Arc<dyn Objective>,
    /// Those that are learned from; a budget may leave some out. At least one.
    pub train: Vec<usize>,
    /// Those that decide when to stop; may be none.
    pub validation: Vec<usize>,
}

/// Segments that the statements to learn from of `sources` are about, each once, rising.
pub(crate) fn segments_of(sources: &[Source]) -> Vec<usize> {
    let segments = sources.iter().flat_map(|source| {
        let origins = &source.objective.statements().origins;
        source.train.iter().flat_map(|&statement| origins[statement].segments.iter().copied())
    });
    let distinct: BTreeSet<u32> = segments.collect();
    distinct.into_iter().map(|segment| segment as usize).collect()
}
