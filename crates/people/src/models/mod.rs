//! Models of people, a file each.

pub mod answering;
pub mod group;
pub mod hierarchical;
pub mod pooled;
