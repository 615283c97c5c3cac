//! What is a source of feedback in training?

use medley_adapter::Objective;
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
