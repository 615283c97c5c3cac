//! The distortions of this crate, a file each.

pub(crate) mod anchoring;
pub(crate) mod central_tendency;
pub(crate) mod delay;
pub(crate) mod drift;
pub(crate) mod equals;
pub(crate) mod fatigue;
pub(crate) mod inertia;
pub(crate) mod mistakes;
pub(crate) mod myopia;
pub(crate) mod position_bias;
pub(crate) mod range;
pub(crate) mod skips;
pub(crate) mod suboptimal;
