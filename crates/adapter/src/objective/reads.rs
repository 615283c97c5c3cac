//! What do statements read?

use crate::objective::gather::Points;
use crate::{Gather, Objective};
use medley_encoder::Features;
use medley_reward_model::Placement;

impl Gather {
    /// Everything that `statements` of the objectives read; none if that is nothing.
    pub fn new<'a>(
        parts: impl IntoIterator<Item = (&'a dyn Objective, &'a [usize])>,
        features: &Features,
        place: &Placement,
    ) -> Option<Self> {
        Self::lying(Points::Apart, parts, features, place)
    }

    /// The same for a model in which each step depends on itself alone
    /// ([`medley_reward_model::RewardModel::is_stepwise`]): points lie one after the other.
    pub fn packed<'a>(
        parts: impl IntoIterator<Item = (&'a dyn Objective, &'a [usize])>,
        features: &Features,
        place: &Placement,
    ) -> Option<Self> {
        Self::lying(Points::Packed, parts, features, place)
    }

    fn lying<'a>(
        lying: Points,
        parts: impl IntoIterator<Item = (&'a dyn Objective, &'a [usize])>,
        features: &Features,
        place: &Placement,
    ) -> Option<Self> {
        let (mut segments, mut points) = (Vec::new(), Vec::new());
        for (objective, statements) in parts {
            let origins = &objective.statements().origins;
            if !statements.is_empty() {
                points.extend(objective.background().iter().map(Vec::as_slice));
            }
            for &statement in statements {
                segments.extend(origins[statement].segments.iter().map(|&s| s as usize));
                points.extend(objective.points(statement));
            }
        }
        Self::of(segments.into_iter(), points.into_iter(), lying, features, place)
    }
}
