//! A prior that ties the rewards of sources to each other.

/// A prior under which the rewards of a fit's sources are correlated, weight by weight of a head:
///
/// ```text
/// (u_1i .. u_Ki) ~ N(0, D C D)      C is learned, from where `correlations` are; D are scales
/// ```
///
/// Each source has the head [`Head::Source`](medley_reward_model::Head::Source) of its name, and is
/// judged by it. An inference that can tie learns C and, as for any reward, D.
#[derive(Clone, Debug, PartialEq)]
pub struct Tie {
    /// Correlations that are expected, in the order of the fit's sources; 1 on the diagonal, and
    /// positive definite. `[source][source]`
    pub correlations: Vec<Vec<f64>>,
    /// How many weights' worth of evidence they are, against the weights of a head.
    pub strength: f64,
    /// What the shared head comes to: the reward to export.
    pub shared: SharedHead,
}

/// What the shared head of tied rewards comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum SharedHead {
    /// Nothing: there is no reward for all, and the head is 0.
    Nothing,
    /// The reward of one source, by position.
    Source(usize),
    /// What is expected of a source that nothing was heard of, whose reward has these correlations
    /// with those of the sources, in their order.
    Unheard(Vec<f64>),
}

impl Tie {
    /// Sources that are tied.
    pub fn sources(&self) -> usize {
        self.correlations.len()
    }
}
