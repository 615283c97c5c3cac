//! What to learn, from what?

use crate::{Fit, Mixing, Source, Tie};
use medley_adapter::Scorer;
use medley_encoder::Features;
use medley_reward_model::{Backbone, Head, ModelShape, Placement, Returns, View};

/// What to learn, from what.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The sources of the fit, in its order. At least one.
    pub sources: &'a [Source],
    /// How they are mixed.
    pub mixing: &'a dyn Mixing,
    /// Which fit of the mixing this is.
    pub fit: &'a Fit,
    /// How the heads of its sources are tied, if they are.
    pub tie: Option<&'a Tie>,
    /// Features of every step.
    pub features: &'a Features,
    /// How rewards add up to returns.
    pub returns: Returns,
    /// The network.
    pub backbone: &'a dyn Backbone,
    /// Its sizes; the layout includes the heads that the mixing asks for.
    pub shape: &'a ModelShape,
    /// Seed of every random stream.
    pub seed: u64,
    /// Where to compute, with autodiff.
    pub place: &'a Placement,
}

impl Task<'_> {
    /// Whether there is something to learn from.
    ///
    /// # Panics
    /// If there is no source, or one without a statement to learn from.
    pub(crate) fn assert_sources(&self) {
        assert!(!self.sources.is_empty(), "fit {} has no source", self.fit);
        let empty = self.sources.iter().find(|source| source.train.is_empty());
        assert!(empty.is_none(), "fit {}: a source has nothing to learn from", self.fit);
    }

    /// Positions of the heads that a source adds to the reward that all share.
    pub(crate) fn further_heads(&self, source: &str) -> Vec<usize> {
        let head = Head::Source(source.to_owned());
        self.shape.layout.position(&head).into_iter().collect()
    }

    /// `scorer` under the view of a source, whose `further` heads these are.
    pub(crate) fn seen<'v>(scorer: &Scorer<'v>, further: &'v [usize]) -> Scorer<'v> {
        match further {
            [] => *scorer,
            heads => scorer.seen_by(View::With(heads)),
        }
    }
}
