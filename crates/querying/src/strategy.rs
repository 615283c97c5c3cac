//! What TOML names: a rule that chooses the next questions.

use crate::Pool;
use medley_toml_file::Problem;
use rand_chacha::ChaCha8Rng;
use std::fmt::Debug;

/// A rule that chooses which questions to ask next: `querying.strategies.gain.information = {}`.
///
/// An implementation in any linked crate is found by its name with nothing else to edit.
#[typetag::serde]
pub trait Strategy: Debug + Send + Sync {
    /// One line for `medley list`.
    fn summary(&self) -> &'static str;

    /// What it asks to know of questions.
    fn needs(&self) -> Needs;

    /// Refuses options that are out of range.
    ///
    /// # Errors
    /// The option, what is expected of it and what was found.
    fn check(&self) -> Result<(), Problem> {
        Ok(())
    }

    /// Positions in `pool.questions` of those to ask next, in the order in which they were chosen: at
    /// most `pool.batch`, none twice, together within `pool.left`, and no two about one segment. Empty
    /// only if no question can be afforded. Ties are broken by `rng`.
    fn choose(&self, pool: &Pool<'_>, rng: &mut ChaCha8Rng) -> Vec<usize>;
}

/// What a strategy asks to know of questions; what it does not ask for may be left out of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// What each member predicts ([`Question::parts`](crate::Question::parts)).
    pub predictions: bool,
    /// At least two members: with one, all questions would be alike.
    pub members: bool,
    /// Seconds that an answer is expected to take.
    pub seconds: bool,
    /// What a question is about, as features.
    pub features: bool,
    /// How far answers so far are from what is predicted ([`Kind::surprise`](crate::Kind::surprise)).
    pub surprise: bool,
}
