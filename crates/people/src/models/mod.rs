//! Models of people, a file each.

pub mod hierarchical;
pub mod pooled;
