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

impl Source {
    /// Statements that are learned from, and those that are held out.
    pub(crate) fn read(&self) -> Vec<usize> {
        [self.train.as_slice(), &self.validation].concat()
    }
}

/// Segments that statements of `sources` are about, those that `statements` gives of each: each once,
/// rising.
pub(crate) fn segments_of(
    sources: &[Source],
    statements: impl Fn(&Source) -> Vec<usize>,
) -> Vec<usize> {
    let mut distinct: BTreeSet<u32> = BTreeSet::new();
    for source in sources {
        let origins = &source.objective.statements().origins;
        let segments = statements(source).into_iter().map(|statement| &origins[statement].segments);
        distinct.extend(segments.flatten());
    }
    distinct.into_iter().map(|segment| segment as usize).collect()
}
