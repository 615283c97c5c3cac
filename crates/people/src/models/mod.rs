//! Models of people, a file each.

pub mod answering;
pub mod bridging;
pub mod calibrated_ensemble;
pub mod categorical;
pub mod crowd_bt;
pub mod group;
pub mod hierarchical;
pub mod hierarchical_posterior;
pub mod latent_classes;
pub mod lore;
pub mod low_rank;
pub mod mean_variance;
pub mod noise;
pub mod noise_and_values;
pub mod pal;
pub mod pooled;
pub mod rating;
pub mod tree;
pub mod vpl;
