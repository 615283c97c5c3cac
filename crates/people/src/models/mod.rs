//! Models of people, a file each.

pub mod answering;
pub mod group;
pub mod hierarchical;
pub mod latent_classes;
pub mod low_rank;
pub mod pooled;
