//! The six types of feedback of multi-type-feedback (Metz and others, ICLR 2025), as its generator makes
//! them of a known reward, with its noise.
//!
//! They are no samples of a likelihood: a score, and an answer that follows from it. The score of a
//! segment is its discounted return. What differs from the published code: segments do not cross ends of
//! episodes, and a correction starts from the state of the segment that it corrects (there, pieces after
//! an end are paired with the state before it); padded steps do not exist here.

pub(crate) mod answers;
pub(crate) mod clusters;
pub(crate) mod noise;
pub(crate) mod options;
pub(crate) mod rollout;
