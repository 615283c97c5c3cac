//! Draws from a posterior, and whether they can be trusted.
//!
//! A [`Chain`] is the no-U-turn sampler over any [`LogDensity`]; [`sample`] runs several, and
//! [`Diagnosis`] says of each quantity whether they have mixed (rank-normalized split R-hat, bulk and
//! tail effective sample size, Monte Carlo standard error). [`Report::check`] refuses those that have
//! not: nothing here averages over chains that disagree.
//!
//! A chain is a function of (density, start, options, seed, number): each transition has a random
//! stream of its own, so that all there is to a chain between two of them is a list of numbers
//! ([`Chain::to_bytes`]), and one that was killed goes on with the same bits. That is why the sampler is
//! our own. `nuts-rs` keeps the state of its chains to itself, and asks other features of crates that
//! Burn and Polars stand on (`rand`, `pulp`).
//!
//! It deliberately knows no tensors, no models and no data.
//!
//! ```
//! use medley_sampler::{LogDensity, NutsOptions, Limits, sample};
//! struct Normal;
//! impl LogDensity for Normal {
//!     fn dim(&self) -> usize {
//!         2
//!     }
//!     fn log_density(&mut self, position: &[f64], gradient: &mut [f64]) -> f64 {
//!         gradient.iter_mut().zip(position).for_each(|(slope, x)| *slope = -x);
//!         -0.5 * position.iter().map(|x| x * x).sum::<f64>()
//!     }
//! }
//! let starts = vec![vec![1.0, -1.0], vec![-2.0, 0.5]];
//! let options = NutsOptions { warmup: 300, ..NutsOptions::default() };
//! let samples = sample(&mut Normal, &starts, &options, 500, 7)?;
//! let report = samples.report(&["x", "y"])?;
//! report.check(&Limits { r_hat: 1.05, ess: 100.0 })?;
//! assert!(report.quantities[0].mean.abs() < 0.2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod chain;
#[cfg(test)]
mod chain_tests;
mod density;
mod diagnosis;
mod error;
mod nuts;
mod sample;
mod saved;
#[cfg(test)]
mod testing;

pub use chain::{Chain, NutsOptions};
pub use density::LogDensity;
pub use diagnosis::{Diagnosis, Limits, NotMixed, Report, effective_size, quantile, r_hat};
pub use error::SamplerError;
pub use nuts::Transition;
pub use sample::{Samples, sample};
