//! Models of people, a file each.

pub mod answering;
pub mod group;
pub mod hierarchical;
pub mod latent_classes;
pub mod lore;
pub mod low_rank;
pub mod noise;
pub mod noise_and_values;
pub mod pooled;
