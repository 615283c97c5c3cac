//! From a plan to figures: what carries runs out and gathers what they left.
//!
//! One function an arrow: [`Prepared::new`] to features and objectives, [`execute`] to one finished
//! run, [`run_all`] to all of them, [`collect`] to tables and figures. The CLI verbs are these
//! stages.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod agreement;
mod attention;
mod baseline;
mod bench;
mod bound_data;
mod budget;
mod claim;
mod collect;
mod error;
mod estimate;
mod execute;
mod fingerprint;
mod fits;
mod halving;
mod hashes;
mod judge;
mod learning;
mod other_versions;
mod owner;
mod prepare;
mod querying;
mod responses;
mod rewards;
mod rows;
mod run_folder;
mod run_log;
mod runner;
mod test_part;
mod trial_record;
mod truth;
mod tuning;
mod tuning_rows;

pub use agreement::agreement;
pub use baseline::judge_baselines;
pub use bound_data::BoundData;
pub use collect::{Collected, collect};
pub use error::RunError;
pub use estimate::{Estimate, estimate};
pub use execute::execute;
pub use fingerprint::fingerprint;
pub use judge::{Judged, judge_model};
pub use other_versions::other_versions;
pub use owner::Owner;
pub use prepare::{BoundSource, Prepared, TestPart};
pub use responses::CalibratedSource;
pub use run_folder::{RunFolder, Standing, State};
pub use run_log::LOG;
pub use runner::{Progress, RunOptions, Tally, run_all};
pub use test_part::test_part;

#[cfg(test)]
mod tests;
