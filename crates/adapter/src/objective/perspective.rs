//! Who sees the reward under which view?

use crate::Origin;
use medley_reward_model::View;

/// Which view each statement is seen under.
pub trait Perspective: Sync {
    /// A number that is equal for statements of one view.
    fn key(&self, origin: &Origin) -> usize;

    /// The view of a key.
    fn view(&self, key: usize) -> View<'_>;
}
