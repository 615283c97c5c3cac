//! Have chains mixed, and how many draws are theirs worth?
//!
//! Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), "Rank-normalization, folding, and
//! localization: an improved R-hat for assessing convergence of MCMC", Bayesian Analysis 16(2).

mod effective;
mod normal_quantile;
mod rank;
mod report;

pub use effective::effective_size;
pub use rank::{quantile, r_hat};
pub use report::{Diagnosis, Limits, NotMixed, Report};

#[cfg(test)]
mod tests;
