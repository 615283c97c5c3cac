//! From a reward to behaviour.
//!
//! [`tabular`] solves worlds that are tables, exactly: what states are worth under a policy, the best
//! policy, the one that is best but for entropy, and which states each visits.
//!
//! It deliberately knows no model and no feedback: a learned reward is an [`medley_world::Mdp`] with
//! other rewards.
//!
//! ```
//! use medley_policy::tabular::{Scale, TabularPolicy, optimal};
//! use medley_world::{Grid, GridOptions, Preset, World};
//! let grid = Grid::new(GridOptions { preset: Preset::Trap, ..Default::default() })?;
//! let mdp = grid.mdp().expect("a grid is a table");
//! let scale = Scale::of(&mdp)?;
//! let best = optimal(&mdp)?;
//! assert!((scale.normalized(&mdp, &best.policy)? - 1.0).abs() < 1e-9);
//! assert!(scale.normalized(&mdp, &TabularPolicy::uniform(&mdp))?.abs() < 1e-9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod tabular;
